// How fast the desk may speak: Slack takes one post a second and channel, and fifty updates a minute in all.
import { SECOND } from '../clock.ts'
import { deskRate } from '../conversation.ts'
import type { Pace } from '../rate.ts'

const POST: Pace = { minMs: 1.1 * SECOND, concurrencyMax: 1 }
/** Within the pace of the channel's other posts, and twice as rare: these get every second place at least. */
const BACKLOG_MS = 2 * POST.minMs
const UPDATE: Pace = { minMs: 1.2 * SECOND, concurrencyMax: 1 }

/** Undefined for the keys of others. */
export function paceOf(rateKey: string): Pace | undefined {
  if (rateKey === 'desk:update') return UPDATE
  const [, desk] = /^desk:backlog:(.*)$/.exec(rateKey) ?? []
  if (desk !== undefined) return { ...POST, minMs: BACKLOG_MS, within: deskRate.post(desk) }
  return /^desk:(post|file|ping):/.test(rateKey) ? POST : undefined
}
