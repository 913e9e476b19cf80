// HTML mail as readable text and as Markdown, in one pass over the tags. Nothing is fetched, run or kept of it but words and links.
import { TEXT_MAX } from './clean-text.ts'
import { decodeEntities } from './html-entity.ts'
import { endOfElement, isHidden } from './html-hidden.ts'
import type { ImageName } from './inline-image.ts'
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
const MARKS: Record<string, '**' | '*'> = { b: '**', strong: '**', i: '*', em: '*' }
/** A set with an end, so that looking for the ends of elements that have none comes to an end too. */
const HIDEABLE = new Set(
  'div span p a b i u font strong em small center table tbody thead tr td th ul ol li section article header footer img input h1 h2 h3 h4 h5 h6'.split(
    ' ',
  ),
)
const VOID = new Set(['img', 'br', 'hr', 'input', 'meta', 'link', 'area', 'base', 'col', 'wbr', 'source'])
const PARAGRAPHS = new Set(['p', 'dl', 'figure', 'form'])
const LINES = new Set(['div', 'section', 'article', 'header', 'footer', 'address', 'center', 'dt', 'dd', 'hr'])
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
export function htmlToText(source: string, imageName: ImageName = () => undefined): HtmlText {
  const html = source.slice(0, HTML_MAX)
  const seen = convert(html, imageName, true)
  // Better what was meant to be hidden than nothing at all.
  return seen.text ? seen : convert(html, imageName, false)
}

interface Conversion {
  writer: TextWriter
  ranges: RangeKeeper
  imageName: ImageName
  hides: boolean
}

function convert(html: string, imageName: ImageName, hides: boolean): HtmlText {
  const writer = textWriter()
  const ranges = rangeKeeper(writer.length)
  const neverClosed = new Set<string>()
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    const textEnd = open < 0 ? html.length : open
    if (textEnd > position) writer.words(decodeEntities(html.slice(position, Math.min(textEnd, position + TEXT_MAX))))
    if (open < 0) break
    position = takeMarkup(html, open, { writer, ranges, imageName, hides }, neverClosed)
  }
  return { ...writer.finish(), ranges: ranges.finish() }
}

/** Writes what the markup at `open` means and returns where to go on; always further than `open`. */
function takeMarkup(
  html: string,
  open: number,
  { writer, ranges, imageName, hides }: Conversion,
  neverClosed: Set<string>,
): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4)
  if (!TAG.test(html.slice(open, open + TAG_HEAD_MAX))) {
    if (/[!?/]/.test(html[open + 1] ?? '')) return after(html, '>', open + 1)
    let end = open + 1
    while (html[end] === '<' && html[end + 1] === '<') end++ // A run of them at once; the last may begin a tag.
    writer.words(html.slice(open, Math.min(end, open + TEXT_MAX)))
    return end
  }
  const tag = readTag(html, open)
  if (!tag) {
    writer.words(decodeEntities(html.slice(open)))
    return html.length
  }
  if (SKIPPED.has(tag.name) && !tag.closing && !neverClosed.has(tag.name)) return skipElement(html, tag, neverClosed)
  const hiddenEnd = tag.closing || !hides ? undefined : endOfHidden(html, tag, neverClosed)
  if (hiddenEnd !== undefined) return hiddenEnd
  if (tag.closing) ranges.close(tag.name)
  else ranges.open(tag.name, tag.attributes)
  writeTag(tag, writer, imageName)
  return tag.end
}

/** True when it was a tag of these: emphasis, headings, lists and tables. */
function writeStructure({ name, closing, attributes }: Tag, writer: TextWriter): boolean {
  const mark = MARKS[name]
  if (mark) writer.mark(mark, !closing)
  else if (/^h[1-6]$/.test(name)) writer.heading(closing ? 0 : Number(name[1]))
  else if (name === 'ul' || name === 'ol') writer.list(!closing, name === 'ol', listStart(attributes))
  else if (name === 'tr') writer.row()
  else if (name === 'table') {
    writer.row()
    writer.blockBreak(2)
  } else if (name === 'td' || name === 'th') {
    if (!closing) writer.cell()
  } else return false
  return true
}

function listStart(attributes: string): number {
  const start = Number(attribute(attributes, 'start') ?? 1)
  return Number.isSafeInteger(start) && start >= 0 && start < 1_000_000 ? start : 1
}

function writeTag(tag: Tag, writer: TextWriter, imageName: ImageName): void {
  if (writeStructure(tag, writer)) return
  if (tag.name === 'br') writer.lineBreak()
  else if (tag.name === 'pre') writer.pre(!tag.closing)
  else if (tag.name === 'blockquote') writer.quote(!tag.closing)
  else if (tag.name === 'li' && !tag.closing) writer.item()
  else if (tag.name === 'a') {
    if (tag.closing) writer.endLink()
    else writer.startLink(linkIn(tag.attributes))
  } else if (tag.name === 'img') {
    const shown = imageWords(tag.attributes, imageName)
    if (shown) writer.words(`[${shown}]`)
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

/** Undefined when it is not hidden, or when nobody can say where that ends. */
function endOfHidden(html: string, tag: Tag, neverClosed: Set<string>): number | undefined {
  if (!HIDEABLE.has(tag.name) || !isHidden(tag.attributes)) return undefined
  if (VOID.has(tag.name)) return tag.end
  if (neverClosed.has(`hidden ${tag.name}`)) return undefined
  const end = endOfElement(html, tag.name, tag.end)
  if (end === undefined) neverClosed.add(`hidden ${tag.name}`)
  return end
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

/** Nothing is said of images without words: most of them only tell the sender that the mail was opened. */
function imageWords(attributes: string, imageName: ImageName): string {
  const source = decodeEntities(attribute(attributes, 'src') ?? '').trim()
  const name = /^cid:/i.test(source) ? imageName(decodeURIText(source.slice(4))) : undefined
  if (name !== undefined) return `image: ${name}`
  return decodeEntities(attribute(attributes, 'alt') ?? '').trim()
}

function decodeURIText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function linkIn(attributes: string): string | undefined {
  const href = decodeEntities(attribute(attributes, 'href') ?? '').trim()
  return LINK.test(href) ? href : undefined
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}
