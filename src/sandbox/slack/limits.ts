// Slack's rate limits by tier, counted on the injected clock, so that a test sees the 429 a busy day would bring.
import type { Tier } from './answer.ts'

const MINUTE_MS = 60_000
const PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100, special: 300, post: 300 } as const
const POST_EVERY_MS = 1000
/** Slack tolerates short bursts above one message a second and channel. */
const POST_BURST = 3

export interface Limits {
  /** Seconds to wait, or undefined when the call may pass. A refused call does not count. */
  admit(call: { method: string; tier: Tier; channel?: string; perMinute?: number }): number | undefined
}

export function makeLimits(clock: { now(): number }): Limits {
  const passed = new Map<string, number[]>()
  const nextFreeAt = new Map<string, number>()

  function inWindow(key: string, max: number): number | undefined {
    const now = clock.now()
    const recent = (passed.get(key) ?? []).filter((at) => at > now - MINUTE_MS && at <= now)
    passed.set(key, recent)
    const oldest = recent[0]
    if (recent.length < max || oldest === undefined) return undefined
    return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000))
  }

  function paced(key: string): number | undefined {
    const aheadMs = (nextFreeAt.get(key) ?? 0) - clock.now()
    return aheadMs > (POST_BURST - 1) * POST_EVERY_MS ? Math.ceil(aheadMs / 1000) - (POST_BURST - 1) : undefined
  }

  return {
    admit({ method, tier, channel, perMinute }) {
      const pace = tier === 'post' ? `${method} ${channel ?? ''}` : undefined
      const waitS = (pace && paced(pace)) ?? inWindow(method, perMinute ?? PER_MINUTE[tier])
      if (waitS) return waitS
      passed.get(method)?.push(clock.now())
      if (pace) nextFreeAt.set(pace, Math.max(nextFreeAt.get(pace) ?? 0, clock.now()) + POST_EVERY_MS)
      return undefined
    },
  }
}
