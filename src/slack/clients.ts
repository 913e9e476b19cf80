// Four ways to call Slack, so that a rate limit met by one never holds up another: the SDK's queue stops as a whole.
import type { FetchFunction, WebClient, WebClientOptions } from '@slack/web-api'
import { SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Door } from './door.ts'
import { type Guard, GuardedClient } from './guard.ts'
import { sdkLogger } from './sdk-logger.ts'
import type { Bearer } from './sign-in.ts'

export interface SlackClients {
  /** For what a person waits for: views, ephemerals. Gives up before the three seconds of a trigger are over. */
  ui: WebClient
  /** chat.update. */
  board: WebClient
  /** chat.postMessage and files. */
  post: WebClient
  /** conversations.*, users.* and everything else that only reads. */
  read: WebClient
}

const UI_TIMEOUT_MS = 2.5 * SECOND
const TIMEOUT_MS = 10 * SECOND

export interface SlackAccess {
  botToken: string
  apiUrl: string
  /** For Socket Mode, where we go to Slack. */
  appToken?: string
  /** The tokens as they are now, where they can be read again or are renewed; and what somebody has to do about them. */
  reread?(): Promise<{ botToken?: string; appToken?: string; problem?: string }>
  /** Where Slack comes to us instead. */
  requests?: RequestAccess
  /** The variables that hold the tokens, where they are not SLACK_BOT_TOKEN and SLACK_APP_TOKEN. */
  botTokenName?: string
  appTokenName?: string
}

export interface ClientWays {
  /** Stands before every call. */
  guard?: Guard
  /** In the place of the token that was given at first. */
  bearer?: Bearer
}

function bearing(bearer: Bearer): FetchFunction {
  return (url, init) => fetch(url, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${bearer.token}` } })
}

/** One of ours listens there, behind whatever ends the encryption. */
export interface RequestAccess {
  host: string
  port: number
  path: string
  signingSecret: string
  /** The variable that holds it, where it is not SLACK_SIGNING_SECRET. */
  signingSecretName?: string
  /** Where several apps come in at the same host and port, each by its path. */
  door?: Door
}

export function slackClients({ botToken, apiUrl }: SlackAccess, log: Log, how: ClientWays = {}): SlackClients {
  const { guard, bearer } = how
  const make = (timeoutMs: number) => {
    const options = { ...clientOptions(apiUrl, timeoutMs, log), ...(bearer && { fetch: bearing(bearer) }) }
    return new GuardedClient(botToken, options, guard)
  }
  return { ui: make(UI_TIMEOUT_MS), board: make(TIMEOUT_MS), post: make(TIMEOUT_MS), read: make(TIMEOUT_MS) }
}

/**
 * A new object each time: the SDK writes the token's header into the one it is given. It never tries again by itself,
 * which would post twice what was stored and not answered; the outbox decides about that.
 */
export function clientOptions(apiUrl: string, timeoutMs: number, log: Log): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: sdkLogger(log),
  }
}

export function uiOptions(apiUrl: string, log: Log): WebClientOptions {
  return clientOptions(apiUrl, UI_TIMEOUT_MS, log)
}
