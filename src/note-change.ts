// Somebody changes or deletes what they typed in a thread. If a customer was sent it, nothing changes for them, and the desk is told.
import { cardLane, deskRate, lockConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { getMessage } from './message.ts'
import { put } from './outbox.ts'
import { addVersion } from './version.ts'

export interface NoteChange {
  /** The note, by the id it was kept under. */
  of: string
  /** Of this change of it alone. */
  externalId: string
  /** Undefined when it was deleted. */
  text: string | undefined
  at: number
}

/** False when there is no such note. */
export async function changeNote(trx: Trx, change: NoteChange): Promise<boolean> {
  const found = await findNote(trx, change.of)
  if (!found) return false
  const conversation = await lockConversation(trx, found.conversation_id)
  const note = await getMessage(trx, found.id)
  const { externalId: external_id, text, at } = change
  const said = { external_id, text: text ?? '', markdown: text ?? '', at }
  const version = await addVersion(trx, conversation, note, { ...said, kind: text === undefined ? 'deletion' : 'edit' })
  if (!version) return true
  const now = text === undefined ? { deleted_at: at } : { text, markdown: text, edited_at: at }
  await trx.updateTable('message').set(now).where('id', '=', note.id).execute()
  const about = { conversationId: conversation.id, messageId: note.id, actor: note.author }
  await appendFact(trx, { kind: 'note-changed', ...about, data: { version: version.n } })
  const replyId = await findReplyFrom(trx, change.of)
  if (replyId === undefined) return true
  await put(trx, {
    kind: 'note-changed',
    conversationId: conversation.id,
    payload: { noteId: note.id, replyId, isDeleted: text === undefined },
    rateKey: deskRate.post(conversation.desk),
    lane: cardLane(conversation.id),
    dedupe: `note-changed:${note.id}:${version.n}`,
    dueAt: trx.now(),
  })
  return true
}

async function findNote(db: Reader, externalId: string): Promise<{ id: string; conversation_id: string } | undefined> {
  return await db
    .selectFrom('message')
    .select(['id', 'conversation_id'])
    .where('channel_kind', '=', 'desk')
    .where('external_id', '=', externalId)
    .executeTakeFirst()
}

/** The newest reply that was made from it and left, or is about to. */
async function findReplyFrom(db: Reader, noteId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('draft')
    .innerJoin('message', 'message.id', 'draft.id')
    .select('message.id')
    .where('draft.note_id', '=', noteId)
    .where('draft.sent_at', 'is not', null)
    .where('message.delivery', 'not in', ['undone', 'rejected', 'bounced'])
    .where('message.deleted_at', 'is', null)
    .orderBy('draft.sent_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}
