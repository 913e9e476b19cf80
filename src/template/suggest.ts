// Which letters fit what somebody wrote: by the letters' own words, and by what they were really used for before. No network, no guessing machine.
import type { Letter } from './letter.ts'
import { foldText, tokensOf } from './token.ts'

const WEIGHTS = { tags: 4, title: 3, when: 2, source: 1 } as const
/** What agents did outweighs what the letter says of itself, but one use alone does not. */
const USE_WEIGHT = 3
/** Of what one word can count that only one letter has: a letter that shares a word of its body by chance is no suggestion. */
const SHARE_MIN = 0.35
/** A weight that counts half of what it could at most. */
const HALF_WEIGHT = 3

export interface Index {
  /** The best first; none where nothing fits. */
  suggest(words: string, count: number): Letter[]
  /** By shortcut, name, title, tags and body; all of them for an empty query. */
  find(query: string): Letter[]
}

interface Entry {
  letter: Letter
  /** How much each word speaks for the letter. */
  weights: Map<string, number>
  key: string
}

/** Of letters in one language: words are rare or common only among their like. */
export function indexLetters(
  letters: readonly Letter[],
  uses: readonly { letter: string; words: string }[] = [],
): Index {
  const entries = letters.map((letter): Entry => ({ letter, weights: weigh(letter), key: fold(letter) }))
  addUses(entries, uses)
  const spread = new Map<string, number>()
  for (const { weights } of entries) for (const token of weights.keys()) spread.set(token, (spread.get(token) ?? 0) + 1)
  const rarity = (token: string) => rarityAmong(entries.length, spread.get(token) ?? 1)
  const rarest = rarityAmong(entries.length, 1)
  const rank = (words: string) => {
    const asked = [...new Set(tokensOf(words))]
      .filter((token) => spread.has(token))
      .map((token) => [token, rarity(token)] as const)
    return entries
      .map(({ letter, weights }) => {
        const score = asked.reduce((sum, [token, rare]) => {
          const weight = weights.get(token) ?? 0
          return sum + (rare * weight) / (weight + HALF_WEIGHT)
        }, 0)
        return { letter, score }
      })
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score || (a.letter.key < b.letter.key ? -1 : 1))
  }
  return {
    suggest: (words, count) =>
      rank(words)
        .filter(({ score }) => score >= SHARE_MIN * rarest)
        .slice(0, count)
        .map(({ letter }) => letter),
    find(query) {
      const wanted = foldText(query.trim())
      if (wanted === '') return [...letters]
      const named = entries.filter(({ key }) => key.includes(wanted)).map(({ letter }) => letter)
      const exact = named.filter(({ shortcut, key }) => foldText(shortcut ?? '') === wanted || key === wanted)
      const meant = rank(query).map(({ letter }) => letter)
      const begun = entries.filter(({ letter }) => foldText(letter.source).includes(wanted)).map(({ letter }) => letter)
      return [...new Set([...exact, ...named, ...meant, ...begun])]
    },
  }
}

/** A word that few of the letters have says far more than several that most have. */
function rarityAmong(all: number, having: number): number {
  return Math.log((all + 1) / having) ** 2
}

function weigh(letter: Letter): Map<string, number> {
  const weights = new Map<string, number>()
  const add = (text: string, weight: number) => {
    const tokens = new Set(tokensOf(text))
    for (const token of tokens) weights.set(token, (weights.get(token) ?? 0) + weight)
  }
  add(letter.title, WEIGHTS.title)
  add(letter.when, WEIGHTS.when)
  add(letter.source.replaceAll(/\{[{%][\s\S]*?[%}]\}/g, ' '), WEIGHTS.source)
  // Of "money back" each word says half.
  for (const tag of letter.tags) add(tag, WEIGHTS.tags / Math.max(1, tokensOf(tag).length))
  return weights
}

/** Words grow on a letter with every message it answered; ten times the same is not ten times as sure. */
function addUses(entries: readonly Entry[], uses: readonly { letter: string; words: string }[]): void {
  const byKey = new Map(entries.map((entry) => [entry.letter.key, entry]))
  const counts = new Map<Entry, Map<string, number>>()
  for (const { letter, words } of uses) {
    const entry = byKey.get(letter)
    if (!entry) continue
    const seen = counts.get(entry) ?? new Map<string, number>()
    for (const token of new Set(tokensOf(words))) seen.set(token, (seen.get(token) ?? 0) + 1)
    counts.set(entry, seen)
  }
  for (const [{ weights }, seen] of counts) {
    for (const [token, count] of seen) weights.set(token, (weights.get(token) ?? 0) + USE_WEIGHT * Math.log1p(count))
  }
}

function fold({ key, title, shortcut, tags }: Letter): string {
  return foldText([key, title, shortcut ?? '', ...tags].join('\n'))
}
