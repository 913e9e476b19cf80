// The connection to the mailbox: opened, watched, and opened again whatever happened. imapflow leaves all of that to us.
import type { ImapFlow } from 'imapflow'
import type { ChannelHealth, Intake } from '../../src/channel.ts'
import { atMost, type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { type AccessTokens, signedIn } from './access-token.ts'
import { fetchTrouble } from './fetch-trouble.ts'
import { type ConnectionLife, connectionLife, imapClient, openFolder, silenceMsMax } from './imap-connection.ts'
import { imapProblem, isAuthProblem, isThrottled, renumberedProblem } from './imap-problem.ts'
import { type MailReader, mailReader, storedCursor } from './mail-reader.ts'
import type { MailboxConfig } from './mailbox-config.ts'
import { TokenError } from './token-request.ts'

const BACKOFF_MS_MIN = SECOND
const BACKOFF_MS_MAX = MINUTE
// A server that says the password is wrong may lock the account if it is asked too often.
const AUTH_BACKOFF_MS_MAX = 5 * MINUTE
// A provider that finds we ask too much counts on for as long as we ask.
const THROTTLED_BACKOFF_MS_MIN = MINUTE
const THROTTLED_BACKOFF_MS_MAX = 15 * MINUTE
const RECHECK_MS = SECOND
const RECHECK_GROWTH = 1.7
const STOP_MS_MAX = 10 * SECOND

export interface ImapTools {
  clock: Clock
  random: Random
  log: Log
  /** Absent: by password. */
  tokens?: AccessTokens | undefined
}

export interface Receiver {
  /** Resolves once connected for the first time, or once stopped. */
  start(intake: Intake): Promise<void>
  stop(): Promise<void>
  health(): ReceiverHealth
}

export type ReceiverHealth = Pick<ChannelHealth, 'problem' | 'isRefused' | 'lastReceivedAt' | 'importing'>

export function imapReceiver(config: MailboxConfig, tools: ImapTools): Receiver {
  const { clock, random, log, tokens } = tools
  const stopping = new AbortController()
  const connected = Promise.withResolvers<void>()
  const state: { problem?: string | undefined; isRefused?: boolean; lastReceivedAt?: number } = {}
  const trouble = fetchTrouble()
  let read: MailReader | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped: Promise<void> | undefined

  async function run(intake: Intake): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        await session(intake, () => {
          failures = 0
        })
      } catch (error) {
        if (stopping.signal.aborted) break
        state.problem = imapProblem(config, error)
        state.isRefused = isAuthProblem(error)
        log.warn(
          { channel: config.name, folder: config.folder, error: (error as Error).message, failures },
          state.problem,
        )
        const askedMs = error instanceof TokenError ? (error.retryAfterMs ?? 0) : 0
        const pauseMs = Math.max(askedMs, backoffMs(failures, error, random))
        await clock.wait(pauseMs, stopping.signal)
        failures++
      }
    }
    connected.resolve()
  }

  /** One connection's life. Always ends by throwing, unless we are stopping. */
  async function session(intake: Intake, succeeded: () => void): Promise<void> {
    const { client, life } = await untilStopped(signedIn(tokens, isAuthProblem, connect))
    try {
      const known = await storedCursor(intake, config.folder)
      const folder = await life.ask(() => openFolder(client, config.folder, known))
      const { signal } = stopping
      const reader = await mailReader(
        { client, config, intake, clock, log, ask: life.ask, trouble, signal },
        folder,
        known,
      )
      read = reader
      connected.resolve()
      let fruitless = 0
      while (!stopping.signal.aborted) {
        void tokens?.get().catch(() => undefined) // Long before the old one ends; `problem` tells when it fails for good.
        const pushed = life.takePush()
        const startedAt = clock.now()
        const found = await reader.readNew()
        const isMore = await reader.readBacklog()
        await reader.fillGaps()
        state.lastReceivedAt = startedAt
        state.problem = reader.isRenumberedOften() ? renumberedProblem(config) : undefined
        succeeded()
        if (isMore) continue // After each bit of what is old, a look for what is new.
        // Some servers announce a mail a while before they show it: look again soon, and ever less often.
        fruitless = pushed && found === 0 ? fruitless + 1 : 0
        const recheckMs = fruitless > 0 ? RECHECK_MS * RECHECK_GROWTH ** (fruitless - 1) : config.pollMs
        await life.quiet(Math.min(recheckMs, config.pollMs), fruitless > 0)
      }
    } finally {
      trouble.ended()
      life.end()
    }
  }

  async function connect(token: string | undefined): Promise<{ client: ImapFlow; life: ConnectionLife }> {
    stopping.signal.throwIfAborted()
    const client = imapClient(config, token)
    const life = connectionLife(client, stopping.signal, clock, silenceMsMax(config))
    try {
      await life.ask(() => client.connect())
      return { client, life }
    } catch (error) {
      life.end()
      throw error
    }
  }

  /** A provider that does not answer must not keep us from stopping. */
  async function untilStopped<T>(work: Promise<T>): Promise<T> {
    const stop = Promise.withResolvers<never>()
    const onStop = () => stop.reject(new Error('stopping'))
    stopping.signal.addEventListener('abort', onStop)
    return await Promise.race([work, stop.promise]).finally(() => stopping.signal.removeEventListener('abort', onStop))
  }

  return {
    start(intake) {
      state.problem = `${config.name} is not connected yet.`
      running = run(intake)
      return connected.promise
    },
    stop() {
      stopping.abort()
      // A store that hangs must not keep us from stopping; what it was given began before.
      stopped ??= atMost(clock, STOP_MS_MAX, running)
      return stopped
    },
    health() {
      const importing = read?.importing()
      const { problem, isRefused, lastReceivedAt } = state
      return {
        ...(problem !== undefined && { problem, ...(isRefused && { isRefused }) }),
        ...(lastReceivedAt !== undefined && { lastReceivedAt }),
        ...(importing && { importing }),
      }
    },
  }
}

/** Full jitter: many clients of one server must not come back at the same moment. */
function backoffMs(failures: number, error: unknown, random: Random): number {
  const max = isThrottled(error)
    ? THROTTLED_BACKOFF_MS_MAX
    : isAuthProblem(error)
      ? AUTH_BACKOFF_MS_MAX
      : BACKOFF_MS_MAX
  const min = isThrottled(error) ? THROTTLED_BACKOFF_MS_MIN : BACKOFF_MS_MIN
  return random.fraction() * Math.min(max, min * 2 ** Math.min(failures, 20))
}
