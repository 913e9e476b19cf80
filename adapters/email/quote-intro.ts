// "On Tue, Mar 5, 2013 at 10:30 AM, Ada <ada@example.org> wrote:", in any language, whole or broken over lines by the mail program.
import { endsWithVerb, hasVerb, LEAD, QUOTING } from './intro-words.ts'
import { keyOf, phraseKey, type ReplyLine } from './reply-line.ts'

const INTRO_LINES_MAX = 5
const INTRO_MAX = 420
const BROKEN_MIN = 28
/** Real mails have a handful of lines that look like an intro at first glance. Past this many nobody is quoting, somebody is testing us. */
export const LOOKS_MAX = 1000

/** Counts what is still allowed to be looked at closely. */
export interface Looks {
  left: number
}

export interface Intro {
  from: number
  /** It carries what only a mail program writes. A weak one counts above marked quotes only. */
  strong: boolean
}

/** "On Tue, Mar 5, 2013", and no word more. */
const LEAD_DAY = new RegExp(`${LEAD.source}[^\\p{L}]{0,12}$`, 'u')
const ENDS_LIKE_INTRO = /[:：﹕] ?[*_"'”»]{0,3}$|[-\u2010-\u2015]{2,}$|[>)\]][*_]{0,2}$/u
const ENDING_SEEN = 40
const ADDRESS = /[^\s<>()[\],;:"]{1,80}@[^\s<>()[\],;:"]{2,100}/u
const BRACKETED = /[<(["\u2039\uff1c][^<>()"]{0,3}(?:mailto:)?[^\s<>()[\]";]{1,80}@[^\s<>()[\]";]{2,100}/u
const CUT_ADDRESS = /<(?:mailto:)?[^\s<>]{1,100}@?[^\s<>]{0,100}>?/u
const YEAR = /(?:^|[^\p{N}])(?:19|20|٢٠|۲۰|25)\p{N}{2}(?!\p{N})/u
const NUMERIC_DATE =
  /\p{N}{1,4} ?[./\u2010-\u2015-] ?\p{N}{1,2} ?[./\u2010-\u2015-] ?\p{N}{2,4}|\p{N}{1,2}\/\p{L}{3}\/\p{N}{2,4}/u
const CJK_DATE = /\p{N}{1,4} ?[年년].{0,3}\p{N}{1,2} ?[月월]|\p{N}{1,2} ?[月월] ?\p{N}{1,2} ?[日일]/u
const DAY_AND_MONTH =
  /\p{N}{1,2}(?:\.|st|nd|rd|th|er|º|°|ª|'|-)?[\s,.-]{1,3}(?:de |of |d')?\p{L}[\p{L}\p{M}]{1,14}|\p{L}[\p{L}\p{M}]{2,14}\.?,? \p{N}{1,2}(?!\p{N})/u
const TIME =
  /(?:^|[^\p{N}])\p{N}{1,2} ?(?:[:.h时時시点]|uhr) ?\p{N}{2}(?!\p{N})|\p{N}{1,2} ?(?:[ap]\.?m\b|uhr\b|[时時시点])/iu
const STARTS_WITH_DATE =
  /^[^\p{L}\p{N}]{0,6}(?:\p{N}{1,4}(?:[./年년: \u2010-\u2015-]|st|nd|rd|th)|\p{L}[\p{L}\p{M}'-]{0,14}[.,]{0,2} ?\p{N}{1,2}(?:[.,/ ]|$)|\p{L}[\p{L}\p{M}'-]{0,14}[.,]{1,2} (?:\p{L}[\p{L}\p{M}]{1,12}\.? )?\p{N}{1,4})/u
const STARTS_WITH_AUTHOR = /^(?:wiadomosc napisana przez|uzytkownik|missatge de|пользователь|utilisateur) /u
const SELF =
  /(?:^|[^\p{L}])(?:i|we|ich|wir|i have|i've|j'ai|nous avons|my|our) (?:\p{L}{1,10} )?(?:wrote|had|have|sent|received|schrieb|schrieben|habe|haben|ecrit|avons|got)\b/u
/** Two sentences; an intro is one. Short words before the dot are abbreviations. */
const SENTENCE_END = /(?:\p{L}{6,}|\))[.;!?] \p{L}/u
/** "your driver wrote": programs write names. */
const PERSON =
  /(?:^|[ ,])(?:your|my|our|his|her|he|she|they|we|i|ihre?|meine?|unsere?|votre|notre|elle|uw|mijn|vostro|mio|seu|meu|ваш[аи]?|мой|моя|он|она|nasz|panstwa|vas)(?: |$)/u
const RULES_AROUND = /^[-\u2010-\u2015_=*+]{2,}\s?|\s?[-\u2010-\u2015_=*+]{2,}$/g

/** The intro whose last line is `end`; undefined when there is none. */
export function introEndingAt(lines: ReplyLine[], end: number, looks: Looks): Intro | undefined {
  const last = lines[end]
  if (!last || last.blank || last.quoted || !endsLikeIntro(last)) return undefined
  let best: (Intro & Judgement) | undefined
  for (const { from, joined, whole } of candidates(lines, end)) {
    // What is an intro already is not made longer by a line that was not broken.
    if (best?.named && !whole) break
    if (looks.left-- <= 0) return undefined
    const judged = judge(joined)
    if (judged && (!best || isBetter(judged, best))) best = { from, ...judged }
  }
  return best && { from: best.from, strong: best.strong }
}

function endsLikeIntro(line: ReplyLine): boolean {
  return ENDS_LIKE_INTRO.test(line.view) || endsWithVerb(keyOf(line).slice(-ENDING_SEEN))
}

/** The line, the line and the one above, and so on: mail programs break an intro like any other sentence. */
function* candidates(lines: ReplyLine[], end: number): Generator<{ from: number; joined: string; whole: boolean }> {
  let joined = ''
  let blanks = 0
  for (let from = end; from > end - INTRO_LINES_MAX && from >= 0; from--) {
    const line = lines[from]
    if (!line || line.quoted) return
    if (line.blank) {
      if (++blanks > 1) return
      continue
    }
    if (from < end && /[!?]$/.test(line.view)) return
    joined = joined ? `${keyOf(line)} ${joined}` : keyOf(line)
    if (joined.length > INTRO_MAX) return
    yield { from, joined, whole: isBroken(keyOf(line)) && (blanks === 0 || isDatedLead(keyOf(line))) }
  }
}

/** The first half of an intro may stand apart from the second; a sentence may not. */
function isDatedLead(key: string): boolean {
  return LEAD.test(key) && TIME.test(key)
}

/** It is as long as lines are when a program breaks them, or ends where the sentence cannot. */
function isBroken(view: string): boolean {
  return view.length >= BROKEN_MIN || /[,<(،、，]$|@[^ ]+[>)]$/.test(view) || TIME.test(view) || LEAD_DAY.test(view)
}

/** "On Tue …" begins an intro more surely than a name does; else the longer one must say more. */
function isBetter(judged: Judgement, best: Judgement): boolean {
  if (judged.strong !== best.strong) return judged.strong
  if (judged.led !== best.led) return judged.led
  return judged.led || judged.clues > best.clues
}

/** Yahoo goes on with the quoted words on the same line. */
export function beginsWithIntro(line: ReplyLine): boolean {
  if (line.quoted || line.view.length < 30 || !LEAD.test(keyOf(line).slice(0, 60))) return false
  const end = /[>)\]] ?[^<>:：@\p{N}]{0,30}[:：](?=[^:：]*\p{L})/u.exec(line.view)
  return end !== null && judge(phraseKey(line.view.slice(0, end.index + end[0].length)))?.strong === true
}

interface Judgement {
  strong: boolean
  led: boolean
  /** It does not begin in the middle, with the address. */
  named: boolean
  /** How much of what an intro says it says. */
  clues: number
}

function judge(joined: string): Judgement | undefined {
  const ruled = /^[-\u2010-\u2015_=*+]{2,}.*[-\u2010-\u2015_=*+]{2,}$/u.test(joined)
  const key = joined
    .replace(RULES_AROUND, '')
    .replace(/^\s*[*_"'“„«(]{1,3}|[*_"'”»]{1,3}$/gu, '')
    .trim()
  const bare = key.replace(/[\s:：﹕]{1,4}$/, '')
  const time = TIME.test(key)
  const day = NUMERIC_DATE.test(key) || CJK_DATE.test(key) || (YEAR.test(key) && DAY_AND_MONTH.test(key))
  const led = LEAD.test(joined.slice(0, 60))
  const bracketed = BRACKETED.test(key)
  const clues: Clues = {
    key,
    bare,
    colon: /[:：﹕]$/.test(key),
    verb: verbIn(bare),
    time,
    day,
    dated: time || day,
    begins: led || STARTS_WITH_DATE.test(key) || STARTS_WITH_AUTHOR.test(key),
    bracketed,
    addressed: bracketed || ADDRESS.test(key),
  }
  const strong = (ruled && clues.verb !== undefined && key.length < 200) || isStrong(clues)
  if (!strong && !isWeak(clues)) return undefined
  const named = bracketed && !/^[<(]/.test(key)
  return {
    strong,
    led,
    named: named || !bracketed,
    clues: Number(time) + Number(day) + Number(bracketed) + Number(named),
  }
}

interface Clues {
  key: string
  bare: string
  colon: boolean
  /** Where the verb stands. */
  verb: 'last' | 'inside' | undefined
  time: boolean
  day: boolean
  dated: boolean
  begins: boolean
  bracketed: boolean
  addressed: boolean
}

function isStrong({ key, bare, colon, verb, time, dated, begins, bracketed, addressed }: Clues): boolean {
  if (!dated || SELF.test(key) || SENTENCE_END.test(key) || (!bracketed && PERSON.test(key))) return false
  // A date, a time, an address in brackets and a colon: programs write so in every language, people in none.
  if (bracketed && colon && (time || verb !== undefined)) return begins || startsWithName(key)
  if (verb === 'last' && begins && (time || addressed)) return colon || /^(?:on|am|le) /.test(key)
  if (verb === 'inside' && begins && time && colon) return wordCount(bare) <= 16
  return false
}

function isWeak({ key, bare, colon, verb, time, day, dated, begins, bracketed, addressed }: Clues): boolean {
  if (colon && verb !== undefined && wordCount(bare) <= 22) return true
  if (colon && (bracketed || (addressed && dated) || (begins && time) || (day && time))) return true
  if (QUOTING.test(key)) return colon
  if (verb === 'last' && (dated || bracketed)) return true
  // Gmail wrote "2013/3/5 Ada Lovelace <ada@example.org>" for years.
  return dated && bracketed && begins && /[>)\]]$/.test(bare)
}

/** "Ada Lovelace <ada@example.org> schrieb am …:" */
function startsWithName(key: string): boolean {
  const address = key.search(CUT_ADDRESS)
  return /^[^\p{L}\p{N}]{0,4}[\p{L}\p{N}]/u.test(key) ? address < 80 : address >= 0 && address < 10
}

function verbIn(bare: string): Clues['verb'] {
  if (endsWithVerb(bare)) return 'last'
  return hasVerb(bare) ? 'inside' : undefined
}

function wordCount(text: string): number {
  return text.split(' ').length
}
