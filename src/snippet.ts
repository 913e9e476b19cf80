// The place in a text where what was looked for stands, with a little before and behind it.
import type { Phrase } from './search-query.ts'
import { type SearchWord, wordsOf } from './search-words.ts'

/** In order; together they are the passage. */
export type Snippet = { text: string; isHit: boolean }[]

const LENGTH = 160
/** Of the passage, before the first hit. */
const BEFORE = 50
const HITS_MAX = 20

/** The beginning of the text when nothing of it is in there: then it was found by a name or a subject. */
export function snippetOf(text: string, phrases: readonly Phrase[]): Snippet {
  const hits = hitsIn(text, phrases)
  const first = hits[0]
  const start = first && first.start > BEFORE ? wholeFrom(text, first.start - BEFORE) : 0
  const end = wholeTo(text, Math.max(start + LENGTH, first?.end ?? 0))
  const parts: Snippet = start > 0 ? [{ text: '…', isHit: false }] : []
  let at = start
  for (const hit of hits.filter((one) => one.end <= end)) {
    if (hit.start < at) continue
    if (hit.start > at) parts.push({ text: tidy(text.slice(at, hit.start)), isHit: false })
    parts.push({ text: tidy(text.slice(hit.start, hit.end)), isHit: true })
    at = hit.end
  }
  if (at < end) parts.push({ text: tidy(text.slice(at, end)), isHit: false })
  if (end < text.length) parts.push({ text: '…', isHit: false })
  return parts.filter((part) => part.text !== '')
}

/** By place, the longest first where several begin at one. */
function hitsIn(text: string, phrases: readonly Phrase[]): { start: number; end: number }[] {
  const words = wordsOf(text)
  const hits: { start: number; end: number }[] = []
  for (const phrase of phrases) {
    let count = 0
    for (let n = 0; n < words.length && count < HITS_MAX; n++) {
      const last = words[n + phrase.words.length - 1]
      if (!last || !standsAt(words, n, phrase)) continue
      hits.push({ start: words[n]?.start ?? 0, end: last.end })
      count += 1
    }
  }
  return hits.sort((a, b) => a.start - b.start || b.end - a.end)
}

function standsAt(words: readonly SearchWord[], from: number, { words: wanted, isPrefix }: Phrase): boolean {
  return wanted.every((word, n) => {
    const there = words[from + n]?.text ?? ''
    return isPrefix && n === wanted.length - 1 ? there.startsWith(word) : there === word
  })
}

/** A line break would tear the passage apart. */
const tidy = (text: string) => text.replaceAll(/\s+/g, ' ')

const isLow = (text: string, at: number) => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

/** The first beginning of a word from there on, if it is near; never the second half of a sign. */
function wholeFrom(text: string, at: number): number {
  const space = text.slice(at, at + BEFORE / 2).search(/\s\S/)
  const start = space < 0 ? at : at + space + 1
  return isLow(text, start) ? start + 1 : start
}

function wholeTo(text: string, at: number): number {
  if (at >= text.length) return text.length
  return isLow(text, at) ? at + 1 : at
}
