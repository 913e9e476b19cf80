// Keeps what the platforms limit apart in time. It only ever holds what the outbox has claimed: a handful.
import Bottleneck from 'bottleneck'
import type { Clock } from './clock.ts'

export interface Pace {
  minMs: number
  concurrencyMax: number
  /** The key whose pace these attempts keep, too. */
  within?: string
  /** How many may wait for their turn, so that none of it passes unused; one that is claimed cannot be overtaken any more. */
  queueMax?: number
}

export interface RateLimiter {
  /** How many rows of this key may be claimed now. */
  room(key: string): Promise<number>
  /** The key whose pace this one keeps in the end: its own, where it shares none. */
  sharedBy(key: string): string
  /** Runs the attempt when its turn comes. */
  schedule<T>(key: string, attempt: () => Promise<T>): Promise<T>
  /** Bottleneck counts by the wall clock and stands still when that steps back: start afresh. */
  reset(): void
}

const LIMITERS_MAX = 500

/** `paceOf` gives the pace of a rate key, or undefined where nothing limits it. */
export function rateLimiter(paceOf: (key: string) => Pace | undefined, unlimitedRoom: number): RateLimiter {
  const limiters = new Map<string, Bottleneck>()
  const limiterOf = (key: string): Bottleneck | undefined => {
    const pace = paceOf(key)
    if (!pace) return undefined
    const kept = limiters.get(key)
    if (kept) return kept
    if (limiters.size >= LIMITERS_MAX) limiters.delete(limiters.keys().next().value ?? '')
    const made = new Bottleneck({ minTime: pace.minMs, maxConcurrent: pace.concurrencyMax })
    const outer = pace.within === undefined ? undefined : limiterOf(pace.within)
    if (outer) made.chain(outer)
    limiters.set(key, made)
    return made
  }
  return {
    async room(key) {
      if (!limiterOf(key)) return unlimitedRoom
      for (let at: string | undefined = key; at !== undefined; at = paceOf(at)?.within) {
        if (!(await hasRoom(limiterOf(at), paceOf(at)))) return 0
      }
      return 1
    },
    sharedBy(key) {
      const outer = paceOf(key)?.within
      return outer === undefined ? key : this.sharedBy(outer)
    },
    schedule: (key, attempt) => limiterOf(key)?.schedule(attempt) ?? attempt(),
    reset: () => limiters.clear(),
  }
}

async function hasRoom(limiter: Bottleneck | undefined, pace: Pace | undefined): Promise<boolean> {
  if (!limiter || !pace) return true
  return pace.queueMax === undefined ? await limiter.check() : limiter.queued() < pace.queueMax
}

/** The wall and the monotonic clock should grow alike; returns the step since the last look, 0 when there was none. */
export function stepDetector(clock: Clock, toleranceMs: number): () => number {
  let wall = clock.now()
  let mono = clock.monotonic()
  return () => {
    const step = clock.now() - wall - (clock.monotonic() - mono)
    wall = clock.now()
    mono = clock.monotonic()
    return Math.abs(step) > toleranceMs ? Math.round(step) : 0
  }
}
