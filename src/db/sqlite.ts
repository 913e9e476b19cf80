// Our own small Kysely driver for node:sqlite: one writer connection, prepared statements kept, `begin immediate`.
import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

const STATEMENTS_MAX = 500
const BUSY_TIMEOUT_MS = 2000

/** Opens the file with the durability we promise: what is committed survives a power cut. `:memory:` is for tests. */
export function openSqliteFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma trusted_schema = off;
    pragma secure_delete = on;
    pragma wal_autocheckpoint = 1000;
    pragma temp_store = memory;
  `)
  return database
}

/** Beside a running program: it sees what is committed and can change nothing. */
export function readSqliteFile(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new Error(`There is no database at ${path} yet: start Deskbell once, or run deskbell migrate.`)
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: true })
  database.exec('pragma trusted_schema = off; pragma temp_store = memory')
  return database
}

/**
 * Holds `<path>.lock` for as long as the process lives; a second process is refused. The kernel frees it at any death,
 * so nobody ever has to delete a stale file.
 */
export function lockSqliteFile(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 })
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (cause) {
    lock.close()
    throw new Error(
      `Another Deskbell already runs on ${path}. Stop it first, or set DATABASE_URL to a PostgreSQL server, which many can share.`,
      { cause },
    )
  }
  return () => lock.close()
}

export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new QueueingAdapter(),
    createDriver: () => sqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new LocklessCompiler(),
  }
}

/** Kysely would queue callers before our driver sees them, and so hide the mistake that the driver has to refuse. */
class QueueingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function sqliteDriver(database: DatabaseSync): Driver {
  const connection = sqliteConnection(database)
  // One connection, handed to one transaction or query at a time, in the order they asked.
  let last: Promise<void> = Promise.resolve()
  let release: () => void = () => undefined
  const run = (text: string) => connection.run(text)
  return {
    init: async () => undefined,
    async acquireConnection() {
      const before = last
      const mine = Promise.withResolvers<void>()
      last = mine.promise
      await before
      release = mine.resolve
      return connection
    },
    releaseConnection: async () => release(),
    beginTransaction: async () => run('begin immediate'),
    commitTransaction: async () => run('commit'),
    rollbackTransaction: async () => run('rollback'),
    savepoint: async (_, name) => run(`savepoint ${name}`),
    rollbackToSavepoint: async (_, name) => run(`rollback to ${name}`),
    releaseSavepoint: async (_, name) => run(`release ${name}`),
    destroy: async () => {
      connection.forget()
      database.close()
    },
  }
}

interface Prepared {
  statement: StatementSync
  returnsRows: boolean
}

interface SqliteConnection extends DatabaseConnection {
  run(text: string): void
  forget(): void
}

function sqliteConnection(database: DatabaseSync): SqliteConnection {
  const statements = new Map<string, Prepared>()
  const prepare = (text: string): Prepared => {
    const kept = statements.get(text)
    if (kept) return kept
    if (statements.size >= STATEMENTS_MAX) statements.delete(statements.keys().next().value ?? '')
    const statement = database.prepare(text)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    statements.set(text, prepared)
    return prepared
  }
  return {
    run: (text) => void prepare(text).statement.run(),
    forget: () => statements.clear(),
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const values = query.parameters.map(toSqlite)
      const { statement, returnsRows } = prepare(query.sql)
      if (returnsRows) return { rows: statement.all(...values).map((row) => ({ ...row }) as Row) }
      const { changes, lastInsertRowid } = statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    streamQuery: () => {
      throw new Error('SQLite answers whole; read in pages')
    },
  }
}

/** node:sqlite would take an object in the first place for named parameters and bind NULL without a word. */
function toSqlite(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite cannot hold a ${typeof value}: use text, a number, bytes or null`)
}

/** SQLite has one writer, so a row lock says nothing there: `for update skip locked` is left out of its queries. */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'Distinct') super.visitSelectModifier(node)
  }
}
