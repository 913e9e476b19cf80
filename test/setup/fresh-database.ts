// A database of one's own on either engine, and how to be rid of it.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Database } from '../../src/db/open.ts'

export interface FreshDatabase {
  database: Database
  drop(): Promise<void>
}

/** Empty, or a copy of the closed database at `template`. */
export function freshSqlite(parent: string, template?: string): FreshDatabase {
  const folder = mkdtempSync(join(parent, 'deskbell-test-'))
  const path = join(folder, 'deskbell.db')
  if (template !== undefined) copyFileSync(template, path)
  const drop = async () => rmSync(folder, { recursive: true, force: true })
  return { database: { kind: 'sqlite', path }, drop }
}

let count = 0

/**
 * Empty, or a copy of the database named `template`, to which nobody may be connected. Its files are copied: to write every
 * page of it to the log, as the server does unless told otherwise, takes three times as long.
 */
export async function freshPostgres(serverUrl: string, template = 'template1'): Promise<FreshDatabase> {
  count += 1
  const name = `test_${process.pid}_${count}_${performance.now().toString().replace('.', '_')}`
  const run = async (text: string) => void (await poolOf(serverUrl).query(text))
  await run(`create database ${name} template ${template} strategy file_copy`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { database: { kind: 'postgres', url: url.href }, drop: () => run(`drop database ${name} with (force)`) }
}

const pools = new Map<string, pg.Pool>()

/** Of one connection that makes and drops all of them; it ends with the server, or with the process. */
function poolOf(serverUrl: string): pg.Pool {
  const known = pools.get(serverUrl)
  if (known) return known
  const pool = new pg.Pool({ connectionString: serverUrl, max: 1, allowExitOnIdle: true })
  pool.on('error', () => undefined) // The server stops before we do; if it stops too early, the next query says so.
  pools.set(serverUrl, pool)
  return pool
}
