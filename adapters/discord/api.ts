// Discord's REST interface, asked once for each thing: what to do about a refusal is decided by whoever asked, never by the SDK.
import { makeURLSearchParams, type RawFile, REST } from 'discord.js'
import { SECOND } from '../../src/clock.ts'
import type { DiscordConfig } from './discord-config.ts'
import { type Payload, payloadOf } from './payload.ts'

const TIMEOUT_MS = 15 * SECOND
/** Five messages in five seconds is all that a channel takes: a long answer waits so long in its midst, and no other waits with it. */
const SHORT_MS = 5.5 * SECOND

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Call {
  body?: unknown
  files?: RawFile[]
  query?: Record<string, string | number | boolean>
  /** Answers to interactions carry their own right in the address. */
  auth?: false
  signal?: AbortSignal
}

export interface Api {
  /** Rejects with the SDK's errors; `troubleOf` says what they mean. */
  call(method: Method, path: `/${string}`, call?: Call): Promise<unknown>
}

/** `waits`: for reading, where there is time, every rate limit is waited out; a send hears of all but short ones at once. */
export function makeApi({ apiUrl, token, timeoutMs }: DiscordConfig, { waits }: { waits: boolean }): Api {
  const rest = new REST({
    api: apiUrl.replace(/\/+$/, ''),
    version: '10',
    retries: 0,
    // Discord allows fifty a second; reading leaves room for what people wait for.
    globalRequestsPerSecond: waits ? 20 : 25,
    timeout: timeoutMs ?? TIMEOUT_MS,
    ...(!waits && { rejectOnRateLimit: ({ retryAfter, timeToReset }) => Math.max(retryAfter, timeToReset) > SHORT_MS }),
    // Its sweepers are timers that nobody would stop.
    ...{ hashSweepInterval: 0, handlerSweepInterval: 0 },
  })
  return {
    async call(method, path, { query, body, files, auth, signal } = {}) {
      // The SDK forgets a token that was refused once; whether it is still refused is for Discord to say.
      rest.setToken(token)
      return await rest.request({
        method: method as never,
        fullRoute: path,
        ...(query && { query: makeURLSearchParams(query) }),
        ...(body !== undefined && { body }),
        ...(files && { files }),
        ...(auth === false && { auth }),
        ...(signal && { signal }),
      })
    },
  }
}

export async function ask(api: Api, method: Method, path: `/${string}`, call?: Call): Promise<Payload> {
  return payloadOf(await api.call(method, path, call))
}

export async function askList(
  api: Api,
  path: `/${string}`,
  query: Call['query'],
  signal?: AbortSignal,
): Promise<Payload[]> {
  const answer = await api.call('GET', path, { ...(query && { query }), ...(signal && { signal }) })
  return Array.isArray(answer) ? answer.map(payloadOf) : []
}
