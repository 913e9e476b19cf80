// Looks into the program's database from outside, while it runs: how much is still on its way?
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Database } from '../../src/db/open.ts'

export interface Look {
  /** How many rows are not settled. */
  count(): Promise<number>
  close(): Promise<void>
}

const QUERY = `select
  (select count(*) from outbox where state in ('sending', 'uncertain', 'parked')) +
  (select count(*) from intake where state <> 'received') as stuck`

export function lookInto(database: Database): Look {
  return database.kind === 'sqlite' ? lookIntoFile(database.path) : lookIntoServer(database.url)
}

/** Opened for each look: a reader that stays would change how the program finds its file after a kill. */
function lookIntoFile(path: string): Look {
  const count = async () => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 2000 })
    const row = db.prepare(QUERY).get()
    db.close()
    return Number(row?.stuck)
  }
  return { count, close: async () => undefined }
}

/** One connection for all looks: a new one costs the server, and so the program, more than the look. */
function lookIntoServer(url: string): Look {
  const client = new pg.Client({ connectionString: url })
  let connected: Promise<unknown> | undefined
  return {
    async count() {
      connected ??= client.connect()
      await connected
      const { rows } = await client.query<{ stuck: string }>(QUERY)
      return Number(rows[0]?.stuck)
    },
    close: async () => {
      if (connected) await client.end()
    },
  }
}
