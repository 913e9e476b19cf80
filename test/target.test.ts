import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openHours } from '../src/calendar.ts'
import { DAY, HOUR, MINUTE } from '../src/clock.ts'
import { dueAt, parseTarget, renderTarget, type Target } from '../src/target.ts'
import { makeCalendar, moment, NINE_TO_FIVE, weekly } from './setup/wall.ts'

describe('reading a target', () => {
  test.each<[string, Target]>([
    ['calendar:24h', { unit: 'calendar', ms: 24 * HOUR }],
    ['calendar:10m', { unit: 'calendar', ms: 10 * MINUTE }],
    ['calendar:2d', { unit: 'calendar', ms: 48 * HOUR }],
    ['business:8h', { unit: 'business', ms: 8 * HOUR }],
    ['business:30m', { unit: 'business', ms: 30 * MINUTE }],
    ['business:1d', { unit: 'business-days', days: 1 }],
  ])('%s', (text, target) => expect(parseTarget(text)).toEqual(target))

  test.each([
    ['24h', 'write calendar:24h or business:24h'],
    ['1d', 'write calendar:1d or business:1d'],
    ['24', 'write calendar:24h or business:24h'],
    ['calendar:', 'write it with its unit'],
    ['calendar:1.5h', 'write it with its unit'],
    ['calendar:24h ', 'write it with its unit'],
    ['business:8', 'write business:8h'],
    ['', 'write it with its unit'],
    ['calendar:0h', 'write at least calendar:1m'],
    ['business:0d', 'write at least business:1m'],
    ['calendar:366d', 'write at most calendar:365d'],
    ['business:8761h', 'write at most business:365d'],
  ])('W4: "%s" is refused: %s', (text, fix) => expect(() => parseTarget(text)).toThrow(fix))

  test('what is written out is read as the same target', () => {
    const minutes = fc.integer({ min: 1, max: 365 * 24 * 60 })
    const target: fc.Arbitrary<Target> = fc.oneof(
      minutes.map((count) => ({ unit: 'calendar' as const, ms: count * MINUTE })),
      minutes.map((count) => ({ unit: 'business' as const, ms: count * MINUTE })),
      fc.integer({ min: 1, max: 365 }).map((days) => ({ unit: 'business-days' as const, days })),
    )
    fc.assert(fc.property(target, (each) => void expect(parseTarget(renderTarget(each))).toEqual(each)))
    expect(renderTarget(parseTarget('calendar:90m'))).toBe('calendar:90m')
    expect(renderTarget(parseTarget('calendar:60m'))).toBe('calendar:1h')
  })
})

describe('when an answer is due', () => {
  const berlin = openHours(makeCalendar('Europe/Berlin', NINE_TO_FIVE))

  test.each([
    ['calendar:24h', 'Sat 16:55'],
    ['business:1d', 'Mon 16:55'],
    ['business:24h', 'Wed 16:55'],
  ])('W4: Friday 16:55 with 9 to 5 on weekdays and %s is %s', (text, due) => {
    const friday = moment('2026-01-09 16:55', 'Europe/Berlin')
    const at = dueAt(parseTarget(text), friday, berlin)
    expect(weekly(at, 'Europe/Berlin').replace(',', '')).toBe(due)
    expect(at - friday).toBeLessThan(7 * DAY)
  })

  test.each([
    ['Europe/Berlin', '2026-03-27'],
    ['America/New_York', '2026-03-06'],
    ['America/New_York', '2026-10-30'],
    ['Australia/Lord_Howe', '2026-04-03'],
    ['Australia/Lord_Howe', '2026-10-02'],
  ])('W5: in %s the change of the clocks on the weekend after %s moves no business time', (zone, date) => {
    const hours = openHours(makeCalendar(zone, NINE_TO_FIVE))
    const friday = moment(`${date} 16:55`, zone)
    const due = (text: string) => weekly(dueAt(parseTarget(text), friday, hours), zone).replace(',', '')
    expect([due('business:1d'), due('business:24h')]).toEqual(['Mon 16:55', 'Wed 16:55'])
  })

  test('a calendar target needs no calendar, a business one says so', () => {
    expect(dueAt(parseTarget('calendar:1h'), 5, undefined)).toBe(HOUR + 5)
    expect(() => dueAt(parseTarget('business:1h'), 5, undefined)).toThrow('business:1h needs a calendar')
  })
})
