// Opens the store. The only file that knows there are two engines; everything else is written once, for both.
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Dialect, type Driver, Kysely, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Clock } from '../clock.ts'
import { idMaker, type NewId, type Random } from '../id.ts'
import type { Log } from '../log.ts'
import { migrations } from './migrations.ts'
import { isRetryable, postgresDialect } from './postgres.ts'
import type { Schema } from './schema.ts'
import { lockSqliteFile, openSqliteFile, readSqliteFile, sqliteDialect } from './sqlite.ts'

export type Engine = 'sqlite' | 'postgres'
export type Database = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }

/** What a reader may do. Both `Db` and `Trx` are readers. */
export type Reader = Pick<Kysely<Schema>, 'selectFrom' | 'with'>

/** An open transaction: the only handle that can write. Never talk to a network while holding one. */
export interface Trx extends Transaction<Schema> {
  now(): number
  newId: NewId
  random: Random
  /** Wakes the loop once the transaction is durable; not at all when it is rolled back. */
  wake(loop: Loop): void
}

/** The loops that wait for something to be committed. */
export type Loop = 'intake' | 'outbox'

export interface Db extends Reader {
  readonly engine: Engine
  /** The id maker its transactions use. */
  readonly newId: NewId
  /** All or nothing. The work may run again after a serialisation failure, so it does nothing but read and write. */
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  /** `wake` runs after each commit that woke this loop; a loop also looks by itself now and then, so none is ever missed. */
  onWake(loop: Loop, wake: () => void): void
  migrate(): Promise<void>
  close(): Promise<void>
}

export interface Tools {
  clock: Clock
  random: Random
  log: Log
}

const TRIES_MAX = 5
const NEWER_VERSION = 'The database does not fit this version of Deskbell: run the newer version, or restore a backup.'
const inTransaction = new AsyncLocalStorage<true>()

export async function openDb(database: Database, tools: Tools): Promise<Db> {
  if (database.kind === 'postgres') {
    return wrap(
      'postgres',
      new Kysely<Schema>({ dialect: guarded(await postgresDialect(database.url, tools.log)) }),
      tools,
    )
  }
  if (database.path !== ':memory:') mkdirSync(dirname(database.path), { recursive: true })
  const unlock = database.path === ':memory:' ? () => undefined : lockSqliteFile(database.path)
  const dialect = sqliteDialect(openSqliteFile(database.path))
  const kysely = new Kysely<Schema>({ dialect: guarded(dialect) })
  return wrap('sqlite', kysely, tools, unlock)
}

export interface OpenReader extends Reader {
  close(): Promise<void>
}

/** For commands that only look, also while the program runs on the same store. The database itself refuses to write. */
export async function openReader(database: Database, { log }: Pick<Tools, 'log'>): Promise<OpenReader> {
  const dialect =
    database.kind === 'postgres'
      ? await postgresDialect(database.url, log, { readOnly: true })
      : sqliteDialect(readSqliteFile(database.path))
  const kysely = new Kysely<Schema>({ dialect })
  const close = () => kysely.destroy()
  try {
    await refuseOtherVersion(kysely, database.kind)
  } catch (error) {
    await close()
    throw error
  }
  return { selectFrom: kysely.selectFrom.bind(kysely), with: kysely.with.bind(kysely), close }
}

async function refuseOtherVersion(kysely: Kysely<Schema>, engine: Engine): Promise<void> {
  const provider = { getMigrations: async () => migrations(engine) }
  const known = await new Migrator({ db: kysely, provider }).getMigrations()
  if (known.some(({ executedAt }) => executedAt === undefined))
    throw new Error('The database is not of this version yet: start Deskbell once, or run deskbell migrate.')
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely)
  if (rows.length > known.length) throw new Error(NEWER_VERSION)
}

function wrap(engine: Engine, kysely: Kysely<Schema>, tools: Tools, onClosed: () => void = () => undefined): Db {
  const newId = idMaker(tools.clock, tools.random)
  const wakers = new Map<Loop, () => void>()
  return {
    engine,
    newId,
    selectFrom: kysely.selectFrom.bind(kysely),
    with: kysely.with.bind(kysely),
    transaction: (work) => transact(kysely, tools, { newId, wakers }, work),
    onWake: (loop, wake) => void wakers.set(loop, wake),
    migrate: () => migrate(kysely, engine),
    async close() {
      await kysely.destroy()
      onClosed()
    },
  }
}

async function transact<T>(
  kysely: Kysely<Schema>,
  tools: Tools,
  { newId, wakers }: { newId: NewId; wakers: Map<Loop, () => void> },
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const woken = new Set<Loop>()
    try {
      const result = await kysely.transaction().execute((transaction) => {
        const trx: Trx = Object.assign(transaction, {
          now: () => tools.clock.now(),
          newId,
          random: tools.random,
          wake: (loop: Loop) => void woken.add(loop),
        })
        return inTransaction.run(true, () => work(trx))
      })
      for (const loop of woken) wakers.get(loop)?.()
      return result
    } catch (error) {
      if (tries >= TRIES_MAX || !isRetryable(error)) throw error
    }
  }
}

async function migrate(kysely: Kysely<Schema>, engine: Engine): Promise<void> {
  const provider = { getMigrations: async () => migrations(engine) }
  const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest()
  if (error) throw new Error(NEWER_VERSION, { cause: error })
}

/**
 * The outer handle inside a transaction would wait for ever on SQLite for the connection that the transaction holds,
 * and could starve the pool on PostgreSQL. It throws instead.
 */
function guarded(dialect: Dialect): Dialect {
  const createDriver = (): Driver => {
    const driver = dialect.createDriver()
    const acquireConnection: Driver['acquireConnection'] = async (...args) => {
      if (inTransaction.getStore())
        throw new Error('Inside a transaction use its trx: the outer handle would wait for ever.')
      return driver.acquireConnection(...args)
    }
    return new Proxy(driver, {
      get: (target, name) => {
        if (name === 'acquireConnection') return acquireConnection
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver,
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}
