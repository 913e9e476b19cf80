// The tenth migration: what agents say of a contact, each with who said it, what is kept from the desk while somebody is
// blocked, and whom else we write to because of them.
import { sql } from 'kysely'
import { type AnyDb, primary, required } from './column.ts'

export async function contactDetail(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('contact_detail')
    .addColumn('contact_id', 'text', (c) => c.notNull().references('contact.id'))
    .addColumn('kind', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('value', 'text')
    .addColumn('set_at', 'bigint', required)
    .addColumn('set_by', 'text', required)
    .addPrimaryKeyConstraint('contact_detail_pk', ['contact_id', 'kind'])
    .execute()
  await db.schema.createIndex('contact_detail_kind').on('contact_detail').columns(['kind', 'id']).execute()
  await db.schema.alterTable('message').addColumn('held_at', 'bigint').execute()
  await db.schema.alterTable('draft').addColumn('channel', 'text').execute()
  await sql`create index message_held on message (held_at) where held_at is not null`.execute(db)
  await consultation(db)
  await moveDetail(db, 'tier')
  await moveDetail(db, 'called_by')
}

/** Somebody outside who is asked about a customer's matter, and what an answer of theirs carries. */
async function consultation(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('consultation')
    .addColumn('id', 'text', primary)
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversation.id'))
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('token', 'text', required)
    .addColumn('begun_by', 'text', required)
    .addColumn('begun_at', 'bigint', required)
    .addUniqueConstraint('consultation_address', ['conversation_id', 'address'])
    .execute()
  await db.schema
    .createTable('consultation_key')
    .addColumn('channel_kind', 'text', required)
    .addColumn('key', 'text', required)
    .addColumn('consultation_id', 'text', (c) => c.notNull().references('consultation.id'))
    .addColumn('message_id', 'text', required)
    .addPrimaryKeyConstraint('consultation_key_pk', ['channel_kind', 'key', 'consultation_id'])
    .execute()
  await db.schema
    .createTable('consultation_draft')
    .addColumn('id', 'text', primary)
    .addColumn('consultation_id', 'text', (c) => c.notNull().references('consultation.id'))
    .addColumn('agent_id', 'text', required)
    .addColumn('markdown', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('sent_at', 'bigint')
    .execute()
}

/** Nobody wrote down who had said it. It is older than whatever is said from now on. */
async function moveDetail(db: AnyDb, column: 'tier' | 'called_by'): Promise<void> {
  await sql`
    insert into contact_detail (contact_id, kind, id, value, set_at, set_by)
    select id, ${sql.lit(column)}, '0' || id, ${sql.ref(column)}, created_at, '' from contact
    where ${sql.ref(column)} is not null`.execute(db)
  await db.schema.alterTable('contact').dropColumn(column).execute()
}
