// A desk's day: when it opens, which date it is there, and when that date ends.
import { type Calendar, openHours, type Span, WEEKDAYS } from './calendar.ts'
import { HOUR, MINUTE } from './clock.ts'

export interface DeskDay {
  /** The first opening of a day after this instant. */
  nextOpening(after: number): number
  /** ISO date. */
  date(at: number): string
  /** The midnight that ends the day. */
  end(at: number): number
}

/** Without a calendar a desk opens at this hour, UTC. */
const OPENING: Span = { from: (8 * HOUR) / MINUTE, to: (9 * HOUR) / MINUTE }

export function deskDay(calendar: Calendar | undefined): DeskDay {
  const everyDay = Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, [OPENING]])) as Calendar['hours']
  const { zone, hours, exceptions } = calendar ?? { zone: 'UTC', hours: everyDay, exceptions: {} }
  // Open for the first minute of each day only, so that the next opening is the next day's.
  const openings = openHours({
    name: 'openings',
    zone,
    hours: mapValues(hours, firstMinute),
    exceptions: mapValues(exceptions, firstMinute),
  })
  return {
    nextOpening: (after) => openings.nextOpening(openings.isOpen(after) ? after + MINUTE : after),
    date: openings.localDate,
    end: openings.endOfDay,
  }
}

function firstMinute(spans: readonly Span[]): Span[] {
  if (spans.length === 0) return []
  const from = Math.min(...spans.map((span) => span.from))
  return [{ from, to: from + 1 }]
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, map: (value: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, map(value)])) as Record<K, B>
}
