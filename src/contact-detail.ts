// What an agent says of a contact by hand: tier, language, what they are called, a note, a block. It holds for the whole person: of
// several linked contacts counts what was said last, and what was said of each is still there when they are parted.
import { sql } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import type { ContactDetailTable, DetailKind } from './db/schema.ts'
import { listSamePerson } from './same-person.ts'

export type Detail = Pick<ContactDetailTable, 'value' | 'set_at' | 'set_by'>

export async function findDetail(db: Reader, contactId: string, kind: DetailKind): Promise<Detail | undefined> {
  return (await readDetails(db, contactId)).get(kind)
}

/** Undefined when nobody has said anything, or it was taken back. */
export async function findDetailValue(db: Reader, contactId: string, kind: DetailKind): Promise<string | undefined> {
  return (await findDetail(db, contactId, kind))?.value ?? undefined
}

/** All that holds for the person. */
export async function readDetails(db: Reader, contactId: string): Promise<Map<DetailKind, Detail>> {
  const rows = await db
    .selectFrom('contact_detail')
    .select(['kind', 'value', 'set_at', 'set_by'])
    .where('contact_id', 'in', await listSamePerson(db, contactId))
    .orderBy('id')
    .execute()
  return new Map(rows.map(({ kind, ...detail }) => [kind, detail]))
}

/** False when it was so before. The fact of it is the caller's to append. */
export async function setDetail(
  trx: Trx,
  contactId: string,
  kind: DetailKind,
  said: { value: string | undefined; agentId: string },
): Promise<{ before: string | undefined } | undefined> {
  const before = await findDetailValue(trx, contactId, kind)
  if (before === said.value) return undefined
  const row = { id: trx.newId('cd'), value: said.value ?? null, set_at: trx.now(), set_by: said.agentId }
  await trx
    .insertInto('contact_detail')
    .values({ contact_id: contactId, kind, ...row })
    .onConflict((oc) => oc.columns(['contact_id', 'kind']).doUpdateSet(row))
    .execute()
  return { before }
}

/** What holds for the person that the query's `contact` is, for where many are read at once. */
export const DETAIL_OF_PERSON = (kind: DetailKind) => sql<string | null>`(
  select d.value from contact_detail d join contact p on p.id = d.contact_id
  where d.kind = ${sql.lit(kind)} and (
    p.person_id = coalesce(contact.person_id, contact.id)
    or (p.id = coalesce(contact.person_id, contact.id) and p.person_id is null))
  order by d.id desc limit 1)`
