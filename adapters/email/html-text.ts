// HTML mail as readable text and as Markdown, in one pass over the tags. Nothing is fetched, run or kept of it but words and links.
import { decodeEntities } from './html-entity.ts'
import { type HtmlRange, type RangeKeeper, rangeKeeper } from './quote-html.ts'
import { type TextWriter, textWriter } from './text-writer.ts'

const SKIPPED = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'svg',
  'object',
  'iframe',
  'select',
])
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'table', 'dl', 'figure', 'form'])
const LINES = new Set(['div', 'tr', 'section', 'article', 'header', 'footer', 'address', 'center', 'dt', 'dd', 'hr'])
const TAG = /^<(\/?)([a-z][a-z0-9:]*)/i
const TAG_HEAD_MAX = 100
const ATTRIBUTES_MAX = 4000
export const HTML_MAX = 4_000_000
const LINK = /^(?:https?:\/\/|mailto:)[^\s<>"]+$/i

interface Tag {
  name: string
  closing: boolean
  /** Everything between the name and the `>`. */
  attributes: string
  /** Where the text goes on. */
  end: number
}

export interface HtmlText {
  text: string
  markdown: string
  /** Where in the text quotes and signatures are, as the mail program marked them. */
  ranges: HtmlRange[]
}

/** Linear in the length: what could not be found once is not looked for again. */
export function htmlToText(source: string): HtmlText {
  const html = source.slice(0, HTML_MAX)
  const writer = textWriter()
  const ranges = rangeKeeper(writer.length)
  const neverClosed = new Set<string>()
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    const textEnd = open < 0 ? html.length : open
    if (textEnd > position) writer.words(decodeEntities(html.slice(position, textEnd)))
    if (open < 0) break
    position = takeMarkup(html, open, writer, ranges, neverClosed)
  }
  return { ...writer.finish(), ranges: ranges.finish() }
}

/** Writes what the markup at `open` means and returns where to go on; always further than `open`. */
function takeMarkup(
  html: string,
  open: number,
  writer: TextWriter,
  ranges: RangeKeeper,
  neverClosed: Set<string>,
): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4)
  if (!TAG.test(html.slice(open, open + TAG_HEAD_MAX))) {
    if (/[!?/]/.test(html[open + 1] ?? '')) return after(html, '>', open + 1)
    writer.words('<')
    return open + 1
  }
  const tag = readTag(html, open)
  if (!tag) {
    writer.words(decodeEntities(html.slice(open)))
    return html.length
  }
  if (SKIPPED.has(tag.name) && !tag.closing && !neverClosed.has(tag.name)) return skipElement(html, tag, neverClosed)
  if (tag.closing) ranges.close(tag.name)
  else ranges.open(tag.name, tag.attributes)
  writeTag(tag, writer)
  return tag.end
}

function writeTag(tag: Tag, writer: TextWriter): void {
  if (tag.name === 'br') writer.lineBreak()
  else if (tag.name === 'pre') writer.pre(!tag.closing)
  else if (tag.name === 'blockquote') writer.quote(!tag.closing)
  else if (tag.name === 'li' && !tag.closing) writer.item()
  else if (tag.name === 'td' || tag.name === 'th') writer.words(' ')
  else if (tag.name === 'a') {
    if (tag.closing) writer.endLink()
    else writer.startLink(linkIn(tag.attributes))
  } else if (tag.name === 'img') {
    const alt = decodeEntities(attribute(tag.attributes, 'alt') ?? '').trim()
    if (alt) writer.words(`[${alt}]`)
  } else if (PARAGRAPHS.has(tag.name)) writer.blockBreak(2)
  else if (LINES.has(tag.name)) writer.blockBreak(1)
}

/** A `>` inside quotes does not end a tag. Undefined when it never ends. */
function readTag(html: string, open: number): Tag | undefined {
  const head = TAG.exec(html.slice(open, open + TAG_HEAD_MAX))
  if (!head) return undefined
  const from = open + head[0].length
  // A quote that is never closed would swallow the rest of the mail: then the tag ends where it plainly ends.
  const end = quotedEnd(html, from) ?? html.indexOf('>', from)
  if (end < 0) return undefined
  const attributes = html.slice(from, Math.min(end, from + ATTRIBUTES_MAX))
  return { name: (head[2] ?? '').toLowerCase(), closing: head[1] === '/', attributes, end: end + 1 }
}

function quotedEnd(html: string, from: number): number | undefined {
  let quote = ''
  for (let i = from; i < Math.min(html.length, from + ATTRIBUTES_MAX); i++) {
    const char = html[i]
    if (quote) quote = char === quote ? '' : quote
    else if ((char === '"' || char === "'") && html[i - 1] === '=') quote = char
    else if (char === '>') return i
  }
  return undefined
}

function skipElement(html: string, tag: Tag, neverClosed: Set<string>): number {
  if (tag.attributes.endsWith('/')) return tag.end
  const close = new RegExp(`</${tag.name}\\b`, 'gi')
  close.lastIndex = tag.end
  const found = close.exec(html)
  if (found) return after(html, '>', found.index)
  // Without an end only the tag itself is skipped: better a style sheet in the text than a mail without one.
  neverClosed.add(tag.name)
  return tag.end
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from)
  return found < 0 ? html.length : found + mark.length
}

function linkIn(attributes: string): string | undefined {
  const href = decodeEntities(attribute(attributes, 'href') ?? '').trim()
  return LINK.test(href) ? href : undefined
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}
