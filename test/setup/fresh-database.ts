// A database of one's own on either engine, and how to be rid of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Database } from '../../src/db/open.ts'

export interface FreshDatabase {
  database: Database
  drop(): Promise<void>
}

export function freshSqlite(parent: string): FreshDatabase {
  const folder = mkdtempSync(join(parent, 'deskbell-test-'))
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
