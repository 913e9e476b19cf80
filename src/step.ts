// A step of a ladder: when it fires in a window, and whom it is for.
import { strict as assert } from 'node:assert'
import type { OpenHours } from './calendar.ts'
import { DAY, HOUR, MINUTE } from './clock.ts'
import { renderMs, type Target } from './target.ts'

export type StepTime =
  /** Of the way from the start to the due time. */
  | { kind: 'percent'; percent: number }
  /** From the due time; negative is before it. */
  | { kind: 'offset'; ms: number }
  | { kind: 'due' }
  /** When the soft target is due. */
  | { kind: 'soft' }

export interface LadderStep {
  /** The rendered time, such as `50%`; unique in its ladder. */
  name: string
  time: StepTime
  to: Addressee[]
  /** Without an acknowledgement within this time the next step fires. Undefined: none is expected. */
  acknowledgeMs: number | undefined
}

/** `id` is Slack's. A group, a channel and a person stand in the configuration; the others are found when the step fires. */
export type Addressee =
  | { kind: 'assignee' | 'backup' | 'desk' | 'leads' }
  | { kind: 'person' | 'group' | 'channel'; id: string }

const OFFSET_MS_MAX = 365 * DAY

/** `50%`, `-4h`, `due`, `+30m`, `soft`. Throws a sentence that says what to write instead. */
export function parseStepTime(text: string): StepTime {
  if (text === 'due' || text === 'soft') return { kind: text }
  const percent = /^(\d{1,3})%$/.exec(text)?.[1]
  if (percent !== undefined) return parsePercent(Number(percent), text)
  const [, sign, digits = '', letter = ''] = /^([+-])(\d{1,6})([mh])$/.exec(text) ?? []
  if (!sign) throw new Error(`"${text}" is no time of a step: write 50%, -4h, due, +30m or soft`)
  const ms = Number(digits) * (letter === 'h' ? HOUR : MINUTE)
  if (ms === 0) throw new Error(`"${text}" is the due time itself: write due`)
  if (ms > OFFSET_MS_MAX) throw new Error(`"${text}" is more than a year away: write a time nearer to the due time`)
  return { kind: 'offset', ms: sign === '-' ? -ms : ms }
}

function parsePercent(percent: number, text: string): StepTime {
  if (percent === 100) throw new Error(`"${text}" is the due time itself: write due`)
  if (percent < 1 || percent > 100) throw new Error(`"${text}" is not on the way to the due time: write 1% to 99%`)
  return { kind: 'percent', percent }
}

/** What `parseStepTime` reads as the same time; two ways to write it come out as one. */
export function renderStepTime(time: StepTime): string {
  if (time.kind === 'percent') return `${time.percent}%`
  if (time.kind === 'offset') return `${time.ms < 0 ? '-' : '+'}${renderMs(Math.abs(time.ms))}`
  return time.kind
}

/** Whether an overdue customer still hears of it: only then is somebody asked to acknowledge unless the ladder says so. */
export function isFromDue(time: StepTime): boolean {
  return time.kind === 'due' || (time.kind === 'offset' && time.ms > 0)
}

export interface StepWindow {
  startedAt: number
  dueAt: number
  softDueAt?: number
}

/** In open time where the target is in business units, and never before the start. Undefined: `soft` in a window without it. */
export function stepAt(
  time: StepTime,
  window: StepWindow,
  hours: OpenHours | undefined,
  target: Target,
): number | undefined {
  const { startedAt, dueAt, softDueAt } = window
  if (time.kind === 'due') return dueAt
  if (time.kind === 'soft') return softDueAt
  if (target.unit === 'calendar') {
    if (time.kind === 'offset') return Math.max(startedAt, dueAt + time.ms)
    return startedAt + Math.round(((dueAt - startedAt) * time.percent) / 100)
  }
  assert(hours, 'a target in business units needs a calendar')
  if (time.kind === 'percent')
    return hours.add(startedAt, Math.round((hours.between(startedAt, dueAt) * time.percent) / 100))
  return time.ms > 0 ? hours.add(dueAt, time.ms) : Math.max(startedAt, hours.subtract(dueAt, -time.ms))
}

/**
 * How far into the window a step fires, in milliseconds of the target's own unit, where that can be told without a start:
 * not for business days, and not for a soft target in another unit.
 */
export function stepDistance(time: StepTime, target: Target, soft: Target | undefined): number | undefined {
  if (target.unit === 'business-days') return undefined
  if (time.kind === 'percent') return (target.ms * time.percent) / 100
  if (time.kind === 'offset') return target.ms + time.ms
  if (time.kind === 'due') return target.ms
  return soft?.unit === target.unit ? soft.ms : undefined
}
