import { describe, expect, test } from 'vitest'
import { ENV, expectFault, faultsOf, inDesk, inMailbox, YAML } from './reading.ts'

/** Each line: what is written, under which key the fault stands, what it says, how its fix helps. */
const FAULTS: [title: string, yaml: string, key: string, problem: RegExp, fix: RegExp][] = [
  ['an unknown section', 'desk: {}', 'desk', /not a setting/, /Did you mean desks\?/],
  [
    'an unknown key',
    'limits: { outbox: { attempt_max: 3 } }',
    'limits.outbox.attempt_max',
    /not a setting/,
    /attempts_max/,
  ],
  ['a key in another spelling', 'slack: { apiUrl: x }', 'slack.apiUrl', /not a setting/, /Did you mean api_url\?/],
  ['a key like no other', 'log: { colour: red }', 'log.colour', /not a setting/, /Known here: level/],
  [
    'a duration without unit',
    'limits: { mailbox_alert: 10 }',
    'limits.mailbox_alert',
    /has no unit/,
    /ms, s, m, h or d/,
  ],
  ['a duration as quoted number', 'limits: { mailbox_alert: "10" }', 'limits.mailbox_alert', /has no unit/, /unit/],
  ['a duration in weeks', 'limits: { mailbox_alert: 1w }', 'limits.mailbox_alert', /not a duration/, /from 1m to 1d/],
  ['a duration out of range', 'limits: { mailbox_alert: 9d }', 'limits.mailbox_alert', /out of range/, /from 1m to 1d/],
  ['a size without unit', 'limits: { attachment_max: 25 }', 'limits.attachment_max', /has no unit/, /KB, MB or GB/],
  ['a size that is a duration', 'limits: { attachment_max: 25s }', 'limits.attachment_max', /not a size/, /MB/],
  [
    'a number as text',
    'limits: { intake: { batch_max: many } }',
    'limits.intake.batch_max',
    /whole number/,
    /1 to 1000/,
  ],
  ['half a row', 'limits: { intake: { batch_max: 1.5 } }', 'limits.intake.batch_max', /whole number/, /1 to 1000/],
  [
    'a number out of range',
    'limits: { intake: { strikes_max: 0 } }',
    'limits.intake.strikes_max',
    /out of range/,
    /1 to 10/,
  ],
  ['an unknown word', 'log: { level: loud }', 'log.level', /none of the words/, /debug, info, warn or error/],
  ['a text for a section', 'web: 8080', 'web', /not a section/, /below it/],
  ['a list for the desks', 'desks: [support]', 'desks', /not a section/, /name below it/],
  ['an empty value', 'log: { level: }', 'log.level', /is empty/, /debug/],
  ['a web page without port', 'web: {}', 'web.port', /is missing/, /0 to 65535/],
  [
    'a Slack address in the clear',
    'slack: { api_url: "http://slack.com/api/" }',
    'slack.api_url',
    /not encrypted/,
    /https/,
  ],
  ['a Slack address that is none', 'slack: { api_url: slack }', 'slack.api_url', /not an address/, /Remove it/],
  [
    'a language that is none',
    'templates: { language: English }',
    'templates.language',
    /not a language/,
    /en or pt-BR/,
  ],
]

const MAILBOX_FAULTS: typeof FAULTS = [
  [
    'a channel by name',
    YAML.replace('C0123ABCDEF', '"#support"'),
    'desks.support.channel',
    /Slack channel id/,
    /C0123/,
  ],
  ['no channel', YAML.replace('channel: C0123ABCDEF', ''), 'desks.support.channel', /is missing/, /channel ID/],
  [
    'a desk without leads',
    YAML.replace('    leads: [U0123ABCDEF]\n', ''),
    'desks.support.leads',
    /is missing/,
    /at least one/,
  ],
  ['an empty list of leads', YAML.replace('[U0123ABCDEF]', '[]'), 'desks.support.leads', /empty list/, /at least one/],
  ['a lead by name', YAML.replace('[U0123ABCDEF]', '[ana]'), 'desks.support.leads.0', /Slack user id/, /member ID/],
  [
    'one lead not as a list',
    YAML.replace('[U0123ABCDEF]', 'U0123ABCDEF'),
    'desks.support.leads',
    /not a list/,
    /user id/,
  ],
  ['a window without unit', inDesk('window: 24'), 'desks.support.window', /has no unit/, /calendar:24h/],
  [
    'a calendar window without unit',
    inDesk('window: calendar:24'),
    'desks.support.window',
    /has no unit/,
    /calendar:24h/,
  ],
  ['a window in business hours', inDesk('window: business:8h'), 'desks.support.window', /no calendar/, /`calendars:`/],
  ['a window in words', inDesk('window: one day'), 'desks.support.window', /no time to wait/, /calendar:24h/],
  ['an undo of an hour', inDesk('undo: 1h'), 'desks.support.undo', /out of range/, /5m/],
  [
    'a desk name with capitals',
    YAML.replace('  support:\n    channel', '  Support:\n    channel'),
    'desks.Support',
    /usable name/,
    /lower-case/,
  ],
  [
    'a mailbox of an unknown desk',
    inMailbox('desk: suport'),
    'email.support.desk',
    /no desk/,
    /Did you mean support\?/,
  ],
  [
    'a mailbox of no desk among two',
    YAML.replace('email:', '  b: { channel: C0B, leads: [U0000B] }\nemail:'),
    'email.support.desk',
    /several desks/,
    /support, b/,
  ],
  ['mail without any desk', YAML.slice(YAML.indexOf('email:')), 'desks', /there are mailboxes/, /Add a desk/],
  [
    'two desks in one channel',
    YAML.replace('email:', '  b: { channel: C0123ABCDEF, leads: [U0000B] }\nemail:').replace(
      'aliases',
      'desk: b\n    aliases',
    ),
    'desks.b.channel',
    /desks\.support/,
    /its own/,
  ],
  [
    'no address',
    YAML.replace('address: Support@Example.com', ''),
    'email.support.address',
    /is missing/,
    /support@example.com/,
  ],
  [
    'an address that is none',
    YAML.replace('Support@Example.com', 'support'),
    'email.support.address',
    /not a mail address/,
    /@/,
  ],
  ['no server', YAML.replace('imap: { host: imap.example.com }', ''), 'email.support.imap', /is missing/, /below it/],
  [
    'a server without host',
    YAML.replace('host: imap.example.com', ''),
    'email.support.imap.host',
    /is missing/,
    /imap.example.com/,
  ],
  [
    'an address for a host',
    YAML.replace('imap.example.com', '"https://example.com"'),
    'email.support.imap.host',
    /host name/,
    /imap/,
  ],
  [
    'no encryption across the net',
    YAML.replace('starttls', 'none'),
    'email.support.smtp.tls',
    /another machine/,
    /implicit or starttls/,
  ],
  [
    'an unknown encryption',
    YAML.replace('starttls', 'ssl'),
    'email.support.smtp.tls',
    /none of the words/,
    /implicit, starttls or none/,
  ],
  ['a day that is none', inMailbox('since: 2026-02-31'), 'email.support.since', /not a day/, /2026-01-31/],
  [
    'a mailbox that looks like a half',
    YAML.replace('  support:\n    address', '  a-imap:\n    address'),
    'email.a-imap',
    /password variable/,
    /does not end/,
  ],
]

describe('a fault names the key, the problem and the fix', () => {
  test.each(FAULTS)('%s', (_title, yaml, key, problem, fix) => {
    expectFault(faultsOf(yaml, {}), key, problem, fix)
  })

  test.each(MAILBOX_FAULTS)('%s', (_title, yaml, key, problem, fix) => {
    const env = { ...ENV, DESKBELL_EMAIL_A_IMAP_PASSWORD: yaml.includes('a-imap') ? 'x' : undefined }
    const known = yaml.includes('a-imap') ? { ...env, DESKBELL_EMAIL_SUPPORT_PASSWORD: undefined } : env
    const others = faultsOf(yaml, known).filter((fault) => !/^DESKBELL_EMAIL_A/.test(fault.key))
    expectFault(others, key, problem, fix)
  })

  test('no encryption is fine on this machine', () => {
    expect(faultsOf(YAML.replace('smtp.example.com, tls: starttls', '127.0.0.1, tls: none'))).toEqual([])
  })

  test('two mailboxes with one address, be it by an alias', () => {
    const second = `  shop:
    address: help@EXAMPLE.com
    imap: { host: imap.example.com }
    smtp: { host: smtp.example.com }
`
    const faults = faultsOf(YAML + second, { ...ENV, DESKBELL_EMAIL_SHOP_PASSWORD: 'x' })
    expectFault(faults, 'email.shop.address', /email\.support/, /one of the two/)
  })
})
