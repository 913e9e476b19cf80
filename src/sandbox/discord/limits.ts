// Discord's rate limits: a bucket for each route and place, fifty requests a second in all, and a ban for those who will not listen.
import { HOUR, MINUTE, SECOND } from '../../clock.ts'

const GLOBAL_PER_SECOND = 50
const INVALID_WINDOW_MS = 10 * MINUTE
const USUAL = { max: 5, windowMs: SECOND }

/** Discord tells limits only in headers; these are the ones it is known to send. */
const ROUTES: Record<string, { max: number; windowMs: number }> = {
  'POST /channels/:channel/messages': { max: 5, windowMs: 5 * SECOND },
  'PATCH /channels/:channel/messages/:message': { max: 5, windowMs: 5 * SECOND },
  'DELETE /channels/:channel/messages/:message': { max: 5, windowMs: SECOND },
  'GET /channels/:channel/messages': { max: 5, windowMs: 5 * SECOND },
  'PATCH /channels/:channel': { max: 5, windowMs: 10 * SECOND },
  'PUT /channels/:channel/messages/:message/reactions/:emoji/@me': { max: 1, windowMs: 250 },
  'POST /channels/:channel/typing': { max: 5, windowMs: 5 * SECOND },
  'POST /users/@me/channels': { max: 10, windowMs: 10 * SECOND },
}

/** Limits that no header tells. Discord keeps the numbers to itself; these are what bots have met. */
const UNTOLD = {
  'open-dm': { max: 40, windowMs: 10 * MINUTE },
  'old-edit': { max: 3, windowMs: 20 * SECOND },
} as const

/** From this age on edits count as those of an old message. */
export const OLD_MS = HOUR

export interface Bucket {
  hash: string
  max: number
  left: number
  resetAt: number
  resetAfterMs: number
}

export type Admission =
  | { kind: 'pass'; bucket: Bucket }
  | { kind: 'wait'; bucket: Bucket; retryAfterMs: number; isGlobal: boolean }
  | { kind: 'banned' }

export interface Limits {
  /** Whether this token's call may pass now. `major` is the channel, guild or webhook whose bucket it is. */
  admit(token: string, route: string, major: string): Admission
  /** Whether one more is allowed now of what no header tells; `of` is the application or the channel. */
  allows(kind: keyof typeof UNTOLD, of: string): boolean
  /** A 401, 403 or 429 that counts towards the ban. */
  noteInvalid(): void
  invalidCount(): number
}

export function makeLimits(clock: { now(): number }, settings: { invalidMax: number }): Limits {
  const buckets = new Map<string, { left: number; resetAt: number }>()
  const lastSecond = new Map<string, number[]>()
  const untold = new Map<string, number[]>()
  let invalid: number[] = []

  function bucketOf(token: string, route: string, major: string) {
    const { max, windowMs } = ROUTES[route] ?? USUAL
    const key = `${token} ${route} ${major}`
    const now = clock.now()
    const known = buckets.get(key)
    const state = known && known.resetAt > now ? known : { left: max, resetAt: now + windowMs }
    buckets.set(key, state)
    return { state, max }
  }

  function isGlobalFull(token: string, route: string): boolean {
    // Interactions answer under no global limit.
    if (route.includes('/interactions/') || route.includes('/webhooks/')) return false
    const now = clock.now()
    const recent = (lastSecond.get(token) ?? []).filter((at) => at > now - SECOND)
    lastSecond.set(token, recent)
    if (recent.length >= GLOBAL_PER_SECOND) return true
    recent.push(now)
    return false
  }

  function allows(kind: keyof typeof UNTOLD, of: string): boolean {
    const { max, windowMs } = UNTOLD[kind]
    const key = `${kind} ${of}`
    const recent = (untold.get(key) ?? []).filter((at) => at > clock.now() - windowMs)
    untold.set(key, recent)
    if (recent.length >= max) return false
    recent.push(clock.now())
    return true
  }

  const recentInvalid = () => {
    invalid = invalid.filter((at) => at > clock.now() - INVALID_WINDOW_MS)
    return invalid.length
  }

  return {
    admit(token, route, major) {
      if (recentInvalid() >= settings.invalidMax) return { kind: 'banned' }
      const { state, max } = bucketOf(token, route, major)
      const isGlobal = isGlobalFull(token, route)
      const isFull = state.left <= 0
      if (!isFull && !isGlobal) state.left -= 1
      const resetAfterMs = state.resetAt - clock.now()
      const bucket = { hash: hashOf(route), max, left: state.left, resetAt: state.resetAt, resetAfterMs }
      if (!isFull && !isGlobal) return { kind: 'pass', bucket }
      return { kind: 'wait', bucket, retryAfterMs: isGlobal ? SECOND : resetAfterMs, isGlobal }
    },
    allows,
    noteInvalid: () => void invalid.push(clock.now()),
    invalidCount: recentInvalid,
  }
}

/** A bucket's name says nothing of its route, and is the same wherever the limit is. */
function hashOf(route: string): string {
  let hash = 0
  for (const letter of route) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0
  return (hash >>> 0).toString(16).padStart(32, '0')
}
