// What somebody looks for, read from what they typed. Whatever that is, it is only words afterwards.
import { wordsOf } from './search-words.ts'
import { tagKey } from './tag.ts'

/** Words that stand one after the other. */
export interface Phrase {
  words: string[]
  /** The last of them is only the beginning of a word. */
  isPrefix: boolean
}

export const QUERY_LENGTH_MAX = 200
const WORDS_MAX = 24
/** One letter begins half of all words. */
const PREFIX_LENGTH_MIN = 2
const QUOTES = /["“”„‟«»＂]/

const TAG_FILTER = /(?<!\S)tags?:(?:"([^"]*)"|(\S+))/giu
const TAGS_MAX = 5

/** `tag:refund` and `tag:"late delivery"` say which tags a conversation must have; `words` is what else was typed. */
export function parseFilters(typed: string): { tags: string[]; words: string } {
  const tags: string[] = []
  const words = typed.slice(0, QUERY_LENGTH_MAX).replace(TAG_FILTER, (all, quoted?: string, bare?: string) => {
    const key = tagKey(quoted ?? bare ?? '')
    if (key === '' || tags.length >= TAGS_MAX) return all
    tags.push(key)
    return ' '
  })
  return { tags, words }
}

/** All of them have to be found. Empty when there is nothing to look for. */
export function parseSearch(typed: string): Phrase[] {
  const phrases = piecesOf(typed.slice(0, QUERY_LENGTH_MAX)).flatMap(phraseOf)
  let room = WORDS_MAX
  return phrases.flatMap((phrase) => {
    if (room <= 0) return []
    const words = phrase.words.slice(0, room)
    room -= words.length
    return [{ words, isPrefix: phrase.isPrefix && words.length === phrase.words.length }]
  })
}

interface Piece {
  text: string
  isLast: boolean
}

/** Quotes hold words together; a last one that is not closed is none. */
function piecesOf(typed: string): Piece[] {
  const parts = typed.split(QUOTES)
  const isOpen = parts.length % 2 === 0
  const pieces = parts.flatMap((part, n) => {
    const isQuoted = n % 2 === 1 && !(isOpen && n === parts.length - 1)
    if (isQuoted) return [{ text: part, isLast: false }]
    return part.split(/\s+/).map((text) => ({ text, isLast: n === parts.length - 1 }))
  })
  const said = pieces.filter(({ text }) => text !== '')
  return said.map(({ text, isLast }, n) => ({ text, isLast: isLast && n === said.length - 1 }))
}

/** An address or a number with signs in it is several words that stand together. */
function phraseOf({ text, isLast }: Piece): Phrase[] {
  const words = wordsOf(text)
  const last = words.at(-1)
  if (!last) return []
  if (!last.isTail)
    return [{ words: words.map((word) => word.text), isPrefix: isLast && last.text.length >= PREFIX_LENGTH_MIN }]
  // Behind the last sign anything may stand. A pair has said already that it is there.
  const isAlone = words.at(-2)?.end !== last.end
  const kept = isAlone ? words : words.slice(0, -1)
  return [{ words: kept.map((word) => word.text), isPrefix: isAlone }]
}
