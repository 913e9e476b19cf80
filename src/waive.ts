// No reply needed: a person says why the customer's newest words need no answer. It ends the window, and counts apart.

import { findLastInbound } from './answered.ts'
import { lockConversation, refreshCard, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact, type WaiveReason } from './fact.ts'
import type { Policies } from './policy.ts'
import { findOpenWindow, nextEnding, reconcileWindows } from './window-record.ts'

export interface Waiver {
  agentId: string
  reason: WaiveReason
  /** The seq of the newest message of the customer that the agent has seen. */
  upTo: number
  policies: Policies
}

export type Waived =
  | { kind: 'waived' }
  /** Answered, or waived, before. */
  | { kind: 'nothing-waits' }
  /** The customer has written since; `upTo` is what there is to see now. */
  | { kind: 'stale'; upTo: number }

/** Commit, then ack. What was not seen is never waived. */
export async function waive(trx: Trx, conversationId: string, waiver: Waiver): Promise<Waived> {
  const { agentId, reason, upTo, policies } = waiver
  const conversation = await lockConversation(trx, conversationId)
  if (!(await findOpenWindow(trx, conversationId))) return { kind: 'nothing-waits' }
  const newest = (await findLastInbound(trx, conversationId))?.seq ?? 0
  if (newest > upTo) return { kind: 'stale', upTo: newest }
  const data = { upTo: newest, reason, nth: await nextEnding(trx, conversationId) }
  await appendFact(trx, { kind: 'no-reply-needed', conversationId, actor: agentId, data })
  const open = await reconcileWindows(trx, conversationId, policies)
  await transition(trx, conversation, open ? 'cross' : 'answer')
  await refreshCard(trx, conversation)
  return { kind: 'waived' }
}
