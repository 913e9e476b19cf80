// One message may be seen several times: in two mailboxes, after a new UIDVALIDITY. Each sighting is remembered once.
import type { Reader, Trx } from './db/open.ts'
import type { Kept } from './intake.ts'

/** False when this very raw event was noted before. */
export async function addSighting(trx: Trx, messageId: string, channel: string, kept: Kept): Promise<boolean> {
  const row = await trx
    .insertInto('message_source')
    .values({ message_id: messageId, intake_id: kept.id, channel, seen_at: trx.now() })
    .onConflict((oc) => oc.doNothing())
    .returning('intake_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Whether it has arrived in this channel before. */
export async function wasSeenIn(db: Reader, messageId: string, channel: string): Promise<boolean> {
  const row = await db
    .selectFrom('message_source')
    .select('intake_id')
    .where('message_id', '=', messageId)
    .where('channel', '=', channel)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
