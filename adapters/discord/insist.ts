// Tries until it works, ever less often: for what has to be known before anything can be heard.
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { pauseMs, STOPPED } from './keeper.ts'

export interface InsistTools {
  clock: Clock
  random: Random
  log: Log
  stop: AbortSignal
}

/** `what` says what could not be done. Rejects only with `STOPPED`. */
export async function insist<T>(
  { clock, random, log, stop }: InsistTools,
  what: string,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; !stop.aborted; failures++) {
    try {
      return await attempt()
    } catch (error) {
      log.warn({ error: String(error) }, `discord: ${what}; trying again`)
      await clock.wait(pauseMs(random, failures), stop)
    }
  }
  throw STOPPED
}
