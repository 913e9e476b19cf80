// Waiting for something to become true at a stand-in, woken by every change, with a deadline that says what failed.
import { systemClock } from '../clock.ts'

const DEADLINE_MS = 5000
/** A condition may also look at things the stand-in does not see change. */
const LOOK_MS = 25
const CALLS_SHOWN = 5

export interface Changes {
  changed(): void
  waitFor<T>(condition: () => T | Promise<T>, what: string, deadlineMs?: number): Promise<NonNullable<T>>
}

/** `calls`: what was asked of it and how that ended, oldest first. */
export function makeChanges(platform: string, calls: () => readonly string[]): Changes {
  const { wait, monotonic } = systemClock()
  const sleepers = new Set<() => void>()
  return {
    changed() {
      for (const wake of [...sleepers]) wake()
    },
    async waitFor<T>(condition: () => T | Promise<T>, what: string, deadlineMs = DEADLINE_MS): Promise<NonNullable<T>> {
      const endsAt = monotonic() + deadlineMs
      for (;;) {
        const value = await condition()
        if (value) return value
        if (monotonic() > endsAt)
          throw new Error(`waited ${deadlineMs} ms in vain for ${what}; ${lastCalls(platform, calls())}`)
        await nextChange(sleepers, wait)
      }
    },
  }
}

async function nextChange(
  sleepers: Set<() => void>,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const wake = () => stop.abort()
  sleepers.add(wake)
  await wait(LOOK_MS, stop.signal)
  sleepers.delete(wake)
}

function lastCalls(platform: string, calls: readonly string[]): string {
  const last = calls.slice(-CALLS_SHOWN)
  return last.length > 0 ? `the last calls were ${last.join(', ')}` : `${platform} was never called`
}
