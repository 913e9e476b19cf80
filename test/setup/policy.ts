// Promises for tests: so many elapsed hours, and a ladder of the test's own.
import type { Calendar } from '../../src/calendar.ts'
import { HOUR } from '../../src/clock.ts'
import type { Policies, Policy, Step, WindowTimes } from '../../src/policy.ts'
import { makePolicies } from '../../src/promises.ts'
import { type Addressee, parseStepTime } from '../../src/step.ts'
import { parseTarget } from '../../src/target.ts'

const DAYTIME = [{ from: 9 * 60, to: 17 * 60 }]

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

/** Monday to Friday, nine to five, in Berlin. */
export const OFFICE: Calendar = {
  name: 'office',
  zone: 'Europe/Berlin',
  hours: { mon: DAYTIME, tue: DAYTIME, wed: DAYTIME, thu: DAYTIME, fri: DAYTIME, sat: [], sun: [] },
  exceptions: {},
}

/** As the configuration makes them: `promised('business:4h', { soft: 'business:1h', steps: ['50%', 'due'] })`. */
export function promised(
  window: string,
  more: { soft?: string; steps?: readonly string[]; desk?: string } = {},
): Policies {
  const ladder = (more.steps ?? ['due']).map((name) => ({
    ...{ name, time: parseStepTime(name), to: [LEADS], acknowledgeMs: undefined },
  }))
  const soft = more.soft === undefined ? {} : { soft: parseTarget(more.soft) }
  const { desk = 'main' } = more
  const main = { name: desk, desk, window: parseTarget(window), ...soft, calendar: 'office', ladder: 'own' }
  return makePolicies({
    policies: [main],
    ladders: { own: ladder, standard: ladder },
    calendars: { office: OFFICE },
    tiers: {},
  })
}
