// What is new in a mail that may have both a text and an HTML: the words are the text's, where the history begins the HTML may know better.
import type { FoldEvidence } from './history.ts'
import { historyMark } from './history-mark.ts'
import type { HtmlText } from './html-text.ts'
import { isField } from './quote-header.ts'
import type { HtmlRange } from './quote-html.ts'
import { FOLD_TEXT_MAX, nextWords, readLines } from './reply-line.ts'
import { isForwardSubject } from './subject.ts'
import { foldReply } from './visible-reply.ts'

export const FOLD_HTML_MAX = 1_000_000
/** So many letters and figures of a passage find it again in another writing of the same mail. */
const LEAD_LETTERS = 24
const LEAD_LETTERS_MIN = 6
const LEAD_SEEN = 600
const SIGNATURE_MAX = 2000
/** Only what stands near the end is ever hidden. */
const PASSAGES_MAX = 8
const LETTERS = /[^\p{L}\p{N}]+/gu

/** Nothing when all of it is to be shown. */
export function unquotedIn(text: string, html: HtmlText, subject = ''): { unquoted?: string } {
  if (text.length > FOLD_TEXT_MAX) return {}
  const evidence = html.ranges.length > 0 && html.text.length <= FOLD_TEXT_MAX ? evidenceIn(text, html) : {}
  if (evidence === 'forward') return {}
  const unquoted = foldReply(text, { ...evidence, ...(isForward(subject, text) && { forwarded: true }) })
  return unquoted === undefined ? {} : { unquoted }
}

/** "VS:" forwards a Danish and a Norwegian mail and answers a Finnish one. */
export function isForward(subject: string, text: string): boolean {
  if (/^\s*vs\s?:/i.test(subject)) return !/^[*> ]{0,4}Lähettäjä/im.test(text)
  return isForwardSubject(subject)
}

function evidenceIn(text: string, html: HtmlText): FoldEvidence | 'forward' {
  const from = historyFrom(html)
  if (html.ranges.some(({ mark }) => mark === 'forward')) return 'forward'
  if (from !== undefined && beginsWithForward(html.text.slice(from, from + LEAD_SEEN))) return 'forward'
  const places = lettersOf(text)
  const historyAt = from === undefined ? undefined : placeOf(places, html.text, from)
  const passages = (mark: HtmlRange['mark']) =>
    html.ranges
      .filter((range) => range.mark === mark)
      .slice(-PASSAGES_MAX)
      .flatMap((range) => passageIn(places, html.text, range) ?? [])
  return {
    ...(historyAt !== undefined && { historyAt }),
    signatures: passages('signature'),
    indents: passages('indent'),
  }
}

/** Where quotes and history begin below which the customer wrote nothing. */
function historyFrom({ text, ranges }: HtmlText): number | undefined {
  let end = text.length
  let found: number | undefined
  const history = ranges.find(
    (range) => range.mark === 'history' || (range.mark === 'ruled' && isHeader(text, range.from)),
  )
  if (history) end = found = history.from
  for (const { mark, from, to } of ranges.toReversed()) {
    if (from >= end || mark === 'indent' || mark === 'ruled') continue
    if (letters(text.slice(to, end)) !== '') break
    end = from
    if (mark === 'quote') found = from
  }
  return found
}

/** Newsletters have grey lines too. */
function isHeader(text: string, from: number): boolean {
  const lines = (readLines(text.slice(from, from + LEAD_SEEN)) ?? []).filter(({ blank }) => !blank)
  return lines.length > 1 && lines.slice(0, 2).every(({ view }) => isField(view))
}

function beginsWithForward(passage: string): boolean {
  const lines = readLines(passage) ?? []
  const first = nextWords(lines, 0)
  return lines.slice(first, first + 3).some((line) => historyMark(line)?.mark === 'forward')
}

interface Letters {
  all: string
  /** How many there are before each line. */
  before: number[]
}

/** Line ends, quote marks, stars and links differ between the two; letters hardly do. */
function lettersOf(text: string): Letters {
  const before: number[] = []
  let count = 0
  const all = text.split('\n').map((line) => {
    before.push(count)
    const own = letters(line)
    count += own.length
    return own
  })
  return { all: all.join(''), before }
}

function letters(text: string): string {
  return text.replace(LETTERS, '')
}

/** The line that begins as the HTML's text does at `from`; of several the one with as many letters before it. */
function placeOf({ all, before }: Letters, htmlText: string, from: number): number | undefined {
  const lead = letters(htmlText.slice(from, from + LEAD_SEEN)).slice(0, LEAD_LETTERS)
  if (lead.length < LEAD_LETTERS_MIN) return undefined
  const expected = letters(htmlText.slice(0, from)).length
  let best: number | undefined
  for (const [index, start] of before.entries()) {
    const isOwnLine = before[index + 1] !== start && all.startsWith(lead, start)
    if (isOwnLine && (best === undefined || Math.abs(start - expected) < Math.abs((before[best] ?? 0) - expected))) {
      best = index
    }
  }
  return best
}

function passageIn(places: Letters, htmlText: string, range: HtmlRange): { from: number; to: number } | undefined {
  const passage = letters(htmlText.slice(range.from, range.to))
  if (range.to - range.from > SIGNATURE_MAX) return undefined
  const from = placeOf(places, htmlText, range.from)
  if (from === undefined) return undefined
  const start = places.before[from] ?? 0
  const tail = passage.slice(-LEAD_LETTERS)
  const last = places.all.indexOf(tail, start)
  if (last < 0 || last + tail.length - start > 2 * passage.length + LEAD_LETTERS) return undefined
  const end = last + tail.length
  const to = places.before.findIndex((before, index) => index > from && before >= end)
  return { from, to: to < 0 ? places.before.length : to }
}
