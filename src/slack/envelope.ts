// What is done with each thing Slack pushes: events are kept and then acknowledged, in this order; people's clicks go on at once.
import type { App } from '@slack/bolt'
import { type Clock, SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Keeper } from './keeper.ts'
import { isOwnEcho } from './own-echo.ts'
import type { Self } from './room.ts'

/** How Slack reaches us: by sockets that we open, or by requests that it sends. */
export interface Incoming {
  /** Resolves when the first way is open, or when `stop` was called; rejects when it cannot be. */
  firstUp: Promise<void>
  /** How many are open. */
  up(): number
  /** What kept the last attempt from succeeding, in a sentence. */
  problem(): Error | undefined
  stop(): Promise<void>
}

export interface Envelope {
  type: string
  /** By which the same one is known again. Requests have none. */
  id?: string | undefined
  body: Record<string, unknown>
  retryNum: number | undefined
  ack(answer?: unknown): Promise<void>
}

/** Somebody for whom some of the events are, and who keeps them by itself. */
export interface Audience {
  wants(body: Record<string, unknown>): Promise<boolean>
  /** Resolves when the event outlives a crash; rejects when it could not be kept. */
  keep(body: Record<string, unknown>): Promise<void>
}

export interface EnvelopeTools {
  app: Pick<App, 'processEvent'>
  keeper: Keeper
  /** Asked in their order; what none of them wants goes to the keeper. */
  audiences: readonly Audience[]
  self: Self
  clock: Clock
  log: Log
}

/** Never rejects. Resolves when nothing more has to be said on the envelope's socket. */
export type HandleEnvelope = (envelope: Envelope) => Promise<void>

export function envelopeHandler(tools: EnvelopeTools): HandleEnvelope {
  const answers = new Map<string, Promise<Answer>>()
  return async (envelope) => {
    if (envelope.type === 'events_api') await keepThenAck(tools, envelope)
    else await interactOnce(tools, answers, envelope)
  }
}

/** Undefined: none was given. */
type Answer = { said: unknown } | undefined

const ANSWERS_MAX = 100

/** What a person did is done once: when it comes again, by another socket or after an answer that was lost, it hears the same. */
async function interactOnce(
  tools: EnvelopeTools,
  answers: Map<string, Promise<Answer>>,
  envelope: Envelope,
): Promise<void> {
  const { id, ack } = envelope
  if (id === undefined) return await interact(tools, envelope)
  if (answers.has(id)) {
    const answer = await answers.get(id)
    if (answer) await ack(answer.said).catch(() => undefined) // It was answered where it came first.
    return
  }
  const { promise, resolve } = Promise.withResolvers<Answer>()
  if (answers.size >= ANSWERS_MAX) answers.delete(answers.keys().next().value ?? '')
  answers.set(id, promise)
  await interact(tools, {
    ...envelope,
    async ack(said) {
      resolve({ said })
      await ack(said)
    },
  })
  resolve(undefined)
}

/** No ack when it could not be kept: Slack then sends it again. A lost ack does no harm, for the row is there. */
async function keepThenAck(tools: EnvelopeTools, { body, ack }: Envelope): Promise<void> {
  const { log } = tools
  try {
    if (!isOwnEcho(body, tools.self)) await (await audienceOf(tools, body)).keep(body)
  } catch (error) {
    log.error({ error: String(error) }, 'slack: an event could not be kept; Slack will send it again')
    return
  }
  await ack().catch((error: unknown) => log.debug({ error: String(error) }, 'slack: an ack did not leave'))
}

/** One event has one audience: nothing is told twice, and nobody reads what was meant for somebody else. */
async function audienceOf({ audiences, keeper }: EnvelopeTools, body: Envelope['body']): Promise<Keeper> {
  for (const audience of audiences) if (await audience.wants(body)) return audience
  return keeper
}

/** After three seconds the person sees a warning sign, whatever we do. */
const ACK_WATCH_MS = 2 * SECOND

async function interact({ app, clock, log }: EnvelopeTools, { type, body, retryNum, ack }: Envelope): Promise<void> {
  const acked = new AbortController()
  void watch(clock, log, type, acked.signal) // It only warns; nobody waits for it.
  const answer = async (payload?: unknown) => {
    acked.abort()
    await ack(payload).catch((error: unknown) =>
      log.warn({ type, error: String(error) }, 'slack: an answer to a person did not leave; they will try again'),
    )
  }
  try {
    await app.processEvent({ body: withoutNull(body), ack: answer, ...(retryNum !== undefined && { retryNum }) })
    // Whatever it was, Slack wants to know that we heard. Only a form stays open, with what stands in it.
    if (body.type !== 'view_submission' && !acked.signal.aborted) await answer()
  } catch (error) {
    log.error({ type, error: String(error) }, 'slack: what a person did could not be handled')
  } finally {
    acked.abort()
  }
}

/** Where there is nothing, some write null, and the SDK looks into it. */
function withoutNull(body: Envelope['body']): Envelope['body'] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

async function watch(clock: Clock, log: Log, type: string, acked: AbortSignal): Promise<void> {
  await clock.wait(ACK_WATCH_MS, acked)
  if (!acked.aborted) log.warn({ type, afterMs: ACK_WATCH_MS }, 'slack: a person is still waiting for an answer')
}
