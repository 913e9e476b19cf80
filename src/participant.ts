// Who takes part in a conversation: its contact, whom they brought in, and whom we wrote to. Only they lead a message back into it.
import type { Address } from './channel.ts'
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
