// Slack's older way to format, as bots and old clients still write it: read into the parts that rich text has.
import { type Fields, listOf, textOf } from '../../src/slack/field.ts'
import { plainText } from '../../src/slack/mrkdwn.ts'
import { type Names, readParts, type Words } from './rich-text.ts'

const TEXT_MAX = 40_000
const FENCE = /```(?:\n)?([\s\S]*?)```/g
/** A link or a mention; or a mark, which counts where a word begins, with its twin where one ends. */
const SPECIAL =
  /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>|(?<![\p{L}\p{N}])(?:\*([^*\n]{1,500})\*|_([^_\n]{1,500})_|~([^~\n]{1,500})~|`([^`\n]{1,500})`)(?![\p{L}\p{N}])/gu
const DEPTH_MAX = 4
const STYLES = ['bold', 'italic', 'strike', 'code']

/** What a message says, by its rich text if it has any. A bot's other blocks are told by its text. */
export function readWords(message: Fields, names: Names): Words {
  const text = textOf(message.text) ?? ''
  const labelled: Names = { ...names, channel: (id) => names.channel(id) ?? labelOf(text, id) }
  const rich = listOf(message.blocks).filter(({ type }) => type === 'rich_text')
  const isWhole = rich.length > 0 && rich.length === listOf(message.blocks).length
  const parts = isWhole ? rich.flatMap(({ elements }) => listOf(elements)) : partsOf(text.slice(0, TEXT_MAX))
  return readParts(parts, labelled)
}

/** The people that are mentioned, in whichever way. */
export function mentionedIn(message: Fields): string[] {
  const text = textOf(message.text) ?? ''
  return [...text.slice(0, TEXT_MAX).matchAll(/<@([UW][A-Z0-9]{1,30})/g)].map(([, id = '']) => id)
}

/** Rich text knows a channel by its id alone; the text beside it has the name. */
function labelOf(text: string, id: string): string | undefined {
  const at = text.indexOf(`<#${id}|`)
  return at < 0 ? undefined : plainText(text.slice(at + id.length + 3, text.indexOf('>', at))) || undefined
}

function partsOf(text: string): Fields[] {
  const parts: Fields[] = []
  let from = 0
  for (const match of text.matchAll(FENCE)) {
    parts.push(...linesOf(text.slice(from, match.index)))
    const code = plainText(match[1] ?? '').replace(/\n$/, '')
    parts.push({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: code }] })
    from = match.index + match[0].length
  }
  return [...parts, ...linesOf(text.slice(from))]
}

function linesOf(text: string): Fields[] {
  const parts: { type: string; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    const type = line.startsWith('&gt;') ? 'rich_text_quote' : 'rich_text_section'
    const words = line.replace(/^&gt; ?/, '')
    const last = parts.at(-1)
    if (last?.type === type) last.lines.push(words)
    else parts.push({ type, lines: [words] })
  }
  return parts.map(({ type, lines }) => ({ type, elements: elementsOf(lines.join('\n'), {}) }))
}

function elementsOf(text: string, style: Record<string, true>): Fields[] {
  const plain = (words: string) => (words === '' ? [] : [{ type: 'text', text: plainText(words), style }])
  if (Object.keys(style).length >= DEPTH_MAX) return plain(text)
  const elements: Fields[] = []
  let from = 0
  for (const match of text.matchAll(SPECIAL)) {
    elements.push(...plain(text.slice(from, match.index)))
    elements.push(...(match[0].startsWith('<') ? [controlOf(match)] : marked(match, style)))
    from = match.index + match[0].length
  }
  return [...elements, ...plain(text.slice(from))]
}

function marked(match: RegExpExecArray, style: Record<string, true>): Fields[] {
  const marks = match.slice(4)
  const index = marks.findIndex((inner) => inner !== undefined)
  const name = STYLES[index] ?? 'bold'
  const inner = marks[index] ?? ''
  const within = { ...style, [name]: true as const }
  // Inside code nothing is formatted; and what is bold twice is bold.
  return name === 'code' ? [{ type: 'text', text: plainText(inner), style: within }] : elementsOf(inner, within)
}

function controlOf([whole, sign, body = '', label]: RegExpExecArray): Fields {
  if (sign === '@') return { type: 'user', user_id: body }
  if (sign === '#') return { type: 'channel', channel_id: body }
  if (sign === '!') return { type: 'text', text: plainText(whole) }
  return { type: 'link', url: plainText(body), ...(label !== undefined && { text: plainText(label) }) }
}
