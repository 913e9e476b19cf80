// A blocked contact: what they write is kept and calls nobody. It can be looked at, made to count, and taken back.
import { DETAIL_OF_PERSON, setDetail } from './contact-detail.ts'
import { getConversation, refreshEntry } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { refreshPersonCards } from './person.ts'
import { listSamePerson } from './same-person.ts'

const RELEASED_MAX = 200
const LISTED_MAX = 30
const BLOCKED = 'yes'

/** Asked for every message that arrives. */
export async function isBlocked(db: Reader, contactId: string): Promise<boolean> {
  const row = await db
    .selectFrom('contact')
    .select(DETAIL_OF_PERSON('blocked').as('value'))
    .where('id', '=', contactId)
    .executeTakeFirst()
  return typeof row?.value === 'string'
}

/** The whole person, on every channel. False when they are blocked already. */
export async function block(trx: Trx, contactId: string, agentId: string): Promise<boolean> {
  if (!(await setDetail(trx, contactId, 'blocked', { value: BLOCKED, agentId }))) return false
  await appendFact(trx, { kind: 'contact-blocked', actor: agentId, data: { contact: contactId } })
  await refreshPersonCards(trx, contactId)
  return true
}

/** New messages count again. What came meanwhile is shown now and waits for nobody unless somebody says so; returns how many those are. */
export async function unblock(trx: Trx, contactId: string, agentId: string): Promise<number | undefined> {
  if (!(await setDetail(trx, contactId, 'blocked', { value: undefined, agentId }))) return undefined
  const held = await showHeld(trx, contactId)
  await appendFact(trx, { kind: 'contact-unblocked', actor: agentId, data: { contact: contactId, held } })
  await refreshPersonCards(trx, contactId)
  return held
}

/** What was kept from the desk is brought into its threads, the oldest first. Returns how many messages that are. */
export async function showHeld(trx: Trx, contactId: string): Promise<number> {
  const held = await trx
    .selectFrom('message')
    .innerJoin('identity', (join) =>
      join.onRef('identity.address', '=', 'message.author').onRef('identity.channel_kind', '=', 'message.channel_kind'),
    )
    .select(['message.id', 'message.conversation_id'])
    .where('message.held_at', 'is not', null)
    .where('identity.contact_id', 'in', await listSamePerson(trx, contactId))
    .orderBy('message.id')
    .limit(RELEASED_MAX)
    .execute()
  for (const { id, conversation_id } of held) {
    await release(trx, id)
    await refreshEntry(trx, await getConversation(trx, conversation_id), id)
  }
  return held.length
}

/** From now on its entry may stand in the thread. */
export async function release(trx: Trx, messageId: string): Promise<void> {
  await trx.updateTable('message').set({ held_at: null }).where('id', '=', messageId).execute()
}

/** Whether nothing of a conversation is to be shown, so that it has no card either. */
export async function isAllHeld(db: Reader, conversationId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('message')
    .select((eb) => eb.case().when('held_at', 'is', null).then(0).else(1).end().as('held'))
    .distinct()
    .where('conversation_id', '=', conversationId)
    .execute()
  return rows.length === 1 && rows[0]?.held === 1
}

export interface BlockedContact {
  contactId: string
  name: string | undefined
  address: string
  channelKind: string
  /** Where they have written. */
  desk: string
  at: number
  by: string
  /** How many messages are kept from the desk, and since when the newest. */
  held: number
  heldLastAt: number | undefined
}

/** Those who have written to one of these desks, the last blocked first. */
export async function listBlocked(db: Reader, desks: readonly string[]): Promise<BlockedContact[]> {
  const rows = await db
    .selectFrom('contact_detail')
    .select(['contact_id', 'set_at', 'set_by'])
    .where('kind', '=', 'blocked')
    .where('value', 'is not', null)
    .orderBy('id', 'desc')
    .limit(LISTED_MAX)
    .execute()
  const listed: BlockedContact[] = []
  for (const { contact_id: contactId, set_at: at, set_by: by } of rows) {
    // Said of somebody who is linked to others since, it may be over.
    const met = (await isBlocked(db, contactId)) ? await findMet(db, contactId, desks) : undefined
    if (met) listed.push({ contactId, at, by, ...met })
  }
  return listed
}

async function findMet(db: Reader, contactId: string, desks: readonly string[]) {
  const contacts = await listSamePerson(db, contactId)
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select(['identity.name', 'identity.address', 'identity.channel_kind', 'conversation.desk'])
    .where('identity.contact_id', 'in', contacts)
    .where('conversation.desk', 'in', desks)
    .orderBy('conversation.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  const kept = await db
    .selectFrom('message')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select((eb) => [eb.fn.countAll<number | string>().as('count'), eb.fn.max('message.held_at').as('at')])
    .where('identity.contact_id', 'in', contacts)
    .where('message.held_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return {
    ...{ name: row.name ?? undefined, address: row.address, channelKind: row.channel_kind, desk: row.desk },
    ...{ held: Number(kept.count), heldLastAt: kept.at === null ? undefined : Number(kept.at) },
  }
}
