// Answers seen before what they answer. Folders are read side by side, so that this is common: such a mail waits, and is read again.
import { channelKind, type InboundMessage } from './channel.ts'
import { DAY } from './clock.ts'
import type { Trx } from './db/open.ts'
import { type Kept, readAgain } from './intake.ts'

const AWAITED_MS = 7 * DAY
const KEYS_MAX = 20

export async function awaitQuestion(
  trx: Trx,
  { channel, kept }: { channel: string; kept: Kept },
  { evidence }: InboundMessage,
): Promise<void> {
  await trx
    .deleteFrom('awaited_answer')
    .where('since', '<', trx.now() - AWAITED_MS)
    .execute()
  const rows = evidence.slice(0, KEYS_MAX).map(({ key }) => ({
    ...{ channel_kind: channelKind(channel), key, intake_id: kept.id, since: trx.now() },
  }))
  if (rows.length === 0) return
  await trx
    .insertInto('awaited_answer')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** What was seen before the message with these keys is read once more, and now finds what it answers. */
export async function readAwaited(trx: Trx, channel: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const rows = await trx
    .deleteFrom('awaited_answer')
    .where('channel_kind', '=', channelKind(channel))
    .where('key', 'in', [...keys])
    .returning('intake_id')
    .execute()
  const ids = [...new Set(rows.map((row) => row.intake_id))]
  if (ids.length > 0) await readAgain(trx, ids)
}
