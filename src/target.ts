// How long a customer may wait, with the unit said out loud: an hour of open time is no hour on the clock.
import { strict as assert } from 'node:assert'
import type { OpenHours } from './calendar.ts'
import { DAY, HOUR, MINUTE } from './clock.ts'

export type Target =
  | { unit: 'calendar'; ms: number }
  /** Open time of a calendar. */
  | { unit: 'business'; ms: number }
  /** The same local time that many open dates later. */
  | { unit: 'business-days'; days: number }

const UNITS_MS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY }
const DAYS_MAX = 365

/** `calendar:24h`, `calendar:10m`, `calendar:2d`, `business:8h`, `business:1d`. Throws a sentence that says what to write instead. */
export function parseTarget(text: string): Target {
  const [bare, prefix, number = '', suffix] = /^(calendar:|business:)?(\d{1,6})([mhd])?$/.exec(text) ?? []
  if (bare !== undefined && !(prefix && suffix)) {
    const time = `${number}${suffix ?? 'h'}`
    const choice = prefix ? `${prefix}${time}` : `calendar:${time} or business:${time}`
    throw new Error(`"${text}" has no unit: write ${choice}`)
  }
  const [, unit, digits = '', letter = ''] = /^(calendar|business):(\d{1,6})([mhd])$/.exec(text) ?? []
  if (!unit)
    throw new Error(`"${text}" is no time to wait: write it with its unit, such as calendar:24h or business:8h`)
  const count = Number(digits)
  const ms = count * (UNITS_MS[letter] ?? 0)
  if (count === 0) throw new Error(`"${text}" leaves no time at all: write at least ${unit}:1m`)
  if (ms > DAYS_MAX * DAY) throw new Error(`"${text}" is more than a year: write at most ${unit}:${DAYS_MAX}d`)
  if (unit === 'calendar') return { unit, ms }
  return letter === 'd' ? { unit: 'business-days', days: count } : { unit: 'business', ms }
}

/** What `parseTarget` reads as the same target. */
export function renderTarget(target: Target): string {
  if (target.unit === 'business-days') return `business:${target.days}d`
  return `${target.unit}:${renderMs(target.ms)}`
}

/** `4h`, `90m`: in hours where they are whole. */
export function renderMs(ms: number): string {
  return ms % HOUR === 0 ? `${ms / HOUR}h` : `${ms / MINUTE}m`
}

/** `hours` may be absent for a calendar target only. */
export function dueAt(target: Target, startedAt: number, hours: OpenHours | undefined): number {
  if (target.unit === 'calendar') return startedAt + target.ms
  assert(hours, `${renderTarget(target)} needs a calendar`)
  return target.unit === 'business' ? hours.add(startedAt, target.ms) : hours.addDays(startedAt, target.days)
}
