// What was joined to a conversation, and to that in turn; and the one order in which several conversations are locked.
import { type Conversation, lockConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'

/** In one order everywhere, so that two who move at the same time do not wait for each other for ever. Each once. */
export async function lockInOrder(trx: Trx, ids: readonly string[]): Promise<Conversation[]> {
  const locked: Conversation[] = []
  for (const id of [...new Set(ids)].toSorted()) locked.push(await lockConversation(trx, id))
  return locked
}

const LOOKS_MAX = 5

/** The conversation, and all that went into it. */
export async function lockWithJoined(
  trx: Trx,
  id: string,
): Promise<{ conversation: Conversation; joined: Conversation[] }> {
  let known = [id, ...(await listJoined(trx, id))]
  for (let looks = 0; ; looks++) {
    const locked = await lockInOrder(trx, known)
    const now = [id, ...(await listJoined(trx, id))]
    const conversation = locked.find((one) => one.id === id)
    if (!conversation) throw new Error('a row that was locked is gone')
    // What was parted or joined while we waited for the lock is looked at again.
    if (now.every((one) => known.includes(one)) || looks >= LOOKS_MAX)
      return { conversation, joined: locked.filter((one) => one.id !== id && now.includes(one.id)) }
    known = now
  }
}

async function listJoined(db: Reader, into: string): Promise<string[]> {
  const rows = await db
    .selectFrom('conversation')
    .select('id')
    .where('merged_into', '=', into)
    .where('merged_into', 'is not', null) // As its index has it.
    .orderBy('id')
    .execute()
  const further = []
  for (const { id } of rows) further.push(...(await listJoined(db, id)))
  return [...rows.map(({ id }) => id), ...further]
}
