// The fourth migration: what is shown of a mail, what it is about, and the files in it.
import { type AnyDb, required } from './column.ts'

export async function mail(db: AnyDb): Promise<void> {
  const add = (table: string, column: string) => db.schema.alterTable(table).addColumn(column, 'text').execute()
  await add('message', 'unquoted')
  await add('message', 'topic')
  await add('message', 'others')
  await add('attachment', 'content_id')
  await add('part', 'attachments')
  await deskFile(db)
  await awaitedAnswer(db)
}

/** What of a message is brought into its thread as a file, and how far that is. */
async function deskFile(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('desk_file')
    .addColumn('message_id', 'text', (c) => c.notNull().references('message.id'))
    .addColumn('what', 'text', required)
    .addColumn('file_id', 'text')
    .addColumn('shared_at', 'bigint')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('desk_file_pk', ['message_id', 'what'])
    .execute()
}

/** Answers seen before what they answer: read again when it comes. */
async function awaitedAnswer(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('awaited_answer')
    .addColumn('channel_kind', 'text', required)
    .addColumn('key', 'text', required)
    .addColumn('intake_id', 'text', required)
    .addColumn('since', 'bigint', required)
    .addPrimaryKeyConstraint('awaited_answer_pk', ['channel_kind', 'key', 'intake_id'])
    .execute()
  await db.schema.createIndex('awaited_answer_since').on('awaited_answer').column('since').execute()
}
