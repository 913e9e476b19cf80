// Writes the words of an HTML mail twice at once, as plain text and as Markdown, with the same lines in both.
import { escapeLineStart, escapeMarkdown } from './markdown-escape.ts'

const QUOTE_DEPTH_MAX = 8 // Deeper quotes are still shown, only not deeper indented.

export interface TextWriter {
  words(text: string): void
  lineBreak(): void
  /** At least this many line ends before the next word, however many blocks end here. */
  blockBreak(lines: 1 | 2): void
  quote(open: boolean): void
  pre(open: boolean): void
  item(): void
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

  const put = (plain: string, marked = plain) => {
    text.push(plain)
    markdown.push(marked)
  }
  const newLines = () => {
    const marks = (depth: number) => '> '.repeat(Math.min(depth, QUOTE_DEPTH_MAX))
    const between = marks(Math.min(quotes, quotesAbove)).trimEnd()
    if (!started) put(marks(quotes))
    else {
      // Blocks that only end a line would run together in CommonMark without a hard break.
      if (breaks === 1) markdown.push(hardBreak || !lineStart ? '\\' : '')
      put(`${`\n${between}`.repeat(breaks - 1)}\n${marks(quotes)}`)
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
    const escaped = escapeMarkdown(piece)
    put(piece, lineStart ? escapeLineStart(escaped) : escaped)
    lineStart = false
    space = false
  }
  const blockBreak = (lines: 1 | 2) => {
    if (started) breaks = Math.max(breaks, lines)
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
    item() {
      blockBreak(1)
      if (breaks > 0 || !started) newLines()
      put('- ')
    },
    startLink(href) {
      if (href) link = { href, textFrom: text.length, markdownFrom: markdown.length }
    },
    endLink() {
      if (link && started) closeLink(text, markdown, link)
      link = undefined
    },
    length() {
      // Only ever appended to, so each piece is counted once.
      for (; counted < text.length; counted++) length += text[counted]?.length ?? 0
      return length
    },
    finish: () => ({ text: text.join('').trimEnd(), markdown: markdown.join('').trimEnd() }),
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
  if (shown !== link.href && `mailto:${shown}` !== link.href) text.push(` (${link.href})`)
  const label = markdown.slice(link.markdownFrom).join('')
  const target = link.href.replace(/[()\\<>]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  if (label.includes('\n')) {
    markdown.push(` (${escapeMarkdown(link.href)})`)
    return
  }
  markdown.length = link.markdownFrom
  const lead = /^\s*/.exec(label)?.[0] ?? ''
  markdown.push(`${lead}[${label.trim()}](${target})`)
}
