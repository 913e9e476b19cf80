// What speaks for a line being an intro: a date, a time, an address, a verb, and how they stand together. The words come as `phraseKey` makes them.
import { endsWithVerb, hasVerb, LEAD, QUOTING } from './intro-words.ts'

const ADDRESS = /[^\s<>()[\],;:"]@[^\s<>()[\],;:"]{2}/u
const BRACKETED = /[<(["\u2039\uff1c][^<>()"]{0,3}(?:mailto:)?[^\s<>()[\]";]{1,80}@[^\s<>()[\]";]{2,100}/u
const CUT_ADDRESS = /<(?:mailto:)?[^\s<>]{1,100}@?[^\s<>]{0,100}>?/u
const YEAR = /(?:^|[^\p{N}])(?:19|20|٢٠|۲۰|25)\p{N}{2}(?!\p{N})/u
const NUMERIC_DATE =
  /\p{N}{1,4} ?[./\u2010-\u2015-] ?\p{N}{1,2} ?[./\u2010-\u2015-] ?\p{N}{2,4}|\p{N}{1,2}\/\p{L}{3}\/\p{N}{2,4}/u
const CJK_DATE = /\p{N}{1,4} ?[年년].{0,3}\p{N}{1,2} ?[月월]|\p{N}{1,2} ?[月월] ?\p{N}{1,2} ?[日일]/u
const DAY_AND_MONTH =
  /\p{N}{1,2}(?:\.|st|nd|rd|th|er|º|°|ª|'|-)?[\s,.-]{1,3}(?:de |of |d')?\p{L}[\p{L}\p{M}]{1,14}|\p{L}[\p{L}\p{M}]{2,14}\.?,? \p{N}{1,2}(?!\p{N})/u
const STARTS_WITH_DATE =
  /^[^\p{L}\p{N}]{0,6}(?:\p{N}{1,4}(?:[./年년: \u2010-\u2015-]|st|nd|rd|th)|\p{L}[\p{L}\p{M}'-]{0,14}[.,]{0,2} ?\p{N}{1,2}(?:[.,/ ]|$)|\p{L}[\p{L}\p{M}'-]{0,14}[.,]{1,2} (?:\p{L}[\p{L}\p{M}]{1,12}\.? )?\p{N}{1,4})/u
const STARTS_WITH_AUTHOR = /^(?:wiadomosc napisana przez|uzytkownik|missatge de|пользователь|utilisateur) /u
const SELF =
  /(?:^|[^\p{L}])(?:i|we|ich|wir|i have|i've|j'ai|nous avons|my|our) (?:\p{L}{1,10} )?(?:wrote|had|have|sent|received|schrieb|schrieben|habe|haben|ecrit|avons|got)\b/u
/** Two sentences; an intro is one. Short words before the dot are abbreviations. */
const SENTENCE_END = /(?:\p{L}{6}|\))[.;!?] \p{L}/u
/** "your driver wrote": programs write names. */
const PERSON =
  /(?:^|[ ,])(?:your|my|our|his|her|he|she|they|we|i|ihre?|meine?|unsere?|votre|notre|elle|uw|mijn|vostro|mio|seu|meu|ваш[аи]?|мой|моя|он|она|nasz|panstwa|vas)(?: |$)/u
const RULES_AROUND = /^[-\u2010-\u2015_=*+]{2,}\s?|\s?[-\u2010-\u2015_=*+]{2,}$/g
const TIME =
  /(?:^|[^\p{N}])\p{N}{1,2} ?(?:[:.h时時시点]|uhr) ?\p{N}{2}(?!\p{N})|\p{N}{1,2} ?(?:[ap]\.?m\b|uhr\b|[时時시点])/iu

export function hasTime(key: string): boolean {
  return TIME.test(key)
}

export interface Judgement {
  strong: boolean
  led: boolean
  /** It does not begin in the middle, with the address. */
  named: boolean
  /** How much of what an intro says it says. */
  clues: number
  /** With an address and a verb, or drawn between rules: no sentence of anybody's own. */
  spoken: boolean
}

export function judge(joined: string): Judgement | undefined {
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
    spoken: ruled || (clues.addressed && clues.verb !== undefined),
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
