// A step of a ladder has fired: finds out who can act on it at this moment, and owes each of them a ping.
import { getConversation } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import { type Owed, owe } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Outcome, Settled } from '../outbox-attempt.ts'
import { pageOf } from '../ping.ts'
import type { Policies } from '../policy.ts'
import { findWindow, policyFor, readPromised, type StoredWindow } from '../window-record.ts'
import { type Reached, resolveAddressees } from './addressee.ts'
import type { Presence } from './presence.ts'
import { standingOf } from './standing.ts'
import { type Desk, deskOrFirst } from './tools.ts'

export interface PageOptions {
  db: Reader
  clock: { now(): number }
  desks: readonly Desk[]
  policies: Policies
  presence: Presence
}

export function pageHandler(options: PageOptions): Handler {
  const { db, clock, desks, policies } = options
  return {
    async send(effect) {
      const { windowId, step: name, also = [] } = pageOf(effect)
      const window = await findOpen(db, windowId)
      if (!window) return MOOT
      const { ladder } = await policyFor(db, window.conversation_id, policies)
      const to = ladder.filter((step) => step.name === name || also.includes(step.name)).flatMap((step) => step.to)
      const conversation = await getConversation(db, window.conversation_id)
      const desk = deskOrFirst(desks, conversation.desk)
      if (!desk) return { kind: 'moot', reason: 'no desk is configured' }
      const quietUntil = await quietEnd(options, desk, window.conversation_id, clock.now())
      const owner = conversation.owner_id ?? undefined
      const standing = await standingOf(options, desk, owner, { isQuiet: quietUntil !== undefined })
      const reached = await resolveAddressees(to.length > 0 ? to : [{ kind: 'desk' }], standing)
      return { kind: 'accepted', detail: reached.map((one) => owedTo(one, quietUntil)) }
    },
    /** Nothing has left: who is there is asked anew. */
    verify: async () => ({ kind: 'repeatable' }),
    settle,
  }
}

const MOOT: Outcome = { kind: 'moot', reason: 'the customer has been answered' }

async function findOpen(db: Reader, windowId: string): Promise<StoredWindow | undefined> {
  const window = await findWindow(db, windowId)
  return window?.ended_at === null ? window : undefined
}

/** Undefined outside the quiet hours, and for a tier that may disturb. */
export async function quietEnd(
  { db, policies }: Pick<PageOptions, 'db' | 'policies'>,
  { quiet }: Desk,
  conversationId: string,
  now: number,
): Promise<number | undefined> {
  const until = quiet?.until(now)
  if (quiet === undefined || until === undefined || quiet.exceptTiers.length === 0) return until
  const tier = policies.tierOf(await readPromised(db, conversationId))
  return tier !== undefined && quiet.exceptTiers.includes(tier) ? undefined : until
}

/** Quiet hours are for people; a channel rings nobody. */
function owedTo(reached: Reached, quietUntil: number | undefined): Owed {
  return isPerson(reached.to) ? { ...reached, quietUntil } : reached
}

/** Slack's ids of people begin with U or W, those of channels with C, G or D. */
export function isPerson(id: string): boolean {
  return /^[UW]/.test(id)
}

async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted') return
  const { windowId, step } = pageOf(effect)
  const window = await findOpen(trx, windowId)
  if (window) await owe(trx, window, step, settled.detail as Owed[]) // Else answered meanwhile: nobody needs to hear of it.
}
