// Who takes part in a conversation: its contact, whom they brought in, and whom we wrote to. Only they lead a message back into it.
import type { Address } from './channel.ts'
import type { Conversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'

/** More than these are a crowd, and a crowd is no circle of people who know of each other. */
const PARTICIPANTS_MAX = 50

/** Those who were there before stay as they are. */
export async function addParticipants(trx: Trx, conversationId: string, people: readonly Address[]): Promise<void> {
  if (people.length === 0) return
  const known = await trx
    .selectFrom('participant')
    .select('address')
    .where('conversation_id', '=', conversationId)
    .limit(PARTICIPANTS_MAX)
    .execute()
  const there = new Set(known.map(({ address }) => address))
  const fresh = new Map(people.filter(({ address }) => !there.has(address)).map((person) => [person.address, person]))
  const rows = [...fresh.values()].slice(0, PARTICIPANTS_MAX - there.size).map(({ address, name }) => ({
    conversation_id: conversationId,
    address,
    name: name ?? null,
  }))
  if (rows.length === 0) return
  await trx
    .insertInto('participant')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

export async function takesPart(db: Reader, conversationId: string, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('participant')
    .select('address')
    .where('conversation_id', '=', conversationId)
    .where('address', '=', address)
    .executeTakeFirst()
  return row !== undefined
}

export async function copyParticipants(trx: Trx, from: string, to: string): Promise<void> {
  const people = await trx.selectFrom('participant').selectAll().where('conversation_id', '=', from).execute()
  if (people.length === 0) return
  await trx
    .insertInto('participant')
    .values(people.map((person) => ({ ...person, conversation_id: to })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Who came with the other conversation goes with it, unless they have a part in this one of their own. */
export async function removeGuests(trx: Trx, guestsOf: string, { id, identity_id }: Conversation): Promise<void> {
  const guests = trx.selectFrom('participant').select('address').where('conversation_id', '=', guestsOf)
  const contact = trx.selectFrom('identity').select('address').where('id', '=', identity_id)
  const writers = trx
    .selectFrom('message')
    .select('author')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'inbound')
  const readers = trx
    .selectFrom('recipient')
    .innerJoin('message', 'message.id', 'recipient.message_id')
    .select('recipient.address')
    .where('message.conversation_id', '=', id)
    .where('recipient.state', '=', 'accepted')
  await trx
    .deleteFrom('participant')
    .where('conversation_id', '=', id)
    .where('address', 'in', guests)
    .where('address', 'not in', contact)
    .where('address', 'not in', writers)
    .where('address', 'not in', readers)
    .execute()
}
