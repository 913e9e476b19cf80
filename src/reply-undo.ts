// Undo: for some seconds after Send a reply has not left, and can be taken back as if it had never been sent.

import { tell } from './consultation-mail.ts'
import { lockConversation, refreshEntry } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { closeIfUnsaid } from './first-words.ts'
import { getMessage } from './message.ts'
import { delay, findUndoEnd, undo } from './outbox.ts'
import { replyKey } from './reply-key.ts'

/** The message's text and the window's answer in one word, for the agent who pressed Undo. */
export type UndoResult = { kind: 'undone'; markdown: string } | { kind: 'too-late' } | { kind: 'refused' }

export async function takeBack(trx: Trx, messageId: string, agentId: string): Promise<UndoResult> {
  const message = await getMessage(trx, messageId)
  if (message.author !== agentId) return { kind: 'refused' }
  const conversation = await lockConversation(trx, message.conversation_id)
  if (!(await undo(trx, replyKey(messageId)))) {
    const { delivery } = await getMessage(trx, messageId)
    return delivery === 'undone' ? { kind: 'undone', markdown: message.markdown } : { kind: 'too-late' }
  }
  await trx.updateTable('message').set({ delivery: 'undone' }).where('id', '=', messageId).execute()
  const fact = { kind: 'reply-undone', conversationId: conversation.id, messageId, actor: agentId, data: {} } as const
  if (message.direction === 'note') await tell(trx, message, 'consultation-undone')
  else await appendFact(trx, fact)
  await refreshEntry(trx, await closeIfUnsaid(trx, conversation), messageId)
  return { kind: 'undone', markdown: message.markdown }
}

/** Until when a reply that was sent can be taken back; undefined when it is too late. */
export async function findReplyUndoEnd(db: Reader, messageId: string): Promise<number | undefined> {
  return await findUndoEnd(db, replyKey(messageId))
}

/** The undo time counts from when the agent sees it: called where showing it took long. Resolves to its new end. */
export async function restartUndo(trx: Trx, messageId: string, undoMs: number): Promise<number | undefined> {
  const dueAt = trx.now() + undoMs
  return (await delay(trx, replyKey(messageId), dueAt)) ? dueAt : undefined
}
