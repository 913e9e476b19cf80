// A contact is a person outside; an identity is one address of theirs on one channel.
import type { Selectable } from 'kysely'
import type { Address } from './channel.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Schema } from './db/schema.ts'
import { listSamePerson } from './same-person.ts'

export interface Identity {
  id: string
  contactId: string
  address: string
  name: string | undefined
}

const NAME_MAX = 200

/** The same address on the same kind of channel is always the same identity; a name is taken when we had none. */
export async function findOrAddIdentity(trx: Trx, channelKind: string, from: Address): Promise<Identity> {
  const known = await findIdentity(trx, channelKind, from.address)
  if (known) return known.name === undefined && from.name ? await giveName(trx, known, from.name) : known
  const name = from.name?.slice(0, NAME_MAX)
  const now = trx.now()
  const contactId = trx.newId('c')
  const id = trx.newId('id')
  await trx
    .insertInto('contact')
    .values({ id: contactId, name: name ?? null, created_at: now })
    .execute()
  const added = await trx
    .insertInto('identity')
    .values({
      id,
      contact_id: contactId,
      channel_kind: channelKind,
      address: from.address,
      name: name ?? null,
      created_at: now,
    })
    .onConflict((oc) => oc.columns(['channel_kind', 'address']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added) return { id, contactId, address: from.address, name }
  await trx.deleteFrom('contact').where('id', '=', contactId).execute() // Somebody else added them meanwhile.
  const other = await findIdentity(trx, channelKind, from.address)
  if (!other) throw new Error('an identity is there and not there')
  return other
}

async function findIdentity(db: Reader, channelKind: string, address: string): Promise<Identity | undefined> {
  const row = await db
    .selectFrom('identity')
    .select(['id', 'contact_id', 'address', 'name'])
    .where('channel_kind', '=', channelKind)
    .where('address', '=', address)
    .executeTakeFirst()
  return row && { id: row.id, contactId: row.contact_id, address: row.address, name: row.name ?? undefined }
}

async function giveName(trx: Trx, identity: Identity, name: string): Promise<Identity> {
  const short = name.slice(0, NAME_MAX)
  await trx.updateTable('identity').set({ name: short }).where('id', '=', identity.id).execute()
  await trx
    .updateTable('contact')
    .set({ name: short })
    .where('id', '=', identity.contactId)
    .where('name', 'is', null)
    .execute()
  return { ...identity, name: short }
}

const IDENTITIES_MAX = 20

/** Every address of a person, on whatever channel, in the order in which we met them. */
export async function listIdentities(db: Reader, contactId: string): Promise<KnownIdentity[]> {
  const rows = await db
    .selectFrom('identity')
    .selectAll()
    .where('contact_id', 'in', await listSamePerson(db, contactId))
    .orderBy('id')
    .limit(IDENTITIES_MAX)
    .execute()
  return rows.map(identityOf)
}

export type KnownIdentity = Identity & { channelKind: string }

/** Throws when there is none. */
export async function getIdentity(db: Reader, id: string): Promise<KnownIdentity> {
  const row = await db.selectFrom('identity').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return identityOf(row)
}

function identityOf(row: Selectable<Schema['identity']>): KnownIdentity {
  const { id, contact_id: contactId, address, name, channel_kind: channelKind } = row
  return { id, contactId, address, name: name ?? undefined, channelKind }
}
