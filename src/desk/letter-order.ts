// In which order letters are listed: what whoever looks can read comes first.
import type { LetterUse } from '../letter-use.ts'
import { languageName, sameLanguage } from '../template/language.ts'
import type { Letter } from '../template/letter.ts'

/** Our language first; then what is used, then by name. */
export function inOrder(
  language: string,
  uses: ReadonlyMap<string, LetterUse> = new Map(),
): (a: Letter, b: Letter) => number {
  const isOurs = (letter: Letter) => Number(sameLanguage(letter.language, language))
  const sent = ({ key }: Letter) => uses.get(key)?.sent ?? 0
  return (a, b) =>
    isOurs(b) - isOurs(a) || sent(b) - sent(a) || a.title.localeCompare(b.title, 'en') || (a.key < b.key ? -1 : 1)
}

/** What it says below the list. */
export function orderWords(
  language: string,
  { broken, letters }: { broken: number; letters: readonly Letter[] },
): string {
  const ours = letters.filter((letter) => sameLanguage(letter.language, language)).length
  const isMixed = ours > 0 && ours < letters.length
  const [first, ...then] = [
    ...(broken > 0 ? ['what is broken'] : []),
    ...(isMixed ? [`those in ${languageName(language)}`] : []),
    'the most used',
  ]
  return [`${first} first`, ...then].join(', then ')
}
