// Several contacts may be one person who writes on several channels. Only proof, or somebody who answers for it by name, says so;
// a name alone never does. It can be taken back, and no clock knows of it.
import type { Selectable } from 'kysely'
import { refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { ContactLinkTable } from './db/schema.ts'
import { appendFact } from './fact.ts'

export type ContactLink = Selectable<ContactLinkTable>

const CONTACTS_MAX = 50
const LINKS_MAX = 20
const CARDS_MAX = 50

export interface Linking {
  contactId: string
  otherId: string
  /** Who says so, or whose message proves it. */
  by: { how: 'agent'; agentId: string } | { how: 'code'; agentId: string; messageId: string }
  /** Where it was said. */
  conversationId: string
}

/** Undefined when they are one person already. */
export async function linkPeople(trx: Trx, { contactId, otherId, by, conversationId }: Linking) {
  const to = await personOf(trx, contactId)
  const from = await personOf(trx, otherId)
  if (to === from) return undefined
  const moved = await listContactsOf(trx, from)
  await setPerson(trx, moved, to)
  const id = trx.newId('l')
  const messageId = by.how === 'code' ? by.messageId : null
  const said = { how: by.how, agent_id: by.agentId, message_id: messageId, conversation_id: conversationId }
  await trx
    .insertInto('contact_link')
    .values({
      ...{ id, moved: JSON.stringify(moved), from_person: from, to_person: to, ...said },
      ...{ at: trx.now(), undone_at: null, undone_by: null },
    })
    .execute()
  const actor = by.how === 'agent' ? { actor: by.agentId } : {}
  const about = { conversationId, ...(messageId !== null && { messageId }), ...actor }
  await appendFact(trx, { kind: 'people-linked', ...about, data: { link: id, how: by.how, contacts: moved, to } })
  await refreshCards(trx, contactId)
  return id
}

/** False when it was taken back before. Whoever was one person before is that again. */
export async function unlinkPeople(trx: Trx, linkId: string, agentId: string): Promise<boolean> {
  const link = await trx.selectFrom('contact_link').selectAll().where('id', '=', linkId).forUpdate().executeTakeFirst()
  if (!link || link.undone_at !== null) return false
  const together = await personOf(trx, link.to_person)
  const moved = JSON.parse(link.moved) as string[]
  const rows = await trx.selectFrom('contact').select(['id', 'person_id']).where('id', 'in', moved).execute()
  // Some of them may have been parted since.
  const back = rows.filter((row) => (row.person_id ?? row.id) === together).map(({ id }) => id)
  await refreshCards(trx, link.to_person)
  await setPerson(trx, back, link.from_person)
  await trx
    .updateTable('contact_link')
    .set({ undone_at: trx.now(), undone_by: agentId })
    .where('id', '=', linkId)
    .execute()
  const about = { conversationId: link.conversation_id, actor: agentId }
  await appendFact(trx, { kind: 'people-unlinked', ...about, data: { link: linkId } })
  return true
}

async function setPerson(trx: Trx, contactIds: readonly string[], person: string): Promise<void> {
  if (contactIds.length === 0) return
  await trx.updateTable('contact').set({ person_id: person }).where('id', 'in', contactIds).execute()
}

/** A person is named after one of their contacts. */
async function personOf(db: Reader, contactId: string): Promise<string> {
  const row = await db
    .selectFrom('contact')
    .select(['id', 'person_id'])
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow()
  return row.person_id ?? row.id
}

async function listContactsOf(db: Reader, person: string): Promise<string[]> {
  const rows = await db
    .selectFrom('contact')
    .select('id')
    .where((eb) => eb.or([eb('person_id', '=', person), eb.and([eb('id', '=', person), eb('person_id', 'is', null)])]))
    .orderBy('id')
    .limit(CONTACTS_MAX)
    .execute()
  return rows.map(({ id }) => id)
}

/** All the contacts of the person that this one is, itself among them. */
export async function listSamePerson(db: Reader, contactId: string): Promise<string[]> {
  return await listContactsOf(db, await personOf(db, contactId))
}

/** What makes them one person, oldest first. */
export async function listLinks(db: Reader, contactId: string): Promise<ContactLink[]> {
  const contacts = new Set(await listSamePerson(db, contactId))
  const rows = await db
    .selectFrom('contact_link')
    .selectAll()
    .where('undone_at', 'is', null)
    .where('to_person', 'in', [...contacts])
    .orderBy('id')
    .limit(LINKS_MAX)
    .execute()
  return rows.filter(({ moved }) => (JSON.parse(moved) as string[]).some((id) => contacts.has(id)))
}

/** The cards tell the person's story. */
async function refreshCards(trx: Trx, contactId: string): Promise<void> {
  const conversations = await trx
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .selectAll('conversation')
    .where('identity.contact_id', 'in', await listSamePerson(trx, contactId))
    .where('conversation.card_ts', 'is not', null)
    .orderBy('conversation.id', 'desc')
    .limit(CARDS_MAX)
    .execute()
  for (const conversation of conversations) await refreshCard(trx, conversation)
}
