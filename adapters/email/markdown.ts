// The Markdown of letters, read once and written twice: as the text and as the HTML of a mail. A subset of CommonMark in which
// a line end stays a line end, because that is what the agent typed and saw.
import { type Inline, parseInline } from './markdown-inline.ts'

export type Block =
  | { type: 'paragraph'; children: Inline[] }
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'quote'; children: Block[] }
  | { type: 'list'; start?: number; items: Block[][] }
  | { type: 'rule' }

const DEPTH_MAX = 8
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,3})([-*+]|(\d{1,9})[.)])(?:[ \t]+|$)/

export function parseMarkdown(markdown: string): Block[] {
  return parseBlocks(markdown.replace(/\r\n?/g, '\n').split('\n'), 0)
}

function parseBlocks(lines: string[], depth: number): Block[] {
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (!line.trim()) {
      at++
      continue
    }
    const taken = takeBlock(lines, at, depth)
    blocks.push(taken.block)
    at = taken.next
  }
  return blocks
}

interface Taken {
  block: Block
  next: number
}

function takeBlock(lines: string[], at: number, depth: number): Taken {
  const line = lines[at] ?? ''
  const fence = FENCE.exec(line)?.[1]
  if (fence) return takeCode(lines, at, fence)
  const heading = HEADING.exec(line)
  if (heading) {
    const block: Block = { type: 'heading', level: heading[1]?.length ?? 1, children: parseInline(heading[2] ?? '') }
    return { block, next: at + 1 }
  }
  if (RULE.test(line)) return { block: { type: 'rule' }, next: at + 1 }
  if (QUOTE.test(line) && depth < DEPTH_MAX) return takeQuote(lines, at, depth)
  if (ITEM.test(line) && depth < DEPTH_MAX) return takeList(lines, at, depth)
  return takeParagraph(lines, at)
}

function takeCode(lines: string[], at: number, fence: string): Taken {
  const close = lines.findIndex(
    (line, index) => index > at && line.trim().startsWith(fence) && !line.trim().slice(fence.length),
  )
  const end = close < 0 ? lines.length : close
  return { block: { type: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 }
}

function takeQuote(lines: string[], at: number, depth: number): Taken {
  let end = at
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end++
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''))
  return { block: { type: 'quote', children: parseBlocks(inner, depth + 1) }, next: end }
}

/** An item goes on as long as its lines are indented; an empty line between items changes nothing. */
function takeList(lines: string[], at: number, depth: number): Taken {
  const first = ITEM.exec(lines[at] ?? '')
  const indent = first?.[1]?.length ?? 0
  const shape: ListShape = { ordered: first?.[3] !== undefined, inside: indent + 2 }
  // Not a column more than belongs to this item: the rest says how deep what stands in it is.
  const margin = new RegExp(`^(?: {1,${indent + (first?.[2]?.length ?? 1) + 1}}|\\t)`)
  const items: string[][] = []
  let next = at
  while (next < lines.length) {
    const line = lines[next] ?? ''
    if (isItemOf(line, shape)) items.push([line.replace(ITEM, '')])
    else if (isInside(line, shape)) items.at(-1)?.push(line.replace(margin, ''))
    else if (!line.trim() && goesOn(lines, next, shape)) items.at(-1)?.push('')
    else if (!line.trim() || startsBlock(line)) break
    else items.at(-1)?.push(line)
    next++
  }
  const start = shape.ordered ? Number(first?.[3]) : undefined
  const children = items.map((item) => parseBlocks(item, depth + 1))
  return { block: { type: 'list', ...(start !== undefined && { start }), items: children }, next }
}

interface ListShape {
  ordered: boolean
  /** Columns from which a line belongs to the item above it. */
  inside: number
}

function isItemOf(line: string, shape: ListShape): boolean {
  const item = ITEM.exec(line)
  return item !== null && (item[3] !== undefined) === shape.ordered && !isInside(line, shape) && !RULE.test(line)
}

function isInside(line: string, { inside }: ListShape): boolean {
  return line.startsWith('\t') || (line.trim() !== '' && line.search(/\S/) >= inside)
}

function goesOn(lines: string[], at: number, shape: ListShape): boolean {
  const next = at + 1 < lines.length ? (lines[at + 1] ?? '') : ''
  return isItemOf(next, shape) || isInside(next, shape)
}

function takeParagraph(lines: string[], at: number): Taken {
  let end = at + 1
  while (end < lines.length && lines[end]?.trim() && !startsBlock(lines[end] ?? '')) end++
  const text = lines.slice(at, end).map((line) => line.trim())
  return { block: { type: 'paragraph', children: parseInline(text.join('\n')) }, next: end }
}

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line)
}
