// A clock that stands still until the test moves it; what waited for a passed instant wakes in order.
import { type Clock, repeat } from '../../src/clock.ts'

export interface ManualClock extends Clock {
  /** Moves wall and monotonic time forward together, waking each waiter at its instant. */
  advance(ms: number): Promise<void>
  /** Steps the wall clock alone, as an administrator or NTP does. */
  step(ms: number): void
}

export function manualClock(startAt = Date.UTC(2026, 0, 5, 9)): ManualClock {
  let wall = startAt
  let mono = 0
  const waiters = new Set<{ at: number; wake: () => void }>()
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve()
      const give = () => {
        waiters.delete(waiter)
        // A signal outlives thousands of waits, and with each new listener it looks through all it has.
        signal?.removeEventListener('abort', give)
        resolve()
      }
      const waiter = { at: mono + ms, wake: give }
      waiters.add(waiter)
      signal?.addEventListener('abort', give)
    })
  const moveTo = (at: number) => {
    wall += at - mono
    mono = at
  }
  return {
    now: () => wall,
    monotonic: () => mono,
    wait,
    every: repeat(wait),
    step: (ms) => {
      wall += ms
    },
    async advance(ms) {
      const end = mono + ms
      for (;;) {
        const next = [...waiters].filter((waiter) => waiter.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        moveTo(Math.max(mono, next.at))
        next.wake()
        await settle()
      }
      moveTo(end)
      await settle()
    },
  }
}

/** Lets everything that can run without time passing run. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
