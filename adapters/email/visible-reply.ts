// The new words of a mail: without the mail it answers and without the signature. For display only; when in doubt, all of it.

import { headerBlockEnd } from './quote-header.ts'
import { type QuoteIntro, quoteIntro } from './quote-intro.ts'
import { isForwardMark, isOriginalMark, isReplyDelimiter } from './reply-delimiter.ts'
import { type ReplyLine, readLines } from './reply-line.ts'
import { isClientLine, signatureStart } from './signature-mark.ts'

/** Beyond this nothing is folded. */
const TEXT_LENGTH_MAX = 200_000
const LINES_MAX = 20_000
/** A quoted line this long may have been wrapped, and its end stands below it without a mark. */
const WRAPPED_LENGTH_MIN = 60

/** A rule of its own above a header block belongs to it. */
const RULE = /^[-_=*–—‐]{5,}$/
const DASHES = /^(?:--|—)$/
const SEE_BELOW =
  /\b(?:see|find|my|our)\b.{0,30}\b(?:below|inline|in[- ]line|in (?:red|blue|green|bold|caps))\b|\binline\b|s(?:iehe|\.) ?(?:unten|u\.|text)|im text unten|in (?:rot|blau)\b|ci-dessous|en (?:rouge|bleu|rojo|azul)\b|más abajo|abaixo|di seguito|zie onder|hieronder|poniżej|см\.? ниже|ниже/iu

/** The whole text when nothing is found to fold, or nothing would be left. */
export function visibleReply(text: string): string {
  if (text.length > TEXT_LENGTH_MAX) return text
  const lines = readLines(text)
  if (lines.length > LINES_MAX) return text
  const shown = trimmed(withoutSignature(withoutHistory(lines)))
  return shown.length === 0 || shown.length === trimmed(lines).length ? text : shown.map(({ raw }) => raw).join('\n')
}

function withoutHistory(lines: ReplyLine[]): ReplyLine[] {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]
    if (!line || line.isBlank) continue
    if (line.isQuoted) continue
    if (isForwardMark(line)) return lines
    const isEnd = isReplyDelimiter(line) || isOriginalMark(line) || isHeaderBlock(lines, i) || isMemoHead(lines, i)
    if (isEnd) return cutAt(lines, i)
    const found = introAt(lines, i)
    // Another line of own words: the intro is met again at its own first line.
    if (found?.start !== i) continue
    const { intro } = found
    const below = nextSaid(lines, intro.end)
    if (below !== undefined && lines[below]?.isQuoted) return aroundQuote(lines, i, below)
    if (intro.isCertain) return cutAt(lines, i)
  }
  return withoutQuotedTail(lines)
}

/** Own words may stand right above an intro: it begins at the last line from which it is as good. */
function introAt(lines: readonly ReplyLine[], at: number): { intro: QuoteIntro; start: number } | undefined {
  const whole = quoteIntro(lines, at)
  if (!whole) return undefined
  let best = { intro: whole, start: at }
  for (let start = at + 1; start < whole.end; start++) {
    const intro = quoteIntro(lines, start)
    if (intro?.end === whole.end && (intro.isCertain || !whole.isCertain)) best = { intro, start }
  }
  return best
}

function isHeaderBlock(lines: readonly ReplyLine[], at: number): boolean {
  const line = lines[at]
  const from = line && RULE.test(line.bare) ? nextSaid(lines, at + 1) : at
  return from !== undefined && from - at <= 2 && headerBlockEnd(lines, from) !== undefined
}

const MEMO_LINES_MAX = 14
const MEMO_TO = /^(?:to|an|para|à|a|aan|till|til)$/i
const MEMO_SUBJECT = /^(?:subject|thema|betreff|asunto|objet|oggetto|onderwerp|ämne|emne)$/i

/** Lotus Notes writes the labels on lines of their own, below the sender and a date. */
function isMemoHead(lines: readonly ReplyLine[], at: number): boolean {
  if (!/[@/]/.test(lines[at]?.bare ?? '')) return false
  const below = lines.slice(at + 1, at + MEMO_LINES_MAX)
  const to = below.findIndex(({ bare }) => MEMO_TO.test(bare))
  const dated = below.slice(0, Math.max(0, to)).some(({ bare }) => /\d{1,2}[:.]\d{2}/.test(bare))
  return to >= 0 && dated && below.slice(to).some(({ bare }) => MEMO_SUBJECT.test(bare))
}

/** All that is above; a rule or an empty quote mark right above it belongs to what is cut. */
function cutAt(lines: ReplyLine[], at: number): ReplyLine[] {
  const above = withoutQuotedTail(lines.slice(0, at))
  if (!hasWords(above)) return lines
  const pointsBelow = above.some(({ bare }) => SEE_BELOW.test(bare)) && above.length < 12
  return pointsBelow ? lines : above
}

/** What follows a quote may be the answer to it, or to parts of it. */
function aroundQuote(lines: ReplyLine[], intro: number, quote: number): ReplyLine[] {
  const end = quoteEnd(lines, quote)
  const above = lines.slice(0, intro)
  const below = lines.slice(end)
  const said = withoutSignature(withoutHistory(below))
  if (!hasWords(below) || !hasWords(said) || isOnlyHistory(below)) return hasWords(above) ? above : lines
  if (hasWords(above)) return withoutQuotedTail(lines)
  const isInterleaved = below.some(({ isQuoted }) => isQuoted) && !isOnlyHistory(afterWords(below))
  return isInterleaved ? withoutQuotedTail(lines) : withoutHistory(below)
}

/** From where the first own words end. */
function afterWords(lines: ReplyLine[]): ReplyLine[] {
  const start = lines.findIndex(({ isQuoted }) => isQuoted)
  return start < 0 ? [] : lines.slice(start)
}

/** Nothing but quotes, their intros and headers from here on. */
function isOnlyHistory(lines: ReplyLine[]): boolean {
  const first = nextSaid(lines, 0)
  if (first === undefined) return true
  const line = lines[first]
  if (!line) return true
  if (line.isQuoted) return !lines.slice(quoteEnd(lines, first)).some(({ isBlank, isQuoted }) => !isBlank && !isQuoted)
  return isOriginalMark(line) || isHeaderBlock(lines, first)
}

/** The line after a block of quoted lines, with empty lines and ends of wrapped lines within. */
function quoteEnd(lines: readonly ReplyLine[], start: number): number {
  let end = start
  for (let i = start; i < lines.length; i++) {
    const line = lines[i]
    if (!line) break
    if (line.isQuoted) {
      end = i + 1
      continue
    }
    if (line.isBlank) continue
    const above = lines[i - 1]
    const below = lines[i + 1]
    const isWrapped = above?.isQuoted && above.raw.length >= WRAPPED_LENGTH_MIN && below?.isQuoted
    if (!isWrapped) break
  }
  return end
}

/** Quotes at the very end are history, with the line that introduces them; a sentence that needs them keeps them. */
function withoutQuotedTail(lines: ReplyLine[]): ReplyLine[] {
  let start = lines.length
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]
    if (!line) break
    if (line.isQuoted) start = i
    else if (!line.isBlank && !isWrapEnd(lines, i)) break
  }
  if (start === lines.length) return lines
  const above = lines.slice(0, start)
  if (!hasWords(above)) return lines
  const last = above.findLastIndex(({ isBlank }) => !isBlank)
  for (let i = Math.max(0, last - 4); i <= last; i++) {
    const found = introAt(lines, i)
    if (found?.intro.end === last + 1)
      return hasWords(lines.slice(0, found.start)) ? lines.slice(0, found.start) : lines
  }
  return /[:：]$/.test(above[last]?.bare ?? '') ? lines : above
}

function isWrapEnd(lines: readonly ReplyLine[], at: number): boolean {
  const above = lines[at - 1]
  return (above?.isQuoted && above.raw.length >= WRAPPED_LENGTH_MIN && lines[at + 1]?.isQuoted) ?? false
}

function withoutSignature(lines: ReplyLine[]): ReplyLine[] {
  let shown = trimmed(lines)
  for (;;) {
    const without = trimmed(withoutClientLine(shown.slice(0, signatureStart(shown))))
    if (without.length === 0) return shown
    if (without.length === shown.length) return shown
    shown = without
  }
}

function withoutClientLine(lines: ReplyLine[]): ReplyLine[] {
  const last = lines.at(-1)
  if (!last || lines.length < 2) return lines
  if (RULE.test(last.bare) || DASHES.test(last.bare)) return lines.slice(0, -1)
  const above = lines.at(-2)
  if (isClientLine(last) && (above?.isBlank || isClientLine(above ?? last) || lines.length < 4))
    return lines.slice(0, -1)
  return lines
}

function nextSaid(lines: readonly ReplyLine[], from: number): number | undefined {
  for (let i = from; i < lines.length; i++) if (!lines[i]?.isBlank) return i
  return undefined
}

function hasWords(lines: readonly ReplyLine[]): boolean {
  return lines.some(({ isBlank, isQuoted, bare }) => !isBlank && !isQuoted && !RULE.test(bare))
}

function trimmed(lines: ReplyLine[]): ReplyLine[] {
  const first = lines.findIndex(({ isBlank }) => !isBlank)
  if (first < 0) return []
  return lines.slice(first, lines.findLastIndex(({ isBlank }) => !isBlank) + 1)
}
