// One real PostgreSQL for the whole test run, gone afterwards, and on each engine a migrated database that tests take copies of.
import type { TestProject } from 'vitest/node'
import { systemClock } from '../../src/clock.ts'
import { type Database, openDb } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { freshPostgres, freshSqlite } from './fresh-database.ts'
import { startPostgres } from './postgres-server.ts'
import { scratchFolder } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    /** The path of the one, the name of the other. */
    migrated: { sqlite: string; postgres: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { localUrl: url, stop } = await startPostgres(scratchFolder())
  const sqlite = freshSqlite(scratchFolder())
  const postgres = await freshPostgres(url)
  project.provide('postgresUrl', url)
  project.provide('migrated', { sqlite: await migrate(sqlite.database), postgres: await migrate(postgres.database) })
  return async () => {
    await sqlite.drop()
    await stop()
  }
}

/** Returns where the database is. It is closed: only then can it be copied whole. */
async function migrate(database: Database): Promise<string> {
  const db = await openDb(database, { clock: systemClock(), random: systemRandom(), log: silentLog })
  await db.migrate()
  await db.close()
  return database.kind === 'sqlite' ? database.path : new URL(database.url).pathname.slice(1)
}
