// Opening hours as people write them: weekdays, spans and days off.
import { type Span, WEEKDAYS, type Weekday } from '../calendar.ts'
import { nearest } from '../nearest.ts'
import type { Wrong } from './value.ts'

const DAY_MINUTES = 24 * 60

export const SPANS_FIX =
  'Write 09:00-17:00, several joined by "and", 22:00-06:00 for a night, 00:00-24:00 for the whole day, or closed.'

/** `09:00-12:00 and 13:00-17:00`, with commas, as a list, or `closed`; in order. */
export function readSpans(written: unknown): Span[] | Wrong {
  if (written === 'closed') return []
  const texts = Array.isArray(written)
    ? written
    : typeof written === 'string'
      ? written.split(/,|\band\b/)
      : [undefined]
  const spans: Span[] = []
  for (const text of texts) {
    const span = typeof text === 'string' ? readSpan(text) : { wrong: 'is not a span of hours' }
    if ('wrong' in span) return span
    spans.push(span)
  }
  spans.sort((a, b) => a.from - b.from)
  const overlap = spans.some((span, index) => span.from < (spans[index - 1]?.to ?? 0))
  return overlap
    ? { wrong: 'has spans that overlap', fix: 'Write them as one, or end one before the next begins.' }
    : spans
}

/** An end that is not after its start is on the next day. */
export function readSpan(text: string): Span | Wrong {
  const [, start = '', end = ''] = /^\s*(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s*$/.exec(text) ?? []
  if (!start) return { wrong: 'is not a span of hours' }
  const [from, to] = [readTime(start), readTime(end)]
  if (from === undefined || to === undefined || from === DAY_MINUTES)
    return { wrong: 'has a time that no clock shows', fix: 'Write times from 00:00 to 23:59; 24:00 only ends a span.' }
  if (from === to) return { wrong: 'has a span without length', fix: 'Write 00:00-24:00 for a whole day, or closed.' }
  return { from, to: to < from ? to + DAY_MINUTES : to }
}

function readTime(text: string): number | undefined {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  const time = hours * 60 + minutes
  return minutes < 60 && time <= DAY_MINUTES ? time : undefined
}

/** `sat`, `mon-thu`, `mon, wed`. A range may pass the weekend: `fri-mon`. */
export function readWeekdays(key: string): Weekday[] | Wrong {
  const days: Weekday[] = []
  for (const part of key.split(',')) {
    const [first = '', last = first, ...rest] = part.split('-').map((word) => word.trim().toLowerCase())
    const [from, to] = [WEEKDAYS.indexOf(first as Weekday), WEEKDAYS.indexOf(last as Weekday)]
    if (from < 0 || to < 0 || rest.length > 0)
      return { wrong: 'is not a weekday', fix: weekdayFix(from < 0 ? first : last) }
    for (let index = from; ; index = (index + 1) % 7) {
      days.push(WEEKDAYS[index] ?? (first as Weekday))
      if (index === to) break
    }
  }
  return new Set(days).size === days.length ? days : { wrong: 'names a day twice', fix: 'Name each day once.' }
}

function weekdayFix(word: string): string {
  if (/\d/.test(word)) return 'Join several spans of a day by "and": mon: 09:00-12:00 and 13:00-17:00.'
  const meant = nearest(word.slice(0, 3), WEEKDAYS)
  const known = `Write ${WEEKDAYS.join(', ')}, a range such as mon-fri, or several with commas in quotes.`
  return meant ? `Did you mean ${meant}? ${known}` : known
}
