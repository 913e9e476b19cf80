// How fast the desk may speak: Slack takes one post a second and channel, and fifty updates a minute in all.
import { SECOND } from '../clock.ts'
import type { Pace } from '../rate.ts'

const POST: Pace = { minMs: 1.1 * SECOND, concurrencyMax: 1 }
const UPDATE: Pace = { minMs: 1.2 * SECOND, concurrencyMax: 1 }

/** Undefined for the keys of others. */
export function paceOf(rateKey: string): Pace | undefined {
  if (rateKey === 'desk:update') return UPDATE
  return /^desk:(post|file|ping):/.test(rateKey) ? POST : undefined
}
