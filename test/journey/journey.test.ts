// The real program is killed at every commit and at every socket write of its story, started again, and nobody notices.
import { describe, expect, inject, test } from 'vitest'
import type { Engine } from '../../src/db/open.ts'
import { type Ending, playJourney } from './journey.ts'

/** Every kill point runs in a process of its own; half of the time it waits, so several run side by side, on each database. */
const SIDE_BY_SIDE = 5

/**
 * Every point on both databases, unless it is to be quick: then each on one of the two only, and of those every fifth one.
 * `0` to `4` are the five fifths.
 */
const FIFTH = process.env.JOURNEY_FIFTH

interface Point {
  kind: 'commit' | 'write'
  k: number
}

describe.concurrent.each<Engine>(['sqlite', 'postgres'])('on %s', (engine) => {
  test('the story survives a kill at each commit and each socket write', { timeout: 1_200_000 }, async () => {
    const serverUrl = inject('postgresUrl')
    const whole = await playJourney({ engine, serverUrl })
    expect(faultsOf(whole), 'without any kill').toEqual([])
    expect(whole.counts.commit).toBeGreaterThan(10)
    expect(whole.counts.write).toBeGreaterThan(20)
    const points: Point[] = [
      ...Array.from({ length: whole.counts.commit }, (_, n) => ({ kind: 'commit' as const, k: n + 1 })),
      ...Array.from({ length: whole.counts.write }, (_, n) => ({ kind: 'write' as const, k: n + 1 })),
    ]
    const broken: string[] = []
    let kills = 0
    const turn = 2 * Number(FIFTH ?? 0) + (engine === 'sqlite' ? 0 : 1)
    const chosen = FIFTH === undefined ? points : points.filter((_, n) => n % 10 === turn)
    await sideBySide(chosen, async (kill) => {
      const ending = await playJourney({ engine, serverUrl, kill })
      kills += ending.kills
      broken.push(...faultsOf(ending).map((fault) => `killed at ${kill.kind} ${kill.k}: ${fault}`))
    })
    expect(broken).toEqual([])
    // A story is never twice the same to the last write; nearly every point must have been reached all the same.
    expect(kills).toBeGreaterThan(chosen.length * 0.75)
  })
})

async function sideBySide<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
}

/** What a customer, an agent or a lead would complain about. */
function faultsOf(ending: Ending): string[] {
  const expected: Omit<Ending, 'kills' | 'counts' | 'copies'> = {
    failure: undefined,
    conversations: 2,
    inbound: 2,
    outbound: 1,
    distinctReplies: 1,
    cardsOfAna: 1,
    cardsOfBen: 1,
    doubledEntries: 0,
    pings: 1,
    anasWindow: 'answered',
    bensWindow: 'open',
    stuck: 0,
  }
  const wrong = Object.entries(expected).filter(([name, value]) => ending[name as keyof Ending] !== value)
  const faults = wrong.map(([name, value]) => `${name} is ${ending[name as keyof Ending]} and not ${value}`)
  // An answer that was lost may be followed by the identical mail, three times at most; README says so.
  return ending.copies >= 1 && ending.copies <= 3 ? faults : [...faults, `${ending.copies} copies of the reply`]
}
