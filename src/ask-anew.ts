// An edit of what was answered already may ask something new. A person says so, and it waits for an answer from the moment of the edit.
import { lockConversation, refreshEntry, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { getMessage, insertAnew } from './message.ts'
import type { Policies } from './policy.ts'
import { findVersion } from './version.ts'
import { reconcileWindows } from './window-record.ts'

/** False when somebody has said so before, or there is no such version. */
export async function askAnew(
  trx: Trx,
  messageId: string,
  n: number,
  { agentId, policies }: { agentId: string; policies: Policies },
): Promise<boolean> {
  const found = await getMessage(trx, messageId)
  const conversation = await lockConversation(trx, found.conversation_id)
  const message = await getMessage(trx, messageId)
  const version = await findVersion(trx, messageId, n)
  const asked = version && (await insertAnew(trx, conversation, message, version))
  if (!asked) return false
  const about = { conversationId: conversation.id, messageId: asked.id, actor: agentId }
  const data = { seq: asked.seq, arrivedAt: asked.arrived_at, counts: true, editOf: messageId, version: n }
  await appendFact(trx, { kind: 'message-received', ...about, data })
  await reconcileWindows(trx, conversation.id, policies)
  await refreshEntry(trx, await transition(trx, conversation, 'receive'), asked.id)
  return true
}
