// What the days of a calendar say of each other: a night may not run into a morning, and some day must open.
import { type Calendar, openHours, type Span, WEEKDAYS } from '../calendar.ts'
import { DAY } from '../clock.ts'
import { buildCalendar } from './build-promise.ts'
import type { Fault } from './fault.ts'
import { calendar as calendarSchema } from './promise.ts'
import { type Data, named } from './yaml.ts'

/** Who opens later than this has forgotten a year of holidays. */
const OPENS_WITHIN_MS = 366 * DAY

/** Judges those calendars that can be read at all; of the others is said what is wrong with them. */
export function checkCalendars(data: Data, now: number | undefined): Fault[] {
  return Object.entries(named(data, 'calendars')).flatMap(([name, written]) => {
    const read = calendarSchema.safeParse(written)
    if (!read.success) return []
    const key = `calendars.${name}`
    const twice = twiceFaults(read.data, key)
    if (twice.length > 0) return twice
    const calendar = buildCalendar(read.data, name)
    return [...overlapFaults(calendar, key), ...openingFaults(calendar, key, now)]
  })
}

type Written = ReturnType<typeof calendarSchema.parse>

function twiceFaults({ hours, holidays, exceptions }: Written, key: string): Fault[] {
  const days = hours.flatMap((entry) => entry.days)
  const twice = WEEKDAYS.filter((weekday) => days.filter((each) => each === weekday).length > 1)
  const both = exceptions.filter(({ date }) => holidays.includes(date))
  const fix = 'Name each day once; a single day goes before no range.'
  return [
    ...(twice.length > 0 ? [{ key: `${key}.hours`, problem: `names ${twice.join(', ')} twice`, fix }] : []),
    ...both.map(({ date }) => ({
      key: `${key}.exceptions.${date}`,
      problem: 'is a holiday too',
      fix: 'Keep it in holidays or in exceptions.',
    })),
  ]
}

function overlapFaults({ hours, exceptions }: Calendar, key: string): Fault[] {
  const fix = 'End the night before the next span begins.'
  const week = WEEKDAYS.filter((weekday, index) => runsInto(hours[weekday], hours[WEEKDAYS[(index + 1) % 7] ?? 'mon']))
  const plan = (at: number) => exceptions[isoDate(at)] ?? hours[WEEKDAYS[(new Date(at).getUTCDay() + 6) % 7] ?? 'mon']
  const dates = Object.keys(exceptions).filter((date) => {
    const at = Date.parse(date)
    return runsInto(plan(at - DAY), plan(at)) || runsInto(plan(at), plan(at + DAY))
  })
  return [
    ...(week.length > 0
      ? [{ key: `${key}.hours`, problem: `has a night of ${week.join(', ')} that overlaps the next day's spans`, fix }]
      : []),
    ...dates.map((date) => ({
      key: `${key}.exceptions.${date}`,
      problem: 'has a night that overlaps the next day, or a morning that the night before overlaps',
      fix,
    })),
  ]
}

function runsInto(evening: readonly Span[], morning: readonly Span[]): boolean {
  return evening.some(({ to }) => morning.some((span) => span.from < to - 24 * 60))
}

function openingFaults(calendar: Calendar, key: string, now: number | undefined): Fault[] {
  if (WEEKDAYS.every((weekday) => calendar.hours[weekday].length === 0)) {
    return [{ key: `${key}.hours`, problem: 'opens on no weekday', fix: 'Give at least one weekday hours.' }]
  }
  if (now === undefined || openHours(calendar).nextOpening(now) <= now + OPENS_WITHIN_MS) return []
  const fix = 'Remove some of its holidays, or give it hours.'
  return [{ key, problem: 'does not open within a year from now', fix }]
}

function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
