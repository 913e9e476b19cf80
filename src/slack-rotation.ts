// Tokens of an app that last half a day, renewed in time by one of the instances. A refresh token serves once: what Slack answers
// is kept before anything else is done, and where that did not happen the last one is tried again, which Slack takes for a while.
import { type Clock, HOUR, MINUTE, SECOND } from './clock.ts'
import type { Db } from './db/open.ts'
import type { Log } from './log.ts'
import { refreshTokens } from './refresh-token.ts'

/** What became of an exchange. It rejects where that is not known, or where Slack may take it later. */
export type Exchange =
  | { kind: 'renewed'; botToken: string; refreshToken: string; lastsS: number }
  /** For good; `code` is Slack's word for it. */
  | { kind: 'refused'; code: string }

export interface RotationOptions {
  db: Db
  clock: Clock
  log: Log
  signingKey: Uint8Array
  /** Of the app among all apps: `slack`, `slack:shop`. */
  name: string
  /** The instance of the program that this is. */
  owner: string
  /** The operator's own token as it is written now: another one is another sign-in, and goes before what came of the last. */
  given(): Promise<string>
  /** Asks Slack. */
  exchange(refreshToken: string): Promise<Exchange>
  /** What somebody has to do where Slack refuses for good. */
  fix(code: string): string
}

export interface Rotation {
  /** The token as it is now, renewed when it is time. Undefined before the first renewal. */
  token(): Promise<string | undefined>
  /** What somebody has to do, in a sentence, while the last token may serve yet. */
  problem(): string | undefined
}

interface Kept {
  botToken?: string
  refreshToken: string
  /** Of the bot's token. */
  expiresAt: number
  /** Who has been asking Slack for the next one, and since when. */
  asking?: { by: string; at: number }
}

type Store = ReturnType<typeof refreshTokens>

/** So much of its time is left when it is renewed: if that goes wrong, there is time to put it right. */
const EARLY_MS = 6 * HOUR
/** Whoever asks has an answer long before; later they are gone, and another one may ask. */
const ASKING_MS = 20 * SECOND
/** The second try follows at once: Slack takes the same refresh token for a short while only. */
const TRIES = 2
/** What was refused for good is asked for again all the same, but seldom. */
const REFUSED_MS = 5 * MINUTE

export function slackRotation(options: RotationOptions): Rotation {
  const { db, clock, log, name, owner, signingKey } = options
  let refused: { given: string; problem: string; until: number } | undefined
  /** What the store did not take yet. */
  let unwritten: { given: string; kept: Kept } | undefined

  const token = async (): Promise<string | undefined> => {
    const given = await options.given()
    const store = refreshTokens(db, { name, given, signingKey })
    if (unwritten?.given === given) return await write(store, unwritten.kept)
    unwritten = undefined
    const { row, text } = await store.look()
    const kept = text === undefined ? undefined : (JSON.parse(text) as Kept)
    if (kept && kept.expiresAt - clock.now() > EARLY_MS) {
      refused = undefined
      return kept.botToken
    }
    if (await mustWait(given, kept)) return kept?.botToken
    if (!(await claim(store, row, kept ?? { refreshToken: given, expiresAt: 0 }, kept !== undefined))) {
      return kept?.botToken
    }
    const next = await renew(given, kept)
    if (!next) return kept?.botToken
    unwritten = { given, kept: next }
    return await write(store, next)
  }

  /** Somebody asks who may still get the answer, or Slack has refused it a moment ago. */
  const mustWait = async (given: string, kept: Kept | undefined): Promise<boolean> => {
    if (refused?.given === given && clock.monotonic() < refused.until) return true
    const asking = kept?.asking
    if (!asking || asking.by === owner || Math.abs(clock.now() - asking.at) >= ASKING_MS) return false
    const alive = await db.selectFrom('instance').select('id').where('id', '=', asking.by).executeTakeFirst()
    return alive !== undefined
  }

  /**
   * It is one instance that asks; and a store that takes nothing would lose the answer. What belongs to another sign-in is left
   * alone until this one has proved good: it may be the newer one.
   */
  const claim = async (store: Store, row: string | undefined, kept: Kept, isOurs: boolean): Promise<boolean> => {
    if (row !== undefined && !isOurs) return true
    const asking: Kept = { ...kept, asking: { by: owner, at: clock.now() } }
    return (await store.swap(row, JSON.stringify(asking))) !== undefined
  }

  const renew = async (given: string, kept: Kept | undefined): Promise<Kept | undefined> => {
    const answer = await tryExchange(options, kept?.refreshToken ?? given)
    if (answer?.kind === 'renewed') {
      const { botToken, refreshToken, lastsS } = answer
      return { botToken, refreshToken, expiresAt: clock.now() + lastsS * SECOND }
    }
    if (answer) {
      const { expiresAt = 0 } = kept ?? {}
      const rest = expiresAt > clock.now() ? ` and serves until ${timeOf(expiresAt)}` : ''
      const problem = `slack: the app’s token cannot be renewed any more (${answer.code})${rest}. ${options.fix(answer.code)} Nothing is lost meanwhile.`
      if (refused?.given !== given) log.error({ app: name, code: answer.code }, problem)
      refused = { given, problem, until: clock.monotonic() + REFUSED_MS }
    }
    return undefined
  }

  /** Nobody is in our way: who asked later has the newer answer, and it is theirs that stays. */
  const write = async (store: Store, kept: Kept): Promise<string> => {
    const { row, text } = await store.look()
    const theirs = text === undefined ? undefined : (JSON.parse(text) as Kept)
    const isNewer = theirs?.botToken !== undefined && theirs.expiresAt > kept.expiresAt
    const { botToken = '', refreshToken, expiresAt } = isNewer ? theirs : kept
    if (!isNewer && !(await store.swap(row, JSON.stringify({ botToken, refreshToken, expiresAt })))) return botToken
    unwritten = undefined
    refused = undefined
    log.info({ app: name, expiresAt }, 'slack: the token was renewed')
    return botToken
  }

  return {
    token: () =>
      token().catch((error: unknown) => {
        log.error({ app: name, error: String(error) }, 'slack: the renewed token could not be kept; trying again')
        return unwritten?.kept.botToken
      }),
    problem: () => refused?.problem,
  }
}

/** Undefined where it is not known what became of it, or Slack cannot now. */
async function tryExchange({ exchange, log, name }: RotationOptions, token: string): Promise<Exchange | undefined> {
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      return await exchange(token)
    } catch (error) {
      log.warn({ app: name, error: String(error) }, 'slack: the token is not renewed yet; trying again')
    }
  }
  return undefined
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
