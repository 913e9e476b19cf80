// What a request of Slack's says, once it is known to be Slack's: an event, something a person did, or a question about ourselves.

export type SlackRequest =
  | { kind: 'event' | 'click' | 'command'; body: Record<string, unknown> }
  /** Slack asks whether we are who we say; the answer is what it sent. */
  | { kind: 'challenge'; challenge: string }
  /** Slack tells that it holds events back. */
  | { kind: 'rate-limited' }
  | { kind: 'unreadable' }

export function parseRequest(contentType: string, body: Uint8Array): SlackRequest {
  const text = new TextDecoder().decode(body)
  return contentType.startsWith('application/x-www-form-urlencoded') ? parseForm(text) : parseEvent(text)
}

function parseEvent(text: string): SlackRequest {
  const body = parseObject(text)
  if (!body) return { kind: 'unreadable' }
  if (body.type === 'url_verification') return { kind: 'challenge', challenge: String(body.challenge ?? '') }
  return body.type === 'app_rate_limited' ? { kind: 'rate-limited' } : { kind: 'event', body }
}

function parseForm(text: string): SlackRequest {
  const form = new URLSearchParams(text)
  const payload = form.get('payload')
  if (payload === null) return form.has('command') ? { kind: 'command', body: Object.fromEntries(form) } : UNREADABLE
  const body = parseObject(payload)
  return body ? { kind: 'click', body } : UNREADABLE
}

const UNREADABLE: SlackRequest = { kind: 'unreadable' }

/** Slack looks now and then whether our certificate is good. It is answered unsigned, and nothing else of it is read. */
export function isCertificateCheck(contentType: string, body: Uint8Array): boolean {
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return false
  return new URLSearchParams(new TextDecoder().decode(body)).get('ssl_check') === '1'
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
