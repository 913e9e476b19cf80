// Events are tried again until acked, as Slack does for some minutes; clicks and submissions get their one chance.
import { systemClock } from '../../clock.ts'
import { makeEnvelopes, type Sockets } from './envelope.ts'
import { asText, type Json } from './json.ts'
import { makeRequests } from './request.ts'
import type { World } from './world.ts'

/** Slack gives up on an event some six minutes after it happened; what was missed longer must be read from history. */
const KEPT_MS = 6 * 60_000

export type Ack =
  | { kind: 'acked'; payload: Json; tookMs: number }
  /** What the person sees is Slack's warning sign and "try again". */
  | { kind: 'unacked'; reason: string }

export interface EventRecord {
  id: string
  payload: Json
  /** Why the last delivery failed. */
  failure?: string
  /** `waiting`: no socket was open; `retrying`: failed, and due again later; `lost`: given up for good. */
  state: 'waiting' | 'sent' | 'retrying' | 'acked' | 'lost'
  producedAt: number
  /** One entry for each time it went out, with the socket that got it. */
  deliveries: { socket: number; retryAttempt: number }[]
  cancel(): void
}

export interface Delivery {
  events: EventRecord[]
  /** What the app answered to clicks, submissions and commands, in acks and by the addresses it was given. */
  answers: Json[]
  event(payload: Json): void
  interact(type: 'interactive' | 'slash_commands', payload: Json): Promise<Ack>
  /** Tries every event that is not acked again, now. Returns how many went out. */
  redeliver(): number
  /** Delivers one event once more although it was acked: Slack is only being careful. */
  repeat(eventId: string): void
  acked(envelopeId: unknown, payload: unknown): void
  socketOpened(): void
  socketClosed(id: number): void
}

export function makeDelivery(
  world: Pick<World, 'clock' | 'settings' | 'grant' | 'after' | 'changed'>,
  sockets: Sockets,
): Delivery {
  const { monotonic } = systemClock()
  const onSockets = makeEnvelopes(world, sockets)
  const onRequests = makeRequests(world)
  const envelopes = () => (world.settings.requestUrl === '' ? onSockets : onRequests)
  const events: EventRecord[] = []
  const answers: Json[] = []

  function attempt(record: EventRecord): boolean {
    record.cancel()
    const mine = record.deliveries.length + 1
    const retryAttempt = Math.max(mine - 1, record.state === 'waiting' ? 1 : 0)
    record.state = 'sent'
    const socket = envelopes().send(eventEnvelope(record, retryAttempt), {
      onAck() {
        record.state = 'acked'
      },
      onFailure(reason, how) {
        // The failure of a delivery that a newer one has overtaken says nothing.
        if (record.deliveries.length === mine) failed(record, reason, how?.isFinal)
      },
    })
    if (socket === undefined) record.state = 'waiting'
    else record.deliveries.push({ socket, retryAttempt })
    return socket !== undefined
  }

  function failed(record: EventRecord, reason: string, isFinal = false): void {
    if (record.state !== 'sent') return
    record.failure = reason
    const delayMs = isFinal ? undefined : world.settings.retryDelaysMs[record.deliveries.length - 1]
    record.state = delayMs === undefined ? 'lost' : 'retrying'
    if (delayMs === undefined) return
    if (delayMs <= 0) attempt(record)
    else record.cancel = world.after(delayMs, () => void attempt(record))
  }

  function isKept(record: EventRecord): boolean {
    if (record.state === 'waiting' && world.clock.now() - record.producedAt > KEPT_MS) record.state = 'lost'
    return record.state !== 'lost'
  }

  function retryAll(states: EventRecord['state'][]): number {
    return events.filter((record) => states.includes(record.state) && isKept(record) && attempt(record)).length
  }

  return {
    events,
    answers,
    event(payload) {
      const id = asText(payload.event_id) ?? ''
      const base = { id, payload, producedAt: world.clock.now(), deliveries: [], cancel: () => undefined }
      const record: EventRecord = { ...base, state: 'sent' }
      events.push(record)
      attempt(record)
    },
    interact: (type, payload) =>
      new Promise((resolve) => {
        const startedAt = monotonic()
        const envelope = { type, accepts_response_payload: true, payload }
        const socket = envelopes().send(envelope, {
          onAck(ack) {
            if (Object.keys(ack).length > 0) answers.push(ack)
            resolve({ kind: 'acked', payload: ack, tookMs: monotonic() - startedAt })
          },
          onFailure: (reason) => resolve({ kind: 'unacked', reason }),
        })
        if (socket === undefined) resolve({ kind: 'unacked', reason: 'no socket is open' })
      }),
    redeliver: () => retryAll(['sent', 'retrying', 'waiting']),
    repeat(eventId) {
      const record = events.find(({ id }) => id === eventId)
      if (!record) throw new Error(`no event ${eventId}: take an id from slack.events`)
      attempt(record)
    },
    acked: onSockets.acked,
    socketOpened: () => void retryAll(['waiting']),
    socketClosed: onSockets.socketClosed,
  }
}

function eventEnvelope({ payload, failure }: EventRecord, retryAttempt: number): Json {
  const why = failure !== undefined && REASONS.has(failure) ? failure : 'timeout'
  const retry = { retry_attempt: retryAttempt, retry_reason: retryAttempt === 0 ? '' : why }
  return { type: 'events_api', accepts_response_payload: false, payload, ...retry }
}

/** Of requests; whatever happens on a socket is called a timeout. */
const REASONS = new Set(['http_timeout', 'http_error', 'connection_failed', 'too_many_redirects'])
