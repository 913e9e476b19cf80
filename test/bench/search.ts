// Searching thirty thousand messages: what it costs beside a plain look through all texts, and how it grows with what is stored.
import { tmpdir } from 'node:os'
import { SECOND, systemClock } from '../../src/clock.ts'
import { type Db, openDb, type Trx } from '../../src/db/open.ts'
import { openSearchReader, type SearchReader } from '../../src/db/search-thread.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { search } from '../../src/search.ts'
import { indexBatch } from '../../src/search-index.ts'
import { type FreshDatabase, freshPostgres, freshSqlite } from '../setup/fresh-database.ts'
import { startPostgres } from '../setup/postgres-server.ts'
import type { Figures } from './bench.ts'

const MANY = 30_000
const FEW = 1000
const BATCH = 500
const WORDS = 40
const VOCABULARY = 20_000
const RUNS = 15
const NOW = Date.UTC(2026, 0, 5, 9)
const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }

/** `word1` stands in nearly every message, `word15000` in few, `needle` in one of a thousand. */
const QUERIES = {
  rare: 'needle word15000',
  usual: 'needle',
  common: 'word1 word2',
  prefix: 'word1 word12',
  phrase: '"word1 word2"',
}

export async function searching(): Promise<Figures> {
  const postgres = await startPostgres(tmpdir())
  const sqlite = await compare(async () => freshSqlite(tmpdir()), '')
  const onPostgres = await compare(() => freshPostgres(postgres.url), 'Postgres')
  await postgres.stop()
  return { ...sqlite, ...onPostgres }
}

async function compare(fresh: () => Promise<FreshDatabase>, suffix: string): Promise<Figures> {
  const few = await measure(fresh, FEW)
  const many = await measure(fresh, MANY)
  const names = Object.keys(QUERIES) as (keyof typeof QUERIES)[]
  const figures: Figures = {
    searchIndexSeconds: many.indexSeconds,
    searchIndexRatio: many.indexSeconds / many.writeSeconds,
  }
  for (const name of names) {
    figures[`search_${name}Ms`] = many.times[name]
    figures[`search_${name}ScanRatio`] = many.scanMs / many.times[name]
    figures[`search_${name}GrowthRatio`] = many.times[name] / few.times[name]
  }
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name}${suffix}`, value]))
}

async function measure(fresh: () => Promise<FreshDatabase>, count: number) {
  const { database, drop } = await fresh()
  const db = await openDb(database, tools)
  await db.migrate()
  const writeSeconds = (await timed(() => write(db, count))) / SECOND
  const indexSeconds = (await timed(() => indexAll(db))) / SECOND
  const reader = await openSearchReader(database, db, tools)
  const times = {} as Record<keyof typeof QUERIES, number>
  for (const [name, typed] of Object.entries(QUERIES) as [keyof typeof QUERIES, string][])
    times[name] = await median(() => find(reader, typed))
  const scanMs = await median(() => scan(reader), 3)
  await reader.close()
  await db.close()
  await drop()
  return { writeSeconds, indexSeconds, times, scanMs }
}

async function find(reader: SearchReader, typed: string): Promise<void> {
  const found = await search(reader, { typed, desks: ['main'], skip: 0, limit: 5 })
  if (!found || found.owed > 0) throw new Error('the index is not complete')
}

async function scan(reader: SearchReader): Promise<void> {
  await reader
    .selectFrom('message')
    .select('id')
    .where('text', 'like', '%needle%')
    .where('text', 'like', '%word15000%')
    .execute()
}

async function indexAll(db: Db): Promise<void> {
  while ((await db.transaction((trx) => indexBatch(trx, db.engine))).isMore);
}

async function write(db: Db, count: number): Promise<void> {
  const chance = seeded(7)
  for (let from = 0; from < count; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => from + n)
    await db.transaction((trx) => writeBatch(trx, numbers, chance))
  }
}

async function writeBatch(trx: Trx, numbers: readonly number[], chance: () => number): Promise<void> {
  const id = (prefix: string, n: number) => `${prefix}_${10_000_000 + n}`
  await trx
    .insertInto('contact')
    .values(numbers.map((n) => ({ id: id('c', n), name: null, created_at: NOW })))
    .execute()
  await trx
    .insertInto('identity')
    .values(
      numbers.map((n) => ({
        ...{ id: id('i', n), contact_id: id('c', n), channel_kind: 'email', name: `Customer ${n}` },
        ...{ address: `customer${n}@example.org`, created_at: NOW },
      })),
    )
    .execute()
  await trx
    .insertInto('conversation')
    .values(
      numbers.map((n) => ({
        ...{ id: id('v', n), identity_id: id('i', n), channel: 'email:support', desk: 'main', subject: `Order ${n}` },
        ...{ state: 'open' as const, owner_id: null, token: `t${n}`, seq_last: 1, related_to: null, opened_at: NOW },
        ...{ card_channel: null, card_ts: null },
      })),
    )
    .execute()
  await trx
    .insertInto('message')
    .values(
      numbers.map((n) => {
        const text = textOf(n, chance)
        return {
          ...{
            id: id('m', n),
            conversation_id: id('v', n),
            seq: 1,
            direction: 'inbound' as const,
            channel_kind: 'email',
          },
          ...{ external_id: `in/${n}`, author: `customer${n}@example.org`, subject: null, text, markdown: text },
          ...{ arrived_at: NOW + n * 1000, created_at: NOW, warnings: '[]' },
        }
      }),
    )
    .execute()
}

/** Few words are common and most are rare, as in any language. */
function textOf(n: number, chance: () => number): string {
  const words = Array.from({ length: WORDS }, () => `word${Math.floor(VOCABULARY ** chance())}`)
  return [...words, ...(n % 1000 === 0 ? ['needle'] : [])].join(' ')
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function median(work: () => Promise<void>, runs = RUNS): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) times.push(await timed(work))
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
