// The promises of the configuration, made ready to be asked; and those of yesterday, from what was kept of them.
import { type Calendar, type OpenHours, openHours } from './calendar.ts'
import { DAY } from './clock.ts'
import type { Policies, Policy, Promised, Step } from './policy.ts'
import { choosePolicy, type PolicySettings } from './policy-choice.ts'
import { type LadderStep, stepAt } from './step.ts'
import { dueAt, parseTarget, renderTarget, type Target } from './target.ts'

/** The part of the configuration that promises. */
export interface PromiseSettings {
  policies: readonly PolicySettings[]
  ladders: Readonly<Record<string, readonly LadderStep[]>>
  calendars: Readonly<Record<string, Calendar>>
  tiers: Readonly<Record<string, { addresses: readonly string[]; domains: readonly string[] }>>
}

/** What a desk that was taken out of the configuration still owes its customers, whoever gets to see it. */
const ORPHANED = { window: { unit: 'calendar', ms: DAY }, ladder: 'standard' } as const

export function makePolicies(config: PromiseSettings): Policies {
  const made = new Map(config.policies.map((settings) => [settings, makePolicy(settings, config)]))
  const tierOf = ({ tier, address }: Promised) => tier ?? tierOfAddress(config.tiers, address)
  return {
    choose(promised) {
      const tier = tierOf(promised)
      const { desk, channel } = promised
      const isKnown = config.policies.some(({ name }) => name === desk)
      if (!isKnown) return makePolicy({ name: desk, desk, ...ORPHANED }, config)
      const chosen = choosePolicy(config.policies, { desk, channel, ...(tier !== undefined && { tier }) })
      return made.get(chosen) ?? makePolicy(chosen, config)
    },
    tierOf,
    tiers: () => tierNames(config),
    list: () => [...made.values()],
  }
}

function tierNames({ tiers, policies }: PromiseSettings): string[] {
  return [...new Set([...Object.keys(tiers), ...policies.flatMap(({ tier }) => tier ?? [])])]
}

/** The address itself says more than its domain. */
function tierOfAddress(tiers: PromiseSettings['tiers'], address: string): string | undefined {
  const whole = address.toLowerCase()
  const named = Object.entries(tiers).find(([, { addresses }]) => addresses.includes(whole))
  if (named) return named[0]
  const domain = whole.slice(whole.lastIndexOf('@') + 1)
  return Object.entries(tiers).find(([, { domains }]) => domains.includes(domain))?.[0]
}

function makePolicy(settings: PolicySettings, { calendars, ladders }: PromiseSettings): Policy {
  const calendar = settings.calendar === undefined ? undefined : calendars[settings.calendar]
  const promise = promiseOf(settings.window, settings.soft, calendar)
  const ladder = (ladders[settings.ladder] ?? []).map((step) => makeStep(step, promise.hours, settings.window))
  return { name: settings.name, ...promise, ladder }
}

/** What the due time depends on, and nothing else. */
function promiseOf(window: Target, soft: Target | undefined, calendar: Calendar | undefined) {
  const hours = calendar && openHours(calendar)
  const texts = { window: renderTarget(window), ...(soft && { soft: renderTarget(soft) }) }
  const version = [
    texts.window,
    ...(soft ? [`soft ${texts.soft}`] : []),
    ...(hours && isInBusinessTime(window, soft) ? [`${hours.calendar.name}@${hours.version}`] : []),
  ].join(' ')
  return {
    hours,
    version,
    definition: JSON.stringify({ ...texts, ...(calendar && { calendar }) }),
    dueAt: (startedAt: number) => dueAt(window, startedAt, hours),
    softDueAt: (startedAt: number) => soft && dueAt(soft, startedAt, hours),
    openMs: (from: number, to: number) =>
      hours && window.unit !== 'calendar' ? hours.between(from, Math.max(from, to)) : undefined,
  }
}

function isInBusinessTime(...targets: (Target | undefined)[]): boolean {
  return targets.some((target) => target !== undefined && target.unit !== 'calendar')
}

function makeStep(step: LadderStep, hours: OpenHours | undefined, target: Target): Step {
  const { name, time, to, acknowledgeMs } = step
  return {
    name,
    to,
    acknowledgeMs,
    at: ({ startedAt, dueAt, softDueAt }) =>
      stepAt(time, { startedAt, dueAt, ...(softDueAt !== undefined && { softDueAt }) }, hours, target),
  }
}

/** A promise as a window was given it, from its kept definition: it can still be explained and computed again. */
export function recallPolicy(
  name: string,
  version: string,
  definition: string,
): Policy & { hours: OpenHours | undefined } {
  const kept = JSON.parse(definition) as { window: string; soft?: string; calendar?: Calendar }
  const soft = kept.soft === undefined ? undefined : parseTarget(kept.soft)
  return { name, ...promiseOf(parseTarget(kept.window), soft, kept.calendar), version, definition, ladder: [] }
}

const DAY_MINUTES = 24 * 60

/** The end of the quiet hours that an instant is in; undefined outside them. */
export function quietHours(
  { from, to }: { from: number; to: number },
  zone: string,
): (at: number) => number | undefined {
  // What is not quiet is open: whoever is in the quiet hours waits for the next opening.
  const loud =
    to > DAY_MINUTES
      ? [{ from: to - DAY_MINUTES, to: from }]
      : [
          { from: 0, to: from },
          { from: to, to: DAY_MINUTES },
        ]
  const spans = loud.filter((span) => span.from < span.to)
  const week = { mon: spans, tue: spans, wed: spans, thu: spans, fri: spans, sat: spans, sun: spans }
  const hours = openHours({ name: 'quiet hours', zone, hours: week, exceptions: {} })
  return (at) => (hours.isOpen(at) ? undefined : hours.nextOpening(at))
}
