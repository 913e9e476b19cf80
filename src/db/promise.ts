// The eleventh migration: what an agent promised or wants to be reminded of, who stands in for whom, and whose turn it is.
import { sql } from 'kysely'
import { type AnyDb, primary, required } from './column.ts'

export async function promise(db: AnyDb): Promise<void> {
  await db.schema.alterTable('agent').addColumn('stand_in', 'text').execute()
  await db.schema.alterTable('agent').addColumn('dealt_at', 'bigint').execute()
  await db.schema
    .createTable('follow_up')
    .addColumn('id', 'text', primary)
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversation.id'))
    .addColumn('kind', 'text', required)
    .addColumn('text', 'text', required)
    .addColumn('by', 'text', required)
    .addColumn('for', 'text')
    .addColumn('due_at', 'bigint', required)
    .addColumn('set_at', 'bigint', required)
    .addColumn('made_at', 'bigint', required)
    .addColumn('soon_at', 'bigint')
    .addColumn('rung_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('ended_as', 'text')
    .addColumn('ended_by', 'text')
    .execute()
  await sql`create index follow_up_open on follow_up (conversation_id, due_at) where ended_at is null`.execute(db)
  await sql`create index follow_up_due on follow_up (due_at) where ended_at is null`.execute(db)
  await db.schema
    .createTable('follow_up_post')
    .addColumn('follow_up_id', 'text', (c) => c.notNull().references('follow_up.id'))
    .addColumn('channel', 'text', required)
    .addColumn('ts', 'text', required)
    .addPrimaryKeyConstraint('follow_up_post_pk', ['follow_up_id', 'channel', 'ts'])
    .execute()
}
