// What desks, policies, ladders and calendars say of each other: steps within their windows, no ties and nobody forgotten.
import { DAY } from '../clock.ts'
import { type Criteria, findTies } from '../policy-choice.ts'
import { isFromDue, renderStepTime, stepDistance } from '../step.ts'
import { parseTarget, renderTarget, type Target } from '../target.ts'
import { DEFAULTS } from './default.ts'
import type { Fault } from './fault.ts'
import { ladder as ladderSchema } from './promise.ts'
import { isWrong, listOr, parsed } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

type Ladder = ReturnType<typeof ladderSchema.parse>

/** A desk's own promise or a policy, as far as it can be read. */
interface Promised {
  /** `desks.support`, `policies.gold`. */
  key: string
  /** Whose backup is pinged: the desk's, or every one's. */
  desks: string[]
  window: Target | undefined
  soft: Target | undefined
  calendar: unknown
  ladder: unknown
}

export function checkPromises(data: Data): Fault[] {
  const ladders = readLadders(data)
  const promises = readPromises(data)
  return [
    ...policyFaults(data),
    ...tieFaults(data),
    ...Object.entries(ladders).flatMap(([name, ladder]) => ladderFaults(`ladders.${name}`, ladder)),
    ...promises.flatMap(targetFaults),
    ...promises.flatMap((promised) => stepFaults(promised, ladderOf(ladders, promised.ladder))),
    ...backupFaults(data, promises, ladders),
  ]
}

/** Those that can be read, and the default ones. */
function readLadders(data: Data): Record<string, Ladder> {
  const all = Object.entries({ ...DEFAULTS.ladders, ...named(data, 'ladders') })
  return Object.fromEntries(
    all.flatMap(([name, written]) => {
      const read = ladderSchema.safeParse(written)
      return read.success ? [[name, read.data]] : []
    }),
  )
}

/** A name that is none of them has no steps; another check says so. */
function ladderOf(ladders: Record<string, Ladder>, name: unknown): Ladder {
  return (Object.hasOwn(ladders, String(name)) && ladders[String(name)]) || []
}

function readPromises(data: Data): Promised[] {
  const desks = named(data, 'desks')
  const own = Object.entries(desks).map(([name, desk]) => ({
    key: `desks.${name}`,
    desks: [name],
    window: readTarget(pick(desk, 'window') ?? DEFAULTS.desk.window),
    soft: readTarget(pick(desk, 'soft')),
    calendar: pick(desk, 'calendar'),
    ladder: pick(desk, 'ladder') ?? DEFAULTS.desk.ladder,
  }))
  const exceptions = Object.entries(named(data, 'policies')).map(([name, policy]) => {
    const desk = pick(policy, 'desk')
    const its = typeof desk === 'string' ? pick(desks, desk) : undefined
    return {
      key: `policies.${name}`,
      desks: typeof desk === 'string' ? [desk] : Object.keys(desks),
      window: readTarget(pick(policy, 'window')),
      soft: readTarget(pick(policy, 'soft')),
      calendar: pick(policy, 'calendar') ?? pick(its, 'calendar'),
      ladder: pick(policy, 'ladder') ?? pick(its, 'ladder') ?? DEFAULTS.desk.ladder,
    }
  })
  return [...own, ...exceptions]
}

function readTarget(written: unknown): Target | undefined {
  const target = parsed(parseTarget, written, 'a time to wait')
  return isWrong(target) ? undefined : target
}

function policyFaults(data: Data): Fault[] {
  const desks = Object.keys(named(data, 'desks'))
  return Object.entries(named(data, 'policies')).flatMap(([name, policy]) => {
    const key = `policies.${name}`
    if (desks.includes(name)) {
      const fix = `Give it another name: ${name} is what the desk's own promise is called.`
      return [{ key, problem: 'has the name of a desk', fix }]
    }
    const criteria = ['desk', 'channel', 'tier'].filter((criterion) => pick(policy, criterion) !== undefined)
    const fix = "Name a desk, a channel or a tier; what holds for all of a desk is the desk's own window."
    return criteria.length > 0 ? [] : [{ key, problem: 'does not say what it is for', fix }]
  })
}

/** Two that fit one conversation equally well leave its promise open. */
function tieFaults(data: Data): Fault[] {
  const candidates = Object.entries(named(data, 'policies')).map(([name, policy]) => ({
    name,
    ...readCriteria(policy),
  }))
  const ties = findTies(candidates.filter(({ desk, channel, tier }) => desk ?? channel ?? tier))
  return [...new Set(ties.map(({ b }) => b))].map((name) => {
    const mine = ties.filter(({ b }) => b === name)
    const others = mine.map(({ a }) => `policies.${a}`).join(' and ')
    const criteria = mine[0]?.meeting ?? {}
    const isSame = candidates.some(
      (each) => each.name === mine[0]?.a && Object.keys(criteria).length === Object.keys(each).length - 1,
    )
    const all = Object.keys(criteria).join(', ')
    const fix = isSame ? 'Remove one of them.' : `Add a policy that names ${all} and so decides, or narrow one of them.`
    return {
      key: `policies.${name}`,
      problem: `can fit the same conversation as ${others}, and neither is more specific`,
      fix,
    }
  })
}

function readCriteria(policy: unknown): Criteria {
  const texts = ['desk', 'channel', 'tier'].flatMap((criterion) => {
    const written = pick(policy, criterion)
    return typeof written === 'string' ? [[criterion, written.trim()]] : []
  })
  return Object.fromEntries(texts)
}

function ladderFaults(key: string, ladder: Ladder): Fault[] {
  const names = ladder.map(({ at }) => renderStepTime(at))
  const twice = names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return []
    const fix = 'Write one step, with everybody it is for.'
    return [{ key: `${key}.${index}.at`, problem: `is the same time as that of step ${names.indexOf(name) + 1}`, fix }]
  })
  if (ladder.some(({ at }) => isFromDue(at))) return twice
  const fix = 'Add a step at `due` or later, such as to desk and leads.'
  return [...twice, { key, problem: 'ends before the due time: nobody would hear of an overdue customer', fix }]
}

function targetFaults({ key, window, soft, calendar }: Promised): Fault[] {
  const open = [
    { name: 'window', target: window },
    { name: 'soft', target: soft },
  ].filter(({ target }) => target && target.unit !== 'calendar' && calendar === undefined)
  const fix = 'Add `calendar:` with the name of one under `calendars:`, or write calendar: and hours on the clock.'
  const faults = open.map(({ name }) => ({
    key: `${key}.${name}`,
    problem: 'counts open time and has no calendar',
    fix,
  }))
  if (!window || !soft || lengthOf(soft, window.unit) <= lengthOf(window, window.unit)) return faults
  const longer = {
    key: `${key}.soft`,
    problem: 'is longer than the window',
    fix: 'Write a shorter time than the window.',
  }
  return [...faults, longer]
}

/** Nothing, in another unit: what cannot be compared is not refused. */
function lengthOf(target: Target, unit: Target['unit']): number {
  if (target.unit !== unit) return 0
  return target.unit === 'business-days' ? target.days : target.ms
}

/** Whether the ladder's steps make sense in a window of this length. */
function stepFaults({ key, window, soft, ladder: name }: Promised, ladder: Ladder): Fault[] {
  const problems: string[] = []
  if (!soft && ladder.some(({ at }) => at.kind === 'soft'))
    problems.push('has a step at soft, and there is no soft target')
  if (window) {
    const isEarly = (ms: number) => window.unit === 'business-days' && ms < -window.days * DAY
    const steps = ladder.map(({ at }) => ({ at, name: renderStepTime(at), distance: stepDistance(at, window, soft) }))
    const early = steps.filter(({ at, distance = 0 }) => distance < 0 || (at.kind === 'offset' && isEarly(at.ms)))
    if (early.length > 0)
      problems.push(`begins before the window of ${renderTarget(window)}: ${listOr(early.map((step) => step.name))}`)
    const twins = steps.filter((step, index) =>
      steps.some(
        (other, at) =>
          at !== index && other.name !== step.name && other.distance === step.distance && step.distance !== undefined,
      ),
    )
    if (twins.length > 0)
      problems.push(`has several steps at one time: ${twins.map((step) => step.name).join(' and ')}`)
  }
  const fix = `Change ladder ${String(name)}, or name another one here.`
  return problems.slice(0, 1).map((problem) => ({ key: `${key}.ladder`, problem, fix }))
}

/** Whoever writes `backup` wants somebody to be there. */
function backupFaults(data: Data, promises: Promised[], ladders: Record<string, Ladder>): Fault[] {
  const using = promises.filter(({ ladder }) =>
    ladderOf(ladders, ladder).some(({ to }) => to.some(({ kind }) => kind === 'backup')),
  )
  return Object.entries(named(data, 'desks')).flatMap(([name, desk]) => {
    const user = using.find(({ desks }) => desks.includes(name))
    const backup = pick(desk, 'backup')
    if (!user || (Array.isArray(backup) && backup.length > 0)) return []
    const problem = `names nobody, and ladder ${String(user.ladder)} pings the backup`
    return [{ key: `desks.${name}.backup`, problem, fix: 'List Slack user ids, or take backup out of the ladder.' }]
  })
}
