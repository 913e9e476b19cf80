// The whole configuration: what it holds, and how one YAML file and the environment become it. The defaults are in config/default.ts.
import type { Calendar } from './calendar.ts'
import { buildConfig } from './config/build.ts'
import { certificateFaults, readCertificates } from './config/certificate.ts'
import { crossCheck } from './config/check.ts'
import type { Dkim } from './config/dkim.ts'
import { readEnvironment } from './config/environment.ts'
import { ConfigError, type Fault } from './config/fault.ts'
import { readSettings } from './config/settings.ts'
import { readSources, type SourcePlaces } from './config/source.ts'
import { parseYaml } from './config/yaml.ts'
import type { PolicySettings } from './policy-choice.ts'
import type { LadderStep } from './step.ts'

// Whoever starts the program needs these from one place.
export { ConfigError, type Fault, renderFaults } from './config/fault.ts'

export interface Config {
  database: { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }
  /** Signs our Message-IDs. Absent: the program makes one at its first start and keeps it. */
  secret?: string
  log: { level: 'debug' | 'info' | 'warn' | 'error' }
  /** The health page; off when undefined. */
  web: { port: number; host: string } | undefined
  slack?: SlackApp
  /** Where in Slack customers write, by name: `shop` is the channel `slack:shop`. */
  slackCustomers: Record<string, SlackCustomers>
  calendars: Record<string, Calendar>
  /** Who counts as what, in lower case. A domain does not include its subdomains. */
  tiers: Record<string, { addresses: string[]; domains: string[] }>
  /** As written; the default one is there too, under its name, unless the file has another of that name. */
  ladders: Record<string, LadderStep[]>
  /** The exceptions and, named after each desk, its own promise. No two tie: `choosePolicy` finds the one that counts. */
  policies: PolicySettings[]
  desks: Record<string, Desk>
  /** By name: `support` is the channel `email:support`. */
  email: Record<string, Mailbox>
  /** The channel `discord`. */
  discord?: Discord
  templates: { folder: string; language: string; edit: 'leads' | 'agents' }
  limits: Limits
}

export interface Desk {
  name: string
  /** Slack channel id. */
  channel: string
  /** Slack user ids, at least one. */
  leads: string[]
  /** `calendar:24h`: the unit is part of the promise. */
  window: string
  /** A key of `Config.calendars`: for business windows, quiet hours and the digest. */
  calendar?: string
  /** Slack user ids: who is pinged in place of an absent assignee. */
  backup: string[]
  /** `round-robin`: what nobody has goes to whoever is next, up to `cap` waiting ones each. */
  assign: 'off' | 'round-robin'
  cap?: number
  /** Minutes of the local day in which people are not pinged; `to` is over 24 * 60 for a night. UTC without a calendar. */
  quiet?: { from: number; to: number; exceptTiers: string[] }
  /** Whether leads get the daily digest at the calendar's opening, or at 08:00 UTC without one. */
  digest: boolean
  /** Where an alarm goes when Slack does not take it. */
  alertEmail: string[]
  undoMs: number
}

export interface Mailbox {
  /** Lower case, as are the aliases. */
  address: string
  aliases: string[]
  displayName: string
  /** Below every letter; `{agent}` is who writes. */
  signature?: string
  /** A key of `Config.desks`. */
  desk: string
  imap: MailServer
  smtp: MailServer
  /** How a server without a password of its own is signed in to. */
  oauth?: OAuth
  folder: string
  /** Where copies of what we sent are kept, if the server keeps them. */
  sentFolder?: string
  /** Whether we put them there. */
  sentCopy: boolean
  /** Where the server does not sign what it sends. */
  dkim?: Dkim
  /** At least so long between two mails. */
  sendEveryMs: number
  /** What to read at the very first start: only what is new, everything, or what arrived from this instant on. */
  since: 'now' | 'all' | number
  /** Whether customers who wrote before the very first start are pinged about. */
  pingImported: boolean
  /** Whose Authentication-Results are believed; without it no sender counts as verified. */
  authServer?: string
  pollMs: number
  mailBytesMax: number
  /** Whether a customer hears at once that their mail arrived: nobody, whose sender is verified, or the unverified too. */
  acknowledge: 'off' | 'on' | 'unverified'
  /** Pings in channels hide what such a mail says. */
  restricted: boolean
}

/** Either we open sockets with an app token, or Slack sends signed requests to us. */
export interface SlackApp {
  botToken: string
  apiUrl: string
  appToken?: string
  /** Where the tokens are written, if they come from files: they can be renewed there. */
  tokenFiles?: { bot?: string; app?: string; refresh?: string }
  /** Where the bot's token lasts half a day and is renewed. */
  rotation?: { refreshToken: string; clientId: string; clientSecret: string }
  requests?: { host: string; port: number; path: string; signingSecret: string }
}

export interface SlackCustomers {
  /** A key of `Config.desks`. */
  desk: string
  /** `shared` with one customer's organisation, or a `community` of many. `manual`: one of us says what is a conversation. */
  channels: { id: string; kind: 'shared' | 'community'; manual: boolean }[]
  directMessages: boolean
  ticketEmoji: string
  /** Bots that speak for customers. */
  trustedBots: string[]
  /** Who is who, from the top; the first rule that fits decides. */
  people: PersonRule[]
  /** Its own app, in another workspace; absent: the desk's. */
  app?: SlackApp
}

export interface PersonRule {
  user?: string
  team?: string
  domain?: string
  role?: 'member' | 'guest' | 'outsider'
  where?: 'shared' | 'community' | 'direct'
  is: 'customer' | 'staff' | 'helper' | 'nobody'
}

export interface MailServer {
  host: string
  port: number
  /** `implicit`: encrypted from the first byte; `starttls`: required before login; `none`: loopback only. */
  tls: 'implicit' | 'starttls' | 'none'
  user: string
  /** Absent: by OAuth. */
  password?: string
  /** The only authority that is trusted for this server, as PEM; absent: those every program trusts. */
  ca?: string
}

export interface OAuth {
  provider: 'google' | 'microsoft'
  clientId: string
  clientSecret?: string
  /** Absent where the app signs in as itself. */
  refreshToken?: string
  /** The app signs in as itself and not as the mailbox's user. */
  appOnly: boolean
  tokenUrl: string
}

export interface Discord {
  token: string
  apiUrl: string
  /** A key of `Config.desks`. */
  desk: string
  /** Whether whoever writes to the bot directly is a customer. */
  directMessages: boolean
  /** Text channels where customers write: every message counts, or what names the bot; its thread opens with the answer, or at once. */
  channels: { id: string; take: 'every' | 'mention'; thread: 'reply' | 'at-once' }[]
  /** Each post is a conversation. */
  forums: string[]
  /** Keys of `Config.desks` by the channel, forum or place of requests that another desk answers. */
  deskOf: Record<string, string>
  /** By the name of a forum's tag, in lower case. */
  tagPriorities: Record<string, 'high' | 'low'>
  /** Where `/support` opens private threads. */
  requests?: string
  /** Where a private thread takes what closed direct messages do not. */
  fallback?: string
  /** Discord user ids by Slack user id. */
  agents: Record<string, string>
  staffRoles: string[]
  helperRoles: string[]
  trustedBots: string[]
  signature?: string
}

export interface Limits {
  attachmentBytesMax: number
  /** A mailbox that could not be read for this long is reported. */
  mailboxAlertMs: number
  outbox: { attemptsMax: number; giveUpMs: number; uncertainWaitMs: number; mailSendsMax: number; tickMs: number }
  intake: { batchMax: number; strikesMax: number }
  /** More than `digestAbove` pings for one person within that time become one digest. A ping is to be acknowledged in time. */
  ping: { digestAbove: number; digestWithinMs: number; acknowledgeMs: number }
  /** Mails nobody wrote, an hour. */
  automation: { perAddressMax: number; overallMax: number }
  heartbeatMs: number
  /** After a conversation was closed for so long, another subject begins another one. */
  changedSubjectMs: number
  /** What one person writes in a chat without a thread within so long is one conversation. */
  groupingMs: number
}

/** The mailbox of the channel `email:NAME`; undefined for every other channel. */
export function mailboxOf({ email }: Pick<Config, 'email'>, channel: string): Mailbox | undefined {
  return channel.startsWith('email:') ? email[channel.slice('email:'.length)] : undefined
}

/** Pure. Either a whole, frozen configuration or everything that is wrong with it. */
export function readConfig(input: ConfigInput): { config: Config } | { faults: Fault[] } {
  const yaml = parseYaml(input.yaml)
  const environment = readEnvironment(input.env, yaml.data)
  const { settings, faults } = yaml.data ? readSettings(yaml.data) : { faults: [] }
  const crossed = yaml.data ? [...crossCheck(yaml.data, input.now), ...certificateFaults(yaml.data, input.files)] : []
  const found = onePerKey([...yaml.faults, ...faults, ...crossed, ...environment.faults])
  const all = found.map((fault) => withPlace(fault, yaml.placeOf?.(fault.key)))
  if (!settings || all.length > 0) return { faults: all }
  return { config: freeze(buildConfig(settings, environment.secrets, input.files ?? new Map())) }
}

export interface ConfigInput {
  yaml?: { path: string; text: string }
  env: Record<string, string | undefined>
  /** What the files hold that settings name; without it they are not looked at. */
  files?: ReadonlyMap<string, string>
  /** A calendar that does not open within a year from now is refused; without it that is not checked. */
  now?: number
}

/** Reads `--config`, the environment, `.env` and the files they name. Prints nothing; throws `ConfigError`. */
export async function loadConfig(places: SourcePlaces, now?: number): Promise<Config> {
  const { faults, ...sources } = await readSources(places)
  const files = await readCertificates(sources.yaml)
  const result = readConfig({ ...sources, files, ...(now !== undefined && { now }) })
  // What hangs on an unreadable file was said with the file.
  const said = new Set(faults.map(({ key }) => key.replace(/_FILE$/, '')))
  const found = 'faults' in result ? result.faults.filter(({ key }) => !said.has(key)) : []
  if (faults.length > 0 || 'faults' in result) throw new ConfigError([...faults, ...found])
  return result.config
}

/** Two checks that stumble over the same setting say it once. */
function onePerKey(faults: Fault[]): Fault[] {
  const seen = new Set<string>()
  return faults.filter(({ key }) => !seen.has(key) && seen.add(key))
}

function withPlace(fault: Fault, place: string | undefined): Fault {
  return place === undefined ? fault : { ...fault, place }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
