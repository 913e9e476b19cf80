// The store of a history: in memory, and with all its tables at once, as hundreds of histories need not migrate each.
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { inject } from 'vitest'
import type { Db, Tools } from '../../src/db/open.ts'
import type { Product } from './product.ts'

export async function openStore({ db }: Product, tools: Tools): Promise<Db> {
  const store = await db.openDb({ kind: 'sqlite', path: ':memory:' }, tools)
  await store.transaction(async (trx) => {
    for (const text of migratedSchema()) await sql.raw(text).execute(trx)
  })
  return store
}

let known: string[] | undefined

/** What makes the tables of a migrated database, which are all empty but the one of the migrations. */
function migratedSchema(): string[] {
  known ??= readSchema(inject('migrated').sqlite)
  return known
}

function readSchema(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  // The search makes tables of its own.
  const rows = database
    .prepare("select sql from sqlite_schema where sql is not null and name not like 'search\\_words\\_%' escape '\\'")
    .all()
  database.close()
  return rows.map((row) => String(row.sql))
}
