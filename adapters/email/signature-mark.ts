// Where a signature begins: below "-- ", below "Sent from my iPhone". What only looks like one is the customer's own words.
import { isClientLine } from './client-line.ts'
import { keyOf, type ReplyLine, wordsEnd } from './reply-line.ts'

const SIGNATURE_LINES_MAX = 40
const AFTER_CLIENT_LINE_MAX = 5
const WRAPPED_MIN = 55
const WRAPPED_END_MAX = 30
const DISCLAIMER_LINES_MAX = 30
const FOOTER_MIN = 20
const DISCLAIMER_MIN = 60
const ADVERTISEMENT_LINES_MAX = 6
const MARK = /^--$/
const WEAK_MARK = /^(?:[\u2014\u2013\u2015]{1,3}|_{2,}|\u2010{2})$/
/** People draw such lines below headings, too. */
const RULE = /^(?:-{3,}|={5,}|\*{5,}|~{3,}|(?:- ){3,}-?)$/
const MARKS_MAX = 2
const SIGNED_IN_LINE = /^-- ?\p{Lu}[\p{L}\p{M}.'-]{0,20}(?: \p{Lu}[\p{L}\p{M}.'-]{0,20}){0,2}$/u
const CONTACT =
  /@|www\.|https?:|\p{N}[\p{N} ()/.-]{5,}\p{N}|(?:^|\s)(?:tel|phone|fon|fax|mobil|mobile|cell|t|m|e|w|f|email|e-mail|web)\s?[.:]/iu
/** What list servers and lawyers put below a mail. */
const FOOTER =
  /to unsubscribe|unsubscribe (?:here|at|by|:)|mailing list\b.*@|you received this|you are receiving|listinfo|google groups|this message is confidential|handelsregister|amtsgericht|registered (?:in|office|number)|company (?:no|number|reg)|siege social|before printing|vor dem drucken/
const DISCLAIMER =
  /intended (?:only |solely |exclusively )?for|intended recipient|addressees? only|received (?:this|it) [^.]{0,40}in error|confidential and|bestimmungsgemass|vertrauliche? (?:und|informationen|nachricht)|nicht der (?:richtige|beabsichtigte|vorgesehene) |destinataire|strictement confidentiel|destinatari[oa]s?\b[^.]{0,60}(?:errore|error|erro)|informaci?on[ei]s? (?:riservat|confidencia)|informacoes confidenciais|poufn[aey]|adresat|конфиденциальн|vertrouwelijk|geadresseerde|konfidentiell|fortrolig/

/** "PS: the other order must stay", below the name. */
const AFTERTHOUGHT = /^(?:p\.? ?p?\.?s\.?|n\.?b\.?|зы|ps)(?: ?[:.,-]| )/iu

interface Limits {
  lines: number
  characters: number
  prose: number
  /** A name is not enough. */
  contact: boolean
}

const BELOW_MARK: Limits = { lines: 20, characters: 2400, prose: 2, contact: false }
const BELOW_WEAK_MARK: Limits = { lines: 10, characters: 1000, prose: 0, contact: false }
const BELOW_UNDERSCORES: Limits = { lines: 10, characters: 1000, prose: 0, contact: true }
const BELOW_RULE: Limits = { lines: 8, characters: 800, prose: 0, contact: true }

/** Where `from..to` ends without the signature at its end; `to` when it has none. */
export function signatureStart(lines: ReplyLine[], from: number, to: number): number {
  const client = clientLineStart(lines, from, to)
  if (client < to) return client
  const last = lines[to - 1]
  if (last && SIGNED_IN_LINE.test(last.view) && hasWords(lines, from, to - 1)) return to - 1
  return markAbove(lines, from, to) ?? to
}

function markAbove(lines: ReplyLine[], from: number, to: number): number | undefined {
  const first = Math.max(from + 1, to - SIGNATURE_LINES_MAX)
  // More than two of them divide a text.
  if (lines.slice(first, to).filter(({ view }) => MARK.test(view)).length > MARKS_MAX) return undefined
  for (let index = to - 1; index >= first; index--) {
    const line = lines[index]
    if (!line || line.quoted) return undefined
    const limits = limitsBelow(line.view)
    const closes = limits === BELOW_RULE && index === to - 1
    if (!limits || closes) continue
    return hasWords(lines, from, index) && isSignature(lines.slice(index + 1, to), limits) ? index : undefined
  }
  return undefined
}

function limitsBelow(view: string): Limits | undefined {
  if (MARK.test(view)) return BELOW_MARK
  if (/^_+$/.test(view)) return BELOW_UNDERSCORES // Where one signs by hand.
  if (WEAK_MARK.test(view)) return BELOW_WEAK_MARK
  return RULE.test(view) ? BELOW_RULE : undefined
}

/** The program's line, and with it what of a visiting card stands below it. */
function clientLineStart(lines: ReplyLine[], from: number, to: number): number {
  let below = 0
  for (let index = to - 1; index >= from && below <= AFTER_CLIENT_LINE_MAX; index--) {
    const line = lines[index]
    if (!line || line.quoted) break
    if (line.blank) continue
    const above = index > from ? (lines[index - 1]?.view ?? '') : ''
    if (isWrapped(above, line.view)) return withMarkAbove(lines, from, index - 1)
    if (isClientLine(line.view)) return withMarkAbove(lines, from, index)
    if (!isCard(line.view)) break
    below++
  }
  return to
}

/** A link makes the line too long, and its end goes below. */
function isWrapped(above: string, view: string): boolean {
  return above.length >= WRAPPED_MIN && view.length < WRAPPED_END_MAX && isClientLine(above, view)
}

function isCard(view: string): boolean {
  return CONTACT.test(view) && view.split(' ').length <= 6 && !/[.!?]$/.test(view)
}

function withMarkAbove(lines: ReplyLine[], from: number, start: number): number {
  const end = wordsEnd(lines, from, start)
  const mark = lines[end - 1]?.view ?? ''
  return limitsBelow(mark) ? end - 1 : start
}

function isSignature(below: ReplyLine[], limits: Limits): boolean {
  const words = below.filter(({ blank }) => !blank)
  const first = words[0]?.view ?? ''
  if (words.length > limits.lines || words.some(({ quoted }) => quoted)) return false
  if (below.reduce((sum, { from, to }) => sum + to - from, 0) > limits.characters) return false
  if (words.some(isFooter)) return true
  if (words.some(({ view }) => /[?？]$/.test(view) || AFTERTHOUGHT.test(view))) return false
  // A line free and then a sentence: the dashes divide.
  if (below[0]?.blank && isProse(first)) return false
  // "-- and please hurry": nobody's card begins in the middle of a sentence.
  if (/^\p{Ll}/u.test(first) && first.split(' ').length > 3 && !CONTACT.test(first)) return false
  if (words.filter(({ view }) => isProse(view)).length > limits.prose) return false
  if (limits.contact) return words.some(({ view }) => CONTACT.test(view)) && isName(first)
  return limits === BELOW_MARK || words.length === 0 || isName(first) || CONTACT.test(first)
}

/** A short line may be the customer's own: "Please unsubscribe me from the mailing list". */
function isFooter(line: ReplyLine): boolean {
  return line.view.length >= FOOTER_MIN && (FOOTER.test(keyOf(line)) || DISCLAIMER.test(keyOf(line)))
}

function isName(view: string): boolean {
  const words = view.split(' ')
  return words.length <= 6 && !/[.!…。]$/.test(view) && words.every((word) => !/^\p{Ll}{4}/u.test(word))
}

/** What a mail server put below the quote, in the name of the law: where it begins, when nothing else stands there. */
export function disclaimerStart(lines: ReplyLine[], to: number): number {
  let start = to
  while (start > 0 && start > to - DISCLAIMER_LINES_MAX && !lines[start - 1]?.quoted) start--
  if (!lines[start - 1]?.quoted) return to
  const paragraphs = ['']
  for (const line of lines.slice(start, to)) {
    if (line.blank) paragraphs.push('')
    else paragraphs[paragraphs.length - 1] += `${keyOf(line)} `
  }
  const said = paragraphs.filter((paragraph) => /\p{L}/u.test(paragraph))
  const legal = said.every((paragraph) => paragraph.length >= DISCLAIMER_MIN && DISCLAIMER.test(paragraph))
  return said.length > 0 && (legal || isAdvertisement(lines.slice(start, to))) ? start : to
}

/** What mail services put below a rule, with a link. */
function isAdvertisement(below: readonly ReplyLine[]): boolean {
  const words = below.filter(({ blank }) => !blank)
  const isRuled = /^[-_=]{3,}$/.test(words[0]?.view ?? '')
  return isRuled && words.length <= ADVERTISEMENT_LINES_MAX && words.some(({ view }) => /https?:\/\/|www\./i.test(view))
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
