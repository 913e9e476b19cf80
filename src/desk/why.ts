// "Why?": how each window of a conversation came about, line by line, as the core explains it.
import type { KnownBlock, RichTextSection } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import type { Click } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { DeskTools } from './tools.ts'
import { heading, instant, note, paragraph, plain, word } from './words.ts'

const TITLE = 'Why?'
const HEADING_LENGTH_MAX = 150
const SECTION_LENGTH_MAX = 2900
/** Windows shown, the newest ones: a message holds 50 blocks. */
const SECTIONS_MAX = 20
const HEADING = '# '

export async function openWhy(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareWhy(tools, click) })
}

async function prepareWhy(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, 'why', id)
  if (admission.kind === 'refused') return admission
  const blocks = explanation(await tools.explain(id))
  const view = { type: 'modal' as const, callback_id: 'told', title: plain(TITLE), close: plain('Close'), blocks }
  return await withAbout(tools.db, admission.conversation, view)
}

/** A line that begins with `# ` heads a window; the others stand below it. What others wrote is shown as it is. */
export function explanation(lines: readonly string[]): KnownBlock[] {
  const sections = sectionsOf(lines)
  if (sections.length === 0) return [paragraph([word('Nobody has waited in this conversation yet.')])]
  const hidden = Math.max(0, sections.length - SECTIONS_MAX)
  return [
    ...(hidden > 0 ? [note(`The ${hidden} oldest are left out here.`)] : []),
    ...sections
      .slice(hidden)
      .flatMap(({ title, body }) => [
        ...(title === undefined ? [] : [heading(shorten(title, HEADING_LENGTH_MAX))]),
        ...(body.length === 0 ? [] : [paragraph(withNames(shorten(body.join('\n'), SECTION_LENGTH_MAX)))]),
      ]),
  ]
}

function sectionsOf(lines: readonly string[]): { title: string | undefined; body: string[] }[] {
  const sections: { title: string | undefined; body: string[] }[] = []
  for (const line of lines) {
    if (line.startsWith(HEADING)) sections.push({ title: line.slice(HEADING.length), body: [] })
    else {
      if (sections.length === 0) sections.push({ title: undefined, body: [] })
      sections.at(-1)?.body.push(line)
    }
  }
  return sections
}

const NAMED = /\b([UW][A-Z0-9]{5,20}|m_[0-9a-z]{26}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)\b/

/** Our own sentences name people by id, and instants in UTC; here people have their names, messages the end of their ids, and the reader their own time. */
function withNames(text: string): RichTextSection['elements'] {
  return text.split(NAMED).flatMap((part, n): RichTextSection['elements'] => {
    if (part === '') return []
    if (n % 2 === 0) return [word(part)]
    if (part.startsWith('m_')) return [word(`…${part.slice(-4)}`)]
    const at = Date.parse(part.replace(' UTC', 'Z').replace(' ', 'T'))
    return [Number.isNaN(at) ? { type: 'user', user_id: part } : instant(at, '{date_short_pretty} {time_secs}')]
  })
}
