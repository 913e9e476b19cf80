// Markdown, read into pieces, as Slack's rich text and as plain words.
import type { RichTextBlock, RichTextElement } from '@slack/types'
import { type Piece, parseMarkdown } from './markdown.ts'
import type { Run } from './markdown-inline.ts'
import { chunks } from './mrkdwn.ts'

const LINK_MAX = 3000

type Item = Extract<Piece, { type: 'item' }>

/** For a field of a form; undefined for a text that says nothing. */
export function richFromMarkdown(markdown: string): RichTextBlock | undefined {
  const pieces = parseMarkdown(markdown)
  return pieces.length === 0 ? undefined : blockOf(joinSections(pieces))
}

/** Where a person types, paragraphs are one piece with empty lines in it, and an element is no longer than Slack takes. */
function joinSections(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (piece.type === 'section' && last?.type === 'section') last.runs.push({ text: '\n\n' }, ...piece.runs)
    else joined.push({ ...piece, runs: [...piece.runs] })
  }
  return joined.map((piece) => ({
    ...piece,
    runs: piece.runs.flatMap((run) => chunks(run.text).map((text) => ({ ...run, text }))),
  }))
}

/** What a reader sees, without the marks. */
export function plainFromMarkdown(markdown: string): string {
  return plainOf(parseMarkdown(markdown))
}

export function blockOf(pieces: readonly Piece[]): RichTextBlock {
  const elements: RichTextBlock['elements'] = []
  for (const [n, piece] of pieces.entries()) {
    const last = elements.at(-1)
    const before = pieces[n - 1]
    const inner = piece.runs.map(elementOf)
    if (piece.type === 'item') {
      const isNext = last?.type === 'rich_text_list' && before?.type === 'item' && isSameList(before, piece)
      if (isNext) last.elements.push({ type: 'rich_text_section', elements: inner })
      else elements.push(listOf(piece, inner))
    } else if (piece.type === 'code') {
      const texts = piece.runs.map(({ text }) => ({ type: 'text' as const, text }))
      elements.push({ type: 'rich_text_preformatted', elements: texts })
    } else if (piece.type === 'quote') elements.push({ type: 'rich_text_quote', elements: inner })
    else elements.push({ type: 'rich_text_section', elements: spaced(inner, pieces[n + 1]) })
  }
  return { type: 'rich_text', elements }
}

/** Paragraphs stand apart as they do in a letter. */
function spaced(inner: RichTextElement[], next: Piece | undefined): RichTextElement[] {
  return next?.type === 'section' ? [...inner, { type: 'text', text: '\n\n' }] : inner
}

function isSameList(a: Item, b: Item): boolean {
  return a.indent === b.indent && (a.number === undefined) === (b.number === undefined)
}

function listOf({ number, indent }: Item, inner: RichTextElement[]): RichTextBlock['elements'][number] {
  return {
    type: 'rich_text_list',
    style: number === undefined ? 'bullet' : 'ordered',
    indent,
    ...(number !== undefined && number > 1 && { offset: number - 1 }),
    elements: [{ type: 'rich_text_section', elements: inner }],
  }
}

function elementOf({ text, url, ...style }: Run): RichTextElement {
  const styled = Object.keys(style).length > 0 ? { style } : {}
  if (url === undefined || url.length > LINK_MAX) return { type: 'text', text, ...styled }
  return { type: 'link', url, text, ...styled }
}

export function plainOf(pieces: readonly Piece[]): string {
  let plain = ''
  for (const [n, piece] of pieces.entries()) {
    const before = pieces[n - 1]
    const isTight = piece.type === 'item' && before?.type === 'item'
    plain += (n === 0 ? '' : isTight ? '\n' : '\n\n') + plainPiece(piece)
  }
  return plain
}

function plainPiece(piece: Piece): string {
  const text = piece.runs.map(plainRun).join('')
  if (piece.type === 'quote') return text.replaceAll(/^/gm, '> ')
  if (piece.type !== 'item') return text
  return `${'  '.repeat(piece.indent)}${piece.number === undefined ? '-' : `${piece.number}.`} ${text}`
}

function plainRun({ text, url }: Run): string {
  return url === undefined || url === text || url === `mailto:${text}` ? text : `${text} (${url})`
}
