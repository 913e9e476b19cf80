// Five hundred seeded histories of crashes, lost answers, late arrivals and clock steps; and the proof that they find faults.
import { describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { MUTANTS, plant } from './mutants.ts'
import { loadProduct, ROOT } from './product.ts'

const HISTORIES = 500
const BATCH = 100
/** A planted fault has to show within so many histories. */
const HUNT_MAX = 300

const replayed = process.env.SIM_SEED === undefined ? undefined : Number(process.env.SIM_SEED)

describe.skipIf(replayed !== undefined)('in five hundred histories nothing is lost, doubled or late unseen', () => {
  const batches = Array.from({ length: HISTORIES / BATCH }, (_, n) => n * BATCH + 1)
  test.each(batches)('from seed %i on', { timeout: 400_000 }, async (from) => {
    const product = await loadProduct(`${ROOT}/src`)
    const broken: string[] = []
    for (let seed = from; seed < from + BATCH; seed++) {
      for (const violation of await history(product, seed)) broken.push(`SIM_SEED=${seed}: ${violation}`)
    }
    expect(broken).toEqual([])
  })
})

test.runIf(replayed !== undefined)('one history is played again, told step by step', async () => {
  const notes: string[] = []
  const violations = await history(await loadProduct(`${ROOT}/src`), replayed ?? 0, undefined, notes)
  process.stdout.write(`${notes.join('\n')}\n`)
  expect(violations).toEqual([])
})

describe.skipIf(replayed !== undefined)('a planted fault is found:', () => {
  test.each(MUTANTS)('$name', { timeout: 400_000 }, async (mutant) => {
    const faulty = await loadProduct(plant(mutant))
    const sound = await loadProduct(`${ROOT}/src`)
    const { from = 1 } = mutant
    for (let seed = from; seed < from + HUNT_MAX; seed++) {
      const violations = await history(faulty, seed, mutant.provoke).catch((error: unknown) => [String(error)])
      // Only the fault may be to blame: the sound product has to come through the very same history.
      if (violations.length > 0 && (await history(sound, seed, mutant.provoke)).length === 0) return
    }
    expect.fail(`${HUNT_MAX} histories did not find it`)
  })
})
