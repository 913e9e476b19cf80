// What comes from the environment: the secrets, and nothing else. Their values appear in no fault.

import type { Config } from '../config.ts'
import { nearest } from '../nearest.ts'
import { customersIn, isHttpApp } from './customers.ts'
import { DEFAULTS } from './default.ts'
import { DISCORD_TOKEN, discordTokenFaults } from './discord.ts'
import { dkimKeyOf, readDkimKey } from './dkim.ts'
import { didYouMean, type Fault } from './fault.ts'
import { clientSecretOf, type OAuthSecrets, readOAuthSecrets, refreshTokenOf } from './oauth.ts'
import { mailboxPassword } from './secret.ts'
import { type AppSecrets, customersApp, DESK_APP, listVariables, readApp } from './slack-app.ts'
import { type Data, named, pick } from './yaml.ts'

export type Environment = Record<string, string | undefined>

export interface Secrets {
  /** Undefined: the default, or the path in the file. */
  database?: Config['database']
  secret?: string
  slack?: AppSecrets
  discordToken?: string
  /** Of the apps that customers' channels have for themselves. */
  customers: Map<string, AppSecrets>
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

const PLAIN = ['DATABASE_URL', 'DESKBELL_SECRET', ...listVariables(DESK_APP), DISCORD_TOKEN]

/** `data` is the raw file: it names the mailboxes. When it is broken, nothing is said about what depends on it. */
export function readEnvironment(env: Environment, data: Data | undefined): { secrets: Secrets; faults: Fault[] } {
  const settings = data ? named(data, 'email') : {}
  const mailboxes = Object.keys(settings)
  const database = readDatabase(env)
  const isHttp = pick(data, 'slack', 'mode') === 'http'
  const sections = data ? customersIn(data) : []
  // One of the desk's tokens without the other is told with the desk's.
  const slack = readApp((name) => read(env, name), DESK_APP, {
    isHttp,
    isNeeded: sections.some(([, section]) => pick(section, 'own_app') !== true),
  })
  const customers = readCustomers(env, sections, isHttp)
  const passwords = readPasswords(env, settings)
  const secret = read(env, 'DESKBELL_SECRET')
  const discordToken = read(env, DISCORD_TOKEN)
  const secrets: Secrets = {
    ...(database.value && { database: database.value }),
    ...(secret && { secret }),
    ...(slack.value && { slack: slack.value }),
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

/** An app of their own has tokens of its own; without one they need the desk's. */
function readCustomers(
  env: Environment,
  sections: [name: string, section: unknown][],
  isHttp: boolean,
): { value: Secrets['customers']; names: string[]; faults: Fault[] } {
  const value: Secrets['customers'] = new Map()
  const faults = sections.flatMap(([name, section]) => {
    if (pick(section, 'own_app') !== true) return []
    const app = readApp((variable) => read(env, variable), customersApp(name), {
      isHttp: isHttpApp(section, isHttp),
      isNeeded: true,
    })
    if (app.value) value.set(name, app.value)
    return app.faults
  })
  return { value, names: sections.flatMap(([name]) => listVariables(customersApp(name))), faults }
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
