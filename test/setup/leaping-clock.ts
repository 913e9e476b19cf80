// A clock for the whole program: real time, and leaps of it.
import { type Clock, systemClock } from '../../src/clock.ts'

export interface LeapingClock extends Clock {
  leap(ms: number): void
}

/** What is looked at now and then is looked at at once, and time can be made to leap. */
export function leapingClock(): LeapingClock {
  const clock = systemClock()
  let ahead = 0
  return {
    ...clock,
    now: () => clock.now() + ahead,
    monotonic: () => clock.monotonic() + ahead,
    every: (ms, work) => clock.every(Math.min(ms, 100), work),
    leap: (ms) => {
      ahead += ms
    },
  }
}
