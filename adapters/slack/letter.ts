// A letter cut into messages that Slack takes: never inside what a reader sees as one character, and none of it is ever parsed.
import type { RichTextBlock, RichTextElement } from '@slack/types'
import { chunks } from '../../src/slack/mrkdwn.ts'
import { type Piece, parseMarkdown } from './markdown.ts'
import type { Run } from './markdown-inline.ts'

/** Characters of one message. Slack refuses blocks of some 13,000 in all, and its own clients fold long ones. */
export const TEXT_MAX = 3000
const LINK_MAX = 3000

export interface Page {
  blocks: RichTextBlock[]
  /** What it says, as plain text. */
  text: string
}

type Item = Extract<Piece, { type: 'item' }>

export function pagesOf(markdown: string): Page[] {
  return pack(parseMarkdown(markdown)).map((pieces) => ({ blocks: [blockOf(pieces)], text: plainOf(pieces) }))
}

function pack(pieces: Piece[]): Piece[][] {
  const pages: Piece[][] = []
  let page: Piece[] = []
  let size = 0
  const turn = () => {
    if (page.length > 0) pages.push(page)
    page = []
    size = 0
  }
  for (const piece of pieces.flatMap(cut)) {
    const length = lengthOf(piece)
    if (size + length > TEXT_MAX) turn()
    page.push(piece)
    size += length
  }
  turn()
  return pages
}

function lengthOf({ runs }: Piece): number {
  return runs.reduce((sum, { text }) => sum + text.length, 2)
}

/** A piece that no message could hold becomes several of its kind. */
function cut(piece: Piece): Piece[] {
  if (lengthOf(piece) <= TEXT_MAX) return [piece]
  const roomMax = TEXT_MAX - 2
  const rows: Run[][] = [[]]
  let room = roomMax
  for (const run of piece.runs) {
    const fitting = run.text.length <= room
    if (!fitting && run.text.length <= roomMax) {
      rows.push([])
      room = roomMax
    }
    for (const [n, text] of chunks(run.text, fitting ? room : roomMax).entries()) {
      if (n > 0 || text.length > room) {
        rows.push([])
        room = roomMax
      }
      rows.at(-1)?.push({ ...run, text })
      room -= text.length
    }
  }
  return rows.filter((runs) => runs.length > 0).map((runs) => ({ ...piece, runs }))
}

function blockOf(pieces: Piece[]): RichTextBlock {
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

function plainOf(pieces: Piece[]): string {
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
