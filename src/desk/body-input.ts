// The field for a customer's answer: an agent types with Slack's own tools, and the customer gets Markdown's worth of it.
import { createHash } from 'node:crypto'
import type { InputBlock } from '@slack/types'
import type { Reader } from '../db/open.ts'
import { plainFromMarkdown, richFromMarkdown } from '../slack/markdown-rich.ts'
import { markdownFromRich, type NamesOfUsers, usersIn, type WrittenMarkdown } from '../slack/rich-markdown.ts'
import type { OpenView } from './interaction.ts'
import { plain } from './words.ts'

/** Our own limit, for Slack has none for this field: four times what fits into one message there, and long for a letter. */
export const BODY_LENGTH_MAX = 12_000
const ACTION = 'text'
const LINES_SHOWN_MAX = 20

export function bodyInput(input: { blockId: string; label: string; hint: string; markdown: string }): InputBlock {
  const initial = richFromMarkdown(input.markdown)
  return {
    type: 'input',
    block_id: input.blockId,
    label: plain(input.label),
    hint: plain(input.hint),
    element: {
      type: 'rich_text_input',
      action_id: ACTION,
      max_lines: LINES_SHOWN_MAX,
      ...(initial && { initial_value: initial }),
    },
  }
}

/** What stands in the field. Without `names` nobody who is mentioned has one. */
export function readBody(view: OpenView, blockId: string, names?: NamesOfUsers): WrittenMarkdown {
  return markdownFromRich(view.rich(blockId, ACTION), names)
}

/** The names of those whom the field mentions. Asks nobody where it mentions none. */
export async function readMentioned(db: Reader, view: OpenView, blockId: string): Promise<NamesOfUsers> {
  const ids = usersIn(view.rich(blockId, ACTION))
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('agent').select(['id', 'name']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The characters that somebody reads in it. */
export function bodyLength(markdown: string): number {
  return plainFromMarkdown(markdown).length
}

export function fits(markdown: string): boolean {
  // What is written in more characters than this is long enough in any case.
  return markdown.length <= 10 * BODY_LENGTH_MAX && bodyLength(markdown) <= BODY_LENGTH_MAX
}

export function tooLong(markdown: string): string {
  const count = (n: number) => n.toLocaleString('en-US')
  return `This text has ${count(bodyLength(markdown))} characters, and ${count(BODY_LENGTH_MAX)} fit. Send it in two replies.`
}

/** The same for a text and for what comes back of it from the field: Slack cuts it in pieces and joins them as it likes. */
export function fingerprint(markdown: string): string {
  const shown = markdownFromRich(richFromMarkdown(markdown))
    .markdown.replaceAll(/(?:[\\\s]|\ufe0f)+/g, ' ')
    .trim()
  return createHash('sha256').update(shown).digest('hex').slice(0, 16)
}
