// Signing in to a mailbox without a password: what an operator writes, what the big providers need, and which variables hold the rest.
import type { OAuth } from '../config.ts'
import type { Fault } from './fault.ts'
import { isLoopback, oneOf, section, text, value, yesNo } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

/** Where to sign in, and the servers a mailbox there has. */
export const PROVIDERS = {
  google: {
    tokenUrl: 'https://oauth2.googleapis.com/token',
    imap: { host: 'imap.gmail.com', tls: 'implicit' },
    smtp: { host: 'smtp.gmail.com', tls: 'implicit' },
  },
  microsoft: {
    tokenUrl: 'https://login.microsoftonline.com/TENANT/oauth2/v2.0/token',
    imap: { host: 'outlook.office365.com', tls: 'implicit' },
    smtp: { host: 'smtp.office365.com', tls: 'starttls' },
  },
} as const

/** Any account with a mailbox at Microsoft, of whatever organisation. */
const ANY_TENANT = 'common'
const NO_ONE_TENANT = [ANY_TENANT, 'organizations', 'consumers']

/** The sign-in crosses it, so nobody may read along. */
const tokenUrl = value('Remove it, or write an https address.', (written) => {
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : undefined
  if (!url) return { wrong: 'is not an address' }
  return url.protocol === 'https:' || isLoopback(url.hostname) ? url.href : { wrong: 'is not encrypted' }
})

export const oauth = section({
  provider: oneOf('google', 'microsoft'),
  client_id: text('a client ID', 'Copy the client ID of the app that you registered there.', /^[\w.:-]+$/),
  tenant: text('a tenant', 'Copy the Directory (tenant) ID, or write a domain of it.', /^[A-Za-z0-9.-]+$/).optional(),
  app_only: yesNo().default(false),
  token_url: tokenUrl.optional(),
})

type Written = { provider: 'google' | 'microsoft'; client_id: string; tenant?: string | undefined } & {
  app_only: boolean
  token_url?: string | undefined
}

export function buildOAuth(written: Written, secrets: OAuthSecrets = {}): OAuth {
  const { provider, client_id: clientId, tenant = ANY_TENANT, app_only: appOnly } = written
  const { clientSecret, refreshToken } = secrets
  return {
    provider,
    clientId,
    appOnly,
    tokenUrl: written.token_url ?? PROVIDERS[provider].tokenUrl.replace('TENANT', tenant),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(refreshToken !== undefined && !appOnly && { refreshToken }),
  }
}

export function oauthFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) => {
    const key = `email.${name}.oauth`
    const provider = pick(mailbox, 'oauth', 'provider')
    const tenant = pick(mailbox, 'oauth', 'tenant')
    if (provider === 'google' && tenant !== undefined) {
      return [{ key: `${key}.tenant`, problem: 'is nothing that Google has', fix: 'Remove it.' }]
    }
    if (pick(mailbox, 'oauth', 'app_only') !== true) return []
    if (provider === 'google') {
      const fix = 'Remove it, and sign in as the mailbox with `npm run deskbell -- mailbox login`.'
      return [{ key: `${key}.app_only`, problem: 'is nothing that Google has for mail', fix }]
    }
    if (typeof tenant === 'string' && !NO_ONE_TENANT.includes(tenant)) return []
    const fix = 'Copy the Directory (tenant) ID from the overview of the app at Microsoft.'
    return [{ key: `${key}.tenant`, problem: 'is missing, and an app that signs in as itself needs one', fix }]
  })
}

export interface OAuthSecrets {
  clientSecret?: string
  refreshToken?: string
}

export function clientSecretOf(mailbox: string): string {
  return `${variablePrefix(mailbox)}_OAUTH_CLIENT_SECRET`
}

export function refreshTokenOf(mailbox: string): string {
  return `${variablePrefix(mailbox)}_OAUTH_REFRESH_TOKEN`
}

/** `main-shop` has `DESKBELL_EMAIL_MAIN_SHOP_...`. */
export function variablePrefix(mailbox: string): string {
  return `DESKBELL_EMAIL_${mailbox.toUpperCase().replaceAll('-', '_')}`
}

/** What is there, and what is missing of what this way of signing in needs. */
export function readOAuthSecrets(
  mailbox: string,
  settings: unknown,
  read: (variable: string) => string | undefined,
): { secrets: OAuthSecrets; faults: Fault[] } {
  const clientSecret = read(clientSecretOf(mailbox))
  const refreshToken = read(refreshTokenOf(mailbox))
  const appOnly = pick(settings, 'app_only') === true
  const needsSecret = appOnly || pick(settings, 'provider') === 'google'
  const faults: Fault[] = []
  if (needsSecret && !clientSecret) {
    const fix = `Set it to the client secret of the app, or ${clientSecretOf(mailbox)}_FILE to a file that holds it.`
    faults.push({ key: clientSecretOf(mailbox), problem: 'is not set', fix })
  }
  if (!appOnly && !refreshToken) {
    const fix = `Run \`npm run deskbell -- mailbox login ${mailbox}\`: it signs in and says what to set.`
    faults.push({ key: refreshTokenOf(mailbox), problem: 'is not set', fix })
  }
  return { secrets: { ...(clientSecret && { clientSecret }), ...(refreshToken && { refreshToken }) }, faults }
}
