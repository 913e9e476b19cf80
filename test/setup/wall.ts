// Local time as people say it, read from Intl alone: what the calendar computes is compared with this.
import { type Calendar, type Span, WEEKDAYS, type Weekday } from '../../src/calendar.ts'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-01-09 16:55` */
export function shown(at: number, zone: string): string {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short', calendar: 'iso8601' })
  formats.set(zone, format)
  return format.format(at)
}

/** `Fri 16:55` */
export function weekly(at: number, zone: string): string {
  const format = { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat('en-GB', format).format(at)
}

/** The moment when the wall shows `2026-01-09 16:55`, the first one if there are two. */
export function moment(local: string, zone: string): number {
  const near = Date.parse(`${local.replace(' ', 'T')}:00Z`)
  for (let at = near - 15 * HOUR; at <= near + 15 * HOUR; at += 15 * MINUTE) if (shown(at, zone) === local) return at
  throw new Error(`${zone} never shows ${local}`)
}

/** `09:00-12:00, 22:00-06:00`; an end before its start is on the next day. */
export function spans(text: string): Span[] {
  const minutes = (time = '') => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  return text.split(', ').flatMap((span) => {
    if (span === '') return []
    const [from = 0, to = 0] = span.split('-').map(minutes)
    return [{ from, to: to <= from ? to + 24 * 60 : to }]
  })
}

export function makeCalendar(
  zone: string,
  hours: Partial<Record<Weekday, string>>,
  exceptions: Record<string, string> = {},
): Calendar {
  return {
    name: 'office',
    zone,
    hours: Object.fromEntries(WEEKDAYS.map((day) => [day, spans(hours[day] ?? '')])) as Calendar['hours'],
    exceptions: Object.fromEntries(Object.entries(exceptions).map(([date, text]) => [date, spans(text)])),
  }
}

export const NINE_TO_FIVE = {
  mon: '09:00-17:00',
  tue: '09:00-17:00',
  wed: '09:00-17:00',
  thu: '09:00-17:00',
  fri: '09:00-17:00',
} as const

/** The rule as a person would apply it: look at the wall, then at the plan of that date and of the date before. */
export function isOpenByTheWall(calendar: Calendar, at: number): boolean {
  const [date = '', time = ''] = shown(at, calendar.zone).split(' ')
  const minute = Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  const planOf = (ms: number) => {
    const weekday = WEEKDAYS[(new Date(ms).getUTCDay() + 6) % 7] ?? 'mon'
    return calendar.exceptions[new Date(ms).toISOString().slice(0, 10)] ?? calendar.hours[weekday]
  }
  const holds = (plan: Span[], shownMinute: number) =>
    plan.some(({ from, to }) => from <= shownMinute && shownMinute < to)
  return holds(planOf(Date.parse(date)), minute) || holds(planOf(Date.parse(date) - DAY), minute + 24 * 60)
}
