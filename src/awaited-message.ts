// What is heard of before the message, or the conversation, that it is about: it waits, and is read again when that comes.
import { channelKind, type ExternalId, type InboundMessage } from './channel.ts'
import { DAY, SECOND } from './clock.ts'
import type { Trx } from './db/open.ts'
import { type Kept, readAgain } from './intake.ts'

interface Awaiting {
  channel: string
  kept: Kept
}

const AWAITED_MS = 30 * DAY
const KEYS_MAX = 20
/** Another instance may be taking the message in at this very moment, where we cannot see it yet. */
const UNSEEN_MS = 10 * SECOND

/** For what changes a message. */
export async function awaitChanged(trx: Trx, awaiting: Awaiting, externalId: ExternalId): Promise<void> {
  const isNew = await awaitKeys(trx, awaiting, [keyOfMessage(externalId)])
  if (isNew) await readAgain(trx, [awaiting.kept.id], trx.now() + UNSEEN_MS)
}

/** For what belongs into a conversation that is not there yet. */
export async function awaitPlace(trx: Trx, awaiting: Awaiting, { evidence }: InboundMessage): Promise<void> {
  await awaitKeys(
    trx,
    awaiting,
    evidence.map(({ key }) => key),
  )
}

/** Call it where the message was taken in. */
export async function readChanges(trx: Trx, channel: string, externalId: ExternalId): Promise<void> {
  const rows = await trx
    .deleteFrom('awaited_answer')
    .where('channel_kind', '=', channelKind(channel))
    .where('key', '=', keyOfMessage(externalId))
    .returning('intake_id')
    .execute()
  const ids = [...new Set(rows.map((row) => row.intake_id))]
  if (ids.length > 0) await readAgain(trx, ids)
}

const keyOfMessage = (externalId: ExternalId) => `message:${externalId}`

/** True when nobody has waited here for one of them. */
async function awaitKeys(trx: Trx, { channel, kept }: Awaiting, keys: readonly string[]): Promise<boolean> {
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
