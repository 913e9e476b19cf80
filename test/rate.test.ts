import { expect, test, vi } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { rateLimiter, stepDetector } from '../src/rate.ts'
import { manualClock } from './setup/clock.ts'

test('a key without a pace has the room of all, and its attempts start at once', async () => {
  const limiter = rateLimiter(() => undefined, 7)
  expect(await limiter.room('free')).toBe(7)
  expect(await limiter.schedule('free', async () => 'done')).toBe('done')
})

test('a key with a pace has room for one, and none while that one runs', async () => {
  const limiter = rateLimiter(() => ({ minMs: 0, concurrencyMax: 1 }), 7)
  expect(await limiter.room('a')).toBe(1)
  const answer = Promise.withResolvers<string>()
  const started = Promise.withResolvers<void>()
  const running = limiter.schedule('a', () => {
    started.resolve()
    return answer.promise
  })
  await started.promise
  expect(await limiter.room('a')).toBe(0)
  expect(await limiter.room('b')).toBe(1) // Another channel has a pace of its own.
  answer.resolve('done')
  expect(await running).toBe('done')
  expect(await limiter.room('a')).toBe(1)
})

test('attempts of one key start at least the pace apart', async () => {
  const limiter = rateLimiter(() => ({ minMs: 40, concurrencyMax: 10 }), 7)
  const starts: number[] = []
  const attempt = async () => void starts.push(performance.now())
  const asked = performance.now()
  await Promise.all([1, 2, 3].map(() => limiter.schedule('a', attempt)))
  // From when they were asked for: one that a busy machine starts late does not make the next one early.
  expect(starts.map((start, n) => start - asked > n * 40 - 5)).toEqual([true, true, true])
  expect(await limiter.room('a')).toBe(0)
})

test('what keeps a pace within another has no room while that one has none, and counts for both', async () => {
  const pace = { minMs: 0, concurrencyMax: 1 }
  const limiter = rateLimiter((key) => (key === 'backlog' ? { ...pace, within: 'post' } : pace), 7)
  const answer = Promise.withResolvers<void>()
  const running = limiter.schedule('backlog', () => answer.promise)
  await vi.waitFor(async () => expect(await limiter.room('post')).toBe(0))
  answer.resolve()
  await running
  expect(await limiter.room('backlog')).toBe(1)
  const post = Promise.withResolvers<void>()
  const posting = limiter.schedule('post', () => post.promise)
  await vi.waitFor(async () => expect(await limiter.room('backlog')).toBe(0))
  post.resolve()
  await posting
})

test('an attempt that fails hands its error on and leaves the room it took', async () => {
  const limiter = rateLimiter(() => ({ minMs: 0, concurrencyMax: 1 }), 7)
  const failing = limiter.schedule('a', async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await limiter.room('a')).toBe(1)
})

test('after a step of the clock all start afresh', async () => {
  const limiter = rateLimiter(() => ({ minMs: HOUR, concurrencyMax: 1 }), 7)
  await limiter.schedule('a', async () => undefined)
  expect(await limiter.room('a')).toBe(0)
  limiter.reset()
  expect(await limiter.room('a')).toBe(1)
})

test('S9: a step of the wall clock is seen once, in either direction, and the passing of time is none', async () => {
  const clock = manualClock()
  const stepOf = stepDetector(clock, 2 * SECOND)
  await clock.advance(HOUR)
  expect(stepOf()).toBe(0)
  clock.step(MINUTE)
  await clock.advance(SECOND)
  expect([stepOf(), stepOf()]).toEqual([MINUTE, 0])
  clock.step(-HOUR)
  expect([stepOf(), stepOf()]).toEqual([-HOUR, 0])
  clock.step(2 * SECOND)
  expect(stepOf()).toBe(0) // What a time server corrects now and then.
})
