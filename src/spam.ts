// Spam: a conversation that nobody answers. It is closed and in no list; who waited in it is waived, and both can be taken back.
import { findLastInbound } from './answered.ts'
import { lockConversation, refreshCard, TRANSITIONS, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact, listFacts } from './fact.ts'
import type { Policies } from './policy.ts'
import { findOpenWindow, nextEnding, reconcileWindows } from './window-record.ts'

export type MarkedAsSpam =
  | { kind: 'marked' }
  | { kind: 'marked-before' }
  /** Its messages are in another conversation. */
  | { kind: 'joined' }
  /** Somebody has written since; `upTo` is what there is to see now. */
  | { kind: 'stale'; upTo: number }

/** `upTo`: the newest of the customer's messages that the agent has seen. */
export async function markSpam(
  trx: Trx,
  conversationId: string,
  { agentId, upTo, policies }: { agentId: string; upTo: number; policies: Policies },
): Promise<MarkedAsSpam> {
  const conversation = await lockConversation(trx, conversationId)
  if (conversation.merged_into !== null) return { kind: 'joined' }
  if (conversation.spam_at !== null && conversation.state === 'closed') return { kind: 'marked-before' }
  const newest = (await findLastInbound(trx, conversationId))?.seq ?? 0
  if (newest > upTo) return { kind: 'stale', upTo: newest }
  const nth = (await findOpenWindow(trx, conversationId)) && (await nextEnding(trx, conversationId))
  const about = { conversationId, actor: agentId }
  if (nth !== undefined)
    await appendFact(trx, { kind: 'no-reply-needed', ...about, data: { upTo: newest, reason: 'spam', nth } })
  await appendFact(trx, { kind: 'spam-marked', ...about, data: nth === undefined ? {} : { nth } })
  await reconcileWindows(trx, conversationId, policies)
  await trx.updateTable('conversation').set({ spam_at: trx.now() }).where('id', '=', conversationId).execute()
  if (TRANSITIONS[conversation.state].close) await transition(trx, conversation, 'close')
  await refreshCard(trx, conversation)
  return { kind: 'marked' }
}

/** Whoever waited waits again, since they first wrote. False when nobody has said that it is spam. */
export async function unmarkSpam(
  trx: Trx,
  conversationId: string,
  { agentId, policies }: { agentId: string; policies: Policies },
): Promise<boolean> {
  const conversation = await lockConversation(trx, conversationId)
  if (conversation.spam_at === null) return false
  const about = { conversationId, actor: agentId }
  // It may have been marked again after somebody wrote once more: all that was waived so waits.
  for (const data of await listWaived(trx, conversationId))
    await appendFact(trx, { kind: 'spam-unmarked', ...about, data })
  await trx.updateTable('conversation').set({ spam_at: null }).where('id', '=', conversationId).execute()
  await reconcileWindows(trx, conversationId, policies)
  if (TRANSITIONS[conversation.state].reopen) await transition(trx, conversation, 'reopen')
  await refreshCard(trx, conversation)
  return true
}

/** What each mark waived that still stands; at least one. */
async function listWaived(trx: Trx, conversationId: string): Promise<{ nth?: number }[]> {
  const facts = await listFacts(trx, conversationId, ['spam-marked', 'spam-unmarked'])
  const since = facts.slice(facts.findLastIndex(({ kind }) => kind === 'spam-unmarked') + 1)
  const waived = since.flatMap((fact) =>
    fact.kind === 'spam-marked' && fact.data.nth !== undefined ? [fact.data] : [],
  )
  return waived.length > 0 ? waived : [{}]
}
