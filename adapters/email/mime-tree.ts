// A mail's bytes as a tree of parts, in one pass over its lines. However broken the mail, there is a tree, and nothing is copied.
import { latin1 } from './charset.ts'
import type { Header } from './header.ts'
import { readMailHeader } from './mail-header.ts'
import { parseStructured, type StructuredHeader } from './structured-header.ts'

export interface MimePart {
  headers: Header[]
  type: StructuredHeader
  disposition: StructuredHeader
  /** As it travelled. Empty for a multipart that has parts. */
  body: Uint8Array
  parts: MimePart[]
  /** Where it stands among the leaves of its tree, in the order of the mail: this never changes for the same bytes. */
  leaf: number
}

export interface MimeTree {
  root: MimePart
  /** Some of it was left together as it was: more levels, parts or header than are read. */
  cut: { levels?: true; parts?: number; header?: true }
  /** As what the raw bytes of the header were read. */
  guessed?: string
}

export const LEVELS_MAX = 100
const PARTS_READ_MAX = 20_000
const HEAD_BYTES_MAX = 256 * 1024
const PART_HEAD_BYTES_MAX = 16 * 1024
const BOUNDARY_MAX = 998 // RFC 2046 says 70; some programs write longer ones, and a line has no more.
const SPACE_AFTER_MAX = 1000
const DASH = 45
const CR = 13
const LF = 10

interface Draft {
  headStart: number
  bodyStart?: number
  bodyEnd?: number
  headers: Header[]
  type: StructuredHeader
  disposition: StructuredHeader
  parts: Draft[]
  level: number
}

interface Reader {
  bytes: Buffer
  cut: MimeTree['cut']
  /** Those whose parts are being read, the outermost first. */
  open: { boundary: string; of: Draft }[]
  longestBoundary: number
  /** Undefined between the parts, where nothing is kept. */
  current: Draft | undefined
  count: number
  guessed?: string
}

export function readMime(raw: Uint8Array): MimeTree {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const root = newDraft(0, 0)
  const reader: Reader = { bytes, cut: {}, open: [], longestBoundary: 0, current: root, count: 1 }
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LF, start)
    const next = feed < 0 ? bytes.length : feed + 1
    takeLine(reader, start, feed < 0 ? bytes.length : feed, next)
    start = next
  }
  endPart(reader, bytes.length)
  if (root.parts.length === 0) {
    root.bodyEnd = bytes.length
    if (root.headers.length === 0) root.bodyStart = 0 // Not one header: then all of it is words.
  }
  const { cut, guessed } = reader
  return { root: finished(root, bytes, { next: 0 }), cut, ...(guessed !== undefined && { guessed }) }
}

function takeLine(reader: Reader, start: number, feed: number, next: number): void {
  const { bytes, open, current } = reader
  const end = feed > start && bytes[feed - 1] === CR ? feed - 1 : feed
  const dashes = open.length > 0 && bytes[start] === DASH && bytes[start + 1] === DASH
  const mark = dashes ? delimiterAt(reader, start, end) : undefined
  if (mark) takeDelimiter(reader, mark, start, next)
  else if (current && current.bodyStart === undefined && end === start) endHead(reader, current, start, next)
}

interface Delimiter {
  index: number
  of: Draft
  last: boolean
}

function takeDelimiter(reader: Reader, { index, of, last }: Delimiter, start: number, next: number): void {
  endPart(reader, start)
  reader.open.length = index + (last ? 0 : 1)
  reader.current = undefined
  if (last) return
  if (reader.count++ >= PARTS_READ_MAX) {
    reader.cut.parts = (reader.cut.parts ?? 0) + 1
    return
  }
  const part = newDraft(next, of.level + 1)
  if (of.type.value === 'multipart/digest') part.type = { ...part.type, value: 'message/rfc822' }
  of.parts.push(part)
  reader.current = part
}

/** Of several open parts with the same boundary the innermost is meant. */
function delimiterAt({ bytes, open, longestBoundary }: Reader, start: number, end: number): Delimiter | undefined {
  if (end - start > longestBoundary + SPACE_AFTER_MAX) return undefined
  const line = latin1(bytes.subarray(start + 2, end)).trimEnd()
  const index = open.findLastIndex(({ boundary }) => line === boundary || isLast(line, boundary))
  const found = open[index]
  return found && { index, of: found.of, last: line !== found.boundary }
}

function isLast(line: string, boundary: string): boolean {
  return line.length === boundary.length + 2 && line.endsWith('--') && line.startsWith(boundary)
}

function endHead(reader: Reader, part: Draft, headEnd: number, bodyStart: number): void {
  const { bytes, cut } = reader
  const max = part.level === 0 ? HEAD_BYTES_MAX : PART_HEAD_BYTES_MAX
  if (headEnd - part.headStart > max) cut.header = true
  const head = readMailHeader(bytes.subarray(part.headStart, Math.min(headEnd, part.headStart + max)))
  if (head.guessed !== undefined) reader.guessed ??= head.guessed
  part.headers = head.headers
  part.type = contentType(part)
  part.disposition = parseStructured(headerText(part.headers, 'content-disposition'))
  part.bodyStart = bodyStart
  const boundary = part.type.value.startsWith('multipart/') ? boundaryOf(part, bytes) : undefined
  if (boundary === undefined) return
  if (part.level >= LEVELS_MAX) cut.levels = true
  else {
    reader.open.push({ boundary, of: part })
    reader.longestBoundary = Math.max(reader.longestBoundary, boundary.length)
  }
}

function endPart(reader: Reader, at: number): void {
  const { bytes, current } = reader
  if (!current) return
  if (current.bodyStart === undefined) endHead(reader, current, at, at)
  current.bodyEnd = Math.max(current.bodyStart ?? at, withoutLineEnd(bytes, at))
}

function newDraft(headStart: number, level: number): Draft {
  const none = { value: '', params: new Map<string, string>() }
  return { headStart, headers: [], type: { ...none, value: 'text/plain' }, disposition: none, parts: [], level }
}

function contentType(part: Draft): StructuredHeader {
  const header = headerText(part.headers, 'content-type')
  if (!header) return part.type
  const type = parseStructured(header)
  // `Content-Type: text` was never right, and means what it says nevertheless.
  return /^[^/\s]+\/[^/\s]+$/.test(type.value)
    ? type
    : { ...type, value: type.value.startsWith('html') ? 'text/html' : 'text/plain' }
}

/** The declared one if it occurs; else, of a mail whose header was damaged on its way, the first line that looks like one. */
function boundaryOf(part: Draft, bytes: Buffer): string | undefined {
  const from = part.bodyStart ?? 0
  const declared = (part.type.params.get('boundary') ?? '').trimEnd()
  if (
    declared &&
    declared.length <= BOUNDARY_MAX &&
    (part.level > 0 || bytes.includes(`--${declared}`, from, 'latin1'))
  )
    return declared
  if (part.level > 0) return undefined
  const beginning = latin1(bytes.subarray(from, from + PART_HEAD_BYTES_MAX))
  return /^--([^\r\n]{1,200}?)[ \t]*\r?\nContent-[A-Za-z-]{1,40}:/im.exec(beginning)?.[1]
}

/** The line end before a delimiter belongs to the delimiter. */
function withoutLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at - 1] !== LF) return at
  return bytes[at - 2] === CR ? at - 2 : at - 1
}

function headerText(headers: Header[], key: string): string {
  return headers.find((header) => header.key === key)?.value ?? ''
}

function finished(draft: Draft, bytes: Buffer, leaves: { next: number }): MimePart {
  const { headers, type, disposition } = draft
  if (draft.parts.length > 0) {
    const parts = draft.parts.map((part) => finished(part, bytes, leaves))
    return { headers, type, disposition, body: bytes.subarray(0, 0), parts, leaf: -1 }
  }
  const body = bytes.subarray(draft.bodyStart ?? bytes.length, draft.bodyEnd ?? bytes.length)
  return { headers, type, disposition, body, parts: [], leaf: leaves.next++ }
}
