// `text/plain; charset=utf-8; name*0*=...` taken apart (RFC 2045, RFC 2231), however it is broken: the first of two wins.
import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-word.ts'

export interface StructuredHeader {
  /** Lower case. */
  value: string
  /** Names in lower case. */
  params: ReadonlyMap<string, string>
}

const VALUE_MAX = 16 * 1024
const SECTION = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/

export function parseStructured(header: string): StructuredHeader {
  const [value, ...rest] = splitParams(header.slice(0, VALUE_MAX))
  const plain = new Map<string, string>()
  const sections = new Map<string, { nr: number; text: string; encoded: boolean }[]>()
  for (const param of rest) {
    const equals = param.text.indexOf('=')
    const name = (equals < 0 ? param.text : param.text.slice(0, equals)).trim().toLowerCase()
    const text = equals < 0 ? '' : valueFrom(param, equals + 1)
    const section = SECTION.exec(name)
    if (section?.[1]) {
      const encoded = section[2] === undefined || section[3] === '*'
      const known = sections.get(section[1])
      const one = { nr: Number(section[2] ?? 0), text, encoded }
      if (known) known.push(one)
      else sections.set(section[1], [one])
    } else if (name && !plain.has(name)) plain.set(name, decodeWords(text.trim()))
  }
  for (const [name, pieces] of sections) plain.set(name, join(pieces).trim())
  return { value: (value?.text ?? '').trim().toLowerCase(), params: plain }
}

/** Pieces of one character may lie in two sections, so bytes are joined before they are read. */
function join(pieces: { nr: number; text: string; encoded: boolean }[]): string {
  let charset = 'utf-8'
  const bytes: Buffer[] = []
  for (const { nr, text, encoded } of pieces.sort((a, b) => a.nr - b.nr)) {
    const named = nr === 0 && encoded ? /^([^']{0,40})'[^']{0,40}'/.exec(text) : null
    if (named?.[1]) charset = named[1]
    const words = named ? text.slice(named[0].length) : text
    bytes.push(encoded ? percentDecoded(words) : Buffer.from(words))
  }
  return decodeText(Buffer.concat(bytes), charset).text
}

function percentDecoded(text: string): Buffer {
  return Buffer.concat(
    text.split('%').map((piece, index) => {
      if (index === 0) return Buffer.from(piece)
      const hex = /^[0-9a-f]{2}/i.exec(piece)
      return hex ? Buffer.concat([Buffer.from(hex[0], 'hex'), Buffer.from(piece.slice(2))]) : Buffer.from(`%${piece}`)
    }),
  )
}

/** Quoted strings with their escapes, comments, ends of parameters and everything between. */
const TOKEN = /"((?:[^"\\]|\\[\s\S])*)"?|\\|[();]|[^"\\();]+/g

interface Param {
  text: string
  /** What stood in quotes, up to there: its blanks are its own. */
  quoted?: { from: number; to: number }
}

/** At each `;` outside quotes; without quotes, the escapes in them, and comments. */
function splitParams(header: string): Param[] {
  const params: Param[] = []
  let current: Param = { text: '' }
  let depth = 0
  const lastEnd = header.lastIndexOf(')')
  for (const { 0: token, 1: quoted, index } of header.matchAll(TOKEN)) {
    if (depth > 0) depth += token === '(' ? 1 : token === ')' ? -1 : 0
    else if (quoted !== undefined) current = withQuoted(current, quoted.replace(/\\([\s\S])/g, '$1'))
    else if (token === ';') {
      params.push(current)
      current = { text: '' }
    } else if (token === '(' && lastEnd > index && isApart(current.text)) depth++
    else current = { ...current, text: current.text + token }
  }
  return [...params, current]
}

function withQuoted({ text, quoted }: Param, more: string): Param {
  return { text: text + more, quoted: { from: quoted?.from ?? text.length, to: text.length + more.length } }
}

/** Without the blanks around it. Those in quotes may stand in the middle of a value that comes in pieces. */
function valueFrom({ text, quoted }: Param, start: number): string {
  if (!quoted) return text.slice(start).trim()
  const from = Math.max(start, quoted.from)
  const to = Math.max(from, quoted.to)
  return text.slice(start, from).trimStart() + text.slice(from, to) + text.slice(to).trimEnd()
}

/** `name=Invoice(1).pdf` has no comment. */
function isApart(before: string): boolean {
  return !before.includes('=') || /[ \t]$/.test(before.slice(-1))
}
