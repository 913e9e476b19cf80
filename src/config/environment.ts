// What comes from the environment: the secrets, and nothing else. Their values appear in no fault.

import type { Config, SlackApp } from '../config.ts'
import { nearest } from '../nearest.ts'
import { customersIn, customersToken } from './customers.ts'
import { DEFAULTS } from './default.ts'
import { DISCORD_TOKEN, discordTokenFaults } from './discord.ts'
import { dkimKeyOf, readDkimKey } from './dkim.ts'
import { didYouMean, type Fault } from './fault.ts'
import { clientSecretOf, type OAuthSecrets, readOAuthSecrets, refreshTokenOf } from './oauth.ts'
import { mailboxPassword } from './secret.ts'
import { type Data, named, pick } from './yaml.ts'

export type Environment = Record<string, string | undefined>

export interface Secrets {
  /** Undefined: the default, or the path in the file. */
  database?: Config['database']
  secret?: string
  /** With the signing secret where Slack comes to us, else with the app token. */
  slack?: {
    botToken: string
    appToken?: string
    signingSecret?: string
    tokenFiles?: NonNullable<SlackApp['tokenFiles']>
  }
  discordToken?: string
  /** Of the apps that customers' channels have for themselves. */
  customers: Map<string, { botToken: string; appToken: string }>
  passwords: Map<string, MailboxSecrets>
}

/** A side without a password signs in by OAuth. */
export interface MailboxSecrets {
  imap?: string
  smtp?: string
  oauth?: OAuthSecrets
  dkimKey?: string
}

/** The secret that signs Message-IDs: as long as what it protects against guessing. */
const SECRET_LENGTH_MIN = 16

/** All three, or none. */
const ROTATION = ['SLACK_REFRESH_TOKEN', 'SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'] as const

const PLAIN = [
  'DATABASE_URL',
  'DESKBELL_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  ...ROTATION,
  DISCORD_TOKEN,
]

/** `data` is the raw file: it names the mailboxes. When it is broken, nothing is said about what depends on it. */
export function readEnvironment(env: Environment, data: Data | undefined): { secrets: Secrets; faults: Fault[] } {
  const settings = data ? named(data, 'email') : {}
  const mailboxes = Object.keys(settings)
  const database = readDatabase(env)
  const isHttp = pick(data, 'slack', 'mode') === 'http'
  const slack = readSlack(env, isHttp)
  const rotation = readRotation(env)
  const customers = readCustomers(env, data ? customersIn(data) : [], isHttp)
  const passwords = readPasswords(env, settings)
  const secret = read(env, 'DESKBELL_SECRET')
  const discordToken = read(env, DISCORD_TOKEN)
  const secrets: Secrets = {
    ...(database.value && { database: database.value }),
    ...(secret && { secret }),
    ...(slack.value && { slack: { ...slack.value, ...rotation.value } }),
    ...(discordToken && { discordToken }),
    customers: customers.value,
    passwords: passwords.value,
  }
  const unknown = unknownFaults(env, { mailboxes, customers: customers.names, isKnown: data !== undefined })
  return {
    secrets,
    faults: [
      ...database.faults,
      ...secretFaults(secret),
      ...slack.faults,
      ...rotation.faults,
      ...discordTokenFaults(data, discordToken),
      ...customers.faults,
      ...passwords.faults,
      ...unknown,
    ],
  }
}

function readDatabase(env: Environment): { value?: NonNullable<Secrets['database']>; faults: Fault[] } {
  const url = read(env, 'DATABASE_URL')
  if (!url) return { faults: [] }
  if (/^postgres(ql)?:\/\/[^/]/.test(url) && URL.canParse(url)) return { value: { kind: 'postgres', url }, faults: [] }
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1]
  if (path) return { value: { kind: 'sqlite', path }, faults: [] }
  const fix = `Write postgres://user:password@host/database or sqlite:${DEFAULTS.databasePath}, or unset it.`
  return { faults: [{ key: 'DATABASE_URL', problem: 'is not the address of a database', fix }] }
}

function secretFaults(secret: string | undefined): Fault[] {
  if (secret === undefined || secret.length >= SECRET_LENGTH_MIN) return []
  const fix = `Set it to at least ${SECRET_LENGTH_MIN} random characters, such as from \`openssl rand -base64 32\`, or unset it.`
  return [{ key: 'DESKBELL_SECRET', problem: 'is too short', fix }]
}

function readSlack(env: Environment, isHttp: boolean): { value?: NonNullable<Secrets['slack']>; faults: Fault[] } {
  if (isHttp) return readSignedSlack(env)
  const botToken = read(env, 'SLACK_BOT_TOKEN')
  const appToken = read(env, 'SLACK_APP_TOKEN')
  // Without both the program takes in mail, and its health says that nobody sees it.
  if (!botToken && !appToken) return { faults: [] }
  const faults = [
    ...tokenFaults('SLACK_BOT_TOKEN', botToken, 'xoxb-', BOT_TOKEN),
    ...tokenFaults('SLACK_APP_TOKEN', appToken, 'xapp-', APP_TOKEN),
  ]
  return botToken && appToken ? { value: { botToken, appToken, ...tokenFiles(env) }, faults } : { faults }
}

/** Slack comes to us: nobody signs in for that, but what comes has to be Slack's. */
function readSignedSlack(env: Environment): { value?: NonNullable<Secrets['slack']>; faults: Fault[] } {
  const botToken = read(env, 'SLACK_BOT_TOKEN')
  const signingSecret = read(env, 'SLACK_SIGNING_SECRET')
  if (!botToken && !signingSecret) return { faults: [] }
  const faults = tokenFaults('SLACK_BOT_TOKEN', botToken, 'xoxb-', BOT_TOKEN)
  if (signingSecret === undefined || signingSecret.length < SIGNING_LENGTH_MIN) {
    const problem = signingSecret === undefined ? 'is not set' : 'is too short'
    const fix = 'Set it to the Signing Secret of the Slack app, from "Basic Information".'
    faults.push({ key: 'SLACK_SIGNING_SECRET', problem, fix })
  }
  return botToken && signingSecret ? { value: { botToken, signingSecret, ...tokenFiles(env) }, faults } : { faults }
}

function readRotation(env: Environment): { value?: { rotation: NonNullable<SlackApp['rotation']> }; faults: Fault[] } {
  const [refreshToken, clientId, clientSecret] = ROTATION.map((name) => read(env, name))
  if (refreshToken === undefined) return { faults: [] } // What else is set may be another program's.
  if (clientId !== undefined && clientSecret !== undefined) {
    return { value: { rotation: { refreshToken, clientId, clientSecret } }, faults: [] }
  }
  const key = clientId === undefined ? 'SLACK_CLIENT_ID' : 'SLACK_CLIENT_SECRET'
  const fix = 'Set it to that of the Slack app, from "Basic Information", or unset SLACK_REFRESH_TOKEN.'
  return { faults: [{ key, problem: 'is not set', fix }] }
}

function tokenFiles(env: Environment): {
  tokenFiles?: NonNullable<SlackApp['tokenFiles']>
  rotation?: NonNullable<SlackApp['rotation']>
} {
  const [bot, app] = [read(env, 'SLACK_BOT_TOKEN_FILE'), read(env, 'SLACK_APP_TOKEN_FILE')]
  return bot || app ? { tokenFiles: { ...(bot && { bot }), ...(app && { app }) } } : {}
}

/** Slack's have 32 characters. */
const SIGNING_LENGTH_MIN = 16

/** An app of their own has tokens of its own; without one they need the desk's. */
function readCustomers(
  env: Environment,
  sections: [name: string, section: unknown][],
  isHttp: boolean,
): { value: Secrets['customers']; names: string[]; faults: Fault[] } {
  const value: Secrets['customers'] = new Map()
  const faults = sections.flatMap(([name, settings]) => {
    const isOwn = pick(settings, 'own_app') === true
    const [bot, app] = isOwn
      ? [customersToken(name, 'BOT'), customersToken(name, 'APP')]
      : ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']
    const [botToken, appToken] = [read(env, bot), read(env, app)]
    if (!isOwn && isHttp) return botToken ? [] : tokenFaults(bot, botToken, 'xoxb-', BOT_TOKEN)
    if (isOwn && botToken && appToken) value.set(name, { botToken, appToken })
    // One of the desk's tokens without the other is told with the desk's.
    if (!isOwn && (botToken || appToken)) return []
    return [...tokenFaults(bot, botToken, 'xoxb-', BOT_TOKEN), ...tokenFaults(app, appToken, 'xapp-', APP_TOKEN)]
  })
  const names = sections.flatMap(([name]) => [customersToken(name, 'BOT'), customersToken(name, 'APP')])
  return { value, names, faults }
}

const BOT_TOKEN = 'the Bot User OAuth Token, from "OAuth & Permissions"'
const APP_TOKEN = 'an app-level token with connections:write, from "Basic Information"'

function tokenFaults(key: string, token: string | undefined, prefix: string, what: string): Fault[] {
  const fix = `Set it to ${what} of the Slack app; it starts with ${prefix}.`
  if (!token) return [{ key, problem: 'is not set', fix }]
  // One that is renewed has another prefix before it.
  if (!token.replace(/^xoxe\./, '').startsWith(prefix)) return [{ key, problem: `does not start with ${prefix}`, fix }]
  return /^[\w.-]+$/.test(token) ? [] : [{ key, problem: 'has characters that no token has', fix }]
}

function readPasswords(env: Environment, mailboxes: Data): { value: Secrets['passwords']; faults: Fault[] } {
  const value: Secrets['passwords'] = new Map()
  const faults = Object.entries(mailboxes).flatMap(([mailbox, settings]) => {
    const oauth = pick(settings, 'oauth')
    const signIn = oauth === undefined ? readPassword(env, mailbox) : readSignIn(env, mailbox, oauth)
    const signing = readDkimKey(mailbox, pick(settings, 'dkim'), (variable) => read(env, variable))
    value.set(mailbox, { ...signIn.value, ...(signing.key !== undefined && { dkimKey: signing.key }) })
    return [...signIn.faults, ...signing.faults]
  })
  return { value, faults }
}

function readPassword(env: Environment, mailbox: string): { value: MailboxSecrets; faults: Fault[] } {
  const both = read(env, mailboxPassword(mailbox))
  const imap = read(env, mailboxPassword(mailbox, 'IMAP')) ?? both
  const smtp = read(env, mailboxPassword(mailbox, 'SMTP')) ?? both
  const value = { ...(imap && { imap }), ...(smtp && { smtp }) }
  if (imap && smtp) return { value, faults: [] }
  const side = imap ? 'SMTP' : smtp ? 'IMAP' : undefined
  const what = `the ${side ? `${side} ` : ''}password of mailbox ${mailbox}`
  return { value, faults: [noPassword(mailboxPassword(mailbox, side), what)] }
}

/** Where only one of the two servers takes such a sign-in, the other has a password of its own. */
function readSignIn(env: Environment, mailbox: string, settings: unknown): { value: MailboxSecrets; faults: Fault[] } {
  const { secrets, faults } = readOAuthSecrets(mailbox, settings, (variable) => read(env, variable))
  const imap = read(env, mailboxPassword(mailbox, 'IMAP'))
  const smtp = read(env, mailboxPassword(mailbox, 'SMTP'))
  const value = { ...(imap && { imap }), ...(smtp && { smtp }), oauth: secrets }
  if (!read(env, mailboxPassword(mailbox))) return { value, faults }
  const fix = `Unset it, or remove email.${mailbox}.oauth. A password for one of the servers alone ends in _IMAP_PASSWORD or _SMTP_PASSWORD.`
  const both = { key: mailboxPassword(mailbox), problem: 'is set, but the mailbox signs in by OAuth', fix }
  return { value, faults: [...faults, both] }
}

function noPassword(key: string, what: string): Fault {
  return { key, problem: 'is not set', fix: `Set it to ${what}, or ${key}_FILE to a file that holds it.` }
}

/** Only names of ours are judged: the environment belongs to many. */
function unknownFaults(
  env: Environment,
  { mailboxes, customers, isKnown }: { mailboxes: string[]; customers: string[]; isKnown: boolean },
): Fault[] {
  const passwords = mailboxes.flatMap((name) => [
    mailboxPassword(name),
    mailboxPassword(name, 'IMAP'),
    mailboxPassword(name, 'SMTP'),
    clientSecretOf(name),
    refreshTokenOf(name),
    dkimKeyOf(name),
  ])
  const names = [...PLAIN, ...passwords, ...customers]
  const known = ['DESKBELL_CONFIG', ...names, ...names.map((name) => `${name}_FILE`)]
  const ours = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name])
  const judged = ours.filter((name) => isKnown || !/^DESKBELL_(EMAIL|SLACK)_/.test(name))
  return judged
    .filter((name) => !known.includes(name))
    .map((name) => ({ key: name, problem: 'is not a variable of Deskbell', fix: didYouMean(meant(name, known), []) }))
}

const PREFIX = 'DESKBELL_'

/** Compared without the prefix, which would make every name look like every other. */
function meant(name: string, known: string[]): string | undefined {
  const bare = (full: string) => full.replace(PREFIX, '')
  const found = nearest(bare(name), known.map(bare))
  return known.find((full) => bare(full) === found)
}

/** Set to nothing, as in an unfilled .env file, is not set. */
function read(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined
}
