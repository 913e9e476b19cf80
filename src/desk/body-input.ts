// The field for a customer's answer: an agent types with Slack's own tools, and the customer gets Markdown's worth of it.
import { createHash } from 'node:crypto'
import type { InputBlock, RichTextBlock } from '@slack/types'
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
  return markdownFromRich(typedIn(view, blockId), names)
}

/** A client that knows nothing of formatting says what was typed as it was. */
function typedIn(view: OpenView, blockId: string): RichTextBlock | undefined {
  const text = view.typed(blockId, ACTION)
  const plainly = (): RichTextBlock => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  })
  return view.rich(blockId, ACTION) ?? (text === '' ? undefined : plainly())
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

/** A letter as it was put into the field: by it one can tell whether the text was touched, and the letter changed. */
export function insertedAs(markdown: string, { mark }: { mark: string }): string {
  return `${fingerprint(markdown)} ${mark}`
}

export function isUntouched(typed: string, inserted: string | undefined): boolean {
  return inserted !== undefined && fingerprint(typed) === inserted.split(' ')[0]
}

/** Undefined for what a version of the program kept that knew none. */
export function markIn(inserted: string | undefined): string | undefined {
  return inserted?.split(' ')[1]
}

/** The same for a text and for what comes back of it from the field: Slack cuts it in pieces and joins them as it likes. */
export function fingerprint(markdown: string): string {
  const shown = markdownFromRich(richFromMarkdown(markdown))
    .markdown.replaceAll(/(?:[\\\s]|\ufe0f)+/g, ' ')
    .trim()
  return createHash('sha256').update(shown).digest('hex').slice(0, 16)
}
