// Writes the words of an HTML mail twice at once, as plain text and as Markdown, with the same lines in both.
import { emphasis, type Mark } from './emphasis.ts'
import { hostToShow } from './link-host.ts'
import { escapeLineStart, escapeMarkdown } from './markdown-escape.ts'

const LISTS_DEEP_MAX = 20
const QUOTE_DEPTH_MAX = 8 // Deeper quotes are still shown, only not deeper indented.

export interface TextWriter {
  words(text: string): void
  lineBreak(): void
  /** At least this many line ends before the next word, however many blocks end here. */
  blockBreak(lines: 1 | 2): void
  quote(open: boolean): void
  pre(open: boolean): void
  list(open: boolean, ordered: boolean, start?: number): void
  item(): void
  /** 0 ends it. */
  heading(level: number): void
  mark(mark: Mark, open: boolean): void
  row(): void
  /** Begins one: those of a row stand in one line as long as each is a line. */
  cell(): void
  startLink(href: string | undefined): void
  endLink(): void
  /** Of the plain text so far. */
  length(): number
  finish(): { text: string; markdown: string }
}

export function textWriter(): TextWriter {
  const text: string[] = []
  const markdown: string[] = []
  let link: { href: string; textFrom: number; markdownFrom: number } | undefined
  let quotes = 0
  let quotesAbove = 0
  let pre = 0
  let breaks = 0
  let hardBreak = false
  let started = false
  let counted = 0
  let length = 0
  let lineStart = true
  let space = false
  let heading = ''
  const marks = emphasis(markdown)
  const lists: { ordered: boolean; next: number; indent: number }[] = []
  let afterMarker = false
  /** Of the current table row. */
  let cell: { empty: boolean; oneLine: boolean; before: number } | undefined

  const put = (plain: string, marked = plain) => {
    text.push(plain)
    markdown.push(marked)
  }
  const newLines = (hard = true) => {
    marks.suspend()
    if (cell && !cell.empty) cell.oneLine = false
    const quoteMarks = (depth: number) => '> '.repeat(Math.min(depth, QUOTE_DEPTH_MAX))
    const between = quoteMarks(Math.min(quotes, quotesAbove)).trimEnd()
    if (!started) put(quoteMarks(quotes))
    else {
      // Blocks that only end a line would run together in CommonMark without a hard break.
      if (breaks === 1 && hard) markdown.push(hardBreak || !lineStart ? '\\' : '')
      put(`${`\n${between}`.repeat(breaks - 1)}\n${quoteMarks(quotes)}`)
    }
    started = true
    quotesAbove = quotes
    breaks = 0
    hardBreak = false
    lineStart = true
    space = false
  }
  const word = (piece: string) => {
    if (breaks > 0 || !started) newLines()
    if (space && !lineStart) put(' ')
    if (heading && lineStart) markdown.push(heading)
    heading = ''
    const emphasised = marks.before(piece, space || lineStart)
    const escaped = escapeMarkdown(piece)
    put(piece, emphasised + (lineStart && !emphasised ? escapeLineStart(escaped) : escaped))
    lineStart = false
    space = false
    afterMarker = false
    if (cell) cell.empty = false
  }
  const blockBreak = (lines: 1 | 2) => {
    if (started && !afterMarker && !cell?.empty) breaks = Math.max(breaks, lines)
  }
  const preformatted = (piece: string) => {
    for (const [index, line] of piece.replaceAll('\t', '    ').split('\n').entries()) {
      if (index > 0 && started) breaks = Math.min(2, breaks + 1)
      if (line.trim()) word(line)
    }
  }
  return {
    words(piece) {
      if (pre > 0) return preformatted(piece)
      if (/^\s/.test(piece)) space = true
      const plain = piece.replace(/[\s\u00a0]+/g, ' ').trim()
      if (plain) word(plain)
      if (plain && /\s$/.test(piece)) space = true
    },
    lineBreak() {
      if (!started) return
      breaks = Math.min(2, breaks + 1)
      hardBreak = true
    },
    blockBreak,
    quote(open) {
      blockBreak(2)
      quotes = Math.max(0, quotes + (open ? 1 : -1))
    },
    pre(open) {
      blockBreak(2)
      pre = Math.max(0, pre + (open ? 1 : -1))
    },
    list(open, ordered, start = 1) {
      blockBreak(lists.length > (open ? 0 : 1) ? 1 : 2)
      const outer = lists.at(-1)
      if (!open) lists.pop()
      else if (lists.length < LISTS_DEEP_MAX) {
        lists.push({ ordered, next: start, indent: outer ? outer.indent + (outer.ordered ? 3 : 2) : 0 })
      }
    },
    item() {
      afterMarker = false
      blockBreak(1)
      if (breaks > 0 || !started) newLines(false)
      const list = lists.at(-1)
      put(`${' '.repeat(list?.indent ?? 0)}${list?.ordered ? `${list.next++}. ` : '- '}`)
      afterMarker = true
    },
    heading(level) {
      blockBreak(2)
      heading = level > 0 ? `${'#'.repeat(level)} ` : ''
    },
    mark(mark, open) {
      if (open) marks.open(mark)
      else marks.close(mark)
    },
    row() {
      // Paragraphs in the cells of a table of data are no paragraphs: Word puts one in each.
      if (cell?.oneLine && cell.before > 0) breaks = Math.min(breaks, 1)
      cell = undefined
      blockBreak(1)
    },
    cell() {
      if (cell?.oneLine) {
        breaks = 0
        space = true
      } else if (cell) blockBreak(1)
      cell = { empty: true, oneLine: true, before: cell ? cell.before + 1 : 0 }
    },
    startLink(href) {
      marks.suspend()
      if (href) link = { href, textFrom: text.length, markdownFrom: markdown.length }
    },
    endLink() {
      marks.suspend()
      if (link && started) closeLink(text, markdown, link)
      link = undefined
    },
    length() {
      // Only ever appended to, so each piece is counted once.
      for (; counted < text.length; counted++) length += text[counted]?.length ?? 0
      return length
    },
    finish() {
      marks.suspend()
      return { text: text.join('').trimEnd(), markdown: markdown.join('').trimEnd() }
    },
  }
}

/** The real address is always shown: a link may say one thing and lead to another. */
function closeLink(
  text: string[],
  markdown: string[],
  link: { href: string; textFrom: number; markdownFrom: number },
): void {
  const shown = text.slice(link.textFrom).join('').trim()
  if (!shown) return
  const host = hostToShow(shown, link.href)
  if (shown !== link.href && `mailto:${shown}` !== link.href) text.push(` (${link.href})`)
  if (host && !showsHost(link.href, host)) text.push(` (leads to ${host})`)
  const label = markdown.slice(link.markdownFrom).join('')
  const target = link.href.replace(/[()\\<>]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  if (label.includes('\n')) {
    markdown.push(` (${escapeMarkdown(link.href)})`)
    return
  }
  markdown.length = link.markdownFrom
  const lead = /^\s*/.exec(label)?.[0] ?? ''
  markdown.push(`${lead}[${label.trim()}](${target})${host ? ` (leads to ${escapeMarkdown(host)})` : ''}`)
}

/** The address itself says it already, where nothing in it pretends. */
function showsHost(href: string, host: string): boolean {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(href) ?? []
  return authority.toLowerCase() === host
}
