// Which contacts are one person. A person is named after one of their contacts.
import type { Reader } from './db/open.ts'

const CONTACTS_MAX = 50

export async function personOf(db: Reader, contactId: string): Promise<string> {
  const row = await db
    .selectFrom('contact')
    .select(['id', 'person_id'])
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow()
  return row.person_id ?? row.id
}

export async function listContactsOf(db: Reader, person: string): Promise<string[]> {
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
