import { expect, test } from 'vitest'
import { backoffMs, makeBreaker } from '../src/breaker.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { manualClock } from './setup/clock.ts'
import { seededRandom } from './setup/world.ts'

const fixed = (fraction: number) => ({ ...seededRandom(1), fraction: () => fraction })

test('a door stays open through four failures, and a success forgets them', () => {
  const breaker = makeBreaker(manualClock(), seededRandom(1))
  for (let round = 0; round < 3; round++) {
    for (let failure = 0; failure < 4; failure++) breaker.failed('a', false)
    expect([breaker.passes('a'), breaker.isProbe('a')]).toEqual([true, false])
    breaker.succeeded('a')
  }
})

test('the fifth failure shuts it, for that key only; then a probe may knock', async () => {
  const clock = manualClock()
  const breaker = makeBreaker(clock, seededRandom(1))
  for (let failure = 0; failure < 5; failure++) breaker.failed('a', false)
  expect([breaker.passes('a'), breaker.isProbe('a')]).toEqual([false, true])
  expect([breaker.passes('b'), breaker.isProbe('b')]).toEqual([true, false])
  await clock.advance(2 * SECOND)
  expect([breaker.passes('a'), breaker.isProbe('a')]).toEqual([true, true])
  breaker.succeeded('a')
  expect([breaker.passes('a'), breaker.isProbe('a')]).toEqual([true, false])
})

test('each failed knock doubles the wait, up to five minutes', async () => {
  const clock = manualClock()
  const breaker = makeBreaker(clock, fixed(0.999))
  const waits: number[] = []
  for (let failure = 1; failure <= 16; failure++) {
    breaker.failed('a', false)
    if (failure < 5) continue
    const before = clock.monotonic()
    while (!breaker.passes('a')) await clock.advance(SECOND)
    waits.push(Math.round((clock.monotonic() - before) / SECOND))
  }
  for (let n = 1; n < waits.length; n++) expect(waits[n]).toBeGreaterThanOrEqual(waits[n - 1] ?? 0)
  expect(waits[0]).toBeLessThanOrEqual(2)
  expect(waits.at(-1)).toBeGreaterThan(250)
  expect(Math.max(...waits)).toBeLessThanOrEqual(302)
})

test('a locked account shuts the door at once, for a quarter of an hour, whatever else fails meanwhile', async () => {
  const clock = manualClock()
  const breaker = makeBreaker(clock, seededRandom(1))
  breaker.failed('a', true)
  breaker.failed('a', false) // Was in the air already, and timed out.
  expect(breaker.passes('a')).toBe(false)
  await clock.advance(15 * MINUTE - 1)
  expect(breaker.passes('a')).toBe(false)
  await clock.advance(1)
  expect([breaker.passes('a'), breaker.isProbe('a')]).toEqual([true, true])
})

test('no jump of the wall clock opens a door or keeps it shut', async () => {
  const clock = manualClock()
  const breaker = makeBreaker(clock, seededRandom(1))
  breaker.failed('a', true)
  clock.step(DAY)
  expect(breaker.passes('a')).toBe(false)
  clock.step(-3 * DAY)
  await clock.advance(HOUR)
  expect(breaker.passes('a')).toBe(true)
})

test('the wait before another try is anywhere between nothing and a ceiling that doubles up to five minutes', () => {
  expect([1, 2, 3, 8, 9, 100].map((attempts) => backoffMs(fixed(0.999_999), attempts))).toEqual(
    [2, 4, 8, 256, 300, 300].map((seconds) => seconds * SECOND),
  )
  expect(backoffMs(fixed(0), 5)).toBe(0)
  const random = seededRandom(3)
  for (let n = 0; n < 200; n++) expect(Number.isInteger(backoffMs(random, n % 12))).toBe(true)
})

test('a door that says when to come back is left alone until then, by everybody', async () => {
  const clock = manualClock()
  const breaker = makeBreaker(clock, seededRandom(1))
  breaker.failed('a', true, HOUR)
  await clock.advance(HOUR - 1)
  expect(breaker.passes('a')).toBe(false)
  await clock.advance(1)
  expect(breaker.passes('a')).toBe(true)
  breaker.failed('a', true, MINUTE)
  await clock.advance(MINUTE)
  expect(breaker.passes('a')).toBe(true) // Not a quarter of an hour, as where nothing is said.
})
