// Secrets live in the environment only: a configuration file gets copied, committed and shown to colleagues.
import type { Config } from '../config.ts'
import { dkimKeyOf } from './dkim.ts'
import type { Fault } from './fault.ts'
import { clientSecretOf, refreshTokenOf, variablePrefix } from './oauth.ts'
import { customersApp } from './slack-app.ts'
import type { Data } from './yaml.ts'

/** Every secret in the file, by its key or by its looks, with the variable it belongs in. */
export function secretFaults(data: Data): Fault[] {
  return leaves(data, []).flatMap(({ path, value }) => {
    const variable = variableByKey(path) ?? variableByLooks(value)
    if (!variable) return []
    const fix = `Remove it here and set ${variable} in the environment; then change the secret, for it was in a file.`
    return [{ key: path.join('.'), problem: 'is a secret and may not stand in this file', fix }]
  })
}

/** Everything the log must never show. */
export function listSecrets(config: Config): string[] {
  const mailboxes = Object.values(config.email).flatMap(({ imap, smtp, oauth, dkim }) =>
    [imap.password, smtp.password, oauth?.clientSecret, oauth?.refreshToken, dkim?.privateKey].map(
      (secret) => secret ?? '',
    ),
  )
  const apps = [config.slack, ...Object.values(config.slackCustomers).map(({ app }) => app)]
  const slack = apps.flatMap((app) =>
    [
      ...[app?.botToken, app?.appToken, app?.requests?.signingSecret],
      ...[app?.rotation?.refreshToken, app?.rotation?.clientSecret],
    ].map((secret) => secret ?? ''),
  )
  const secrets = [
    config.secret ?? '',
    config.discord?.token ?? '',
    ...slack,
    ...mailboxes,
    ...databaseSecrets(config.database),
  ]
  return [...new Set(secrets)].filter((secret) => secret !== '')
}

function databaseSecrets(database: Config['database']): string[] {
  if (database.kind === 'sqlite') return []
  const { password } = new URL(database.url)
  // The driver's errors name the host at most; the log is scrubbed of the encoded form, the decoded one and the whole.
  return [database.url, password, decodeURIComponent(password)]
}

function variableByKey(path: string[]): string | undefined {
  const key = path.at(-1)?.toLowerCase().replace(/[-_ ]/g, '') ?? ''
  if (/^(imap|smtp)?(password|pass|passwd)$/.test(key) && path[0] === 'email') return mailboxVariable(path)
  if (/clientsecret$/.test(key) && path[0] === 'email') return clientSecretOf(path[1] ?? '')
  if (/(refresh|access)token$/.test(key) && path[0] === 'email') return refreshTokenOf(path[1] ?? '')
  if (/^(dkim|private)key$/.test(key) && path[0] === 'email') return dkimKeyOf(path[1] ?? '')
  if (path[0] === 'slack' && path[1] === 'customers') {
    const app = customersApp(path[2] ?? '')
    const found = OF_APP.find(([pattern]) => pattern.test(key))?.[1]
    if (found) return app[found]
  }
  return VARIABLES.find(([pattern]) => pattern.test(`${path.length > 1 ? path[0] : ''}.${key}`))?.[1]
}

const OF_APP: [RegExp, keyof ReturnType<typeof customersApp>][] = [
  [/bottoken$/, 'bot'],
  [/apptoken$/, 'app'],
  [/signingsecret$/, 'signing'],
  [/clientsecret$/, 'clientSecret'],
  [/refreshtoken$/, 'refresh'],
]

/** By section and key, the key in lower case without its hyphens and underscores. */
const VARIABLES: [RegExp, string][] = [
  [/^discord\.(bot)?token$|^\.discord(bot)?token$/, 'DISCORD_BOT_TOKEN'],
  [/bottoken$|^slack\.token$/, 'SLACK_BOT_TOKEN'],
  [/apptoken$/, 'SLACK_APP_TOKEN'],
  [/signingsecret$/, 'SLACK_SIGNING_SECRET'],
  [/^slack\.clientsecret$/, 'SLACK_CLIENT_SECRET'],
  [/^slack\.refreshtoken$/, 'SLACK_REFRESH_TOKEN'],
  [/^\.(deskbell)?secret$/, 'DESKBELL_SECRET'],
  [/databaseurl$|^database\.(url|password)$/, 'DATABASE_URL'],
]

function mailboxVariable(path: string[]): string {
  const [, mailbox = '', part = ''] = path
  const side = /^(imap|smtp)/i.exec(part)?.[0]
  return mailboxPassword(mailbox, side?.toLowerCase() === 'smtp' ? 'SMTP' : side ? 'IMAP' : undefined)
}

/** The variable that holds a mailbox's password: for both servers, or for the one. */
export function mailboxPassword(mailbox: string, side?: 'IMAP' | 'SMTP'): string {
  return `${variablePrefix(mailbox)}_${side ? `${side}_` : ''}PASSWORD`
}

function variableByLooks(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (/xapp-/.test(value)) return 'SLACK_APP_TOKEN'
  if (/^[\w-]{20,30}\.[\w-]{6,10}\.[\w-]{25,}$/.test(value.trim())) return 'DISCORD_BOT_TOKEN'
  if (/xox[a-z](\.xox[a-z])?-/.test(value)) return 'SLACK_BOT_TOKEN'
  return /^\w+:\/\/[^/\s]*:[^/\s]*@/.test(value) ? 'DATABASE_URL' : undefined
}

function leaves(value: unknown, path: string[]): { path: string[]; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]))
}
