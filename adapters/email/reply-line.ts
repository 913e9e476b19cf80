// The lines of a mail as the eye sees them, so that what looks for quotes meets no invisible marks and no endless lines.
import type { Label } from './header-label.ts'
import { phraseKey } from './phrase-key.ts'

/** Longer texts are shown whole: nobody writes them by hand, and a stranger must not make us search them. */
export const FOLD_TEXT_MAX = 200_000
export const FOLD_LINES_MAX = 4_000
/** No pattern ever sees more of a line. */
export const LINE_SEEN_MAX = 300
const QUOTE_MARK = /^(?:[>]|&gt;)/
const QUOTE_MARKS = /^(?:(?:>|&gt;)[ \u00a0]?){1,40}/
// Marks without width or with a reading direction stand in the intros of Gmail, Outlook and everything written right to left.
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu
// Samsung's mail program writes the tags of its HTML into its plain text.
const STRAY_TAGS = /<\/?(?:div|br|p|span)[ /]{0,3}>|&nbsp;/gi
const REST_AFTER_MIN = 70
const REST_AFTER_MAX = 100
const REST_MAX = 40
const LINK_ALONE = /^[(<[]?https?:\/\/[^\s]+[)>\]]?(?: >)?$/
const SPACES = /[\s\u00a0]+/g
const NEEDS_CLEANING = /[^\x20-\x7e]| {2}|<(?:\/|div|br|p|span)|&nbsp;/i

export interface ReplyLine {
  /** Where it stands in the text, without its line end. */
  from: number
  to: number
  /** Its first characters with plain single spaces, without quote marks. */
  view: string
  /** Made when first asked for. */
  key?: string
  /** Likewise; null when there is none. */
  label?: Label | null
  quoted: boolean
  blank: boolean
}

/** Undefined for what is too long to be looked at. */
export function readLines(text: string): ReplyLine[] | undefined {
  if (text.length > FOLD_TEXT_MAX) return undefined
  const lines: ReplyLine[] = []
  let from = 0
  while (from <= text.length) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    if (lines.length >= FOLD_LINES_MAX) return undefined
    lines.push(readLine(text, from, to))
    from = to + 1
  }
  for (let index = 1; index < lines.length; index++) mendMark(lines, index)
  return lines
}

/** A `>` that closes an address, and a link a quote was broken at, would each look like the end or the beginning of a quote. */
function mendMark(lines: ReplyLine[], index: number): void {
  const line = lines[index]
  const above = lines[index - 1]
  if (!line || !above) return
  if (
    line.quoted &&
    !above.quoted &&
    above.view.includes('@') &&
    /^[^\s@]{1,14}( [^\s@]{1,10})? ?[:：]$/.test(line.view)
  ) {
    line.quoted = false
  } else if (!line.quoted && above.quoted && lines[index + 1]?.quoted) {
    line.quoted = LINK_ALONE.test(line.view) || isRest(above, line, lines[index + 1])
  }
}

/** A quoted line that grew too long by its mark was broken once more. Answers begin otherwise, or the question before them ends. */
function isRest(above: ReplyLine, line: ReplyLine, below: ReplyLine | undefined): boolean {
  const length = above.to - above.from
  if (length < REST_AFTER_MIN || length > REST_AFTER_MAX || line.view.length > REST_MAX) return false
  return /[\p{L},]$/u.test(above.view) && /^\p{Ll}.*[\p{L},]$/u.test(line.view) && /^\p{Ll}/u.test(below?.view ?? '')
}

function readLine(text: string, from: number, to: number): ReplyLine {
  const start = wordsFrom(text, from, to)
  const seen = clean(text.slice(start, Math.min(to, start + LINE_SEEN_MAX)))
  const quoted = QUOTE_MARK.test(seen)
  const view = quoted ? seen.replace(QUOTE_MARKS, '').trim() : seen
  return { from, to, view, quoted, blank: seen === '' }
}

/** Past the indent, so that a thousand spaces before a word do not hide it from us. */
function wordsFrom(text: string, from: number, to: number): number {
  let start = from
  while (start < to && (text.charCodeAt(start) <= 32 || text.charCodeAt(start) === 0xa0)) start++
  return start
}

function clean(seen: string): string {
  if (!NEEDS_CLEANING.test(seen)) return seen.trim()
  return seen.replace(INVISIBLE, '').replace(STRAY_TAGS, ' ').replace(SPACES, ' ').trim()
}

export function keyOf(line: ReplyLine): string {
  line.key ??= phraseKey(line.view)
  return line.key
}

export function nextWords(lines: ReplyLine[], from: number, to = lines.length): number {
  let index = from
  while (index < to && lines[index]?.blank) index++
  return index
}

/** One past the last line before `to` that has words. */
export function wordsEnd(lines: ReplyLine[], from: number, to: number): number {
  let end = to
  while (end > from && lines[end - 1]?.blank) end--
  return end
}
