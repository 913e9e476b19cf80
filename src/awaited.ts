// Answers seen before what they answer. Folders are read side by side, so that this is common: such a mail waits, and is read again.
import { channelKind, type ExternalId, type InboundMessage } from './channel.ts'
import { DAY, SECOND } from './clock.ts'
import type { Trx } from './db/open.ts'
import { type Kept, readAgain } from './intake.ts'

const AWAITED_MS = 7 * DAY
const KEYS_MAX = 20

export async function awaitQuestion(
  trx: Trx,
  awaiting: { channel: string; kept: Kept },
  { evidence }: InboundMessage,
): Promise<void> {
  await awaitKeys(
    trx,
    awaiting,
    evidence.map(({ key }) => key),
  )
}

/** What changes a message can come before it. */
export async function awaitMessage(
  trx: Trx,
  awaiting: { channel: string; kept: Kept },
  externalId: ExternalId,
): Promise<void> {
  const isNew = await awaitKeys(trx, awaiting, [keyOfMessage(externalId)])
  // Another instance may be taking the message in at this very moment, where we cannot see it yet.
  if (isNew) await readAgain(trx, [awaiting.kept.id], trx.now() + UNSEEN_MS)
}

const UNSEEN_MS = 10 * SECOND

/** By which whatever waits for this message is found. */
export const keyOfMessage = (externalId: ExternalId) => `message:${externalId}`

/** True when nobody has waited here for one of them. */
async function awaitKeys(
  trx: Trx,
  { channel, kept }: { channel: string; kept: Kept },
  keys: readonly string[],
): Promise<boolean> {
  await trx
    .deleteFrom('awaited_answer')
    .where('since', '<', trx.now() - AWAITED_MS)
    .execute()
  const rows = keys.slice(0, KEYS_MAX).map((key) => ({
    ...{ channel_kind: channelKind(channel), key, intake_id: kept.id, since: trx.now() },
  }))
  if (rows.length === 0) return false
  const added = await trx
    .insertInto('awaited_answer')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .returning('key')
    .execute()
  return added.length > 0
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
