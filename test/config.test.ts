import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { renderFaults } from '../src/config.ts'
import { configOf, ENV, faultsOf, YAML } from './config/reading.ts'

describe('a good configuration', () => {
  test('with no file and an empty environment the defaults serve', () => {
    expect(configOf(undefined, {})).toMatchObject({
      database: { kind: 'sqlite', path: 'data/deskbell.db' },
      log: { level: 'info' },
      web: undefined,
      desks: {},
      email: {},
      templates: { language: 'en' },
      limits: {
        attachmentBytesMax: 25 * 1024 * 1024,
        mailboxAlertMs: 10 * MINUTE,
        outbox: { attemptsMax: 8, giveUpMs: DAY, uncertainWaitMs: 45 * SECOND, mailSendsMax: 3, tickMs: 250 },
        intake: { batchMax: 50, strikesMax: 3 },
        ping: { digestAbove: 5, digestWithinMs: 10 * MINUTE, acknowledgeMs: 30 * MINUTE },
        automation: { perAddressMax: 10, overallMax: 100 },
        heartbeatMs: 5 * MINUTE,
      },
    })
  })

  test('an empty file and empty sections mean the defaults too', () => {
    expect(configOf('', {})).toEqual(configOf(undefined, {}))
    expect(configOf('# nothing yet\ndesks:\nemail:\nlimits:\n', {})).toEqual(configOf(undefined, {}))
  })

  test('a short file is filled in: desk, names, ports, user and passwords', () => {
    const config = configOf(YAML)
    expect(config.slack).toEqual({
      botToken: 'xoxb-1-bot',
      appToken: 'xapp-1-app',
      apiUrl: 'https://slack.com/api/',
    })
    expect(config.desks.support).toEqual({
      name: 'Support',
      assign: 'off',
      channel: 'C0123ABCDEF',
      leads: ['U0123ABCDEF'],
      window: 'calendar:24h',
      backup: [],
      digest: true,
      alertEmail: [],
      undoMs: 10 * SECOND,
    })
    const login = { user: 'support@example.com', password: 'open sesame' }
    expect(config.email.support).toEqual({
      address: 'support@example.com',
      aliases: ['help@example.com'],
      displayName: 'Support',
      desk: 'support',
      imap: { host: 'imap.example.com', port: 993, tls: 'implicit', ...login },
      smtp: { host: 'smtp.example.com', port: 587, tls: 'starttls', ...login },
      folder: 'INBOX',
      since: 'now',
      pollMs: MINUTE,
      mailBytesMax: 50 * 1024 * 1024,
      acknowledge: 'off',
      restricted: false,
      pingImported: false,
      sentCopy: false,
      sendEveryMs: 200,
    })
  })

  test('IMAP and SMTP may have passwords of their own', () => {
    const email = configOf(YAML, {
      ...ENV,
      DESKBELL_EMAIL_SUPPORT_SMTP_PASSWORD: 'only for sending',
    }).email.support
    expect([email?.imap.password, email?.smtp.password]).toEqual(['open sesame', 'only for sending'])
  })

  test.each([
    ['10s', 10 * SECOND],
    ['250ms', 250],
    ['2m', 2 * MINUTE],
    ['1.5m', 90 * SECOND],
    ['0s', 0],
  ])('an undo time of %s is %d ms', (written, ms) => {
    expect(configOf(YAML.replace('leads:', `undo: ${written}\n    leads:`)).desks.support?.undoMs).toBe(ms)
  })

  test.each([
    ['1KB', 1024],
    ['25MB', 25 * 1024 * 1024],
    ['0.5 mb', 512 * 1024],
  ])('an attachment limit of %s is %d bytes', (written, bytes) => {
    expect(configOf(`limits: { attachment_max: ${written} }`, {}).limits.attachmentBytesMax).toBe(bytes)
  })

  test('a limit in days is as long as in hours', () => {
    const giveUp = (written: string) =>
      configOf(`limits: { outbox: { give_up: ${written} } }`, {}).limits.outbox.giveUpMs
    expect(giveUp('2d')).toBe(48 * HOUR)
    expect(giveUp('48h')).toBe(48 * HOUR)
  })

  test('E10: after how long another subject begins another conversation can be set, and is a week', () => {
    expect(configOf(undefined, {}).limits.changedSubjectMs).toBe(7 * 24 * HOUR)
    expect(configOf('limits: { changed_subject: 30d }', {}).limits.changedSubjectMs).toBe(30 * 24 * HOUR)
    expect(configOf(undefined, {}).limits.groupingMs).toBe(2 * MINUTE)
    expect(configOf('limits: { grouping: 30s }', {}).limits.groupingMs).toBe(MINUTE / 2)
  })

  test('mail can be read from a given day on', () => {
    const since = (written: string) =>
      configOf(YAML.replace('aliases', `since: ${written}\n    aliases`)).email.support?.since
    expect(since('2026-01-31')).toBe(Date.UTC(2026, 0, 31))
    expect(since('all')).toBe('all')
  })

  test.each([
    ['postgres://desk:pw@db.example.com/desk', { kind: 'postgres', url: 'postgres://desk:pw@db.example.com/desk' }],
    ['sqlite:/var/lib/deskbell.db', { kind: 'sqlite', path: '/var/lib/deskbell.db' }],
    ['sqlite:///var/lib/deskbell.db', { kind: 'sqlite', path: '/var/lib/deskbell.db' }],
    ['', { kind: 'sqlite', path: 'elsewhere.db' }],
  ])('DATABASE_URL=%s goes before the path in the file', (url, database) => {
    expect(configOf('database: { path: elsewhere.db }', { DATABASE_URL: url }).database).toEqual(database)
  })

  test('a stand-in for Slack on this machine needs no encryption', () => {
    const apiUrl = configOf('slack: { api_url: "http://127.0.0.1:4000/api" }', {
      SLACK_BOT_TOKEN: ENV.SLACK_BOT_TOKEN,
      SLACK_APP_TOKEN: ENV.SLACK_APP_TOKEN,
    }).slack?.apiUrl
    expect(apiUrl).toBe('http://127.0.0.1:4000/api/')
  })

  test('the default window is one that the response window understands', () => {
    expect(configOf(YAML).desks.support?.window).toBe('calendar:24h')
  })

  test('nothing in it can be changed afterwards', () => {
    const config = configOf(YAML)
    expect(() => Object.assign(config.limits.outbox, { tickMs: 1 })).toThrow(TypeError)
    expect(() => config.desks.support?.leads.push('U0STRANGER')).toThrow(TypeError)
    expect(() => Object.assign(config.email.support?.imap ?? {}, { host: 'elsewhere' })).toThrow(TypeError)
  })
})

test('every fault is listed at once, those between settings too', () => {
  const yaml = `
log: { level: loud, colour: red }
slak: {}
desks:
  a: { channel: general, leads: [] }
email:
  b:
    address: no-address
    desk: c
    imap: { host: imap.example.com, tls: none }
    smtp: {}
limits: { outbox: { tick: 10 } }
`
  const keys = faultsOf(yaml, { DESKBELL_SECRET: 'x', DESKBELL_NONE: 'y', SLACK_BOT_TOKEN: 'z' }).map(
    (fault) => fault.key,
  )
  expect(keys.toSorted()).toEqual(
    [
      'log.level',
      'log.colour',
      'slak',
      'desks.a.channel',
      'desks.a.leads',
      'email.b.address',
      'email.b.desk',
      'email.b.imap.tls',
      'email.b.smtp.host',
      'limits.outbox.tick',
      'DESKBELL_SECRET',
      'DESKBELL_NONE',
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'DESKBELL_EMAIL_B_PASSWORD',
    ].toSorted(),
  )
})

test('the faults are printed in two columns, each with its fix below and its line in the file', () => {
  const text = renderFaults([
    { key: 'SLACK_BOT_TOKEN', problem: 'is wrong', fix: 'Do this.' },
    { key: 'log.level', problem: 'is missing', fix: 'Do that.', place: 'deskbell.yaml:12' },
  ])
  expect(text).toBe(
    [
      'The configuration has 2 faults; nothing was started.',
      '',
      '  SLACK_BOT_TOKEN               is wrong',
      '                                Fix: Do this.',
      '  log.level (deskbell.yaml:12)  is missing',
      '                                Fix: Do that.',
    ].join('\n'),
  )
})

describe('the example files', () => {
  const root = join(import.meta.dirname, '..')

  test('the example and its environment are a valid configuration', async () => {
    const text = await readFile(join(root, 'deskbell.example.yaml'), 'utf8')
    const env = parseEnv(await readFile(join(root, '.env.example'), 'utf8'))
    const config = configOf(text, env)
    expect(Object.keys(config.desks)).toEqual(['support'])
    expect(config.email.support?.smtp.password).toBe(env.DESKBELL_EMAIL_SUPPORT_PASSWORD)
  })

  test('what the example holds as a comment is valid too', async () => {
    const text = await readFile(join(root, 'deskbell.example.yaml'), 'utf8')
    const comments = /^( *)# ( *(?:- \{|(?:urgent|chat|gold|soft|calendar|backup|quiet|alert_email):))/gm
    const config = configOf(text.replace(comments, '$1$2'))
    expect(config.policies.map(({ name, calendar }) => [name, calendar])).toEqual([
      ['chat', undefined],
      ['gold', 'office'],
      ['support', 'office'],
    ])
    expect(config.ladders.urgent?.map(({ name }) => name)).toEqual(['50%', '-30m', 'due'])
    expect(config.desks.support).toMatchObject({ backup: ['U0123ABCDEF'], alertEmail: ['lena@example.com'] })
  })

  test('the example shows the defaults and nothing else where there is a default', async () => {
    const text = await readFile(join(root, 'deskbell.example.yaml'), 'utf8')
    const config = configOf(text)
    const { log, database, templates, limits } = configOf(undefined, {})
    expect(config).toMatchObject({ log, database, templates, limits })
    const short = configOf(YAML)
    expect(config.desks.support).toEqual(short.desks.support)
    expect(config.email.support).toMatchObject({
      folder: short.email.support?.folder,
      since: short.email.support?.since,
      pollMs: short.email.support?.pollMs,
      mailBytesMax: short.email.support?.mailBytesMax,
      acknowledge: short.email.support?.acknowledge,
      restricted: short.email.support?.restricted,
    })
    expect(config.ladders).toEqual(short.ladders)
    expect(config.policies.at(-1)).toEqual(short.policies.at(-1))
  })
})
