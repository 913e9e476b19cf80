import { expect, test } from 'vitest'
import { atMost, DAY, repeat, SECOND, systemClock } from '../src/clock.ts'
import { manualClock, settle } from './setup/clock.ts'

test('a wait ends at once when it is called off, and never throws', async () => {
  const clock = systemClock()
  const off = new AbortController()
  const before = clock.monotonic()
  const waiting = clock.wait(30 * SECOND, off.signal)
  off.abort()
  await waiting
  await clock.wait(30 * SECOND, off.signal) // Called off before it began.
  expect(clock.monotonic() - before).toBeLessThan(10 * SECOND)
})

test('S10: a wait of a month does not end at once', async () => {
  const clock = systemClock()
  const off = new AbortController()
  const month = clock.wait(30 * DAY, off.signal).then(() => 'a month')
  const moment = clock.wait(50).then(() => 'a moment')
  expect(await Promise.race([month, moment])).toBe('a moment')
  off.abort()
})

test('a wait takes its time, and monotonic time only grows', async () => {
  const clock = systemClock()
  const before = clock.monotonic()
  await clock.wait(30)
  expect(clock.monotonic() - before).toBeGreaterThanOrEqual(29)
})

test('what repeats runs once a period, never twice at the same time, until it is stopped', async () => {
  const clock = manualClock()
  const slow = Promise.withResolvers<void>()
  let running = 0
  let mostRunning = 0
  let runs = 0
  const stop = clock.every(SECOND, async () => {
    runs += 1
    running += 1
    mostRunning = Math.max(mostRunning, running)
    if (runs === 2) await slow.promise
    running -= 1
  })
  await clock.advance(10 * SECOND)
  expect(runs).toBe(2) // The second is still at it.
  slow.resolve()
  await settle()
  await clock.advance(3 * SECOND)
  expect(runs).toBeGreaterThan(2)
  expect(mostRunning).toBe(1)
  stop()
  const stoppedAt = runs
  await clock.advance(10 * SECOND)
  expect(runs).toBe(stoppedAt)
})

test('any clock that can wait can repeat', async () => {
  let ticks = 0
  const done = Promise.withResolvers<void>()
  const stop = repeat(async () => undefined)(1, async () => {
    ticks += 1
    if (ticks === 3) done.resolve()
    if (ticks >= 3) stop()
  })
  await done.promise
  expect(ticks).toBe(3)
})

test('what has ended leaves no timer behind that would keep a stopped program alive', async () => {
  const { wait } = manualClock()
  const signals: (AbortSignal | undefined)[] = []
  const clock = {
    wait: (ms: number, signal?: AbortSignal) => {
      signals.push(signal)
      return wait(ms, signal)
    },
  }
  await atMost(clock, 10 * SECOND, Promise.resolve())
  expect(signals.map((signal) => signal?.aborted)).toEqual([true])
})

test('what never ends is waited for only so long', async () => {
  const clock = manualClock()
  let over = false
  const never = new Promise(() => undefined)
  const waiting = atMost(clock, 10 * SECOND, never).then(() => {
    over = true
  })
  await clock.advance(9 * SECOND)
  expect(over).toBe(false)
  await clock.advance(SECOND)
  await waiting
})
