// One socket to Slack, from its hello to its end. It is never reconnected: the next one takes its place.
import { SocketModeClient } from '@slack/socket-mode'
import { atMost, type Clock, SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import { clientOptions, type SlackAccess } from './clients.ts'
import type { Envelope, HandleEnvelope } from './envelope.ts'
import { sdkLogger } from './sdk-logger.ts'

export interface Line {
  /** Resolves when Slack asks us to leave or the socket has gone: time for the next one. */
  over: Promise<'asked' | 'lost'>
  isUp(): boolean
  /** Ends the line once what came in on it is answered, or after a while in any case. */
  close(): Promise<void>
}

export type SocketAccess = SlackAccess & { appToken: string }

const OPEN_TIMEOUT_MS = 10 * SECOND
const HELLO_MS = 15 * SECOND
const DRAIN_MS = 3 * SECOND
const CLOSE_MS = 2 * SECOND

/** Resolves at Slack's hello; rejects when there is none. */
export async function openLine(
  access: SocketAccess,
  handle: HandleEnvelope,
  tools: { clock: Clock; log: Log },
): Promise<Line> {
  const { clock, log } = tools
  const pending = new Set<Promise<void>>()
  const over = Promise.withResolvers<'asked' | 'lost'>()
  const hear = (envelope: Envelope) => {
    const handled = handle(envelope)
    pending.add(handled)
    void handled.then(() => pending.delete(handled)) // `handle` never rejects.
  }
  const client = new QuietClient(access, log, { hear, asked: () => over.resolve('asked') })
  let isUp = false
  client.on('disconnected', () => {
    isUp = false
    over.resolve('lost')
  })
  await withLimit(clock, HELLO_MS, client.start(), 'no hello').catch((error: unknown) => {
    void hangUp(client, clock) // Nobody waits for a socket that never came up.
    throw error instanceof Error ? error : new Error('the socket closed before its hello')
  })
  isUp = true
  return {
    over: over.promise,
    isUp: () => isUp,
    async close() {
      await atMost(clock, DRAIN_MS, Promise.all(pending))
      isUp = false
      await hangUp(client, clock)
    },
  }
}

async function hangUp(client: SocketModeClient, clock: Clock): Promise<void> {
  await atMost(
    clock,
    CLOSE_MS,
    client.disconnect().catch(() => undefined),
  )
}

async function withLimit<T>(clock: Clock, ms: number, work: Promise<T>, late: string): Promise<T> {
  const done = new AbortController()
  const limit = clock.wait(ms, done.signal).then((): T => {
    throw new Error(late)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    limit.catch(() => undefined) // Ends with the abort, and there is nobody left to tell.
    done.abort()
  }
}

interface Hearing {
  hear(envelope: Envelope): void
  asked(): void
}

interface SlackEvent {
  type: string
  envelope_id?: string
  body: unknown
  retry_num?: number
  ack(answer?: unknown): Promise<void>
}

/**
 * The SDK closes the socket the moment Slack asks for it, with answers still owed to people, and a message it cannot
 * read is a rejection nobody catches. A class because the SDK offers no other way to stand between.
 */
class QuietClient extends SocketModeClient {
  readonly hearing: Hearing
  readonly log: Log

  constructor({ appToken, apiUrl }: SocketAccess, log: Log, hearing: Hearing) {
    // With the SDK's own reconnecting off, every failure is ours to see: on, some end the process.
    super({
      appToken,
      autoReconnectEnabled: false,
      logger: sdkLogger(log),
      clientOptions: clientOptions(apiUrl, OPEN_TIMEOUT_MS, log),
    })
    this.hearing = hearing
    this.log = log
    this.on('slack_event', ({ type, envelope_id: id, body, retry_num, ack }: SlackEvent) => {
      if (isObject(body)) hearing.hear({ type, id, body, retryNum: retry_num, ack })
    })
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      const message: unknown = typeof data === 'string' ? JSON.parse(data) : {}
      if (isObject(message) && message.type === 'disconnect') this.hearing.asked()
      else await super.onWebSocketMessage(withEvent(message) ?? data, isBinary)
    } catch (error) {
      this.log.warn({ error: String(error) }, 'slack: a message on the socket could not be read')
    }
  }
}

/** What Slack tells of itself comes without an event. The SDK looks for one, and it would come again and again. */
function withEvent(message: unknown): string | undefined {
  if (!isObject(message) || message.type !== 'events_api' || typeof message.envelope_id !== 'string') return undefined
  const { payload } = message
  return !isObject(payload) || isObject(payload.event)
    ? undefined
    : JSON.stringify({ ...message, payload: { ...payload, event: {} } })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
