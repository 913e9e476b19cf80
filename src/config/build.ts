// Puts the checked parts together. Nothing can be wrong any more.
import type { Config, Desk, Mailbox, MailServer, SlackApp } from '../config.ts'
import { buildCalendar, buildLadders, buildPolicies, buildTier } from './build-promise.ts'
import { buildCustomers, customersPath } from './customers.ts'
import { DEFAULTS } from './default.ts'
import { buildDiscord } from './discord.ts'
import { buildDkim } from './dkim.ts'
import type { Secrets } from './environment.ts'
import { buildOAuth, PROVIDERS } from './oauth.ts'
import type { Settings } from './settings.ts'

/** `files`: those that settings name, by path. */
export function buildConfig(settings: Settings, secrets: Secrets, files: ReadonlyMap<string, string>): Config {
  const { database, log, web, slack, templates } = settings
  return {
    database: secrets.database ?? { kind: 'sqlite', path: database.path ?? DEFAULTS.databasePath },
    ...(secrets.secret && { secret: secrets.secret }),
    log,
    web,
    ...(secrets.slack && { slack: buildSlack(slack, secrets.slack) }),
    slackCustomers: mapValues(slack.customers, (customers, name) => {
      const own = secrets.customers.get(name)
      const path = customersPath(name, customers.path, slack.path)
      return buildCustomers(customers, Object.keys(settings.desks), own && buildSlack({ ...slack, path }, own))
    }),
    calendars: mapValues(settings.calendars, buildCalendar),
    tiers: mapValues(settings.tiers, buildTier),
    ladders: buildLadders(settings),
    policies: buildPolicies(settings),
    desks: mapValues(settings.desks, buildDesk),
    email: mapValues(settings.email, (mailbox, name) => buildMailbox(mailbox, name, { settings, secrets, files })),
    ...(settings.discord && {
      discord: buildDiscord(settings.discord, secrets.discordToken ?? '', Object.keys(settings.desks)),
    }),
    templates,
    limits: buildLimits(settings.limits),
  }
}

function buildSlack(
  { api_url: apiUrl, host, port, path }: Settings['slack'],
  { signingSecret, ...tokens }: NonNullable<Secrets['slack']>,
): SlackApp {
  if (signingSecret === undefined) return { ...tokens, apiUrl }
  return { ...tokens, apiUrl, requests: { host, port, path, signingSecret } }
}

function buildDesk(desk: Settings['desks'][string], key: string): Desk {
  const { channel, leads, window, calendar, backup, assign, cap, quiet } = desk
  const { digest, alert_email: alertEmail, undo: undoMs } = desk
  return {
    name: desk.name ?? title(key),
    channel,
    leads,
    window,
    ...(calendar !== undefined && { calendar }),
    backup,
    assign,
    ...(cap !== undefined && { cap }),
    ...(quiet && { quiet: { ...quiet.hours, exceptTiers: quiet.except_tiers } }),
    digest,
    alertEmail,
    undoMs,
  }
}

interface Sources {
  settings: Settings
  secrets: Secrets
  files: ReadonlyMap<string, string>
}

function buildMailbox(mailbox: Settings['email'][string], key: string, sources: Sources): Mailbox {
  const { settings, files } = sources
  const deskKey = mailbox.desk ?? Object.keys(settings.desks).join()
  const secrets = sources.secrets.passwords.get(key) ?? {}
  const address = mailbox.address.toLowerCase()
  const known = mailbox.oauth && PROVIDERS[mailbox.oauth.provider]
  return {
    address,
    aliases: mailbox.aliases.map((alias) => alias.toLowerCase()),
    displayName: mailbox.display_name ?? settings.desks[deskKey]?.name ?? title(deskKey),
    ...(mailbox.signature !== undefined && { signature: mailbox.signature }),
    desk: deskKey,
    imap: buildServer(orKnown(mailbox.imap, known?.imap), {
      ports: IMAP_PORTS,
      address,
      password: secrets.imap,
      files,
    }),
    smtp: buildServer(orKnown(mailbox.smtp, known?.smtp), {
      ports: SMTP_PORTS,
      address,
      password: secrets.smtp,
      files,
    }),
    ...(mailbox.oauth && { oauth: buildOAuth(mailbox.oauth, secrets.oauth) }),
    folder: mailbox.folder,
    ...(mailbox.sent_folder && { sentFolder: mailbox.sent_folder }),
    sentCopy: mailbox.sent_copy,
    ...(mailbox.dkim && { dkim: buildDkim(mailbox.dkim, address, secrets.dkimKey ?? '') }),
    sendEveryMs: mailbox.send_rate,
    since: mailbox.since,
    pingImported: mailbox.ping_imported,
    ...(mailbox.auth_server && { authServer: mailbox.auth_server }),
    pollMs: mailbox.poll,
    mailBytesMax: mailbox.mail_max,
    acknowledge: mailbox.acknowledge,
    restricted: mailbox.restricted,
  }
}

const IMAP_PORTS = { implicit: 993, starttls: 143, none: 143 }
const SMTP_PORTS = { implicit: 465, starttls: 587, none: 25 }

interface ServerSources {
  ports: typeof IMAP_PORTS
  address: string
  password: string | undefined
  files: ReadonlyMap<string, string>
}

type ServerSettings = NonNullable<Settings['email'][string]['imap']>

/** What the provider's servers are like says nothing of another one. */
function orKnown(written: ServerSettings | undefined, known: ServerSettings | undefined): ServerSettings {
  return written?.host === undefined ? { ...known, ...written } : written
}

function buildServer(server: ServerSettings, { ports, address, password, files }: ServerSources): MailServer {
  const { host = '', tls = DEFAULTS.mailbox.tls, user = address, ca_file: caFile } = server
  const ca = caFile === undefined ? undefined : files.get(caFile)
  const port = server.port ?? ports[tls]
  return { host, port, tls, user, ...(password !== undefined && { password }), ...(ca !== undefined && { ca }) }
}

function buildLimits(limits: Settings['limits']): Config['limits'] {
  const { attachment_max, mailbox_alert, outbox, intake, ping, automation, heartbeat, changed_subject, grouping } =
    limits
  return {
    attachmentBytesMax: attachment_max,
    mailboxAlertMs: mailbox_alert,
    outbox: {
      attemptsMax: outbox.attempts_max,
      giveUpMs: outbox.give_up,
      uncertainWaitMs: outbox.uncertain_wait,
      mailSendsMax: outbox.mail_sends_max,
      tickMs: outbox.tick,
    },
    intake: { batchMax: intake.batch_max, strikesMax: intake.strikes_max },
    ping: {
      digestAbove: ping.digest_above,
      digestWithinMs: ping.digest_within,
      acknowledgeMs: ping.acknowledge,
    },
    automation: { perAddressMax: automation.per_address, overallMax: automation.overall },
    heartbeatMs: heartbeat,
    changedSubjectMs: changed_subject,
    groupingMs: grouping,
  }
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}

function title(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1).replaceAll('-', ' ')
}
