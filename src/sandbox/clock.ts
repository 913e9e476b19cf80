// A real clock that can be moved forward, for a demo that plays a day in seconds: whoever waits past that instant wakes.
import { type Clock, MINUTE, repeat, systemClock } from '../clock.ts'

export interface MovableClock extends Clock {
  forward(ms: number): void
}

/** Who waits so shortly waits for a machine to answer, or looks again in a moment: for them no time is skipped. */
const SHORT_MS = 2 * MINUTE

export function movableClock(): MovableClock {
  const system = systemClock()
  const sleepers = new Set<{ until: number; wake: AbortController }>()
  let movedMs = 0
  const monotonic = () => system.monotonic() + movedMs
  const wait = async (ms: number, signal?: AbortSignal) => {
    const sleeper = { until: monotonic() + ms, wake: new AbortController() }
    if (ms > SHORT_MS) sleepers.add(sleeper)
    await system.wait(ms, signal ? AbortSignal.any([signal, sleeper.wake.signal]) : sleeper.wake.signal)
    sleepers.delete(sleeper)
  }
  return {
    now: () => system.now() + movedMs,
    monotonic,
    wait,
    every: repeat(wait),
    forward(ms) {
      movedMs += ms
      for (const sleeper of sleepers) if (sleeper.until <= monotonic()) sleeper.wake.abort()
    },
  }
}
