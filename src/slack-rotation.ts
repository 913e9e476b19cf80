// Tokens of the app that last half a day: one instance renews them in time, and all of them use what it was given.
import { type Clock, HOUR, SECOND } from './clock.ts'
import type { Db } from './db/open.ts'
import type { Log } from './log.ts'
import { refreshTokens } from './refresh-token.ts'

export interface Renewed {
  botToken: string
  /** Good for one renewal. */
  refreshToken: string
  lastsS: number
}

export interface RotationOptions {
  db: Db
  clock: Clock
  log: Log
  signingKey: Uint8Array
  /** The operator's own, from the environment. */
  given: string
  /** Whether this instance is the one that renews. */
  isOurs(): Promise<boolean>
  /** Asks Slack. Rejects when it does not give one. */
  exchange(refreshToken: string): Promise<Renewed>
}

interface Kept {
  botToken: string
  refreshToken: string
  expiresAt: number
}

const EARLY_MS = 2 * HOUR

/** The token as it is now, renewed when it is time. Undefined before the first renewal. */
export function slackRotation(options: RotationOptions): () => Promise<string | undefined> {
  const { db, clock, log, given, signingKey, isOurs, exchange } = options
  const store = refreshTokens(db, { name: 'slack', given, signingKey })
  const read = async (): Promise<Kept | undefined> => {
    const text = await store.read()
    return text === undefined ? undefined : (JSON.parse(text) as Kept)
  }
  return async () => {
    const kept = await read()
    if (kept && kept.expiresAt - clock.now() > EARLY_MS) return kept.botToken
    if (!(await isOurs())) return kept?.botToken
    try {
      const { botToken, refreshToken, lastsS } = await exchange(kept?.refreshToken ?? given)
      // Kept before anybody uses it: the one it came from is good for nothing any more.
      await store.write(JSON.stringify({ botToken, refreshToken, expiresAt: clock.now() + lastsS * SECOND }))
      log.info({ lastsS }, 'slack: the token was renewed')
      return botToken
    } catch (error) {
      const fix = 'install the app again and set SLACK_BOT_TOKEN and SLACK_REFRESH_TOKEN'
      log.error({ error: String(error) }, `slack: the token could not be renewed; trying again. If it goes on, ${fix}`)
      return kept?.botToken
    }
  }
}
