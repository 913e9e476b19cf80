import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { expectFault, faultsOf, inDesk, YAML } from './reading.ts'

type Case = [title: string, yaml: string, key: string, problem: RegExp, fix: RegExp]

const calendar = (lines: string) =>
  `calendars:\n  office:\n    zone: Europe/Berlin\n    ${lines.replaceAll('\n', '\n    ')}\n`
const WEEK = 'hours: { mon-fri: 09:00-17:00 }'
const OFFICE = calendar(WEEK)

const CALENDARS: Case[] = [
  ['no zone', 'calendars: { c: { hours: { mon: 09:00-17:00 } } }', 'calendars.c.zone', /is missing/, /Europe\/Berlin/],
  [
    'a zone with a slip',
    OFFICE.replace('Berlin', 'Berlln'),
    'calendars.office.zone',
    /not a time zone/,
    /Did you mean Europe\/Berlin\?/,
  ],
  [
    'a city for a zone',
    OFFICE.replace('Europe/', ''),
    'calendars.office.zone',
    /not a time zone/,
    /Did you mean Europe\/Berlin\?/,
  ],
  [
    'an offset for a zone',
    OFFICE.replace('Europe/Berlin', '"+01:00"'),
    'calendars.office.zone',
    /not a time zone/,
    /Europe\/Berlin/,
  ],
  ['no hours', 'calendars: { c: { zone: UTC } }', 'calendars.c.hours', /is missing/, /09:00-17:00/],
  [
    'a day that is none',
    calendar('hours: { mo: 09:00-17:00 }'),
    'calendars.office.hours.mo',
    /not a weekday/,
    /Did you mean mon\?/,
  ],
  [
    'a range to nowhere',
    calendar('hours: { mon-: 09:00-17:00 }'),
    'calendars.office.hours.mon-',
    /not a weekday/,
    /mon-fri/,
  ],
  [
    'spans with a comma in braces',
    calendar('hours: { mon: 09:00-12:00, 13:00-17:00 }'),
    'calendars.office.hours.13:00-17:00',
    /not a weekday/,
    /"and"/,
  ],
  [
    'a day given twice',
    calendar('hours: { mon-fri: 09:00-17:00, wed: closed }'),
    'calendars.office.hours',
    /wed twice/,
    /once/,
  ],
  ['25:00', calendar('hours: { mon: 09:00-25:00 }'), 'calendars.office.hours.mon', /no clock shows/, /23:59/],
  ['09:60', calendar('hours: { mon: 08:00-09:60 }'), 'calendars.office.hours.mon', /no clock shows/, /23:59/],
  [
    'a start at 24:00',
    calendar('hours: { mon: 24:00-06:00 }'),
    'calendars.office.hours.mon',
    /no clock shows/,
    /23:59/,
  ],
  ['a span without end', calendar('hours: { mon: 09:00 }'), 'calendars.office.hours.mon', /not a span/, /09:00-17:00/],
  [
    'a span without length',
    calendar('hours: { mon: 09:00-09:00 }'),
    'calendars.office.hours.mon',
    /without length/,
    /closed/,
  ],
  [
    'spans that overlap',
    calendar('hours: { mon: 09:00-13:00 and 12:00-17:00 }'),
    'calendars.office.hours.mon',
    /overlap/,
    /as one/,
  ],
  [
    'a night into the next morning',
    calendar('hours: { sun: 22:00-06:00, mon: 05:00-09:00 }'),
    'calendars.office.hours',
    /night of sun/,
    /End the night/,
  ],
  [
    'a night into an exceptional morning',
    calendar('hours: { fri: 22:00-06:00 }\nexceptions: { 2026-01-10: 05:00-09:00 }'),
    'calendars.office.exceptions.2026-01-10',
    /overlaps/,
    /End the night/,
  ],
  [
    'an exceptional night into a usual morning',
    calendar('hours: { sat: 05:00-09:00 }\nexceptions: { 2026-01-09: 22:00-06:00 }'),
    'calendars.office.exceptions.2026-01-09',
    /overlaps/,
    /End the night/,
  ],
  [
    'a holiday that is none',
    calendar(`${WEEK}\nholidays: [2026-02-30]`),
    'calendars.office.holidays.0',
    /not a day/,
    /2026-12-25/,
  ],
  [
    'an exception on no day',
    calendar(`${WEEK}\nexceptions: { 2026-02-30: closed }`),
    'calendars.office.exceptions.2026-02-30',
    /not a day/,
    /2026-12-24/,
  ],
  [
    'a holiday with hours',
    calendar(`${WEEK}\nholidays: [2026-12-24]\nexceptions: { 2026-12-24: 09:00-12:00 }`),
    'calendars.office.exceptions.2026-12-24',
    /holiday too/,
    /Keep it/,
  ],
  [
    'W6: no open hour in the week',
    calendar('hours: { mon-sun: closed }\nexceptions: { 2027-01-09: 09:00-12:00 }'),
    'calendars.office.hours',
    /no weekday/,
    /at least one/,
  ],
]

const GOLD = 'tiers: { gold: [acme.example] }\n'
const policies = (...lines: string[]) => `${GOLD}policies:\n  ${lines.join('\n  ')}\n${YAML}`
const ladder = (steps: string) => `ladders:\n  standard: ${steps}\n${YAML}`

const PROMISES: Case[] = [
  [
    'an unknown calendar',
    `${OFFICE}${inDesk('calendar: ofice')}`,
    'desks.support.calendar',
    /no calendar/,
    /Did you mean office\?/,
  ],
  [
    'a calendar where there is none',
    inDesk('calendar: office'),
    'desks.support.calendar',
    /no calendar/,
    /Add the calendar/,
  ],
  ['a ladder that every object has', inDesk('ladder: toString'), 'desks.support.ladder', /no ladder/, /standard/],
  ['an unknown ladder', inDesk('ladder: standart'), 'desks.support.ladder', /no ladder/, /Did you mean standard\?/],
  [
    'a policy of an unknown desk',
    policies('a: { desk: suport, window: calendar:1h }'),
    'policies.a.desk',
    /no desk/,
    /Did you mean support\?/,
  ],
  [
    'a policy of an unknown tier',
    policies('a: { tier: gould, window: calendar:1h }'),
    'policies.a.tier',
    /no tier/,
    /Did you mean gold\?/,
  ],
  [
    'a policy of an unknown channel',
    policies('a: { channel: emial, window: calendar:1h }'),
    'policies.a.channel',
    /no channel/,
    /Did you mean email\?/,
  ],
  [
    'a policy of an unknown mailbox',
    policies('a: { channel: "email:suport", window: calendar:1h }'),
    'policies.a.channel',
    /no channel/,
    /email:support/,
  ],
  [
    'quiet for all but an unknown tier',
    `${GOLD}${inDesk('quiet: { hours: 20:00-07:00, except_tiers: [glod] }')}`,
    'desks.support.quiet.except_tiers.0',
    /no tier/,
    /Did you mean gold\?/,
  ],
  ['a policy without window', policies('a: { tier: gold }'), 'policies.a.window', /is missing/, /calendar:24h/],
  ['a policy for everything', policies('a: { window: calendar:1h }'), 'policies.a', /what it is for/, /tier/],
  [
    'a policy with the name of a desk',
    policies('support: { tier: gold, window: calendar:1h }'),
    'policies.support',
    /name of a desk/,
    /another name/,
  ],
  [
    'W4: a window without its unit',
    inDesk('window: 24h'),
    'desks.support.window',
    /no unit/,
    /calendar:24h or business:24h/,
  ],
  [
    'W4: a soft target without its unit',
    inDesk('soft: 10m'),
    'desks.support.soft',
    /no unit/,
    /calendar:10m or business:10m/,
  ],
  [
    'a business window without calendar',
    inDesk('window: business:1d'),
    'desks.support.window',
    /no calendar/,
    /calendars:/,
  ],
  [
    'a business policy for all desks without calendar',
    `${OFFICE}${policies('a: { tier: gold, window: business:2h }').replace('leads:', 'calendar: office\n    leads:')}`,
    'policies.a.window',
    /no calendar/,
    /calendars:/,
  ],
  ['a soft target longer than the window', inDesk('soft: calendar:25h'), 'desks.support.soft', /longer/, /shorter/],
  [
    'W14: two policies that tie',
    policies(
      'a: { desk: support, tier: gold, window: calendar:1h }',
      'b: { desk: support, channel: email, window: calendar:2h }',
    ),
    'policies.b',
    /policies\.a/,
    /names desk, channel, tier|names desk, tier, channel/,
  ],
  [
    'W14: two policies for the same',
    policies('a: { tier: gold, window: calendar:1h }', 'b: { tier: gold, window: calendar:2h }'),
    'policies.b',
    /policies\.a/,
    /Remove one/,
  ],
  [
    'an address in two tiers',
    'tiers: { gold: [acme.example], silver: [ACME.example] }',
    'tiers.silver',
    /tiers\.gold/,
    /one of the two/,
  ],
  ['a tier of no address', 'tiers: { gold: [acme] }', 'tiers.gold.0', /address or a domain/, /example\.com/],
  ['P1: a ladder without steps', ladder('[]'), 'ladders.standard', /empty list/, /steps/],
  [
    'P1: a ladder that ends before the due time',
    ladder('[{ at: 50%, to: [desk, leads] }]'),
    'ladders.standard',
    /nobody would hear/,
    /`due` or later/,
  ],
  ['P1: a step for nobody', ladder('[{ at: due, to: [] }]'), 'ladders.standard.0.to', /empty list/, /leads/],
  [
    'P1: a backup that the desk does not have',
    ladder('[{ at: due, to: backup }]'),
    'desks.support.backup',
    /names nobody/,
    /List Slack user ids/,
  ],
  [
    'an addressee with a slip',
    ladder('[{ at: due, to: [laeds] }]'),
    'ladders.standard.0.to',
    /addressee/,
    /Did you mean leads\?/,
  ],
  ['an addressee by name', ladder('[{ at: due, to: ["@ana"] }]'), 'ladders.standard.0.to', /addressee/, /U\.\.\./],
  [
    'a step at no time',
    ladder('[{ at: 4h, to: leads }, { at: due, to: leads }]'),
    'ladders.standard.0.at',
    /no time of a step/,
    /\+30m/,
  ],
  [
    'an acknowledgement in words',
    ladder('[{ at: due, to: leads, acknowledge: soon }]'),
    'ladders.standard.0.acknowledge',
    /neither/,
    /30m, or never/,
  ],
  [
    'two steps written alike',
    ladder('[{ at: due, to: leads }, { at: +1h, to: desk }, { at: +60m, to: leads }]'),
    'ladders.standard.2.at',
    /same time as that of step 2/,
    /one step/,
  ],
  [
    'two steps that fall together',
    ladder('[{ at: 50%, to: desk }, { at: -12h, to: leads }, { at: due, to: leads }]'),
    'desks.support.ladder',
    /50% and -12h/,
    /Change ladder standard/,
  ],
  [
    'a step before the window',
    ladder('[{ at: -30h, to: desk }, { at: due, to: leads }]'),
    'desks.support.ladder',
    /before the window of calendar:24h: -30h/,
    /Change/,
  ],
  [
    'a soft step without soft target',
    ladder('[{ at: soft, to: desk }, { at: due, to: leads }]'),
    'desks.support.ladder',
    /no soft target/,
    /Change/,
  ],
  ['quiet all day', inDesk('quiet: { hours: 00:00-24:00 }'), 'desks.support.quiet.hours', /whole day/, /20:00-07:00/],
  [
    'quiet for no time',
    inDesk('quiet: { hours: 07:00-07:00 }'),
    'desks.support.quiet.hours',
    /without length/,
    /20:00-07:00/,
  ],
  ['a backup by name', inDesk('backup: [ana]'), 'desks.support.backup.0', /Slack user id/, /member ID/],
  ['a short user id', inDesk('backup: [U1]'), 'desks.support.backup.0', /Slack user id/, /member ID/],
  ['an alarm to no address', inDesk('alert_email: [lena]'), 'desks.support.alert_email.0', /mail address/, /@/],
  ['a digest perhaps', inDesk('digest: daily'), 'desks.support.digest', /neither/, /true or false/],
]

describe('a fault in what is promised names the key, the problem and the fix', () => {
  test.each(CALENDARS)('%s', (_title, yaml, key, problem, fix) => expectFault(faultsOf(yaml, {}), key, problem, fix))

  test.each(PROMISES)('%s', (_title, yaml, key, problem, fix) => {
    expectFault(faultsOf(yaml, yaml.includes('email:\n') ? undefined : {}), key, problem, fix)
  })

  test('W6: a calendar that does not open within a year from now is refused, and one that opens before is not', () => {
    const holidays = Array.from({ length: 54 }, (_, week) =>
      new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10),
    )
    const text = calendar(`hours: { mon: 09:00-17:00 }\nholidays: [${holidays.join(', ')}]`)
    const read = (now: number) => readConfig({ yaml: { path: 'deskbell.yaml', text }, env: {}, now })
    const refused = read(Date.UTC(2026, 0, 1))
    expectFault('faults' in refused ? refused.faults : [], 'calendars.office', /within a year/, /holidays/)
    expect('faults' in read(Date.UTC(2026, 1, 1))).toBe(false)
  })

  test('a night may end when the morning begins, and a holiday meets no night', () => {
    expect(faultsOf(calendar('hours: { mon-sun: 22:00-06:00 and 06:00-12:00 }\nholidays: [2026-01-10]'), {})).toEqual(
      [],
    )
  })

  test('W14: two that tie are allowed once a third decides wherever they meet', () => {
    const two = [
      'a: { desk: support, tier: gold, window: calendar:1h }',
      'b: { desk: support, channel: email, window: calendar:2h }',
    ]
    expect(faultsOf(policies(...two, 'c: { desk: support, channel: email, tier: gold, window: calendar:1h }'))).toEqual(
      [],
    )
  })

  test('P1: a backup whom the desk has may be pinged, and steps that only another window brings together too', () => {
    expect(faultsOf(ladder('[{ at: due, to: backup }]').replace('leads:', 'backup: [U0000BACK]\n    leads:'))).toEqual(
      [],
    )
    expect(faultsOf(ladder('[{ at: 50%, to: desk }, { at: -11h, to: leads }, { at: due, to: leads }]'))).toEqual([])
  })

  test('all of it is listed at once', () => {
    const yaml = `calendars: { a: { zone: Nowhere, hours: { mon: 25:00-26:00, foo: closed } } }
ladders: { l: [{ at: 50%, to: leads }] }
${inDesk('window: 8h\n    calendar: b\n    ladder: m')}`
    expect(
      faultsOf(yaml)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual([
      'calendars.a.hours.foo',
      'calendars.a.hours.mon',
      'calendars.a.zone',
      'desks.support.calendar',
      'desks.support.ladder',
      'desks.support.window',
      'ladders.l',
    ])
  })
})

describe('a fault says where in the file it is', () => {
  const placesOf = (yaml: string) => faultsOf(yaml, {}).map(({ key, place }) => [key, place])

  test('the line of the key, in braces and lists too', () => {
    const yaml = `log:
  level: info
  colour: red
tiers:
  gold:
    - acme.example
    - acme
ladders: { l: [{ at: due,
  to: nobody }] }`
    expect(placesOf(yaml)).toEqual([
      ['log.colour', 'deskbell.yaml:3'],
      ['tiers.gold.1', 'deskbell.yaml:7'],
      ['ladders.l.0.to', 'deskbell.yaml:9'],
    ])
  })

  test('what is missing is told by its section, and what is no part of the file by nothing', () => {
    expect(placesOf('\nweb:\n  host: 127.0.0.1\n')).toEqual([['web.port', 'deskbell.yaml:2']])
    expect(faultsOf('', { DESKBELL_SECRET: 'short' })[0]?.place).toBeUndefined()
  })

  test('a key with dots in it is found as it stands', () => {
    expect(placesOf('log:\n  level: info\n  a.b: 1\nc.d: 2\n')).toEqual([
      ['log.a.b', 'deskbell.yaml:3'],
      ['c.d', 'deskbell.yaml:4'],
    ])
  })
})
