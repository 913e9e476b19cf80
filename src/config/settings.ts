// What may stand in deskbell.yaml, setting by setting. What two settings say of each other is in check.ts.
import type { z } from 'zod'
import { customers } from './customers.ts'
import { DEFAULTS } from './default.ts'
import { discord } from './discord.ts'
import { dkim } from './dkim.ts'
import type { Fault } from './fault.ts'
import { settingFaults } from './issue.ts'
import { oauth } from './oauth.ts'
import { calendar, ladder, policy, promise, quietHours, reference, tier, userId } from './promise.ts'
import { secretFaults } from './secret.ts'
import { publicUrl, requestPath } from './slack-address.ts'
import {
  count,
  duration,
  isLoopback,
  list,
  named,
  oneOf,
  rate,
  readDay,
  section,
  size,
  text,
  value,
  yesNo,
} from './value.ts'
import type { Data } from './yaml.ts'

export type Settings = z.infer<ReturnType<typeof makeSchema>>

export function readSettings(data: Data): { settings?: Settings; faults: Fault[] } {
  const result = makeSchema().safeParse(data)
  // A secret is named first: the variable to set is a better fix than "unknown key".
  if (!result.success) return { faults: [...secretFaults(data), ...settingFaults(result.error.issues)] }
  return { settings: result.data, faults: secretFaults(data) }
}

function makeSchema() {
  return section({
    database: section({ path: text('a path', 'Write where the SQLite file is kept.').optional() }).prefault({}),
    log: section({ level: oneOf('debug', 'info', 'warn', 'error').default(DEFAULTS.logLevel) }).prefault({}),
    web: section({ port: count(0, 65535), host: host.default(DEFAULTS.webHost) }).optional(),
    slack: section({
      api_url: slackApiUrl.default(DEFAULTS.slackApiUrl),
      mode: oneOf('socket', 'http').default(DEFAULTS.slack.mode),
      host: host.default(DEFAULTS.slack.host),
      port: count(1, 65535).default(DEFAULTS.slack.port),
      path: requestPath.default(DEFAULTS.slack.path),
      public_url: publicUrl.optional(), // For the manifest alone.
      customers: named(customers).default({}),
    }).prefault({}),
    calendars: named(calendar).default({}),
    tiers: named(tier).default({}),
    ladders: named(ladder).default({}),
    policies: named(policy).default({}),
    desks: named(desk).default({}),
    email: named(mailbox).default({}),
    discord: discord.optional(),
    templates: section({
      folder: text('a path', 'Write the folder that holds the letters.').default(DEFAULTS.templates.folder),
      language: language.default(DEFAULTS.templates.language),
      edit: oneOf('leads', 'agents').default(DEFAULTS.templates.edit),
    }).prefault({}),
    limits,
  })
}

const host = text('a host name', 'Write a host name such as imap.example.com.', /^[A-Za-z0-9.:_-]+$/)
const language = text('a language', 'Write a language code such as en or pt-BR.', /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)

/** The bot token goes there with every call, so nobody may read along. */
const slackApiUrl = value('Remove it, or write an https address that ends in /api/.', (written) => {
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : undefined
  if (!url) return { wrong: 'is not an address' }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) return { wrong: 'is not encrypted' }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
})

const address = text(
  'a mail address',
  'Write an address such as support@example.com.',
  /^[^\s@<>]{1,64}@[^\s@<>]+$/,
  254,
)

const desk = section({
  name: text('a name', 'Write the name that agents know the desk by.', undefined, 60).optional(),
  channel: text(
    'a Slack channel id',
    'Copy the channel ID from the end of "View channel details" in Slack, such as C0123ABCDEF.',
    /^[CG][A-Z0-9]{2,20}$/,
  ),
  leads: list(userId, 'List at least one Slack user id; leads hear about answers that are late.', 1),
  window: promise.default(DEFAULTS.desk.window),
  soft: promise.optional(),
  calendar: reference('calendar').optional(),
  ladder: reference('ladder').default(DEFAULTS.desk.ladder),
  backup: list(userId, 'List the Slack user ids of those who are pinged for an absent assignee.').default([]),
  assign: oneOf('off', 'round-robin').default(DEFAULTS.desk.assign),
  cap: count(1, 1000).optional(),
  quiet: section({
    hours: quietHours,
    except_tiers: list(reference('tier'), 'List tiers of this file.').default([]),
  }).optional(),
  digest: yesNo().default(DEFAULTS.desk.digest),
  alert_email: list(address, 'List mail addresses.').default([]),
  undo: duration('0s', '5m').default(DEFAULTS.desk.undoMs),
})

/** What is left out here the provider of the sign-in may know: `check.ts` asks. */
const serverShape = {
  host: host.optional(),
  port: count(1, 65535).optional(),
  tls: oneOf('implicit', 'starttls', 'none').optional(),
  ca_file: text('a path', 'Write the path of a file with the certificate of the authority, as PEM.').optional(),
  user: text('a user name', 'Write the name to log in with, or remove it to use the address.').optional(),
}

const SIGNATURE_MAX = 1000

const mailbox = section({
  address,
  aliases: list(address, 'List the other addresses that arrive in this mailbox.').default([]),
  display_name: text('a name', 'Write the name that customers see as the sender.', undefined, 80).optional(),
  signature: value(
    'Write a few lines of text, at most 1000 characters; {agent} stands for who writes.',
    readSignature,
  ).optional(),
  desk: text('a name', 'Write the name of a desk of this file.').optional(),
  imap: section(serverShape).optional(),
  smtp: section(serverShape).optional(),
  oauth: oauth.optional(),
  folder: text('a folder', 'Write the IMAP folder to read, such as INBOX.').default(DEFAULTS.mailbox.folder),
  sent_folder: text('a folder', 'Write the IMAP folder with the sent mail, such as Sent.').optional(),
  sent_copy: yesNo().default(DEFAULTS.mailbox.sentCopy),
  dkim: dkim.optional(),
  send_rate: rate('1/h', '50/s').default(DEFAULTS.mailbox.sendEveryMs),
  since: value('Write now, all or a day such as 2026-01-31.', readSince).default(DEFAULTS.mailbox.since),
  ping_imported: yesNo().default(DEFAULTS.mailbox.pingImported),
  auth_server: text(
    'a name',
    'Write the name that the receiving server puts first in Authentication-Results.',
  ).optional(),
  poll: duration('5s', '1h').default(DEFAULTS.mailbox.pollMs),
  mail_max: size('1MB', '200MB').default(DEFAULTS.mailbox.mailBytesMax),
  acknowledge: oneOf('off', 'on', 'unverified').default(DEFAULTS.mailbox.acknowledge),
  restricted: yesNo().default(DEFAULTS.mailbox.restricted),
})

/** Letters know other fields; here they would go out as they stand. */
function readSignature(written: unknown): string | { wrong: string } {
  const lines = typeof written === 'string' ? written.trim() : ''
  if (!lines || lines.length > SIGNATURE_MAX) return { wrong: 'is not a signature' }
  const unknown = lines.replaceAll('{agent}', '').match(/[{}]/)
  return unknown ? { wrong: 'has a field that is not {agent}' } : lines
}

function readSince(written: unknown): 'now' | 'all' | number | { wrong: string } {
  if (written === 'now' || written === 'all') return written
  return readDay(written) ?? { wrong: 'is not a day' }
}

const { outbox, intake, ping, automation } = DEFAULTS.limits

const limits = section({
  attachment_max: size('1KB', '100MB').default(DEFAULTS.limits.attachmentBytesMax),
  mailbox_alert: duration('1m', '1d').default(DEFAULTS.limits.mailboxAlertMs),
  outbox: section({
    attempts_max: count(1, 100).default(outbox.attemptsMax),
    give_up: duration('1m', '14d').default(outbox.giveUpMs),
    uncertain_wait: duration('1s', '1h').default(outbox.uncertainWaitMs),
    mail_sends_max: count(1, 10).default(outbox.mailSendsMax),
    tick: duration('10ms', '10s').default(outbox.tickMs),
  }).prefault({}),
  intake: section({
    batch_max: count(1, 1000).default(intake.batchMax),
    strikes_max: count(1, 10).default(intake.strikesMax),
  }).prefault({}),
  ping: section({
    digest_above: count(1, 1000).default(ping.digestAbove),
    digest_within: duration('1m', '1d').default(ping.digestWithinMs),
    acknowledge: duration('1m', '7d').default(ping.acknowledgeMs),
  }).prefault({}),
  automation: section({
    per_address: count(1, 10_000).default(automation.perAddressMax),
    overall: count(1, 100_000).default(automation.overallMax),
  }).prefault({}),
  heartbeat: duration('10s', '1d').default(DEFAULTS.limits.heartbeatMs),
  changed_subject: duration('0s', '365d').default(DEFAULTS.limits.changedSubjectMs),
  grouping: duration('0s', '1h').default(DEFAULTS.limits.groupingMs),
}).prefault({})
