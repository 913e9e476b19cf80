// A machine's letter that needs an answer after all, or does not: a person knows better than its headers.
import { release } from './block.ts'
import { lockConversation, refreshEntry, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact, listFacts } from './fact.ts'
import { getMessage } from './message.ts'
import type { Policies } from './policy.ts'
import { reconcileWindows } from './window-record.ts'

/** False when it stands so already. The window counts from the message's arrival, as if it had always counted. */
export async function reclassify(
  trx: Trx,
  messageId: string,
  counts: boolean,
  { agentId, policies }: { agentId: string; policies: Policies },
): Promise<boolean> {
  const message = await getMessage(trx, messageId)
  const conversationId = message.conversation_id
  const conversation = await lockConversation(trx, conversationId)
  if ((await countsNow(trx, conversationId, messageId)) === counts) return false
  if (message.held_at !== null) await release(trx, messageId)
  await appendFact(trx, { kind: 'message-reclassified', conversationId, messageId, actor: agentId, data: { counts } })
  const open = await reconcileWindows(trx, conversationId, policies)
  // What was answered or waived with the rest needs nobody's attention again.
  const isWaiting = counts && open !== undefined
  const moved = isWaiting ? await transition(trx, conversation, 'receive') : conversation
  await refreshEntry(trx, moved, messageId)
  return true
}

/** Whether the customer waits for an answer to it, as it was received or as a person has decided since. */
export async function countsNow(db: Reader, conversationId: string, messageId: string): Promise<boolean> {
  const facts = await listFacts(db, conversationId, ['message-received', 'message-joined', 'message-reclassified'])
  const about = facts.findLast((fact) => fact.messageId === messageId)
  return about !== undefined && 'counts' in about.data && about.data.counts
}
