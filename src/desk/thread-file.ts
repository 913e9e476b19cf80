// A file of a message on its way into the card's thread: asked for once, however often people press, and never forgotten.
import { type Conversation, deskRate, refreshEntry } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import { put } from '../outbox.ts'

/** `original`, `text`, or the id of an attachment. */
export type FileOf = string

export interface ThreadFile {
  what: FileOf
  /** As Slack calls it. */
  fileId: string | undefined
  isShared: boolean
  error: string | undefined
}

export async function listThreadFiles(db: Reader, messageId: string): Promise<ThreadFile[]> {
  const rows = await db
    .selectFrom('desk_file')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('what')
    .execute()
  return rows.map((row) => ({
    what: row.what,
    fileId: row.file_id ?? undefined,
    isShared: row.shared_at !== null,
    error: row.error ?? undefined,
  }))
}

export async function findThreadFile(db: Reader, messageId: string, what: FileOf): Promise<ThreadFile | undefined> {
  return (await listThreadFiles(db, messageId)).find((file) => file.what === what)
}

type Place = Pick<Conversation, 'id' | 'desk'>

/** For what comes by itself: what was asked for before, however that ended, is left alone. */
export async function bringOnce(trx: Trx, place: Place, messageId: string, what: FileOf): Promise<void> {
  const row = await trx
    .insertInto('desk_file')
    .values({ message_id: messageId, what, file_id: null, shared_at: null, error: null })
    .onConflict((oc) => oc.doNothing())
    .returning('what')
    .executeTakeFirst()
  if (row) await putFile(trx, place, messageId, what)
}

/** A person wants it: what failed before is tried again. */
export async function bringAgain(trx: Trx, conversation: Conversation, messageId: string, what: FileOf): Promise<void> {
  const known = await findThreadFile(trx, messageId, what)
  await trx
    .insertInto('desk_file')
    .values({ message_id: messageId, what, file_id: null, shared_at: null, error: null })
    .onConflict((oc) => oc.columns(['message_id', 'what']).doUpdateSet({ error: null }))
    .execute()
  await putFile(trx, conversation, messageId, what)
  if (known?.error !== undefined) await refreshEntry(trx, conversation, messageId)
}

/** In a lane of their own: a large file holds up no card. */
async function putFile(trx: Trx, { id, desk }: Place, messageId: string, what: FileOf): Promise<void> {
  await put(trx, {
    kind: 'file',
    conversationId: id,
    payload: { messageId, what },
    rateKey: deskRate.file(desk),
    lane: `file:${id}`,
    coalesceKey: `file:${messageId}:${what}`,
    dueAt: trx.now(),
  })
}

/** Its bytes are at Slack. From here on it can be told whether it was shown. */
export async function noteUploaded(trx: Trx, messageId: string, what: FileOf, fileId: string): Promise<void> {
  await change(trx, messageId, what, { file_id: fileId })
}

export async function noteShared(trx: Trx, messageId: string, what: FileOf): Promise<void> {
  await change(trx, messageId, what, { shared_at: trx.now(), error: null })
}

export async function noteTrouble(trx: Trx, messageId: string, what: FileOf, error: string): Promise<void> {
  await change(trx, messageId, what, { error })
}

async function change(
  trx: Trx,
  messageId: string,
  what: FileOf,
  values: { file_id?: string; shared_at?: number; error?: string | null },
): Promise<void> {
  await trx.updateTable('desk_file').set(values).where('message_id', '=', messageId).where('what', '=', what).execute()
}
