// A refresh token for the next token of the bot, which lasts half a day (docs.slack.dev "Token rotation").
import { WebClient } from '@slack/web-api'
import { SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import { clientOptions } from './clients.ts'

export interface ExchangedToken {
  botToken: string
  refreshToken: string
  lastsS: number
}

const TIMEOUT_MS = 10 * SECOND

/** Rejects when Slack gives none. */
export async function exchangeToken(
  { apiUrl, clientId, clientSecret }: { apiUrl: string; clientId: string; clientSecret: string },
  refreshToken: string,
  log: Log,
): Promise<ExchangedToken> {
  const client = new WebClient(undefined, clientOptions(apiUrl, TIMEOUT_MS, log))
  const asked = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken }
  const given = await client.oauth.v2.access({ ...asked, grant_type: 'refresh_token' })
  const { access_token: botToken, refresh_token: next, expires_in: lastsS } = given
  if (!botToken || !next || !lastsS) throw new Error('slack: it gave no token that can be renewed')
  return { botToken, refreshToken: next, lastsS }
}
