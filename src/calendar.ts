// When a desk is open, and how much open time lies between two moments. Pure: a calendar goes in, questions are answered.
import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { makeZone, type Stretch, type Zone } from './calendar-zone.ts'
import { DAY, MINUTE } from './clock.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Minutes of the local day, [from, to). `to` may be up to 48 * 60: an overnight span belongs to the date it starts on. */
export interface Span {
  from: number
  to: number
}

export interface Calendar {
  name: string
  /** An IANA name such as `Europe/Berlin`. */
  zone: string
  hours: Record<Weekday, Span[]>
  /** By ISO date, in place of that weekday's hours. A holiday is an empty list. */
  exceptions: Record<string, Span[]>
}

/** Every moment is in epoch milliseconds. */
export interface OpenHours {
  readonly calendar: Calendar
  /** Changes when the calendar's meaning does: its zone, hours or exceptions; not with its name. */
  readonly version: string
  isOpen(at: number): boolean
  /** `at` itself when open. */
  nextOpening(at: number): number
  /** `at` and that much open time. What ends exactly at closing stays at closing; nothing added is `at`, open or not. */
  add(at: number, ms: number): number
  /** The mirror of `add`: what begins exactly at opening stays at opening. */
  subtract(at: number, ms: number): number
  /** Open milliseconds in [a, b). */
  between(a: number, b: number): number
  /** From the next opening, the same local time on the N-th next date that opens, not after that date's last closing. */
  addDays(at: number, days: number): number
  /** ISO date on the wall. */
  localDate(at: number): string
  /** The midnight that ends the local day. */
  endOfDay(at: number): number
}

/** Whoever searches for longer than this has a calendar that hardly ever opens. */
const SEARCH_MS_MAX = 400 * 366 * DAY

/** Throws when no weekday has hours, for then a search would never end; the configuration refuses it before. */
export function openHours(calendar: Calendar): OpenHours {
  const isEverOpen = WEEKDAYS.some((weekday) => calendar.hours[weekday].length > 0)
  assert(isEverOpen, `calendar ${calendar.name} has no open hours in any week: give at least one weekday a span`)
  const zone = makeZone(calendar.zone)
  const spansOn = spansByDate(calendar)
  const openOn = remember((day) => openInDay(day, zone, spansOn))

  /** Open intervals that end after `at`, in order, cut at UTC midnights. */
  function* after(at: number): Generator<Span> {
    const last = dayOf(at + SEARCH_MS_MAX)
    for (let day = dayOf(at); day < last; day++) yield* openOn(day).filter(({ to }) => to > at)
    throw new Error(`calendar ${calendar.name} does not open often enough after ${new Date(at).toISOString()}`)
  }

  function* before(at: number): Generator<Span> {
    const first = dayOf(at - SEARCH_MS_MAX)
    for (let day = dayOf(at); day > first; day--)
      yield* openOn(day)
        .filter(({ from }) => from < at)
        .reverse()
    throw new Error(`calendar ${calendar.name} did not open often enough before ${new Date(at).toISOString()}`)
  }

  function nextOpening(at: number): number {
    for (const { from } of after(at)) return Math.max(from, at)
    return at // Never: the walk ends with an opening or throws.
  }

  function add(at: number, ms: number): number {
    let left = ms
    if (left > 0) {
      for (const { from, to } of after(at)) {
        const start = Math.max(from, at)
        if (to - start >= left) return start + left
        left -= to - start
      }
    }
    return at
  }

  function subtract(at: number, ms: number): number {
    let left = ms
    if (left > 0) {
      for (const { from, to } of before(at)) {
        const end = Math.min(to, at)
        if (end - from >= left) return end - left
        left -= end - from
      }
    }
    return at
  }

  function between(a: number, b: number): number {
    let ms = 0
    for (let day = dayOf(a); day * DAY < b; day++)
      for (const { from, to } of openOn(day)) ms += Math.max(0, Math.min(to, b) - Math.max(from, a))
    return ms
  }

  function addDays(at: number, days: number): number {
    const wall = zone.wallAt(nextOpening(at))
    const today = dayOf(wall)
    const holds = (day: number) =>
      spansOn(day).some((span) => wall >= wallOf(day, span.from) && wall < wallOf(day, span.to))
    // After midnight in an overnight span it is still the evening before.
    const started = holds(today - 1) ? today - 1 : today
    let date = started
    for (let left = days; left > 0; left--) {
      do date++
      while (lastClosing(date) === undefined)
    }
    const same = zone.instantOf(wall + (date - started) * DAY)
    return Math.min(same, lastClosing(date) ?? same)
  }

  /** Of the spans that start on that date; undefined when none of them ever comes to be. */
  function lastClosing(date: number): number | undefined {
    const walls = spansOn(date).map(({ from, to }) => ({ from: wallOf(date, from), to: wallOf(date, to) }))
    if (walls.length === 0) return undefined
    const around = zone.stretches((date - 1) * DAY, (date + 3) * DAY)
    return merge(around.flatMap((stretch) => walls.flatMap((wall) => meet(stretch, wall)))).at(-1)?.to
  }

  return {
    calendar,
    version: hash(calendar),
    isOpen: (at) => openOn(dayOf(at)).some(({ from, to }) => from <= at && at < to),
    nextOpening,
    add,
    subtract,
    between,
    addDays,
    localDate: (at) => isoDate(dayOf(zone.wallAt(at))),
    endOfDay: (at) => zone.instantOf((dayOf(zone.wallAt(at)) + 1) * DAY),
  }
}

/** What is open between two UTC midnights: each stretch of constant offset shows some wall time, and spans of two dates may cover it. */
function openInDay(day: number, zone: Zone, spansOn: (date: number) => Span[]): Span[] {
  const found = zone.stretches(day * DAY, (day + 1) * DAY).flatMap((stretch) => {
    const { offset } = stretch
    const from = Math.max(stretch.from, day * DAY)
    const to = Math.min(stretch.to, (day + 1) * DAY)
    const dates = range(dayOf(from + offset) - 1, dayOf(to + offset - 1))
    const walls = dates.flatMap((date) =>
      spansOn(date).map((span) => ({ from: wallOf(date, span.from), to: wallOf(date, span.to) })),
    )
    return walls.flatMap((wall) => meet({ from, to, offset }, wall))
  })
  return merge(found)
}

/** The part of a stretch in which the wall shows a time of the span, as moments. */
function meet(stretch: Stretch, wall: Span): Span[] {
  const from = Math.max(stretch.from, wall.from - stretch.offset)
  const to = Math.min(stretch.to, wall.to - stretch.offset)
  return from < to ? [{ from, to }] : []
}

/** In order, and as one what overlaps or touches. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** A date is a number of days since 1970-01-01, which was a Thursday. */
function spansByDate({ hours, exceptions }: Calendar): (date: number) => Span[] {
  const special = new Map(Object.entries(exceptions).map(([date, spans]) => [Date.parse(date) / DAY, spans]))
  const week = WEEKDAYS.map((weekday) => hours[weekday])
  return (date) => special.get(date) ?? week[(((date + 3) % 7) + 7) % 7] ?? []
}

function hash({ zone, hours, exceptions }: Calendar): string {
  const week = WEEKDAYS.map((weekday) => merge(hours[weekday]))
  const special = Object.keys(exceptions)
    .toSorted()
    .map((date) => [date, merge(exceptions[date] ?? [])])
  return createHash('sha256')
    .update(JSON.stringify([zone, week, special]))
    .digest('hex')
    .slice(0, 8)
}

/** Two years of days: more than any window reaches, and bounded for whoever reports over decades. */
const DAYS_KEPT_MAX = 750

function remember<T>(make: (day: number) => T): (day: number) => T {
  const kept = new Map<number, T>()
  return (day) => {
    const found = kept.get(day) ?? make(day)
    if (kept.size >= DAYS_KEPT_MAX) kept.clear()
    kept.set(day, found)
    return found
  }
}

const dayOf = (at: number) => Math.floor(at / DAY)
const wallOf = (date: number, minutes: number) => date * DAY + minutes * MINUTE
const isoDate = (date: number) => new Date(date * DAY).toISOString().slice(0, 10)
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
