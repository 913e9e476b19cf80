// Time comes from one place, so that a test can hold it, a demo can move it and no file has a timer of its own.
import { setTimeout as sleep } from 'node:timers/promises'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export interface Clock {
  /** Wall time, epoch milliseconds UTC. May step in either direction: use it for due times only. */
  now(): number
  /** Milliseconds that only ever grow, for leases, freshness and how long something took. */
  monotonic(): number
  /** Resolves after `ms`, or at once when the signal aborts; it never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs `work` every `periodMs`, never twice at the same time, until the returned function is called. */
  every(periodMs: number, work: () => Promise<void>): () => void
}

/** Node ends a longer wait at once. Whoever waits looks at the clock afterwards anyway. */
const WAIT_MAX_MS = 24 * DAY

export function systemClock(): Clock {
  const wait = async (ms: number, signal?: AbortSignal) => {
    await sleep(Math.min(ms, WAIT_MAX_MS), undefined, signal ? { signal } : {}).catch(() => undefined)
  }
  return { now: () => Date.now(), monotonic: () => performance.now(), wait, every: repeat(wait) }
}

/** `every` for any clock that can wait. A failing `work` rejects the loop: what may fail must catch. */
export function repeat(wait: Clock['wait']): Clock['every'] {
  return (periodMs, work) => {
    const stop = new AbortController()
    const loop = async () => {
      while (!stop.signal.aborted) {
        await wait(periodMs, stop.signal)
        if (!stop.signal.aborted) await work()
      }
    }
    void loop() // The loop lives as long as its owner; a rejection here is our own mistake and ends the process.
    return () => stop.abort()
  }
}

/** Resolves when the work has ended or after `ms`, whichever comes first, and leaves no timer to keep the process alive. */
export async function atMost(clock: Pick<Clock, 'wait'>, ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, clock.wait(ms, over.signal)]).finally(() => over.abort())
}
