// The ninth migration: what agents have begun to write, who is writing, what follows a reply, and replies that wait for their time.
import { sql } from 'kysely'
import { type AnyDb, primary, required } from './column.ts'

export async function composer(db: AnyDb): Promise<void> {
  const create = (name: string) => db.schema.createTable(name)
  await create('kept_draft')
    .addColumn('agent_id', 'text', required)
    .addColumn('conversation_id', 'text', required)
    .addColumn('composer', 'text', required)
    .addColumn('markdown', 'text', required)
    .addColumn('letter', 'text')
    .addColumn('inserted', 'text')
    .addColumn('answers', 'text', required)
    .addColumn('ticked', 'text')
    .addColumn('note_id', 'text')
    .addColumn('kept_at', 'bigint', required)
    .addPrimaryKeyConstraint('kept_draft_pk', ['agent_id', 'conversation_id'])
    .execute()
  await db.schema.createIndex('kept_draft_age').on('kept_draft').column('kept_at').execute()
  await create('writing')
    .addColumn('conversation_id', 'text', required)
    .addColumn('agent_id', 'text', required)
    .addColumn('since', 'bigint', required)
    .addColumn('until', 'bigint', required)
    .addPrimaryKeyConstraint('writing_pk', ['conversation_id', 'agent_id'])
    .execute()
  for (const [name, type] of [
    ['composer', 'text'],
    ['plain', 'text'],
    ['then_do', 'text'],
    ['then_until', 'bigint'],
  ] as const) {
    await db.schema.alterTable('draft').addColumn(name, type).execute()
  }
  await db.schema.createIndex('draft_composer').on('draft').column('composer').execute()
  await create('scheduled_reply')
    .addColumn('draft_id', 'text', primary)
    .addColumn('conversation_id', 'text', required)
    .addColumn('agent_id', 'text', required)
    .addColumn('send_at', 'bigint', required)
    .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('waiting', 'sent', 'stopped', 'cancelled')`))
    .addColumn('because', 'text')
    .addColumn('post_channel', 'text')
    .addColumn('post_ts', 'text')
    .execute()
  await db.schema
    .createIndex('scheduled_reply_conversation')
    .on('scheduled_reply')
    .columns(['conversation_id', 'state'])
    .execute()
}
