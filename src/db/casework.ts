// The eighth migration: what agents make of a conversation as a case: its tags, and that it is spam.
import { sql } from 'kysely'
import { type AnyDb, primary, required } from './column.ts'
import type { Engine } from './open.ts'

export async function casework(db: AnyDb, engine: Engine): Promise<void> {
  const create = (name: string) => db.schema.createTable(name)
  await db.schema.alterTable('conversation').addColumn('spam_at', 'bigint').execute()
  await create('tag')
    .addColumn('id', 'text', primary)
    .addColumn('desk', 'text', required)
    .addColumn('name', 'text', required)
    .addUniqueConstraint('tag_name', ['desk', 'name'])
    .execute()
  await create('conversation_tag')
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversation.id'))
    .addColumn('tag_id', 'text', (c) => c.notNull().references('tag.id'))
    .addPrimaryKeyConstraint('conversation_tag_pk', ['conversation_id', 'tag_id'])
    .execute()
  await db.schema.createIndex('conversation_tag_tag').on('conversation_tag').column('tag_id').execute()
  await watchTags(db, engine)
}

/** All that was said under a tag is found by it. */
async function watchTags(db: AnyDb, engine: Engine): Promise<void> {
  const owe = (row: string) => `insert into search_owed (message_id)
    select message.id from message where message.conversation_id = ${row}.conversation_id
    on conflict (message_id) do update set times = search_owed.times + 1`
  for (const [on, row] of [
    ['insert', 'new'],
    ['delete', 'old'],
  ] as const) {
    const name = `search_owed_tag_${on}`
    if (engine === 'postgres') {
      await sql`${sql.raw(`create function ${name}() returns trigger language plpgsql as
        $$ begin ${owe(row)}; return null; end $$`)}`.execute(db)
      await sql`${sql.raw(`create trigger ${name} after ${on} on conversation_tag
        for each row execute function ${name}()`)}`.execute(db)
    } else
      await sql`${sql.raw(`create trigger ${name} after ${on} on conversation_tag begin ${owe(row)}; end`)}`.execute(db)
  }
}
