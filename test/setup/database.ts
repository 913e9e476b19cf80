// Every test that touches data runs on both engines, each time in a database of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, inject } from 'vitest'
import { type Database, type Db, type Engine, openDb, type Tools } from '../../src/db/open.ts'

export type OpenTestDb = (tools: Tools) => Promise<Db>

/** The body gets a function that opens a fresh, migrated database; it is closed and dropped after each test. */
export function eachDatabase(body: (open: OpenTestDb, fresh: () => Promise<Database>, engine: Engine) => void): void {
  describe.each<Engine>(['sqlite', 'postgres'])('on %s', (engine) => {
    const cleanups: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const fresh = async () => {
      const made = engine === 'sqlite' ? freshSqlite() : await freshPostgres(inject('postgresUrl'))
      cleanups.push(made.drop)
      return made.database
    }
    const open: OpenTestDb = async (tools) => {
      const db = await openDb(await fresh(), tools)
      cleanups.push(() => db.close())
      await db.migrate()
      return db
    }
    body(open, fresh, engine)
  })
}

export interface FreshDatabase {
  database: Database
  drop(): Promise<void>
}

export function freshSqlite(): FreshDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'deskbell-test-'))
  const drop = async () => rmSync(folder, { recursive: true, force: true })
  return { database: { kind: 'sqlite', path: join(folder, 'deskbell.db') }, drop }
}

let count = 0

export async function freshPostgres(serverUrl: string): Promise<FreshDatabase> {
  count += 1
  const name = `test_${process.pid}_${count}_${performance.now().toString().replace('.', '_')}`
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: serverUrl })
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  await run(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { database: { kind: 'postgres', url: url.href }, drop: () => run(`drop database ${name} with (force)`) }
}
