// Stops knocking on a door that is shut. One breaker per rate key, in memory: after a restart one knock is free.
import { type Clock, MINUTE, SECOND } from './clock.ts'
import type { Random } from './id.ts'

const FAILURES_MAX = 5
const PAUSE_MIN_MS = SECOND
const PAUSE_MAX_MS = 5 * MINUTE
const ACCOUNT_PAUSE_MS = 15 * MINUTE

export interface Breaker {
  /** Whether one attempt may go out now; while it is open, only a single probe at a time. */
  passes(key: string): boolean
  /** True when the attempt that is about to leave is a probe: its failure says nothing of the message. */
  isProbe(key: string): boolean
  succeeded(key: string): void
  /**
   * `account`: the door itself is locked (wrong password, revoked token, too much mail), so it shuts at once, and for as long as
   * was asked for.
   */
  failed(key: string, account: boolean, pauseMs?: number): void
}

interface Door {
  failures: number
  opensAt: number
}

export function makeBreaker(clock: Clock, random: Random): Breaker {
  const doors = new Map<string, Door>()
  const isOpen = (door: Door) => door.failures >= FAILURES_MAX
  return {
    passes: (key) => (doors.get(key)?.opensAt ?? 0) <= clock.monotonic(),
    isProbe: (key) => {
      const door = doors.get(key)
      return door !== undefined && isOpen(door)
    },
    succeeded: (key) => void doors.delete(key),
    failed: (key, account, askedMs = ACCOUNT_PAUSE_MS) => {
      const before = doors.get(key) ?? { failures: 0, opensAt: 0 }
      const failures = account ? FAILURES_MAX : before.failures + 1
      let pauseMs = 0
      if (account) pauseMs = askedMs
      else if (failures >= FAILURES_MAX) pauseMs = jitter(random, failures - FAILURES_MAX)
      // An attempt that was in the air when the door was locked does not unlock it by failing.
      doors.set(key, { failures, opensAt: Math.max(before.opensAt, clock.monotonic() + pauseMs) })
    },
  }
}

/** Full jitter: anywhere between nothing and the doubled ceiling, so that a crowd does not come back together. */
function jitter(random: Random, doublings: number): number {
  return PAUSE_MIN_MS + random.fraction() * Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(doublings, 20))
}

/** Whole milliseconds, for it ends up in a due time: PostgreSQL refuses a fraction that SQLite takes. */
export function backoffMs(random: Random, attempts: number): number {
  return Math.ceil(random.fraction() * Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(attempts, 20)))
}
