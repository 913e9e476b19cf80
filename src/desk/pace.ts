// How fast the desk may speak: Slack takes one post a second and channel, and fifty updates a minute in all.
import { SECOND } from '../clock.ts'
import { deskRate } from '../conversation.ts'
import { HOME_RATE } from '../home.ts'
import type { Pace } from '../rate.ts'

const POST: Pace = { minMs: 1.1 * SECOND, concurrencyMax: 1 }
/** Within the pace of the channel's other posts, and twice as rare: these get every second place at least. */
const BACKLOG_MS = 2 * POST.minMs
/**
 * All channels together: Slack takes some hundred posts a minute from one app in one workspace. What was handed on is overtaken by
 * nothing more urgent, so that is no more than keeps Slack busy.
 */
const POSTS = 'desk:posts'
const ALL_POSTS: Pace = { minMs: 0.21 * SECOND, concurrencyMax: 4, queueMax: 1 }
const UPDATE: Pace = { minMs: 1.2 * SECOND, concurrencyMax: 1 }
const UPDATE_LATER: Pace = { ...UPDATE, minMs: 2 * UPDATE.minMs, within: deskRate.update }

/** A hundred views a minute; what nobody has asked for leaves every second place to what somebody waits for. */
const HOME: Pace = { minMs: 0.65 * SECOND, concurrencyMax: 1 }
const HOME_LATER: Pace = { ...HOME, minMs: 2 * HOME.minMs, within: HOME_RATE.now }

/** Undefined for the keys of others. */
export function paceOf(rateKey: string): Pace | undefined {
  if (rateKey === deskRate.update) return UPDATE
  if (rateKey === deskRate.updateLater) return UPDATE_LATER
  if (rateKey === HOME_RATE.now) return HOME
  if (rateKey === HOME_RATE.later) return HOME_LATER
  const [, desk] = /^desk:backlog:(.*)$/.exec(rateKey) ?? []
  if (desk !== undefined) return { ...POST, minMs: BACKLOG_MS, within: deskRate.post(desk) }
  const [, crowded] = /^desk:overload:(.*)$/.exec(rateKey) ?? []
  if (crowded !== undefined) return { ...POST, within: deskRate.post(crowded) }
  if (rateKey === POSTS) return ALL_POSTS
  if (/^desk:(post|ping):/.test(rateKey)) return { ...POST, within: POSTS }
  return rateKey.startsWith('desk:file:') ? POST : undefined
}
