// Proof that a request comes from Slack: a signature over its time and its body, with a secret that only Slack and we have.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { MINUTE, SECOND } from '../clock.ts'

export interface Signed {
  /** `X-Slack-Request-Timestamp`: when it left Slack, in seconds. */
  timestamp: string | undefined
  /** `X-Slack-Signature`. */
  signature: string | undefined
}

/** What was overheard must not be said again later; a clock that runs ahead must not make it last longer. */
const AGE_MAX_MS = 5 * MINUTE

/** Cheap, and needs no body: what fails here is not even read. */
export function isTimely({ timestamp }: Signed, now: number): boolean {
  if (timestamp === undefined || !/^\d{1,11}$/.test(timestamp)) return false
  return Math.abs(now - Number(timestamp) * SECOND) <= AGE_MAX_MS
}

/** docs.slack.dev "Verifying requests from Slack", version v0. The comparison tells nothing by how long it takes. */
export function isSigned(secret: string, { timestamp, signature }: Signed, body: Uint8Array): boolean {
  const [, given] = /^v0=([0-9a-f]{64})$/.exec(signature ?? '') ?? []
  if (given === undefined || timestamp === undefined) return false
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest()
  return timingSafeEqual(Buffer.from(given, 'hex'), expected)
}
