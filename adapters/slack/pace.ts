// Slack takes one message a second in each channel. A long reply keeps to that by itself.
import { type Clock, SECOND } from '../../src/clock.ts'

const EVERY_MS = 1.1 * SECOND
const CHANNELS_MAX = 1000

export interface Pace {
  /** Resolves when it is this channel's turn. */
  turn(channel: string): Promise<void>
}

export function makePace(clock: Clock): Pace {
  const freeAt = new Map<string, number>()
  return {
    async turn(channel) {
      const now = clock.monotonic()
      const at = Math.max(now, freeAt.get(channel) ?? 0)
      if (freeAt.size >= CHANNELS_MAX) freeAt.delete(freeAt.keys().next().value ?? '')
      freeAt.set(channel, at + EVERY_MS)
      if (at > now) await clock.wait(at - now)
    },
  }
}
