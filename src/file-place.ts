// In whose threads a file of a message stands. It goes with its message, and comes into each thread once, however often that returns.
import type { Conversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'

const PLACES_MAX = 20

/** Call it where these messages are now: what stands in that thread is not brought again, and what stands elsewhere is. */
export async function followFiles(
  trx: Trx,
  { id, card_channel }: Conversation,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return
  await trx.deleteFrom('desk_file').where('message_id', 'in', messageIds).where('shared_at', 'is not', null).execute()
  if (card_channel === null) return
  const here = await trx
    .selectFrom('desk_file_place')
    .select(['message_id', 'what', 'file_id', 'shared_at'])
    .where('message_id', 'in', messageIds)
    .where('conversation_id', '=', id)
    .where('channel', '=', card_channel)
    .execute()
  if (here.length === 0) return
  await trx
    .insertInto('desk_file')
    .values(here.map((row) => ({ ...row, error: null })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}

export async function noteFilePlace(
  trx: Trx,
  { messageId, what }: { messageId: string; what: string },
  { conversationId, channel, fileId }: { conversationId: string; channel: string; fileId: string | undefined },
): Promise<void> {
  const file = { file_id: fileId ?? null, shared_at: trx.now() }
  await trx
    .insertInto('desk_file_place')
    .values({ message_id: messageId, what, conversation_id: conversationId, channel, ...file })
    .onConflict((oc) => oc.columns(['message_id', 'what', 'conversation_id', 'channel']).doUpdateSet(file))
    .execute()
}

/** What people have seen of its files in any thread. */
export async function listPlaced(db: Reader, messageId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('desk_file_place')
    .select('what')
    .distinct()
    .where('message_id', '=', messageId)
    .orderBy('what')
    .limit(PLACES_MAX)
    .execute()
  return rows.map(({ what }) => what)
}
