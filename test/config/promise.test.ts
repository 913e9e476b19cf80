import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock.ts'
import { choosePolicy } from '../../src/policy-choice.ts'
import { configOf, faultsOf, inDesk, inMailbox, YAML } from './reading.ts'

const OFFICE = 'calendars: { office: { zone: Europe/Berlin, hours: { mon-fri: 09:00-17:00 } } }'

describe('calendars', () => {
  const hoursOf = (hours: string) =>
    configOf(`calendars:\n  c:\n    zone: Europe/Berlin\n    hours: ${hours}\n`, {}).calendars.c?.hours
  const nineToFive = [{ from: 9 * 60, to: 17 * 60 }]
  const lunch = [
    { from: 9 * 60, to: 12 * 60 },
    { from: 13 * 60, to: 17 * 60 },
  ]

  test.each([
    ['{ mon: 09:00-12:00 and 13:00-17:00 }', lunch],
    ['{ mon: "13:00-17:00, 9:00-12:00" }', lunch],
    ['{ mon: [09:00-12:00, 13:00-17:00] }', lunch],
    ['{ mon-fri: 09:00-17:00, sat: closed }', nineToFive],
    ['{ fri-mon: 09:00-17:00 }', nineToFive],
    ['{ "wed, mon": 09:00-17:00 }', nineToFive],
    ['{ mon: 22:00-06:00 }', [{ from: 22 * 60, to: 30 * 60 }]],
    ['{ mon: 22:00-00:00 }', [{ from: 22 * 60, to: 24 * 60 }]],
    ['{ mon: 00:00-24:00 }', [{ from: 0, to: 24 * 60 }]],
    ['{ tue: 09:00-17:00 }', []],
  ])('%s on Monday', (written, spans) => expect(hoursOf(written)?.mon).toEqual(spans))

  test('a range that passes the weekend names the days it names', () => {
    const open = Object.entries(hoursOf('{ fri-mon: 09:00-17:00 }') ?? {}).filter(([, spans]) => spans.length > 0)
    expect(open.map(([day]) => day)).toEqual(['mon', 'fri', 'sat', 'sun'])
  })

  test('holidays are closed, and exceptions have hours of their own', () => {
    const { calendars } = configOf(
      `calendars:
  office:
    zone: Europe/Berlin
    hours: { mon-fri: 09:00-17:00 }
    holidays: [2026-12-25]
    exceptions: { 2026-12-24: 09:00-12:00, 2026-12-31: closed }`,
      {},
    )
    expect(calendars.office?.exceptions).toEqual({
      '2026-12-24': [{ from: 9 * 60, to: 12 * 60 }],
      '2026-12-25': [],
      '2026-12-31': [],
    })
  })
})

describe('ladders', () => {
  test('without one in the file the desk and the leads hear at the due time, and the leads four hours later again', () => {
    expect(configOf(YAML).ladders.standard).toEqual([
      { name: 'due', time: { kind: 'due' }, to: [{ kind: 'desk' }, { kind: 'leads' }], acknowledgeMs: 30 * MINUTE },
      { name: '+4h', time: { kind: 'offset', ms: 4 * HOUR }, to: [{ kind: 'leads' }], acknowledgeMs: 30 * MINUTE },
    ])
  })

  test('a step is for people by what they are, by id, for a group and for a channel', () => {
    const ladder = '[{ at: due, to: [assignee, U0123ABCDEF, W0123ABCDEF, S0123ABCDEF, C0123ABCDEF] }]'
    expect(configOf(`ladders: { standard: ${ladder} }`, {}).ladders.standard?.[0]?.to).toEqual([
      { kind: 'assignee' },
      { kind: 'person', id: 'U0123ABCDEF' },
      { kind: 'person', id: 'W0123ABCDEF' },
      { kind: 'group', id: 'S0123ABCDEF' },
      { kind: 'channel', id: 'C0123ABCDEF' },
    ])
  })

  test('only steps from the due time on ask for an acknowledgement by themselves, and any may say what it wants', () => {
    const { ladders } = configOf(
      `limits: { ping: { acknowledge: 20m } }
ladders:
  standard:
    - { at: 25%, to: assignee }
    - { at: 50%, to: assignee, acknowledge: 1h }
    - { at: -1h, to: assignee }
    - { at: due, to: leads }
    - { at: +60m, to: leads, acknowledge: never }`,
      {},
    )
    expect(ladders.standard?.map(({ name, acknowledgeMs }) => [name, acknowledgeMs])).toEqual([
      ['25%', undefined],
      ['50%', HOUR],
      ['-1h', undefined],
      ['due', 20 * MINUTE],
      ['+1h', undefined],
    ])
  })
})

describe('policies', () => {
  test("every desk's own promise is a policy with its name", () => {
    const yaml = `${OFFICE}${inDesk('window: business:8h\n    soft: business:1h\n    calendar: office')}`
    const { policies, desks } = configOf(yaml)
    expect(policies).toEqual([
      {
        name: 'support',
        desk: 'support',
        window: { unit: 'business', ms: 8 * HOUR },
        soft: { unit: 'business', ms: HOUR },
        calendar: 'office',
        ladder: 'standard',
      },
    ])
    expect(desks.support).toMatchObject({ window: 'business:8h', calendar: 'office' })
  })

  test('W14: an exception takes the calendar and the ladder of its desk, and goes before its promise', () => {
    const yaml = `${OFFICE}
tiers: { gold: [acme.example] }
ladders: { urgent: [{ at: due, to: leads }] }
policies: { gold: { desk: support, tier: gold, window: business:2h } }
${inDesk('calendar: office\n    ladder: urgent')}`
    const { policies } = configOf(yaml)
    expect(choosePolicy(policies, { desk: 'support', channel: 'email:support', tier: 'gold' })).toEqual({
      name: 'gold',
      desk: 'support',
      tier: 'gold',
      window: { unit: 'business', ms: 2 * HOUR },
      calendar: 'office',
      ladder: 'urgent',
    })
    expect(choosePolicy(policies, { desk: 'support', channel: 'email:support' }).name).toBe('support')
  })
})

test('tiers are kept as addresses and domains, in lower case', () => {
  expect(configOf('tiers: { gold: [ACME.example, Ceo@Other.example], silver: [] }', {}).tiers).toEqual({
    gold: { addresses: ['ceo@other.example'], domains: ['acme.example'] },
    silver: { addresses: [], domains: [] },
  })
})

test('a desk has its backup, its quiet hours, its digest and its address for alarms', () => {
  const yaml = `tiers: { gold: [] }${inDesk(`backup: [U0000BACK]
    quiet: { hours: 20:00-07:00, except_tiers: [gold] }
    digest: false
    alert_email: [lena@example.com]`)}`
  expect(configOf(yaml).desks.support).toMatchObject({
    backup: ['U0000BACK'],
    quiet: { from: 20 * 60, to: 31 * 60, exceptTiers: ['gold'] },
    digest: false,
    alertEmail: ['lena@example.com'],
  })
})

test('a mailbox acknowledges and hides when it is told to', () => {
  const mailbox = configOf(inMailbox('acknowledge: unverified\n    restricted: true')).email.support
  expect(mailbox).toMatchObject({ acknowledge: 'unverified', restricted: true })
  const verified = inMailbox('acknowledge: on\n    auth_server: mx.example.com')
  expect(configOf(verified).email.support).toMatchObject({ acknowledge: 'on', authServer: 'mx.example.com' })
})

test('a mailbox that acknowledges to verified senders, and can verify none, is refused', () => {
  const [fault, ...others] = faultsOf(inMailbox('acknowledge: on'))
  expect(others).toEqual([])
  expect(fault).toMatchObject({
    key: 'email.support.acknowledge',
    fix: expect.stringContaining('email.support.auth_server'),
  })
  expect(faultsOf(inMailbox('acknowledge: unverified'))).toEqual([])
})
