// What a person decides about a reply that was given up: try again, it did arrive, or let it be. Nobody else may.
import type { Sent } from './channel.ts'
import { lockConversation, refreshEntry } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { recordAcceptance } from './delivery.ts'
import { appendFact } from './fact.ts'
import { getMessage } from './message.ts'
import { findByDedupe, rerun } from './outbox.ts'
import { finish } from './outbox-settle.ts'
import { listParts } from './part.ts'
import type { Policies } from './policy.ts'
import { replyKey } from './reply-key.ts'

export type Decision = 'try-again' | 'it-arrived' | 'let-be'

/** False when the reply is not parked any more: somebody has decided, or proof of its delivery came in. */
export async function decide(
  trx: Trx,
  messageId: string,
  decision: Decision,
  by: { agentId: string; policies: Policies },
): Promise<boolean> {
  const message = await getMessage(trx, messageId)
  const conversation = await lockConversation(trx, message.conversation_id)
  const row = await findByDedupe(trx, replyKey(messageId))
  if (row?.state !== 'parked') return false
  const about = { conversationId: conversation.id, messageId, actor: by.agentId }
  if (decision === 'try-again') {
    if (!(await rerun(trx, row.id))) return false
    await trx.updateTable('message').set({ delivery: 'queued', warnings: '[]' }).where('id', '=', messageId).execute()
    await appendFact(trx, { kind: 'reply-rerun', ...about, data: {} })
  } else if (decision === 'it-arrived') {
    await finish(trx, row.id, undefined)
    const [part] = await listParts(trx, messageId)
    const recipients = (part?.recipients ?? []).map(({ address }) => ({ address, accepted: true }))
    const sent: Sent = { externalIds: [], recipients }
    await recordAcceptance(trx, message, sent, by.policies)
  } else {
    await trx.updateTable('outbox').set({ state: 'undone' }).where('id', '=', row.id).execute()
    await trx.updateTable('message').set({ delivery: 'undone' }).where('id', '=', messageId).execute()
    await appendFact(trx, { kind: 'reply-undone', ...about, data: {} })
  }
  await refreshEntry(trx, conversation, messageId)
  return true
}
