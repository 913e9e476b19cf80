// The sixth migration: what can be searched, what has still to be taken in, and who looks at their home tab.
import { sql } from 'kysely'
import { type AnyDb, primary, required, zero } from './column.ts'
import type { Engine } from './open.ts'

export async function search(db: AnyDb, engine: Engine): Promise<void> {
  const create = (name: string) => db.schema.createTable(name)
  // Owed once per message, however often it changes. The count only makes a writer hold the row until it commits.
  await create('search_owed').addColumn('message_id', 'text', primary).addColumn('times', 'integer', zero).execute()
  await create('search_entry')
    .addColumn('message_id', 'text', primary)
    .addColumn('place', 'bigint', (c) => c.notNull().unique())
    .execute()
  if (engine === 'postgres') await postgresIndex(db)
  else await sqliteIndex(db)
  await sql`insert into search_owed (message_id) select id from message`.execute(db)
  await create('home')
    .addColumn('person', 'text', primary)
    .addColumn('filter', 'text', required)
    .addColumn('after', 'text')
    .addColumn('opened_at', 'bigint', required)
    .addColumn('shown', 'text')
    .execute()
  await db.schema.createIndex('home_opened').on('home').column('opened_at').execute()
}

/** Whoever writes what can be searched need not think of the index. */
const WATCHED: { table: string; on: string; ids: (row: string) => string }[] = [
  { table: 'message', on: 'insert', ids: (row) => `select ${row}.id` },
  { table: 'message', on: 'update of text, subject, conversation_id', ids: (row) => `select ${row}.id` },
  { table: 'attachment', on: 'insert', ids: (row) => `select ${row}.message_id` },
  { table: 'attachment', on: 'update of name', ids: (row) => `select ${row}.message_id` },
  {
    table: 'identity',
    on: 'update of name, address',
    ids: (row) => `select message.id from message join conversation on conversation.id = message.conversation_id
      where conversation.identity_id = ${row}.id`,
  },
  {
    table: 'conversation',
    on: 'update of subject, identity_id, desk',
    ids: (row) => `select message.id from message where message.conversation_id = ${row}.id`,
  },
  { table: 'message', on: 'delete', ids: (row) => `select ${row}.id` },
]

const owe = (ids: string) => `insert into search_owed (message_id) select found.id from (${ids}) as found(id) where true
  on conflict (message_id) do update set times = search_owed.times + 1`

async function postgresIndex(db: AnyDb): Promise<void> {
  await sql`alter table search_entry add column words tsvector`.execute(db)
  await sql`create index search_entry_words on search_entry using gin (words)`.execute(db)
  for (const [n, { table, on, ids }] of WATCHED.entries()) {
    const row = on === 'delete' ? 'old' : 'new'
    await sql`create function ${sql.raw(`search_owe_${n}`)}() returns trigger language plpgsql as
      ${sql.raw(`$$ begin ${owe(ids(row))}; return null; end $$`)}`.execute(db)
    await sql`create trigger ${sql.raw(`search_owed_${n} after ${on} on ${table}
      for each row execute function search_owe_${n}()`)}`.execute(db)
  }
}

/** The words come ready-made: this tokenizer only parts them at spaces. `_` stands where two fields meet, `=` before what a
 * message is about. */
async function sqliteIndex(db: AnyDb): Promise<void> {
  await sql`create virtual table search_words using fts5 (desk, words, content = '', contentless_delete = 1,
    tokenize = "ascii tokenchars '_='", prefix = '1 2 3 4')`.execute(db)
  for (const [n, { table, on, ids }] of WATCHED.entries()) {
    const row = on === 'delete' ? 'old' : 'new'
    const found = ids(row).replace(/^select (\S+)/, 'select $1 as id')
    await sql`create trigger ${sql.raw(`search_owed_${n} after ${on} on ${table}
      begin ${owe(found).replace('as found(id)', 'as found')}; end`)}`.execute(db)
  }
}
