// A refresh token for the next token of the bot, which lasts half a day (docs.slack.dev "Using token rotation").
import { WebClient } from '@slack/web-api'
import { SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import { clientOptions } from './clients.ts'
import { codeOf, troubleOf } from './trouble.ts'

export interface ExchangedToken {
  kind: 'renewed'
  botToken: string
  refreshToken: string
  lastsS: number
}

const TIMEOUT_MS = 8 * SECOND

/** Rejects when it is not known what Slack did, or when it may take it later. */
export async function exchangeToken(
  { apiUrl, clientId, clientSecret }: { apiUrl: string; clientId: string; clientSecret: string },
  refreshToken: string,
  log: Log,
): Promise<ExchangedToken | { kind: 'refused'; code: string }> {
  const client = new WebClient(undefined, clientOptions(apiUrl, TIMEOUT_MS, log))
  const asked = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken }
  try {
    const given = await client.oauth.v2.access({ ...asked, grant_type: 'refresh_token' })
    const { access_token: botToken, refresh_token: next, expires_in: lastsS } = given
    // Where the app does not rotate its tokens, Slack gives none that can be renewed.
    if (!botToken || !next || !lastsS) return { kind: 'refused', code: 'no_refresh_token' }
    return { kind: 'renewed', botToken, refreshToken: next, lastsS }
  } catch (error) {
    const trouble = troubleOf(error, 'renew the token')
    const code = codeOf(error)
    const isFinal =
      trouble.failure.kind === 'rejected' || (trouble.failure.kind === 'temporary' && trouble.failure.account)
    if (isFinal && code !== undefined) return { kind: 'refused', code }
    throw trouble
  }
}
