// The tokens: who they make us, whether Slack still takes them, and others in their place while the program runs.
import { type AuthTestResponse, WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { type Clock, SECOND } from '../clock.ts'
import type { Random } from '../id.ts'
import type { Log } from '../log.ts'
import { clientOptions, type SlackAccess } from './clients.ts'
import { fieldsOf } from './field.ts'
import { pauseMs } from './pause.ts'
import type { Self } from './room.ts'
import { codeOf, troubleOf } from './trouble.ts'

/** What is sent with each call from now on. */
export interface Bearer {
  token: string
}

export interface SignIn {
  appToken(): string | undefined
  /** Why nothing can be done in Slack, in a sentence. */
  problem(): string | undefined
  /** An event that says that a token was withdrawn is believed until Slack says otherwise. */
  hear(body: Record<string, unknown>): void
  /** Slack has refused a call. */
  refused(error: unknown): void
  /** Resolves when `self` is known. Goes on trying while Slack cannot be reached; rejects when it refuses the token. */
  learn(stop: AbortSignal): Promise<void>
  /** Call now and then: takes another token where there is one, and asks whether a refused one is good again. Never rejects. */
  tend(): Promise<void>
  /** How often it was well again after it had not been. */
  times(): number
  /** Resolves once no token is being read or renewed: what Slack has just answered must be kept before the program ends. */
  idle(): Promise<void>
}

export interface SignInTools {
  clock: Clock
  random: Random
  log: Log
  read: Pick<WebClient, 'auth'>
  self: Self
  /** Says it to all who call. */
  bear(token: string): void
}

const PROBE_MS = 10 * SECOND

const withdrawn = (name: string) =>
  `slack: the app was removed or its token revoked; install it again, set ${name} to its token and restart Deskbell (a token in a ${name}_FILE is read again by itself). Nothing is lost meanwhile.`
const REFUSED = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'])

export function makeSignIn(access: SlackAccess, tools: SignInTools): SignIn {
  const { clock, random, log, read, self, bear } = tools
  const tokenName = access.botTokenName ?? 'SLACK_BOT_TOKEN'
  const now = { botToken: access.botToken, appToken: access.appToken }
  let problem: string | undefined
  /** That the token cannot be renewed, while it may serve yet. */
  let ending: string | undefined
  let times = 0
  let reading: Promise<unknown> = Promise.resolve()

  const adopt = (token: string) => {
    now.botToken = token
    bear(token)
  }
  const reread = async (): Promise<string | undefined> => {
    const asked = access.reread?.().catch((error: unknown) => {
      log.warn({ error: String(error) }, 'slack: the tokens could not be read again')
      return undefined
    })
    reading = Promise.all([reading, asked])
    const found = await asked
    ending = found?.problem
    if (found?.appToken !== undefined) now.appToken = found.appToken
    return found?.botToken === now.botToken ? undefined : found?.botToken
  }
  const know = (who: AuthTestResponse) => {
    // Installed for a whole organisation it belongs to no workspace.
    const teamId = who.team_id ?? who.enterprise_id ?? ''
    if (self.teamId !== '' && teamId !== self.teamId) {
      throw new Error(`slack: the new token is of another workspace; set ${tokenName} to one of the same workspace`)
    }
    Object.assign(self, { teamId, botUserId: who.user_id ?? '', botId: who.bot_id ?? '' })
    if (who.enterprise_id) self.enterpriseId = who.enterprise_id
    const scopes = who.response_metadata?.scopes
    if (scopes) self.scopes = scopes
  }
  const test = async () => know(await read.auth.test())

  return {
    times: () => times,
    idle: async () => void (await reading),
    appToken: () => now.appToken,
    problem: () => ending ?? problem,
    hear(body) {
      if (isWithdrawal(body, self)) problem = withdrawn(tokenName)
    },
    refused(error) {
      if (REFUSED.has(codeOf(error) ?? '')) problem ??= troubleOf(error, 'sign in', tokenName).message
    },
    async learn(stop) {
      for (let failures = 1; !stop.aborted; failures++) {
        const token = await reread()
        if (token !== undefined) adopt(token)
        try {
          await test()
          problem = undefined
          return
        } catch (error) {
          const trouble = troubleOf(error, 'sign in', tokenName)
          if (trouble.failure.kind === 'temporary' && trouble.failure.account) throw trouble
          problem = trouble.message
          log.warn({ error: problem }, 'slack: cannot sign in; trying again')
          await clock.wait(pauseMs(random, failures), stop)
        }
      }
    },
    async tend() {
      const token = await reread()
      if (token === undefined && problem === undefined) return
      const { botUserId } = self
      try {
        if (token === undefined) await test()
        else {
          know(await probe(access, token, log))
          adopt(token)
        }
        if (problem !== undefined || self.botUserId !== botUserId) times += 1
        problem = undefined
        log.info({ isNew: token !== undefined }, 'slack: signed in again')
      } catch (error) {
        const why =
          error instanceof Error && !isOfSdk(error) ? error.message : troubleOf(error, 'sign in', tokenName).message
        if (why !== problem) log.error({ error: why }, 'slack: the token is not taken')
        problem = why
      }
    },
  }
}

/** Whatever is wrong with a new token, the old one may still serve: nobody calls with the new one before it is known to be good. */
async function probe({ apiUrl }: SlackAccess, token: string, log: Log): Promise<AuthTestResponse> {
  return await new WebClient(token, clientOptions(apiUrl, PROBE_MS, log)).auth.test()
}

function isOfSdk(error: Error): boolean {
  return !(error instanceof SendError) && 'code' in error
}

/** Tokens of people are none of ours. */
function isWithdrawal({ event }: Record<string, unknown>, self: Self): boolean {
  const { type, tokens } = fieldsOf(event)
  if (type !== 'tokens_revoked') return type === 'app_uninstalled'
  const { bot } = fieldsOf(tokens)
  return Array.isArray(bot) && (self.botUserId === '' ? bot.length > 0 : bot.includes(self.botUserId))
}
