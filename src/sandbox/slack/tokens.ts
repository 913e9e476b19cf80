// Which tokens are good at this moment, and how the app exchanges a refresh token for the next pair (docs.slack.dev "Using token
// rotation"): a refresh token serves once and, for a short while, again; at most two access tokens are active at a time.
import type { World } from './world.ts'

export const TOKEN_LASTS_S = 43_200
const ACTIVE_MAX = 2

type Granted = Pick<World, 'grant' | 'clock' | 'settings'>

/** Slack's word for what is wrong with a bot's or an app's token. */
export function objectionTo({ grant, clock }: Granted, token: string): string | undefined {
  if (grant.revoked.has(token)) return 'token_revoked'
  if (token === grant.appToken) return undefined
  const until = grant.active.get(token)
  if (until === undefined) return 'invalid_auth'
  return until > clock.now() ? undefined : 'token_expired'
}

/** From now on this is the bot's token, and the only one. */
export function replaceTokens({ grant }: Pick<World, 'grant'>, botToken: string, refreshToken: string): void {
  for (const token of grant.active.keys()) grant.revoked.add(token)
  grant.active = new Map([[botToken, Number.POSITIVE_INFINITY]])
  grant.refreshTokens = new Map([[refreshToken, Number.POSITIVE_INFINITY]])
  Object.assign(grant, { botToken, refreshToken })
}

/** False when the refresh token is none that is still taken. */
export function renewTokens({ grant, clock, settings }: Granted, refreshToken: unknown, id: string): boolean {
  const until = grant.refreshTokens.get(String(refreshToken))
  if (until === undefined || until <= clock.now()) return false
  if (until === Number.POSITIVE_INFINITY) {
    grant.refreshTokens.set(String(refreshToken), clock.now() + settings.refreshGraceMs)
  }
  Object.assign(grant, { botToken: `xoxe.xoxb-1-${id}`, refreshToken: `xoxe-1-${id}` })
  grant.refreshTokens.set(grant.refreshToken, Number.POSITIVE_INFINITY)
  grant.active.set(grant.botToken, clock.now() + TOKEN_LASTS_S * 1000)
  for (const oldest of [...grant.active.keys()].slice(0, -ACTIVE_MAX)) {
    grant.active.delete(oldest)
    grant.revoked.add(oldest)
  }
  return true
}
