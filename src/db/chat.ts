// The fifth migration: what changes after it was said, who else takes part, files that have to be fetched, and replies put right.
import { type AnyDb, primary, required } from './column.ts'

export async function chat(db: AnyDb): Promise<void> {
  const add = (table: string, column: string, type: 'text' | 'bigint') =>
    db.schema.alterTable(table).addColumn(column, type).execute()
  await add('message', 'edited_at', 'bigint')
  await add('message', 'deleted_at', 'bigint')
  await add('message', 'bystander', 'text')
  await add('attachment', 'fetch', 'text')
  await add('attachment', 'fetched_blob_id', 'text')
  await add('attachment', 'fetch_error', 'text')
  await add('attachment', 'removed_at', 'bigint')
  await add('draft', 'note_id', 'text')
  await add('conversation', 'priority', 'text')
  await db.schema.createIndex('draft_note').on('draft').column('note_id').execute()
  await db.schema.createIndex('part_external').on('part').column('external_id').execute()
  await messageVersion(db)
  await writingPlace(db)
  await correction(db)
  await person(db)
}

/** All that a message has said, and that it was taken back. */
async function messageVersion(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('message_version')
    .addColumn('message_id', 'text', (c) => c.notNull().references('message.id'))
    .addColumn('n', 'integer', required)
    .addColumn('kind', 'text', required)
    .addColumn('channel_kind', 'text', required)
    .addColumn('external_id', 'text', required)
    .addColumn('seq', 'integer', required)
    .addColumn('author', 'text')
    .addColumn('text', 'text', required)
    .addColumn('markdown', 'text', required)
    .addColumn('at', 'bigint', required)
    .addPrimaryKeyConstraint('message_version_pk', ['message_id', 'n'])
    .addUniqueConstraint('message_version_external', ['channel_kind', 'external_id'])
    .execute()
}

/** Where somebody writes: whoever takes in a message of theirs holds the row, so that two at once make one conversation. */
async function writingPlace(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('writing_place')
    .addColumn('channel_kind', 'text', required)
    .addColumn('key', 'text', required)
    .addColumn('author', 'text', required)
    .addColumn('message_id', 'text')
    .addColumn('taken_at', 'bigint', required)
    .addPrimaryKeyConstraint('writing_place_pk', ['channel_kind', 'key', 'author'])
    .execute()
}

/** A sent reply that is to say something else, or nothing any more. */
async function correction(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('correction')
    .addColumn('id', 'text', primary)
    .addColumn('message_id', 'text', (c) => c.notNull().references('message.id'))
    .addColumn('kind', 'text', required)
    .addColumn('agent_id', 'text', required)
    .addColumn('markdown', 'text', required)
    .addColumn('seen_versions', 'integer', required)
    .addColumn('state', 'text', required)
    .addColumn('error', 'text')
    .addColumn('created_at', 'bigint', required)
    .addColumn('ended_at', 'bigint')
    .execute()
  await db.schema.createIndex('correction_message').on('correction').columns(['message_id', 'id']).execute()
}

/** Contacts that are one person, who said so, and the codes that prove it. */
async function person(db: AnyDb): Promise<void> {
  await db.schema.alterTable('contact').addColumn('person_id', 'text').execute()
  await db.schema.createIndex('contact_person').on('contact').column('person_id').execute()
  await db.schema
    .createTable('contact_link')
    .addColumn('id', 'text', primary)
    .addColumn('moved', 'text', required)
    .addColumn('from_person', 'text', required)
    .addColumn('to_person', 'text', required)
    .addColumn('how', 'text', required)
    .addColumn('agent_id', 'text', required)
    .addColumn('message_id', 'text')
    .addColumn('conversation_id', 'text', required)
    .addColumn('at', 'bigint', required)
    .addColumn('undone_at', 'bigint')
    .addColumn('undone_by', 'text')
    .execute()
  await db.schema.createIndex('contact_link_person').on('contact_link').column('to_person').execute()
  await db.schema
    .createTable('link_code')
    .addColumn('code', 'text', primary)
    .addColumn('contact_id', 'text', (c) => c.notNull().references('contact.id'))
    .addColumn('conversation_id', 'text', required)
    .addColumn('agent_id', 'text', required)
    .addColumn('made_at', 'bigint', required)
    .addColumn('used_by', 'text')
    .execute()
}
