// Where a signature begins: below "-- ", below "Sent from my iPhone". What only looks like one is the customer's own words.
import { isClientLine } from './client-line.ts'
import { phraseKey, type ReplyLine, wordsEnd } from './reply-line.ts'

const SIGNATURE_LINES_MAX = 40
const AFTER_CLIENT_LINE_MAX = 5
const MARK = /^--$/
const WEAK_MARK = /^(?:[\u2014\u2013\u2015]{1,3}|_{2,}|-{3,}|={5,}|\*{5,}|~{3,}|\u2010{2}|(?:- ){3,}-?|-- ?-{2,})$/
const SIGNED_IN_LINE = /^-- ?(?:\p{Lu}[\p{L}\p{M}.'-]{0,20}){1,1}(?: \p{Lu}[\p{L}\p{M}.'-]{0,20}){0,2}$/u
const CONTACT =
  /@|www\.|https?:|\p{N}[\p{N} ()/.-]{5,}\p{N}|(?:^|\s)(?:tel|phone|fon|fax|mobil|mobile|cell|t|m|e|w|f|email|e-mail|web)\s?[.:]/iu
const FOOTER =
  /unsubscribe|mailing list|you received this|you are receiving|listinfo|google groups|this group|disclaimer|confidential|vertraulich|confidentiel|privileged|intended (?:only )?for|intended recipient|virus|handelsregister|geschaftsfuhr|amtsgericht|registered (?:in|office|number)|company (?:no|number|reg)|siege social|abmelden|abbestellen|desabonner|confidencial|riservat|poufn|конфиденциал|before printing|bitte drucken|environment|umwelt/

interface Limits {
  lines: number
  characters: number
  prose: number
}

const BELOW_MARK: Limits = { lines: 20, characters: 2400, prose: 2 }
const BELOW_WEAK_MARK: Limits = { lines: 10, characters: 1000, prose: 0 }

/** Where `from..to` ends without the signature at its end; `to` when it has none. */
export function signatureStart(lines: ReplyLine[], from: number, to: number): number {
  const client = clientLineStart(lines, from, to)
  if (client < to) return client
  const last = lines[to - 1]
  if (last && SIGNED_IN_LINE.test(last.view) && hasWords(lines, from, to - 1)) return to - 1
  let start = to
  for (let index = to - 1; index > from && index > to - SIGNATURE_LINES_MAX; index--) {
    const line = lines[index]
    if (!line || line.quoted) break
    const limits = MARK.test(line.view) ? BELOW_MARK : WEAK_MARK.test(line.view) ? BELOW_WEAK_MARK : undefined
    if (!limits) continue
    if (!hasWords(lines, from, index) || !isSignature(lines.slice(index + 1, to), limits)) break
    start = index
    break
  }
  return start
}

/** The program's line, and with it what of a visiting card stands below it. */
function clientLineStart(lines: ReplyLine[], from: number, to: number): number {
  let below = 0
  for (let index = to - 1; index >= from && below <= AFTER_CLIENT_LINE_MAX; index--) {
    const line = lines[index]
    if (!line || line.quoted) break
    if (line.blank) continue
    const above = index > from ? (lines[index - 1]?.view ?? '') : ''
    if (isClientLine(above, line.view)) return withMarkAbove(lines, from, index - 1)
    if (isClientLine(line.view)) return withMarkAbove(lines, from, index)
    if (!CONTACT.test(line.view)) break
    below++
  }
  return to
}

function withMarkAbove(lines: ReplyLine[], from: number, start: number): number {
  const end = wordsEnd(lines, from, start)
  const mark = lines[end - 1]?.view ?? ''
  return MARK.test(mark) || WEAK_MARK.test(mark) ? end - 1 : start
}

function isSignature(below: ReplyLine[], limits: Limits): boolean {
  const words = below.filter(({ blank }) => !blank)
  if (words.length > limits.lines || words.some(({ quoted }) => quoted)) return false
  if (below.reduce((sum, { from, to }) => sum + to - from, 0) > limits.characters) return false
  const footer = words.some(({ view }) => FOOTER.test(phraseKey(view)))
  if (words.some(({ view }) => /[?？]$/.test(view)) && !footer) return false
  const prose = words.filter(({ view }) => isProse(view)).length
  if (prose > limits.prose && !footer) return false
  return limits !== BELOW_WEAK_MARK || footer || words.length <= 4 || words.some(({ view }) => CONTACT.test(view))
}

function isProse(view: string): boolean {
  return /[.!…。]$/.test(view) && view.split(' ').length >= 7 && !CONTACT.test(view)
}

function hasWords(lines: ReplyLine[], from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    const line = lines[index]
    if (line && !line.blank && !line.quoted) return true
  }
  return false
}
