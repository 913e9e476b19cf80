// How fast five hundred letters are ranked, as a ratio to reading their words once, so that it means the same on any machine.
import { type Letter, parseLetter } from '../../src/template/letter.ts'
import { indexLetters } from '../../src/template/suggest.ts'
import { tokensOf } from '../../src/template/token.ts'

const LETTERS = 500
const ROUNDS = 50
const WORDS =
  'order parcel refund money password invoice damaged broken late waiting colour size return cancel help'.split(' ')

const letters = Array.from({ length: LETTERS }, (_, n): Letter => {
  const pick = (from: number) => WORDS[(n * 7 + from * 3) % WORDS.length] ?? ''
  const head = `---\ntitle: ${pick(1)} ${n}\nwhen: ${pick(2)}\nlanguage: en\ntags: [${pick(3)}, ${pick(4)}]\n---\n`
  const parsed = parseLetter(
    { path: '', language: 'en', name: `l${n}` },
    `${head}Hello, ${`${pick(5)} ${pick(6)} `.repeat(40)}`,
  )
  if ('faults' in parsed) throw new Error('a letter of the bench is broken')
  return parsed.letter
})

function meanMs(work: () => void): number {
  const startedAt = performance.now()
  for (let round = 0; round < ROUNDS; round++) work()
  return (performance.now() - startedAt) / ROUNDS
}

export async function ranking(): Promise<Record<string, number>> {
  const index = indexLetters(letters)
  const asked = 'I paid for my order and the parcel is late. When do I get my money back? '.repeat(10)
  index.suggest(asked, 3)
  const rank = meanMs(() => void index.suggest(asked, 3))
  const read = meanMs(() => void letters.map(({ source }) => tokensOf(source)))
  return { suggestMs: rank, suggestToReadRatio: rank / read }
}
