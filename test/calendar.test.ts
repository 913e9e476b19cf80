import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Calendar, openHours, type Span, WEEKDAYS } from '../src/calendar.ts'
import { DAY, HOUR, MINUTE } from '../src/clock.ts'
import { isOpenByTheWall, makeCalendar, moment, NINE_TO_FIVE, shown, spans } from './setup/wall.ts'

const BERLIN = 'Europe/Berlin'

describe('open time', () => {
  const office = openHours(makeCalendar(BERLIN, NINE_TO_FIVE))
  const at = (local: string) => moment(local, BERLIN)

  test('a moment is open from the opening until just before the closing', () => {
    expect(['08:59', '09:00', '16:59', '17:00'].map((time) => office.isOpen(at(`2026-01-09 ${time}`)))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  test('the next opening is now when open, and Monday morning when it is Friday evening', () => {
    expect(office.nextOpening(at('2026-01-09 12:00'))).toBe(at('2026-01-09 12:00'))
    expect(office.nextOpening(at('2026-01-09 17:00'))).toBe(at('2026-01-12 09:00'))
  })

  test('what ends exactly at closing stays at closing, and a millisecond more is the next morning', () => {
    expect(office.add(at('2026-01-09 16:00'), HOUR)).toBe(at('2026-01-09 17:00'))
    expect(office.add(at('2026-01-09 16:00'), HOUR + 1)).toBe(at('2026-01-12 09:00') + 1)
  })

  test('nothing added or taken away is the same moment, on a Sunday too', () => {
    const sunday = at('2026-01-11 03:00')
    expect([office.add(sunday, 0), office.subtract(sunday, 0)]).toEqual([sunday, sunday])
  })

  test('going back stays at the opening where it begins exactly there, and skips the weekend', () => {
    expect(office.subtract(at('2026-01-12 11:00'), 2 * HOUR)).toBe(at('2026-01-12 09:00'))
    expect(office.subtract(at('2026-01-12 11:00'), 3 * HOUR)).toBe(at('2026-01-09 16:00'))
  })

  test('between Friday 16:00 and Monday 10:00 are two open hours', () => {
    expect(office.between(at('2026-01-09 16:00'), at('2026-01-12 10:00'))).toBe(2 * HOUR)
  })

  test('the local date is the one on the wall', () => {
    expect(office.localDate(Date.UTC(2026, 0, 9, 22, 59))).toBe('2026-01-09')
    expect(office.localDate(Date.UTC(2026, 0, 9, 23, 0))).toBe('2026-01-10')
  })

  test('W5: the lunch break counts for nothing', () => {
    const lunch = openHours(makeCalendar(BERLIN, { ...NINE_TO_FIVE, mon: '09:00-12:00, 13:00-17:00' }))
    expect(lunch.add(at('2026-01-12 11:00'), 2 * HOUR)).toBe(at('2026-01-12 14:00'))
    expect(lunch.isOpen(at('2026-01-12 12:30'))).toBe(false)
  })

  test('W5: a holiday and a short day before it are skipped and cut', () => {
    const exceptions = { '2026-12-24': '09:00-12:00', '2026-12-25': '' }
    const festive = openHours(makeCalendar(BERLIN, NINE_TO_FIVE, exceptions))
    expect(festive.add(at('2026-12-24 11:00'), 2 * HOUR)).toBe(at('2026-12-28 10:00'))
  })

  test('an exception can open what is closed otherwise', () => {
    const sale = openHours(makeCalendar(BERLIN, NINE_TO_FIVE, { '2026-01-10': '10:00-14:00' }))
    expect(sale.add(at('2026-01-09 16:55'), HOUR)).toBe(at('2026-01-10 10:55'))
  })

  test('W5: an overnight span belongs to the date it starts: a holiday after it cuts nothing, one on it takes all', () => {
    const hours = { fri: '22:00-06:00', mon: '09:00-17:00' }
    const saturdayOff = openHours(makeCalendar(BERLIN, hours, { '2026-01-10': '' }))
    const fridayOff = openHours(makeCalendar(BERLIN, hours, { '2026-01-09': '' }))
    expect(saturdayOff.between(at('2026-01-09 12:00'), at('2026-01-11 12:00'))).toBe(8 * HOUR)
    expect(fridayOff.between(at('2026-01-09 12:00'), at('2026-01-11 12:00'))).toBe(0)
  })

  test('half a year of holidays is passed at once', () => {
    const dates = Array.from({ length: 180 }, (_, day) => new Date(Date.UTC(2026, 0, 10) + day * DAY))
    const closed = Object.fromEntries(dates.map((date) => [date.toISOString().slice(0, 10), '']))
    const away = openHours(makeCalendar(BERLIN, NINE_TO_FIVE, closed))
    const before = performance.now()
    expect(away.add(at('2026-01-09 16:55'), HOUR)).toBe(at('2026-07-09 09:55'))
    expect(away.addDays(at('2026-01-09 16:55'), 1)).toBe(at('2026-07-09 16:55'))
    expect(performance.now() - before).toBeLessThan(1000)
  })

  test('W6: a calendar without any open hour is refused instead of searched forever', () => {
    expect(() => openHours(makeCalendar(BERLIN, {}, { '2026-01-10': '10:00-14:00' }))).toThrow(/no open hours/)
  })
})

describe('business days', () => {
  const at = (local: string) => moment(local, BERLIN)
  const office = openHours(makeCalendar(BERLIN, NINE_TO_FIVE))

  test.each([
    ['2026-01-09 16:55', 1, '2026-01-12 16:55'],
    ['2026-01-09 16:55', 3, '2026-01-14 16:55'],
    // Moved to Monday's opening first.
    ['2026-01-10 12:00', 1, '2026-01-13 09:00'],
    ['2026-01-09 17:00', 1, '2026-01-13 09:00'],
    ['2026-01-12 03:00', 1, '2026-01-13 09:00'],
  ])('%s and %d business days is %s', (start, days, due) => {
    expect(shown(office.addDays(at(start), days), BERLIN)).toBe(due)
  })

  test('a holiday is no business day, and a short one ends the promise at its last closing', () => {
    const festive = openHours(makeCalendar(BERLIN, NINE_TO_FIVE, { '2026-12-24': '09:00-12:00', '2026-12-25': '' }))
    expect(shown(festive.addDays(at('2026-12-23 16:00'), 1), BERLIN)).toBe('2026-12-24 12:00')
    expect(shown(festive.addDays(at('2026-12-23 16:00'), 2), BERLIN)).toBe('2026-12-28 16:00')
  })

  test('after midnight in an overnight span it is still the evening before', () => {
    const night = openHours(makeCalendar(BERLIN, { fri: '22:00-06:00', mon: '20:00-04:00', tue: '22:00-06:00' }))
    expect(shown(night.addDays(at('2026-01-10 02:00'), 1), BERLIN)).toBe('2026-01-13 02:00')
    expect(shown(night.addDays(at('2026-01-10 05:00'), 1), BERLIN)).toBe('2026-01-13 04:00')
    expect(shown(night.addDays(at('2026-01-10 05:00'), 2), BERLIN)).toBe('2026-01-14 05:00')
  })

  test('the same local time across a change of the clocks; what the change skips is an hour later', () => {
    const daily = Object.fromEntries(WEEKDAYS.map((day) => [day, '00:00-24:00']))
    const always = openHours(makeCalendar(BERLIN, daily))
    expect(shown(always.addDays(at('2026-03-28 16:55'), 1), BERLIN)).toBe('2026-03-29 16:55')
    expect(shown(always.addDays(at('2026-03-28 02:30'), 1), BERLIN)).toBe('2026-03-29 03:30')
    expect(shown(always.addDays(at('2026-10-24 16:55'), 1), BERLIN)).toBe('2026-10-25 16:55')
  })

  test('a date that never came is no business day: Samoa went from Thursday to Saturday', () => {
    const daily = Object.fromEntries(WEEKDAYS.map((day) => [day, '09:00-17:00']))
    const apia = openHours(makeCalendar('Pacific/Apia', daily))
    const thursday = moment('2011-12-29 10:00', 'Pacific/Apia')
    expect(shown(apia.addDays(thursday, 1), 'Pacific/Apia')).toBe('2011-12-31 10:00')
    expect(apia.between(thursday, thursday + 2 * DAY)).toBe(16 * HOUR)
  })
})

describe('the changes of the clocks', () => {
  // Saturday's night shift 22:00-06:00: where six hours of it end, and how long it is in all.
  test.each([
    [BERLIN, '2026-03-28', '2026-03-29 05:00', 7],
    [BERLIN, '2026-10-24', '2026-10-25 03:00', 9],
    [BERLIN, '2026-06-20', '2026-06-21 04:00', 8],
    ['America/New_York', '2026-03-07', '2026-03-08 05:00', 7],
    ['America/New_York', '2026-10-31', '2026-11-01 03:00', 9],
    ['America/New_York', '2026-06-20', '2026-06-21 04:00', 8],
    ['Australia/Lord_Howe', '2026-10-03', '2026-10-04 04:30', 7.5],
    ['Australia/Lord_Howe', '2026-04-04', '2026-04-05 03:30', 8.5],
    ['Australia/Lord_Howe', '2026-06-20', '2026-06-21 04:00', 8],
    // Days that begin at 01:00, because midnight is what the change skips.
    ['America/Sao_Paulo', '2018-11-03', '2018-11-04 05:00', 7],
    ['Africa/Cairo', '2026-04-23', '2026-04-24 05:00', 7],
    ['Asia/Beirut', '2026-03-28', '2026-03-29 05:00', 7],
  ])('W5: in %s the night of %s: six hours end at %s, and it has %d', (zone, date, due, length) => {
    const night = openHours(makeCalendar(zone, { sat: '22:00-06:00', thu: '22:00-06:00' }))
    const start = moment(`${date} 22:00`, zone)
    expect(shown(night.add(start, 6 * HOUR), zone)).toBe(due)
    expect(night.between(start, start + 12 * HOUR)).toBe(length * HOUR)
    expect(night.subtract(start + 12 * HOUR, length * HOUR)).toBe(start)
  })

  test('an hour that comes twice is open twice, and one that is skipped never', () => {
    const early = openHours(makeCalendar(BERLIN, { sun: '02:00-03:00' }))
    expect(early.between(Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 26))).toBe(2 * HOUR)
    expect(early.between(Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 30))).toBe(0)
  })

  const ZONES = [BERLIN, 'Europe/Dublin', 'America/New_York', 'America/St_Johns', 'America/Santiago', 'Africa/Cairo']
  const MORE = [
    'Asia/Beirut',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Pacific/Auckland',
    'Pacific/Chatham',
    'Antarctica/Troll',
  ]

  test.each([...ZONES, ...MORE])(
    'W5: minute by minute around every change until 2030, %s is open when its wall says so',
    (zone) => {
      const daily = '00:20-00:45, 01:15-01:40, 01:50-02:10, 02:25-02:50, 03:05-09:00, 23:10-00:10'
      const calendar = makeCalendar(zone, Object.fromEntries(WEEKDAYS.map((day) => [day, daily])))
      const hours = openHours(calendar)
      const changes = findChanges(zone)
      expect(changes.length).toBeGreaterThanOrEqual(4)
      for (const change of changes) {
        const [from, to] = [change - 15 * HOUR, change + 5 * HOUR]
        const open: boolean[] = []
        for (let at = from; at < to; at += MINUTE) open.push(isOpenByTheWall(calendar, at))
        const wrong = open.flatMap((isOpen, minute) => {
          const at = from + minute * MINUTE
          return hours.isOpen(at) === isOpen && hours.isOpen(at + MINUTE - 1) === isOpen ? [] : [shown(at, zone)]
        })
        expect(wrong).toEqual([])
        expect(hours.between(from, to)).toBe(open.filter(Boolean).length * MINUTE)
        // The n-th open minute ends where n minutes of open time do.
        const ends = open.flatMap((isOpen, minute) => (isOpen ? [from + (minute + 1) * MINUTE] : []))
        expect(ends.map((_, index) => hours.add(from, (index + 1) * MINUTE))).toEqual(ends)
      }
    },
  )

  /** Half days after which the wall is ahead of UTC by something else, 2024 to 2030. */
  function findChanges(zone: string): number[] {
    const ahead = (at: number) => Date.parse(`${shown(at, zone).replace(' ', 'T')}:00Z`) - at
    const changes: number[] = []
    for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2031, 0, 1); at += DAY / 2)
      if (ahead(at) !== ahead(at - DAY / 2)) changes.push(at)
    return changes
  }
})

describe('whatever the calendar', () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 24 * 60 - 1 }), fc.integer({ min: 1, max: 24 * 60 }))
    .map(([from, length]): Span => ({ from, to: from + length }))
  const plan = fc.array(span, { maxLength: 3 })
  const zone = fc.constantFrom(
    BERLIN,
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'Asia/Kathmandu',
    'UTC',
  )
  const date = fc
    .integer({ min: 0, max: 400 })
    .map((day) => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString().slice(0, 10))
  const calendar: fc.Arbitrary<Calendar> = fc
    .record({
      name: fc.constant('any'),
      zone,
      hours: fc.record({ mon: plan, tue: plan, wed: plan, thu: plan, fri: plan, sat: plan, sun: plan }),
      exceptions: fc.dictionary(date, plan, { maxKeys: 20 }),
    })
    .filter(({ hours }) => WEEKDAYS.some((day) => hours[day].length > 0))
  const start = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) })
  const wait = fc.integer({ min: 0, max: 60 * HOUR })

  test('W5: waiting a and then b is waiting a + b, and so much open time has passed', () => {
    fc.assert(
      fc.property(calendar, start, wait, wait, (each, at, a, b) => {
        const hours = openHours(each)
        const due = hours.add(at, a + b)
        expect(hours.add(hours.add(at, a), b)).toBe(due)
        expect(hours.between(at, due)).toBe(a + b)
        expect(hours.between(hours.subtract(at, a), at)).toBe(a)
      }),
      { numRuns: 300 },
    )
  })

  test('it is open exactly when the wall says so, and the next opening is the first such minute', () => {
    fc.assert(
      fc.property(calendar, start, (each, at) => {
        const hours = openHours(each)
        expect(hours.isOpen(at)).toBe(isOpenByTheWall(each, at))
        const opening = hours.nextOpening(at)
        expect(isOpenByTheWall(each, opening)).toBe(true)
        if (opening > at) expect(isOpenByTheWall(each, opening - 1)).toBe(false)
        expect(hours.between(at, opening)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  test('N business days later is the N-th date that opens, at the same time or at its last closing', () => {
    // Longer than any change of the clocks could swallow, and over by midnight.
    const shift = fc.constantFrom([], ['06:00-11:00'], ['09:00-12:00', '13:00-17:00'], ['15:00-24:00'])
    const week = fc.array(
      shift.map((all) => spans(all.join(', '))),
      { minLength: 7, maxLength: 7 },
    )
    const days = fc.integer({ min: 1, max: 10 })
    const holidays = fc.uniqueArray(date, { maxLength: 30 })
    fc.assert(
      fc.property(zone, week, holidays, start, days, (zoneId, plans, closed, at, count) => {
        fc.pre(plans.some((each) => each.length > 0))
        const planned = Object.fromEntries(WEEKDAYS.map((day, index) => [day, plans[index] ?? []])) as Calendar['hours']
        const exceptions = Object.fromEntries(closed.map((each) => [each, []]))
        const hours = openHours({ name: 'any', zone: zoneId, hours: planned, exceptions })
        const [first = '', time = ''] = shown(hours.nextOpening(at), zoneId).split(' ')
        let day = Date.parse(first)
        let closing = 0
        for (let left = count; left > 0; ) {
          day += DAY
          const plan = exceptions[isoDate(day)] ?? plans[(new Date(day).getUTCDay() + 6) % 7] ?? []
          if (plan.length === 0) continue
          left--
          closing = (plan.at(-1)?.to ?? 0) * MINUTE
        }
        const sameTime = Date.parse(`1970-01-01T${time}Z`)
        const due = new Date(day + Math.min(sameTime, closing)).toISOString().slice(0, 16).replace('T', ' ')
        expect(shown(hours.addDays(at, count), zoneId)).toBe(due)
      }),
      { numRuns: 300 },
    )
  })

  function isoDate(at: number): string {
    return new Date(at).toISOString().slice(0, 10)
  }
})

describe('the version', () => {
  const version = (zone: string, hours: Parameters<typeof makeCalendar>[1], exceptions?: Record<string, string>) =>
    openHours(makeCalendar(zone, hours, exceptions)).version
  const plain = version(BERLIN, NINE_TO_FIVE)

  test('changes with the zone, the hours and the exceptions', () => {
    const others = [
      version('Europe/Vienna', NINE_TO_FIVE),
      version(BERLIN, { ...NINE_TO_FIVE, sat: '09:00-12:00' }),
      version(BERLIN, NINE_TO_FIVE, { '2026-12-25': '' }),
    ]
    expect(new Set([plain, ...others]).size).toBe(4)
    expect(plain).toMatch(/^[0-9a-f]{8}$/)
  })

  test('stays with another name, another order and the same time written as two spans', () => {
    const hours = { ...NINE_TO_FIVE, mon: '12:00-17:00, 09:00-12:00' }
    expect(version(BERLIN, hours)).toBe(plain)
    expect(openHours({ ...makeCalendar(BERLIN, NINE_TO_FIVE), name: 'renamed' }).version).toBe(plain)
    const [a, b] = [
      { '2026-12-25': '', '2026-12-24': '' },
      { '2026-12-24': '', '2026-12-25': '' },
    ]
    expect(version(BERLIN, NINE_TO_FIVE, a)).toBe(version(BERLIN, NINE_TO_FIVE, b))
  })

  test('the plan it was made from is left as it was', () => {
    const calendar = makeCalendar(BERLIN, NINE_TO_FIVE)
    openHours(calendar).add(0, HOUR)
    expect(calendar.hours.mon).toEqual(spans('09:00-17:00'))
  })
})
