// Searches on a connection of their own that cannot write and has a time limit: on SQLite in a thread, which can be ended.
import { Worker } from 'node:worker_threads'
import {
  type CompiledQuery,
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database, Db, Engine, Reader, Tools } from './open.ts'
import { postgresDialect } from './postgres.ts'
import type { Schema } from './schema.ts'

export interface SearchReader extends Reader {
  readonly engine: Engine
  close(): Promise<void>
}

const QUERY_MS_MAX = 2000
const CONNECTIONS_MAX = 2
const HEAP_MB_MAX = 64

/** For a store in memory there is only the one connection. The store must be migrated. */
export async function openSearchReader(database: Database, db: Db, tools: Tools): Promise<SearchReader> {
  if (database.kind === 'sqlite' && database.path === ':memory:') return sharing(db)
  const limits = { readOnly: true, statementMsMax: QUERY_MS_MAX, connectionsMax: CONNECTIONS_MAX }
  const dialect =
    database.kind === 'postgres'
      ? await postgresDialect(database.url, tools.log, limits)
      : threadDialect(database.path, tools.clock, QUERY_MS_MAX)
  const kysely = new Kysely<Schema>({ dialect })
  return {
    engine: database.kind,
    selectFrom: kysely.selectFrom.bind(kysely),
    with: kysely.with.bind(kysely),
    close: () => kysely.destroy(),
  }
}

/** On the program's own connection. */
export function sharing({ engine, selectFrom, with: having }: Db): SearchReader {
  return { engine, selectFrom, with: having, close: async () => undefined }
}

export interface ThreadAnswer {
  rows?: Record<string, unknown>[]
  error?: string
}

/** One query after the other. One that takes too long ends with its thread; the next one starts another. */
export function threadDialect(path: string, clock: Pick<Clock, 'wait'>, queryMsMax: number): Dialect {
  let thread: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  const ask = async ({ sql, parameters }: CompiledQuery): Promise<Record<string, unknown>[]> => {
    thread ??= startThread(path)
    const worker = thread
    const over = new AbortController()
    const late = clock.wait(queryMsMax, over.signal).then((): ThreadAnswer => ({ error: 'it took too long' }))
    const answer = await Promise.race([answerOf(worker, { sql, parameters }), late]).finally(() => over.abort())
    if (answer.rows) return answer.rows
    if (thread === worker) thread = undefined
    await worker.terminate()
    throw new Error(`the search was not finished: ${answer.error}`)
  }
  const connection = {
    async executeQuery<Row>(query: CompiledQuery) {
      const mine = last.then(() => ask(query))
      last = mine.catch(() => undefined)
      return { rows: (await mine) as Row[] }
    },
    streamQuery: () => {
      throw new Error('a search answers whole')
    },
  }
  const refuse = async () => {
    throw new Error('a search changes nothing')
  }
  return {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => ({
      init: async () => undefined,
      acquireConnection: async () => connection,
      releaseConnection: async () => undefined,
      beginTransaction: refuse,
      commitTransaction: refuse,
      rollbackTransaction: refuse,
      destroy: async () => void (await thread?.terminate()),
    }),
  }
}

function startThread(path: string): Worker {
  const worker = new Worker(new URL('./search-worker.ts', import.meta.url), {
    workerData: { path },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  worker.unref()
  worker.on('error', () => undefined) // Whoever asked is told.
  return worker
}

function answerOf(worker: Worker, query: { sql: string; parameters: readonly unknown[] }): Promise<ThreadAnswer> {
  return new Promise((resolve) => {
    const end = (answer: ThreadAnswer) => {
      worker.off('message', end).off('error', fail).off('exit', gone)
      resolve(answer)
    }
    const fail = (error: Error) => end({ error: error.message })
    const gone = () => end({ error: 'its thread ended' })
    worker.on('message', end).on('error', fail).on('exit', gone)
    worker.postMessage(query)
  })
}
