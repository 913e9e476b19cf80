// PostgreSQL, loaded only when DATABASE_URL asks for it.
import { type Dialect, PostgresDialect } from 'kysely'
import type { Log } from '../log.ts'

const CONNECTIONS_MAX = 10
const STATEMENT_TIMEOUT_MS = 10_000
const LOCK_TIMEOUT_MS = 2000
const IDLE_IN_TRANSACTION_MS = 10_000
const KEEPALIVE_DELAY_MS = 10_000
const BIGINT_OID = 20
const READ_ONLY = 'set default_transaction_read_only = on'

/** Serialisation failure, deadlock, a lock not had in time, server going away: the whole transaction may be tried again. */
const RETRYABLE = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03'])

export async function postgresDialect(
  url: string,
  log: Log,
  { readOnly = false, statementMsMax = STATEMENT_TIMEOUT_MS, connectionsMax = CONNECTIONS_MAX } = {},
): Promise<Dialect> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
    statement_timeout: statementMsMax,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    // Sent once connected: whatever options the URL has, they stay, and a pooler takes it too.
    ...(readOnly && { onConnect: async (client) => void (await client.query(READ_ONLY)) }),
    types: {
      // bigint arrives as text unless told otherwise; ours are instants and sizes, far below 2^53.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT_OID ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  })
  // Without a listener of its own, a client in use takes the process down when the server restarts.
  pool.on('error', (error) => log.warn({ error: error.message }, 'postgres: an idle connection was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined)) // The query in flight reports it.
  await refuseUnsafeServer(pool)
  return new PostgresDialect({ pool })
}

async function refuseUnsafeServer(pool: import('pg').Pool): Promise<void> {
  const { rows } = await pool.query<{ fsync: string; commit: string; encoding: string }>(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('server_encoding') as encoding`,
  )
  const settings = rows[0]
  // In any other one some customer's words have no place, or are cut in the middle of a letter.
  if (settings && settings.encoding !== 'UTF8') {
    await pool.end()
    throw new Error(
      `This PostgreSQL database keeps its text as ${settings.encoding}, which cannot hold what customers write. Make another one: create database deskbell encoding 'UTF8' template template0.`,
    )
  }
  if (settings?.fsync === 'off' || settings?.commit === 'off') {
    await pool.end()
    throw new Error(
      'This PostgreSQL server forgets committed work in a crash: set fsync = on and synchronous_commit = on.',
    )
  }
}

export function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && (RETRYABLE.has(code) || code.startsWith('08'))
}
