// The thirteenth migration: what each letter has said, and which ones are not offered any more.
import { sql } from 'kysely'
import { type AnyDb, primary, required } from './column.ts'

export async function letterKept(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('letter_version')
    .addColumn('id', 'text', primary)
    .addColumn('letter', 'text', required)
    .addColumn('n', 'integer', required)
    .addColumn('author', 'text')
    .addColumn('at', 'bigint', required)
    .addColumn('text', 'text', required)
    .addUniqueConstraint('letter_version_n', ['letter', 'n'])
    .execute()
  await db.schema
    .createTable('letter_retired')
    .addColumn('letter', 'text', primary)
    .addColumn('by', 'text', required)
    .addColumn('at', 'bigint', required)
    .execute()
  // What was sent from letters is a small part of what happened, and is asked for while somebody waits for a list.
  await sql`create index fact_letter_sent on fact (at) where kind = 'letter-sent'`.execute(db)
  await sql`create index fact_letter_sent_by on fact (actor, at) where kind = 'letter-sent'`.execute(db)
}
