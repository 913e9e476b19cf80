// The access token a mailbox signs in with: it lives an hour, and is made anew from a sign-in that lasts, long before it ends.
import { type Clock, MINUTE } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import type { OAuth } from './mailbox-config.ts'
import { type Grant, requestToken, TokenError } from './token-request.ts'

/** While a token still serves, a failed renewal is not repeated sooner. */
const RENEWAL_PAUSE_MS = MINUTE

/** Where a refresh token is kept that the provider gave in exchange for the last one; the adapter knows no database. */
export interface RefreshTokens {
  read(): Promise<string | undefined>
  write(refreshToken: string): Promise<void>
}

export interface AccessTokens {
  /** One that serves now. Throws `TokenError` with a sentence for the operator. */
  get(): Promise<string>
  /** The server refuses it, whatever its age: the next `get` makes another. */
  drop(token: string): void
  /** Why none can be made any more although the last one may still serve, in a sentence. */
  problem(): string | undefined
}

export interface TokenTools {
  clock: Clock
  log: Log
  refreshTokens?: RefreshTokens
}

export function accessTokens(name: string, oauth: OAuth, tools: TokenTools): AccessTokens {
  const { clock, log } = tools
  let current: { token: string; halfAt: number; endsAt: number } | undefined
  let asking: Promise<string> | undefined
  /** The last attempt's, if it failed. */
  let failure: TokenError | undefined
  let notBefore = -Infinity
  const signIn = lastingSignIn(name, oauth, tools)
  const isBefore = (at: number | undefined) => at !== undefined && clock.monotonic() < at

  async function ask(): Promise<string> {
    try {
      const { accessToken, lifeMs } = await signIn()
      const now = clock.monotonic()
      current = { token: accessToken, halfAt: now + lifeMs / 2, endsAt: now + lifeMs }
      failure = undefined
      log.info({ channel: name }, 'signed in for a new access token')
      return accessToken
    } catch (thrown) {
      failure = explained(name, oauth, thrown)
      notBefore = clock.monotonic() + (failure.retryAfterMs ?? 0)
      throw failure
    }
  }

  /** However many want one at the same moment, the provider is asked once. */
  function renew(): Promise<string> {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    async get() {
      if (current && isBefore(current.halfAt)) return current.token
      if (current && isBefore(current.endsAt)) {
        const { token } = current
        if (isBefore(notBefore)) return token
        return await renew().catch((error: Error) => {
          log.warn({ channel: name }, error.message)
          notBefore = Math.max(notBefore, clock.monotonic() + RENEWAL_PAUSE_MS)
          return token
        })
      }
      if (failure && isBefore(notBefore)) throw failure
      return await renew()
    },
    drop(token) {
      if (current?.token === token) current = undefined
    },
    problem: () => (failure && failure.trouble !== 'passing' ? failure.message : undefined),
  }
}

export const SCOPES =
  'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send'
const APP_SCOPE = 'https://outlook.office365.com/.default'

/** Asks for a grant, by whatever refresh token is good, and keeps the one that comes in exchange. */
function lastingSignIn(name: string, oauth: OAuth, { clock, log, refreshTokens }: TokenTools): () => Promise<Grant> {
  const app = { client_id: oauth.clientId, ...(oauth.clientSecret && { client_secret: oauth.clientSecret }) }
  /** Kept here as well, so that a store in trouble does not lock us out. */
  let latest: string | undefined
  const stored = async () => (await refreshTokens?.read().catch(() => undefined)) ?? latest

  async function exchange(refreshToken: string): Promise<Grant> {
    const scope = oauth.provider === 'microsoft' && { scope: SCOPES }
    const form = { grant_type: 'refresh_token', ...app, refresh_token: refreshToken, ...scope }
    const grant = await requestToken(oauth.tokenUrl, form, clock)
    if (grant.refreshToken && grant.refreshToken !== refreshToken) {
      latest = grant.refreshToken
      await refreshTokens?.write(grant.refreshToken).catch((error: Error) => {
        log.error({ channel: name, error: error.message }, 'the new refresh token could not be stored')
      })
    }
    return grant
  }

  return async () => {
    if (oauth.appOnly) {
      const form = { grant_type: 'client_credentials', ...app, scope: APP_SCOPE }
      return await requestToken(oauth.tokenUrl, form, clock)
    }
    const given = oauth.refreshToken ?? ''
    const first = (await stored()) ?? given
    try {
      return await exchange(first)
    } catch (error) {
      if (!(error instanceof TokenError) || error.trouble !== 'sign-in') throw error
      // Another instance may have exchanged it a moment ago; and what the operator gave may outlive what came of it.
      const others = [await stored(), given].filter((token) => token !== undefined && token !== first)
      for (const other of new Set(others)) {
        const grant = await exchange(other ?? '').catch(() => undefined)
        if (grant) return grant
      }
      throw error
    }
  }
}

const PLACES = { google: 'Google', microsoft: 'Microsoft' }

function explained(name: string, oauth: OAuth, thrown: unknown): TokenError {
  const error =
    thrown instanceof TokenError ? thrown : new TokenError('passing', 'a failure of our own', { cause: thrown })
  const wrapped = new TokenError(error.trouble, error.code, { retryAfterMs: error.retryAfterMs, cause: error })
  wrapped.message = sentence(name, oauth, error)
  return wrapped
}

function sentence(name: string, oauth: OAuth, { trouble, code }: TokenError): string {
  const mailbox = name.slice(name.indexOf(':') + 1)
  const place = PLACES[oauth.provider]
  if (trouble === 'passing') {
    const host = new URL(oauth.tokenUrl).host
    return `${name}: ${place} gives no access token (${host}: ${code}). It tries again by itself; check the network if it lasts.`
  }
  if (trouble === 'sign-in' && !oauth.appOnly) {
    return `${name}: ${place} does not accept our sign-in any more (${code}): it ran out or was revoked. Sign in again: run \`npm run deskbell -- mailbox login ${mailbox}\`.`
  }
  return `${name}: ${place} refuses our app (${code}). Check email.${mailbox}.oauth and the client secret, and the app's permissions at ${place}.`
}

/**
 * Uses a token, and once more a new one when the server refuses it: a provider may withdraw one before its time. Without
 * tokens the password is used.
 */
export async function signedIn<T>(
  tokens: AccessTokens | undefined,
  isRefused: (error: unknown) => boolean,
  use: (token: string | undefined) => Promise<T>,
): Promise<T> {
  if (!tokens) return await use(undefined)
  const token = await tokens.get()
  try {
    return await use(token)
  } catch (error) {
    if (!isRefused(error)) throw error
    tokens.drop(token)
    return await use(await tokens.get())
  }
}
