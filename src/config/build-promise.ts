// Calendars, tiers, ladders and policies from their settings. Nothing can be wrong any more.
import { type Calendar, type Span, WEEKDAYS, type Weekday } from '../calendar.ts'
import type { PolicySettings } from '../policy-choice.ts'
import { isFromDue, type LadderStep, renderStepTime } from '../step.ts'
import { parseTarget } from '../target.ts'
import { DEFAULTS } from './default.ts'
import { ladder as ladderSchema } from './promise.ts'
import type { Settings } from './settings.ts'

export function buildCalendar(
  { zone, hours, holidays, exceptions }: Settings['calendars'][string],
  name: string,
): Calendar {
  const spansOn = (weekday: Weekday): Span[] => hours.find(({ days }) => days.includes(weekday))?.spans ?? []
  return {
    name,
    zone,
    hours: Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, spansOn(weekday)])) as Calendar['hours'],
    exceptions: Object.fromEntries([
      ...holidays.map((date) => [date, []] as const),
      ...exceptions.map(({ date, spans }) => [date, spans] as const),
    ]),
  }
}

export function buildTier(written: Settings['tiers'][string]): { addresses: string[]; domains: string[] } {
  const all = written.map((item) => item.toLowerCase())
  return { addresses: all.filter((item) => item.includes('@')), domains: all.filter((item) => !item.includes('@')) }
}

export function buildLadders(settings: Settings): Record<string, LadderStep[]> {
  const defaults = Object.entries(DEFAULTS.ladders).map(([name, steps]) => [name, ladderSchema.parse(steps)] as const)
  const all = [...defaults, ...Object.entries(settings.ladders)]
  return Object.fromEntries(all.map(([name, steps]) => [name, steps.map((step) => buildStep(step, settings))]))
}

function buildStep({ at, to, acknowledge }: Settings['ladders'][string][number], settings: Settings): LadderStep {
  // Nobody has to confirm a reminder that came in time.
  const usual = isFromDue(at) ? settings.limits.ping.acknowledge : undefined
  const acknowledgeMs = acknowledge === 'never' ? undefined : (acknowledge ?? usual)
  return { name: renderStepTime(at), time: at, to, acknowledgeMs }
}

/** The exceptions as written, then each desk's own promise under the desk's name. */
export function buildPolicies({ policies, desks }: Settings): PolicySettings[] {
  const exceptions = Object.entries(policies).map(([name, policy]) => {
    const desk = policy.desk === undefined ? undefined : desks[policy.desk]
    const calendar = policy.calendar ?? desk?.calendar
    const ladder = policy.ladder ?? desk?.ladder ?? DEFAULTS.desk.ladder
    return buildPolicy(name, { ...policy, calendar, ladder })
  })
  const own = Object.entries(desks).map(([name, { window, soft, calendar, ladder }]) =>
    buildPolicy(name, { desk: name, window, soft, calendar, ladder }),
  )
  return [...exceptions, ...own]
}

type PolicyText = Omit<Settings['policies'][string], 'ladder'> & { ladder: string }

function buildPolicy(
  name: string,
  { desk, channel, tier, window, soft, calendar, ladder }: PolicyText,
): PolicySettings {
  return {
    name,
    ...(desk !== undefined && { desk }),
    ...(channel !== undefined && { channel }),
    ...(tier !== undefined && { tier }),
    window: parseTarget(window),
    ...(soft !== undefined && { soft: parseTarget(soft) }),
    ...(calendar !== undefined && { calendar }),
    ladder,
  }
}
