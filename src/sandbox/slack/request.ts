// The other way by which Slack tells an app: signed requests to the app's own address, each answered within three seconds or failed.
import { createHmac } from 'node:crypto'
import type { Envelopes, Outcome } from './envelope.ts'
import { asJson, asText, type Json } from './json.ts'
import type { World } from './world.ts'

export type RequestWorld = Pick<World, 'clock' | 'settings' | 'grant' | 'after' | 'changed'>

/** The headers by which the app knows that a request is Slack's. `at`: when it leaves. */
export function signedHeaders({ grant }: Pick<World, 'grant'>, body: string, at: number): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const hash = createHmac('sha256', grant.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hash}` }
}

export function makeRequests(world: RequestWorld): Envelopes {
  let sent = 0
  return {
    send(envelope, outcome) {
      sent += 1
      void post(world, envelope, outcome).finally(() => world.changed()) // It tells how it ended by the outcome alone.
      return sent
    },
    acked: () => undefined,
    socketClosed: () => undefined,
  }
}

/** Never rejects. */
async function post(world: RequestWorld, envelope: Json, { onAck, onFailure }: Outcome): Promise<void> {
  const { type, body } = encode(envelope)
  const late = new AbortController()
  const cancel = world.after(world.settings.ackMs, () => late.abort())
  const headers = {
    'content-type': type,
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    ...signedHeaders(world, body, world.clock.now()),
    ...retryHeaders(envelope),
  }
  try {
    const url = world.settings.requestUrl
    const response = await fetch(url, { method: 'POST', headers, body, signal: late.signal, redirect: 'manual' })
    const text = await response.text()
    const isFinal = response.headers.get('x-slack-no-retry') === '1'
    if (response.status === 200) onAck(readAnswer(response.headers.get('content-type') ?? '', text))
    else onFailure(response.status >= 300 && response.status < 400 ? 'too_many_redirects' : 'http_error', { isFinal })
  } catch {
    onFailure(late.signal.aborted ? 'http_timeout' : 'connection_failed')
  } finally {
    cancel()
  }
}

function encode({ type, payload }: Json): { type: string; body: string } {
  if (type === 'events_api') return { type: 'application/json', body: JSON.stringify(payload) }
  const fields = type === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>)
  return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() }
}

function retryHeaders({ retry_attempt: attempt, retry_reason: reason }: Json): Record<string, string> {
  if (typeof attempt !== 'number' || attempt === 0) return {}
  return { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': asText(reason) || 'unknown_error' }
}

/** A command may be answered in plain words. */
function readAnswer(type: string, text: string): Json {
  if (text === '') return {}
  if (!type.startsWith('application/json')) return { text }
  try {
    return asJson(JSON.parse(text))
  } catch {
    return { unreadable: text }
  }
}
