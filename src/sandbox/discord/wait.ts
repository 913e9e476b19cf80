// Waiting for something to become true at the stand-in, woken by every change, with a deadline that says what failed.
import { systemClock } from '../../clock.ts'
import type { Call } from './world.ts'

const DEADLINE_MS = 5000
/** A condition may also look at things the stand-in does not see change. */
const LOOK_MS = 25
const CALLS_SHOWN = 5

export interface Changes {
  changed(): void
  waitFor<T>(condition: () => T | Promise<T>, what: string, deadlineMs?: number): Promise<NonNullable<T>>
}

export function makeChanges(log: readonly Call[]): Changes {
  const { wait, monotonic } = systemClock()
  const sleepers = new Set<() => void>()

  async function nextChange(): Promise<void> {
    const stop = new AbortController()
    const wake = () => stop.abort()
    sleepers.add(wake)
    await wait(LOOK_MS, stop.signal)
    sleepers.delete(wake)
  }

  return {
    changed() {
      for (const wake of [...sleepers]) wake()
    },
    async waitFor<T>(condition: () => T | Promise<T>, what: string, deadlineMs = DEADLINE_MS): Promise<NonNullable<T>> {
      const endsAt = monotonic() + deadlineMs
      for (;;) {
        const value = await condition()
        if (value) return value
        if (monotonic() > endsAt) throw new Error(`waited ${deadlineMs} ms in vain for ${what}; ${lastCalls(log)}`)
        await nextChange()
      }
    },
  }
}

function lastCalls(log: readonly Call[]): string {
  const calls = log.slice(-CALLS_SHOWN).map(({ route, outcome }) => `${route} ${outcome}`)
  return calls.length > 0 ? `the last calls were ${calls.join(', ')}` : 'Discord was never called'
}
