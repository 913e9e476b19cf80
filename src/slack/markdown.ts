// The Markdown of letters, as the pieces that Slack's rich text has: a subset of CommonMark in which a line end stays a line end.
import { parseInline, type Run } from './markdown-inline.ts'

export type Piece =
  | { type: 'section' | 'quote' | 'code'; runs: Run[] }
  | { type: 'item'; runs: Run[]; number: number | undefined; indent: number }

const LINES_MAX = 20_000
const INDENT_MAX = 8
/** Columns by which an item stands deeper than the one it belongs to. */
const DEEPER = 2
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^([ \t]*)(?:[-*+]|(\d{1,9})[.)])(?:[ \t]+(.*))?$/

interface Reading {
  lines: string[]
  at: number
  /** The columns of the items that the next one may belong to. */
  open: number[]
}

export function parseMarkdown(markdown: string): Piece[] {
  const reading = {
    lines: markdown.replaceAll(/\r\n?/g, '\n').split('\n').slice(0, LINES_MAX),
    at: 0,
    open: [] as number[],
  }
  const pieces: Piece[] = []
  while (reading.at < reading.lines.length) {
    if (lineOf(reading).trim() === '') reading.at++
    else {
      const piece = takePiece(reading)
      if (piece.type !== 'item') reading.open = []
      pieces.push(piece)
    }
  }
  return pieces.filter(({ runs }) => runs.length > 0)
}

function lineOf({ lines, at }: Reading): string {
  return lines[at] ?? ''
}

function takePiece(reading: Reading): Piece {
  const line = lineOf(reading)
  const fence = FENCE.exec(line)?.[1]
  if (fence) return takeCode(reading, fence)
  const heading = HEADING.exec(line)
  if (heading) {
    reading.at++
    return { type: 'section', runs: parseInline(heading[1] ?? '', { bold: true }) }
  }
  if (RULE.test(line)) {
    reading.at++
    return { type: 'section', runs: [{ text: '———' }] }
  }
  if (QUOTE.test(line)) return takeQuote(reading)
  return ITEM.test(line) ? takeItem(reading) : takeParagraph(reading)
}

function takeCode(reading: Reading, fence: string): Piece {
  const start = reading.at + 1
  const isEnd = (line: string) =>
    line.trim().startsWith(fence) &&
    line
      .trim()
      .slice(fence.length)
      .replaceAll(fence[0] ?? '', '') === ''
  reading.at = start
  while (reading.at < reading.lines.length && !isEnd(lineOf(reading))) reading.at++
  const text = reading.lines.slice(start, reading.at).join('\n')
  reading.at++
  return { type: 'code', runs: text === '' ? [] : [{ text }] }
}

/** Slack has no quotes within quotes: the inner marks stay as they are written. */
function takeQuote(reading: Reading): Piece {
  const lines: string[] = []
  while (QUOTE.test(lineOf(reading)) && reading.at < reading.lines.length) {
    lines.push(lineOf(reading).replace(QUOTE, ''))
    reading.at++
  }
  return { type: 'quote', runs: parseInline(textOf(lines)) }
}

function takeItem(reading: Reading): Piece {
  const [, space = '', number, words = ''] = ITEM.exec(lineOf(reading)) ?? []
  const lines = [words]
  reading.at++
  while (goesOn(reading)) {
    lines.push(lineOf(reading).trim())
    reading.at++
  }
  const indent = depthOf(reading, space.replaceAll('\t', '    ').length)
  return {
    type: 'item',
    runs: parseInline(textOf(lines)),
    number: number === undefined ? undefined : Number(number),
    indent,
  }
}

/** An item belongs to the nearest one above it that it stands deeper than. */
function depthOf(reading: Reading, column: number): number {
  while (column < (reading.open.at(-1) ?? Number.NEGATIVE_INFINITY) + DEEPER) reading.open.pop()
  const depth = reading.open.length
  reading.open.push(column)
  return Math.min(depth, INDENT_MAX)
}

function takeParagraph(reading: Reading): Piece {
  const lines: string[] = []
  do {
    lines.push(lineOf(reading).trim())
    reading.at++
  } while (goesOn(reading))
  return { type: 'section', runs: parseInline(textOf(lines)) }
}

function goesOn(reading: Reading): boolean {
  const line = lineOf(reading)
  return line.trim() !== '' && ![FENCE, HEADING, RULE, QUOTE, ITEM].some((begins) => begins.test(line))
}

/** A backslash at the end of a line says what the line end says anyway. */
function textOf(lines: string[]): string {
  return lines.map((line, n) => (n < lines.length - 1 ? line.replace(/(?<!\\)\\$/, '') : line)).join('\n')
}
