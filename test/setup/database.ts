// Every test that touches data runs on both engines, each time in a database of its own.
import { afterEach, describe, inject } from 'vitest'
import { type Database, type Db, type Engine, openDb, type Tools } from '../../src/db/open.ts'
import { freshPostgres, freshSqlite } from './fresh-database.ts'
import { scratchFolder } from './scratch.ts'

export type OpenTestDb = (tools: Tools) => Promise<Db>

/** The body gets a function that opens a fresh, migrated database, and one that makes an empty one; each is dropped after its test. */
export function eachDatabase(
  body: (open: OpenTestDb, fresh: () => Promise<Database>, engine: Engine) => void,
  engines: Engine[] = ['sqlite', 'postgres'],
): void {
  describe.each<Engine>(engines)('on %s', (engine) => {
    const cleanups: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const make = async (isMigrated: boolean) => {
      const { sqlite, postgres } = isMigrated ? inject('migrated') : {}
      const made =
        engine === 'sqlite'
          ? freshSqlite(scratchFolder(), sqlite)
          : await freshPostgres(inject('postgresUrl'), postgres)
      cleanups.push(made.drop)
      return made.database
    }
    const fresh = () => make(false)
    const open: OpenTestDb = async (tools) => {
      const db = await openDb(await make(true), tools)
      cleanups.push(() => db.close())
      return db
    }
    body(open, fresh, engine)
  })
}
