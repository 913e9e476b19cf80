import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openHours } from '../src/calendar.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { isFromDue, parseStepTime, renderStepTime, type StepTime, stepAt, stepDistance } from '../src/step.ts'
import { dueAt, parseTarget } from '../src/target.ts'
import { makeCalendar, moment, NINE_TO_FIVE, shown } from './setup/wall.ts'

describe('reading when a step fires', () => {
  test.each<[string, StepTime]>([
    ['50%', { kind: 'percent', percent: 50 }],
    ['-4h', { kind: 'offset', ms: -4 * HOUR }],
    ['+30m', { kind: 'offset', ms: 30 * MINUTE }],
    ['due', { kind: 'due' }],
    ['soft', { kind: 'soft' }],
  ])('%s', (text, time) => {
    expect(parseStepTime(text)).toEqual(time)
    expect(renderStepTime(time)).toBe(text)
  })

  test.each([
    ['4h', 'write 50%, -4h, due, +30m or soft'],
    ['+1d', 'write 50%, -4h, due, +30m or soft'],
    ['half', 'write 50%, -4h, due, +30m or soft'],
    ['100%', 'write due'],
    ['+0m', 'write due'],
    ['0%', 'write 1% to 99%'],
    ['150%', 'write 1% to 99%'],
    ['+9999h', 'more than a year'],
  ])('"%s" is refused: %s', (text, fix) => expect(() => parseStepTime(text)).toThrow(fix))

  test('sixty minutes are an hour, whichever way they were written', () => {
    expect(renderStepTime(parseStepTime('+60m'))).toBe('+1h')
    expect(renderStepTime(parseStepTime('-90m'))).toBe('-90m')
  })

  test('what is still heard once it is late: the due time and all after it', () => {
    const heard = ['50%', '-4h', 'soft', 'due', '+1m'].filter((text) => isFromDue(parseStepTime(text)))
    expect(heard).toEqual(['due', '+1m'])
  })
})

describe('when a step fires', () => {
  const ZONE = 'Europe/Berlin'
  const office = openHours(makeCalendar(ZONE, NINE_TO_FIVE))

  function fires(at: string, window: string, startedAt: string, softDueAt?: number): string | undefined {
    const target = parseTarget(window)
    const start = moment(startedAt, ZONE)
    const due = dueAt(target, start, office)
    const soft = softDueAt === undefined ? {} : { softDueAt: start + softDueAt }
    const time = stepAt(parseStepTime(at), { startedAt: start, dueAt: due, ...soft }, office, target)
    return time === undefined ? undefined : shown(time, ZONE)
  }

  test.each([
    // Friday 12:00 and a day: nights and the weekend count.
    ['50%', 'calendar:24h', '2026-01-10 00:00'],
    ['-4h', 'calendar:24h', '2026-01-10 08:00'],
    ['due', 'calendar:24h', '2026-01-10 12:00'],
    ['+30m', 'calendar:24h', '2026-01-10 12:30'],
    // Eight open hours: five on Friday, three on Monday.
    ['50%', 'business:8h', '2026-01-09 16:00'],
    ['75%', 'business:8h', '2026-01-12 10:00'],
    ['-4h', 'business:8h', '2026-01-09 16:00'],
    ['due', 'business:8h', '2026-01-12 12:00'],
    ['+6h', 'business:8h', '2026-01-13 10:00'],
    ['50%', 'business:1d', '2026-01-09 16:00'],
    ['-4h', 'business:1d', '2026-01-09 16:00'],
  ])('%s of %s from Friday noon is %s', (at, window, due) => expect(fires(at, window, '2026-01-09 12:00')).toBe(due))

  test('none fires before the customer wrote', () => {
    expect(fires('-30h', 'calendar:24h', '2026-01-09 12:00')).toBe('2026-01-09 12:00')
    expect(fires('-9h', 'business:8h', '2026-01-09 12:00')).toBe('2026-01-09 12:00')
  })

  test('the soft one fires at the soft due time, and not at all without one', () => {
    expect(fires('soft', 'calendar:24h', '2026-01-09 12:00', 10 * MINUTE)).toBe('2026-01-09 12:10')
    expect(fires('soft', 'calendar:24h', '2026-01-09 12:00')).toBeUndefined()
  })

  test('a larger part of the way is never earlier, and none is outside the window', () => {
    const start = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) })
    const window = fc.constantFrom('calendar:24h', 'business:8h', 'business:1d', 'business:3d')
    const percent = fc.integer({ min: 1, max: 98 })
    fc.assert(
      fc.property(start, window, percent, (startedAt, text, part) => {
        const target = parseTarget(text)
        const due = dueAt(target, startedAt, office)
        const at = (n: number) =>
          stepAt({ kind: 'percent', percent: n }, { startedAt, dueAt: due }, office, target) ?? Number.NaN
        expect(at(part)).toBeGreaterThanOrEqual(startedAt)
        expect(at(part + 1)).toBeGreaterThanOrEqual(at(part))
        expect(at(part + 1)).toBeLessThanOrEqual(due)
      }),
    )
  })
})

test('how far into the window a step is can be told without a start, but not in business days', () => {
  const distance = (at: string, window: string, soft?: string) =>
    stepDistance(parseStepTime(at), parseTarget(window), soft ? parseTarget(soft) : undefined)
  expect(distance('50%', 'calendar:24h')).toBe(12 * HOUR)
  expect(distance('-30h', 'calendar:24h')).toBe(-6 * HOUR)
  expect(distance('+1h', 'business:8h')).toBe(9 * HOUR)
  expect(distance('soft', 'calendar:24h', 'calendar:10m')).toBe(10 * MINUTE)
  expect(distance('soft', 'business:8h', 'calendar:10m')).toBeUndefined()
  expect(distance('50%', 'business:1d')).toBeUndefined()
})
