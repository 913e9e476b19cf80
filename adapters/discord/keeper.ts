// Makes events durable, however long the store refuses them: Discord does not deliver twice.
import type { Intake, RawEvent } from '../../src/channel.ts'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import type { Cursor } from './place.ts'

const FIRST_PAUSE_MS = SECOND / 5
const PAUSE_MS_MAX = MINUTE
const DOUBLINGS_MAX = 10

/** Half of it is chance, so that many who failed together do not come back together. */
export function pauseMs(random: Random, failures: number): number {
  const full = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** Math.min(failures, DOUBLINGS_MAX))
  return full * (0.5 + random.fraction() / 2)
}

/** Thrown where the end has come: whoever was about to keep something leaves it to the next start. */
export const STOPPED = new Error('discord: the channel was stopped')

export interface Keeper {
  /** Resolves when durable; rejects only with `STOPPED`. */
  keep(raws: RawEvent[], cursor?: Cursor): Promise<void>
  problem(): string | undefined
  /** Resolves when no `keep` is under way; none begins any more. */
  end(): Promise<void>
}

export function makeKeeper(
  intake: Intake,
  stop: AbortSignal,
  tools: { clock: Clock; random: Random; log: Log },
): Keeper {
  const { clock, random, log } = tools
  const busy = new Set<Promise<void>>()
  let problem: string | undefined
  const insist = async (raws: RawEvent[], cursor?: Cursor) => {
    for (let failures = 0; !stop.aborted; failures++) {
      try {
        await intake.keep(raws, cursor)
        problem = undefined
        return
      } catch (error) {
        problem = 'discord: what customers write cannot be stored; see to the database'
        log.error({ error: String(error), events: raws.length }, '<= discord: could not be kept; trying again')
        await clock.wait(pauseMs(random, failures), stop)
      }
    }
    throw STOPPED
  }
  return {
    keep(raws, cursor) {
      const work = insist(raws, cursor)
      const settled = work.catch(() => undefined).then(() => void busy.delete(settled))
      busy.add(settled)
      return work
    },
    problem: () => problem,
    async end() {
      await Promise.all(busy)
    },
  }
}
