// One line of a mail as the rules of folding see it: without the marks that mailers put around it.

/** Zero-width characters, marks of reading direction and the byte order mark: invisible, and everywhere in copied text. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g
const SPACES = /[\s\u00a0\u2000-\u200a\u202f\u3000]+/g
const FOREIGN_DIGITS = /[\u0660-\u0669]/g
const QUOTED = /^\s{0,3}[>|\uff1e]/
const LOOKED_AT_MAX = 1000

export interface ReplyLine {
  /** As it stands. */
  raw: string
  /** For recognising: one space between words, no invisible characters, no emphasis around it. */
  bare: string
  isBlank: boolean
  isQuoted: boolean
}

export function readLines(text: string): ReplyLine[] {
  return text.split(/\r\n|\n|\r/).map(readLine)
}

function readLine(raw: string): ReplyLine {
  const seen = raw
    .slice(0, LOOKED_AT_MAX)
    .replace(INVISIBLE, '')
    .replace(FOREIGN_DIGITS, latinDigit)
    .replace(SPACES, ' ')
    .trim()
  return { raw, bare: withoutEmphasis(seen), isBlank: seen === '', isQuoted: QUOTED.test(seen) }
}

/** Dates are written with the digits of the language. */
function latinDigit(digit: string): string {
  return String((digit.codePointAt(0) ?? 0) & 0xf)
}

/** `*From:* Ada` and `_On Monday, Ada wrote:_` as they were before HTML became text. */
export function withoutEmphasis(line: string): string {
  const whole = /^([*_]{1,2})([^*_].*[^*_])\1$/.exec(line)
  if (whole?.[2] !== undefined) return whole[2].trim()
  return line.replace(/^\*{1,2}([^*]{1,40}?)\*{1,2}\s?/, '$1 ').trim()
}

/** The line without its quote marks. */
export function withoutQuoteMarks(bare: string): string {
  return bare.replace(/^[>|\uff1e\s]+/, '')
}
