// The parts of a mail by position, so that IMAP can hand out any of them byte for byte. All text here is Latin-1: one character per byte.
import { type Field, fieldsOf, fieldValue, type Parameters, parseParameters } from './mail-header.ts'

export interface Part {
  kind: 'leaf' | 'multipart' | 'message'
  fields: Field[]
  type: string
  subtype: string
  parameters: Parameters
  /** Positions in the whole mail. */
  headerStart: number
  bodyStart: number
  end: number
  /** A multipart's parts; a message/rfc822's one message. */
  children: Part[]
}

/** Mail programs refuse an answer that nests deeper than about this. */
const DEPTH_MAX = 20
const PARTS_MAX = 1000

export function parseMail(text: string): Part {
  return parsePart(text, 0, text.length, 'text/plain', DEPTH_MAX, { parts: PARTS_MAX })
}

/** The part with this number, `[2, 1]` for 2.1 (RFC 3501 section 6.4.5). */
export function findPart(mail: Part, path: readonly number[]): Part | undefined {
  let scope: Part | undefined = mail
  let found: Part | undefined
  for (const number of path) {
    found = scope?.kind === 'multipart' ? scope.children[number - 1] : number === 1 ? scope : undefined
    if (!found) return undefined
    scope = found.kind === 'multipart' ? found : found.children[0]
  }
  return found
}

export function leavesOf(part: Part): Part[] {
  return part.kind === 'leaf' ? [part] : part.children.flatMap(leavesOf)
}

/** Where the body begins: behind the first empty line, or at the end when there is none. */
export function bodyStartOf(text: string, start: number, end: number): number {
  const empty = /(?:^|\n)\r?\n/g
  const head = text.startsWith('\n', start) ? 1 : text.startsWith('\r\n', start) ? 2 : 0
  if (head) return Math.min(start + head, end)
  empty.lastIndex = start
  const match = empty.exec(text)
  return match ? Math.min(match.index + match[0].length, end) : end
}

interface Budget {
  parts: number
}

function parsePart(text: string, start: number, end: number, fallback: string, depth: number, budget: Budget): Part {
  const bodyStart = bodyStartOf(text, start, end)
  const fields = fieldsOf(text.slice(start, bodyStart))
  const { value, parameters } = parseParameters(fieldValue(fields, 'content-type') ?? fallback)
  const [type = '', subtype = ''] = (/^[^\s/]+\/[^\s/]+$/.test(value) ? value : 'text/plain').split('/')
  const part: Part = {
    kind: 'leaf',
    fields,
    type,
    subtype,
    parameters,
    headerStart: start,
    bodyStart,
    end,
    children: [],
  }
  budget.parts--
  if (depth === 0 || budget.parts <= 0) return part // Deeper or wider than any letter: shown as one part.
  const mediaType = `${type}/${subtype}`.toLowerCase()
  const boundary = parameters.find(([name]) => name.toLowerCase() === 'boundary')?.[1]
  if (mediaType === 'message/rfc822') {
    part.kind = 'message'
    part.children = [parsePart(text, bodyStart, end, 'text/plain', depth - 1, budget)]
  } else if (mediaType.startsWith('multipart/') && boundary) {
    const inside = mediaType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    part.children = rangesBetween(text, bodyStart, end, boundary).map(([from, to]) =>
      parsePart(text, from, to, inside, depth - 1, budget),
    )
    if (part.children.length > 0) part.kind = 'multipart'
  }
  return part
}

/** The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1). */
function rangesBetween(text: string, start: number, end: number, boundary: string): [number, number][] {
  const delimiter = `--${boundary}`
  const ranges: [number, number][] = []
  let open: number | undefined
  for (let at = text.indexOf(delimiter, start); at >= 0 && at < end; at = text.indexOf(delimiter, at + 1)) {
    const isLineStart = at === start || text[at - 1] === '\n'
    const tail = /(--)?[ \t]*(?:\r?\n|$)/y
    tail.lastIndex = at + delimiter.length
    const match = isLineStart ? tail.exec(text) : null
    if (!match) continue
    if (open !== undefined) ranges.push([open, Math.max(open, text.startsWith('\r\n', at - 2) ? at - 2 : at - 1)])
    open = match[1] ? undefined : Math.min(tail.lastIndex, end)
    if (match[1] || ranges.length >= PARTS_MAX) return ranges
  }
  if (open !== undefined) ranges.push([open, end]) // Never closed: cut off on the way, or sloppily made.
  return ranges
}
