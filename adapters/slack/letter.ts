// A letter cut into messages that Slack takes: never inside what a reader sees as one character, and none of it is ever parsed.
import type { RichTextBlock } from '@slack/types'
import { type Piece, parseMarkdown } from '../../src/slack/markdown.ts'
import type { Run } from '../../src/slack/markdown-inline.ts'
import { blockOf, plainOf } from '../../src/slack/markdown-rich.ts'
import { chunks } from '../../src/slack/mrkdwn.ts'

/** Characters of one message. Slack refuses blocks of some 13,000 in all, and its own clients fold long ones. */
export const TEXT_MAX = 3000

export interface Page {
  blocks: RichTextBlock[]
  /** What it says, as plain text. */
  text: string
}

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
