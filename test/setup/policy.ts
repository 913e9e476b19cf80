// Promises for tests: so many elapsed hours, and a ladder of the test's own.
import { HOUR } from '../../src/clock.ts'
import type { Policies, Policy, Step, WindowTimes } from '../../src/policy.ts'
import type { Addressee } from '../../src/step.ts'

export const LEADS: Addressee = { kind: 'leads' }

export function step(name: string, at: (window: WindowTimes) => number | undefined, more: Partial<Step> = {}): Step {
  return { name, at, to: [LEADS], acknowledgeMs: undefined, ...more }
}

/** At the due time, to the leads. */
export const DUE = step('due', ({ dueAt }) => dueAt)

export function calendarPolicy(hours = 24, more: Partial<Policy> = {}): Policy {
  return {
    name: 'standard',
    version: `calendar:${hours}h`,
    definition: JSON.stringify({ window: `calendar:${hours}h` }),
    dueAt: (startedAt) => startedAt + hours * HOUR,
    softDueAt: () => undefined,
    openMs: () => undefined,
    ladder: [DUE],
    ...more,
  }
}

export function always(policy: Policy): Policies {
  return { choose: () => policy, tierOf: ({ tier }) => tier, tiers: () => ['gold'], list: () => [policy] }
}
