// Where somebody writes, held while one message of theirs is taken in: two that come at once, in whatever instance, make one
// conversation, as chat platforms tell of each line by itself.
import type { ExpressionBuilder } from 'kysely'
import { channelKind, type InboundMessage } from './channel.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Schema } from './db/schema.ts'

/** Everybody writes in a thread; elsewhere it is one person's line that goes on. */
export const ANYBODY = ''
const PLACES_MAX = 10

interface Place {
  key: string
  author: string
}

/** Holds the places until the commit, always in the same order. */
export async function holdPlaces(trx: Trx, channel: string, event: InboundMessage): Promise<void> {
  const places = placesOf(event).toSorted((a, b) => (a.key + a.author < b.key + b.author ? -1 : 1))
  for (const { key, author } of places) {
    await trx
      .insertInto('writing_place')
      .values({ channel_kind: channelKind(channel), key, author, message_id: null, taken_at: trx.now() })
      .onConflict((oc) => oc.columns(['channel_kind', 'key', 'author']).doUpdateSet({ taken_at: trx.now() }))
      .execute()
  }
  for (const key of rootKeysOf(event)) await holdKey(trx, channelKind(channel), key)
}

/** What stands at the top of a channel may have answers below it that are taken in at the same moment. */
export function rootKeysOf({ group, keys }: InboundMessage): string[] {
  return group === undefined ? [] : keys.slice(0, PLACES_MAX).toSorted()
}

/** Until somebody answers there, no row is left of it: whoever wants to insert the same one waits for our commit. */
async function holdKey(trx: Trx, channel_kind: string, key: string): Promise<void> {
  const row = { channel_kind, key, author: ANYBODY, message_id: null, taken_at: trx.now() }
  const added = await trx
    .insertInto('writing_place')
    .values(row)
    .onConflict((oc) => oc.doNothing())
    .returning('key')
    .executeTakeFirst()
  const mine = { channel_kind, key, author: ANYBODY }
  const isIt = (eb: ExpressionBuilder<Schema, 'writing_place'>) => eb.and(mine)
  if (added) await trx.deleteFrom('writing_place').where(isIt).execute()
  else await trx.updateTable('writing_place').set({ taken_at: trx.now() }).where(isIt).execute()
}

function placesOf({ evidence, group, from }: InboundMessage): Place[] {
  const shared = evidence
    .filter(({ by }) => by === 'thread' || by === 'place')
    .slice(0, PLACES_MAX)
    .map(({ key, by }): Place => ({ key, author: by === 'thread' ? ANYBODY : from.address }))
  return group === undefined ? shared : [...shared, { key: group, author: from.address }]
}

/** The conversation of the author's last message under this key, unless that is longer ago. Call it while the place is held. */
export async function findGrouped(
  db: Reader,
  channel: string,
  { group, from, arrivedAt }: InboundMessage,
  withinMs: number,
): Promise<string | undefined> {
  if (group === undefined) return undefined
  const row = await db
    .selectFrom('writing_place')
    .innerJoin('message as last', 'last.id', 'writing_place.message_id')
    .innerJoin('message', 'message.conversation_id', 'last.conversation_id')
    .select('message.conversation_id')
    .where('writing_place.channel_kind', '=', channelKind(channel))
    .where('writing_place.key', '=', group)
    .where('writing_place.author', '=', from.address)
    .where('message.author', '=', from.address)
    // What we hear of late may have been written before it.
    .where('message.arrived_at', '>=', Math.trunc(arrivedAt) - withinMs)
    .where('message.arrived_at', '<=', Math.trunc(arrivedAt) + withinMs)
    .limit(1)
    .executeTakeFirst()
  return row?.conversation_id
}

/** From now on this is their last message there, unless a later one is known already. */
export async function noteWritten(
  trx: Trx,
  channel: string,
  { group, from, arrivedAt }: InboundMessage,
  messageId: string,
): Promise<void> {
  if (group === undefined) return
  await trx
    .updateTable('writing_place')
    .set({ message_id: messageId })
    .where('channel_kind', '=', channelKind(channel))
    .where('key', '=', group)
    .where('author', '=', from.address)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('message')
            .select('message.id')
            .whereRef('message.id', '=', 'writing_place.message_id')
            .where('message.arrived_at', '>', Math.trunc(arrivedAt)),
        ),
      ),
    )
    .execute()
}
