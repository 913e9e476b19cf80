import { describe, expect, test } from 'vitest'
import type { Calendar } from '../src/calendar.ts'
import { DAY, HOUR, MINUTE } from '../src/clock.ts'
import { makePolicies, type PromiseSettings, quietHours, recallPolicy } from '../src/promises.ts'
import type { LadderStep } from '../src/step.ts'

const SPAN = [{ from: 9 * 60, to: 17 * 60 }]
const OFFICE: Calendar = {
  name: 'office',
  zone: 'Europe/Berlin',
  hours: { mon: SPAN, tue: SPAN, wed: SPAN, thu: SPAN, fri: SPAN, sat: [], sun: [] },
  exceptions: {},
}
const STANDARD: LadderStep[] = [
  { name: '50%', time: { kind: 'percent', percent: 50 }, to: [{ kind: 'assignee' }], acknowledgeMs: undefined },
  { name: 'due', time: { kind: 'due' }, to: [{ kind: 'leads' }], acknowledgeMs: 30 * MINUTE },
]
const SETTINGS: PromiseSettings = {
  policies: [
    {
      name: 'gold',
      desk: 'support',
      tier: 'gold',
      window: { unit: 'business', ms: 2 * HOUR },
      calendar: 'office',
      ladder: 'standard',
    },
    {
      name: 'chat',
      channel: 'discord',
      window: { unit: 'calendar', ms: 4 * HOUR },
      soft: { unit: 'calendar', ms: 10 * MINUTE },
      ladder: 'standard',
    },
    { name: 'support', desk: 'support', window: { unit: 'calendar', ms: DAY }, ladder: 'standard' },
  ],
  ladders: { standard: STANDARD },
  calendars: { office: OFFICE },
  tiers: { gold: { addresses: ['ceo@other.example'], domains: ['acme.example'] } },
}
const about = (more: Partial<{ desk: string; channel: string; address: string; tier: string }> = {}) => ({
  ...{ desk: 'support', channel: 'email:support', address: 'ann@example.org', tier: undefined },
  ...more,
})
/** Friday 2026-01-09, 16:55 in Berlin. */
const FRIDAY = Date.UTC(2026, 0, 9, 15, 55)

describe('W14: the promise that fits', () => {
  const policies = makePolicies(SETTINGS)
  test.each([
    ['the desk’s own for most', about(), 'support'],
    ['the channel’s', about({ channel: 'discord' }), 'chat'],
    ['by the domain of the address', about({ address: 'Bob@ACME.example' }), 'gold'],
    ['by the very address', about({ address: 'ceo@other.example' }), 'gold'],
    ['not by a domain that merely ends alike', about({ address: 'bob@notacme.example' }), 'support'],
    ['by a tier set by hand, whatever the address', about({ tier: 'gold' }), 'gold'],
    ['a desk that is not configured any more still owes a day', about({ desk: 'gone' }), 'gone'],
  ])('%s', (_, promised, name) => {
    expect(policies.choose(promised).name).toBe(name)
  })

  test('it says its unit and calendar, and its soft time beside the hard one', () => {
    const gold = policies.choose(about({ tier: 'gold' }))
    expect(gold.version).toMatch(/^business:2h office@[0-9a-f]{8}$/)
    expect(gold.softDueAt(FRIDAY)).toBeUndefined()
    const chat = policies.choose(about({ channel: 'discord' }))
    expect(chat.version).toBe('calendar:4h soft calendar:10m')
    expect([chat.softDueAt(FRIDAY), chat.dueAt(FRIDAY)]).toEqual([FRIDAY + 10 * MINUTE, FRIDAY + 4 * HOUR])
  })

  test('W4: two business hours from Friday 16:55 end on Monday at 10:55, and half of them at 9:55', () => {
    const gold = policies.choose(about({ tier: 'gold' }))
    const dueAt = gold.dueAt(FRIDAY)
    expect(new Date(dueAt).toISOString()).toBe('2026-01-12T09:55:00.000Z')
    const half = gold.ladder[0]?.at({ startedAt: FRIDAY, dueAt, softDueAt: undefined })
    expect(new Date(half ?? 0).toISOString()).toBe('2026-01-12T08:55:00.000Z')
  })
})

test('W10, W13: what is kept of a promise computes the same times when the configuration has changed', () => {
  for (const policy of makePolicies(SETTINGS).list()) {
    const again = recallPolicy(policy.name, policy.version, policy.definition)
    expect(again.dueAt(FRIDAY)).toBe(policy.dueAt(FRIDAY))
    expect(again.softDueAt(FRIDAY)).toBe(policy.softDueAt(FRIDAY))
  }
})

test('W10: another holiday is another version, another name of the calendar’s zone or hours too; the ladder is not', () => {
  const versionWith = (calendar: Calendar, steps = STANDARD) =>
    makePolicies({ ...SETTINGS, calendars: { office: calendar }, ladders: { standard: steps } }).choose(
      about({ tier: 'gold' }),
    ).version
  const now = versionWith(OFFICE)
  expect(versionWith({ ...OFFICE, exceptions: { '2026-01-12': [] } })).not.toBe(now)
  expect(versionWith({ ...OFFICE, zone: 'Europe/Lisbon' })).not.toBe(now)
  expect(versionWith(OFFICE, STANDARD.slice(1))).toBe(now)
})

describe('P8: quiet hours end at the hour they say, in the desk’s zone', () => {
  const berlin = (text: string) => Date.parse(`${text}+01:00`)
  test.each([
    ['over midnight, in the evening', { from: 20 * 60, to: 31 * 60 }, '2026-01-09T22:00', '2026-01-10T07:00'],
    ['over midnight, in the morning', { from: 20 * 60, to: 31 * 60 }, '2026-01-10T06:59', '2026-01-10T07:00'],
    ['at noon', { from: 12 * 60, to: 14 * 60 }, '2026-01-09T12:00', '2026-01-09T14:00'],
  ])('%s', (_, hours, now, end) => {
    expect(quietHours(hours, 'Europe/Berlin')(berlin(now))).toBe(berlin(end))
  })

  test('outside them nothing waits', () => {
    const until = quietHours({ from: 20 * 60, to: 31 * 60 }, 'Europe/Berlin')
    for (const now of ['2026-01-09T07:00', '2026-01-09T19:59']) expect(until(berlin(now))).toBeUndefined()
  })

  test('in the night of the clocks they end at the same hour on the wall', () => {
    const until = quietHours({ from: 20 * 60, to: 31 * 60 }, 'Europe/Berlin')
    expect(until(Date.parse('2026-03-28T23:00+01:00'))).toBe(Date.parse('2026-03-29T07:00+02:00'))
  })
})
