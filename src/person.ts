// Several contacts may be one person who writes on several channels. Only proof, or somebody who answers for it by name, says so;
// a name alone never does. It can be taken back. No clock begins or ends by it; a promise that was made to a tier follows the person.
import type { Selectable } from 'kysely'
import { refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { ContactLinkTable } from './db/schema.ts'
import { appendFact } from './fact.ts'
import type { Policies } from './policy.ts'
import { listContactsOf, listSamePerson, personOf } from './same-person.ts'
import { refoldWaiting } from './tier.ts'

export type ContactLink = Selectable<ContactLinkTable>

const LINKS_MAX = 20
const CARDS_MAX = 50

export interface Linking {
  contactId: string
  otherId: string
  /** Who says so, or whose message proves it. */
  by: { how: 'agent'; agentId: string } | { how: 'code'; agentId: string; messageId: string }
  /** Where it was said. */
  conversationId: string
  policies: Policies
}

/** Undefined when they are one person already. */
export async function linkPeople(trx: Trx, { contactId, otherId, by, conversationId, policies }: Linking) {
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
  await refoldWaiting(trx, contactId, policies)
  await refreshPersonCards(trx, contactId)
  return id
}

/** False when it was taken back before. Whoever was one person before is that again. */
export async function unlinkPeople(
  trx: Trx,
  linkId: string,
  { agentId, policies }: { agentId: string; policies: Policies },
): Promise<boolean> {
  const link = await trx.selectFrom('contact_link').selectAll().where('id', '=', linkId).forUpdate().executeTakeFirst()
  if (!link || link.undone_at !== null) return false
  const together = await personOf(trx, link.to_person)
  const moved = JSON.parse(link.moved) as string[]
  const rows = await trx.selectFrom('contact').select(['id', 'person_id']).where('id', 'in', moved).execute()
  // Some of them may have been parted since.
  const back = rows.filter((row) => (row.person_id ?? row.id) === together).map(({ id }) => id)
  await refreshPersonCards(trx, link.to_person)
  await setPerson(trx, back, link.from_person)
  await trx
    .updateTable('contact_link')
    .set({ undone_at: trx.now(), undone_by: agentId })
    .where('id', '=', linkId)
    .execute()
  const about = { conversationId: link.conversation_id, actor: agentId }
  await appendFact(trx, { kind: 'people-unlinked', ...about, data: { link: linkId } })
  for (const contactId of [link.to_person, ...back.slice(0, 1)]) await refoldWaiting(trx, contactId, policies)
  return true
}

async function setPerson(trx: Trx, contactIds: readonly string[], person: string): Promise<void> {
  if (contactIds.length === 0) return
  await trx.updateTable('contact').set({ person_id: person }).where('id', 'in', contactIds).execute()
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

/** The cards tell the person's story, and what is known of them. */
export async function refreshPersonCards(trx: Trx, contactId: string): Promise<void> {
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
