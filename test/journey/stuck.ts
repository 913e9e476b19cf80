// Looks into the program's database from outside, while it runs: how much is still on its way?
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Database } from '../../src/db/open.ts'

const QUERY = `select
  (select count(*) from outbox where state in ('sending', 'uncertain', 'parked')) +
  (select count(*) from intake where state <> 'received') as stuck`

export async function countStuck(database: Database): Promise<number> {
  if (database.kind === 'sqlite') {
    const db = new DatabaseSync(database.path, { readOnly: true, timeout: 2000 })
    const row = db.prepare(QUERY).get()
    db.close()
    return Number(row?.stuck)
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ stuck: string }>(QUERY)
  await client.end()
  return Number(rows[0]?.stuck)
}
