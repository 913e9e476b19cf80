// The tokens: who they make us, whether Slack still takes them, and others in their place while the program runs.
import type { AuthTestResponse, WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../id.ts'
import type { Log } from '../log.ts'
import type { SlackAccess } from './clients.ts'
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

const WITHDRAWN =
  'slack: the app was removed or its token revoked; install it again, set SLACK_BOT_TOKEN to its token and restart Deskbell (a token in a SLACK_BOT_TOKEN_FILE is read again by itself). Nothing is lost meanwhile.'
const REFUSED = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'])

export function makeSignIn(access: SlackAccess, tools: SignInTools): SignIn {
  const { clock, random, log, read, self, bear } = tools
  const now = { botToken: access.botToken, appToken: access.appToken }
  let problem: string | undefined

  const adopt = (token: string) => {
    now.botToken = token
    bear(token)
  }
  const reread = async (): Promise<string | undefined> => {
    const found = await access.reread?.().catch((error: unknown) => {
      log.warn({ error: String(error) }, 'slack: the tokens could not be read again')
      return undefined
    })
    if (found?.appToken !== undefined) now.appToken = found.appToken
    return found?.botToken === now.botToken ? undefined : found?.botToken
  }
  const know = (who: AuthTestResponse) => {
    // Installed for a whole organisation it belongs to no workspace.
    const teamId = who.team_id ?? who.enterprise_id ?? ''
    if (self.teamId !== '' && teamId !== self.teamId) {
      throw new Error('slack: the new token is of another workspace; set SLACK_BOT_TOKEN to one of the same workspace')
    }
    Object.assign(self, { teamId, botUserId: who.user_id ?? '', botId: who.bot_id ?? '' })
    if (who.enterprise_id) self.enterpriseId = who.enterprise_id
    const scopes = who.response_metadata?.scopes
    if (scopes) self.scopes = scopes
  }
  const test = async () => know(await read.auth.test())

  return {
    appToken: () => now.appToken,
    problem: () => problem,
    hear(body) {
      if (isWithdrawal(body, self)) problem = WITHDRAWN
    },
    refused(error) {
      if (REFUSED.has(codeOf(error) ?? '')) problem ??= troubleOf(error, 'sign in', access.botTokenName).message
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
          const trouble = troubleOf(error, 'sign in', access.botTokenName)
          if (trouble.failure.kind === 'temporary' && trouble.failure.account) throw trouble
          problem = trouble.message
          log.warn({ error: problem }, 'slack: cannot sign in; trying again')
          await clock.wait(pauseMs(random, failures), stop)
        }
      }
    },
    async tend() {
      const before = { token: now.botToken, problem }
      const token = await reread()
      if (token === undefined && problem === undefined) return
      if (token !== undefined) adopt(token)
      try {
        await test()
        problem = undefined
        log.info({ isNew: token !== undefined }, 'slack: signed in again')
      } catch (error) {
        // Whatever is wrong with the new one, the old one may still serve.
        if (token !== undefined && before.problem === undefined) adopt(before.token)
        problem =
          error instanceof Error && !isOfSdk(error)
            ? error.message
            : troubleOf(error, 'sign in', access.botTokenName).message
        log.error({ error: problem }, 'slack: the token is not taken')
      }
    },
  }
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
