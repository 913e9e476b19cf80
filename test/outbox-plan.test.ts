// The queries of the hot path, explained on both engines: none of them may read a table from end to end.
import { type CompiledQuery, Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { type Database, type Engine, openDb, type Trx } from '../src/db/open.ts'
import { postgresDialect } from '../src/db/postgres.ts'
import type { Schema } from '../src/db/schema.ts'
import { openSqliteFile, sqliteDialect } from '../src/db/sqlite.ts'
import { claimKept, hasDueKept } from '../src/intake.ts'
import { silentLog } from '../src/log.ts'
import { undo } from '../src/outbox.ts'
import { claim, claimUncertain, hasDueLook, listDueKeys } from '../src/outbox-claim.ts'
import { doubtUnheld } from '../src/outbox-settle.ts'
import { manualClock } from './setup/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { seededRandom } from './setup/world.ts'

eachDatabase((_open, fresh, engine) => {
  test('claims and scans find their rows by index among 5,000, whatever lies about', async () => {
    const database = await fresh()
    await fill(database, 5000)
    const watched = await watch(database, engine)
    const { trx, plans } = watched
    try {
      await listDueKeys(watched.db, NOW)
      await hasDueLook(watched.db, NOW)
      await hasDueKept(watched.db, NOW)
      await trx((t) => claim(t, 'key 3', 'me', 5))
      await trx((t) => claimUncertain(t, 'me', 5))
      await trx((t) => doubtUnheld(t, 'me', new Set()))
      await trx((t) => undo(t, 'dedupe 7'))
      await trx((t) => claimKept(t, 'me', 5))
      const all = await plans()
      expect(all.length).toBeGreaterThan(15)
      for (const { query, plan } of all) expect(plan, query).not.toMatch(FULL_SCAN[engine])
      const claims = all.filter(({ query }) => /^select/.test(query) && query.includes('earlier'))
      expect(claims).toHaveLength(1)
      for (const { query, plan } of claims) expect(plan, query).not.toMatch(/TEMP B-TREE|"Sort"/) // Never a sort of all that is due.
    } finally {
      await watched.close()
    }
  })
})

const NOW = Date.UTC(2026, 0, 5, 9)
const FULL_SCAN: Record<Engine, RegExp> = {
  sqlite: /SCAN (outbox|row|earlier|later|first|intake)(?! USING)/,
  postgres: /"Seq Scan"[^{}]*"(outbox|intake)"/,
}

/** A store some weeks old: nearly everything is done, some hundreds wait in some dozens of lanes. */
async function fill(database: Database, count: number): Promise<void> {
  const db = await openDb(database, { clock: manualClock(NOW), random: seededRandom(1), log: silentLog })
  await db.migrate()
  const stateOf = (n: number) =>
    n % 10 > 0 ? 'accepted' : n % 400 === 0 ? 'uncertain' : n % 250 === 0 ? 'sending' : 'queued'
  const rows = Array.from({ length: count }, (_, n) => ({
    ...{ id: `o_${n}`, kind: 'work', lane: n % 20 === 0 ? `lane ${n % 31}` : null, lane_at: NOW - n },
    ...{ rate_key: `key ${n % 7}`, conversation_id: null, payload: '{}', coalesce_key: null, dedupe: `dedupe ${n}` },
    ...{ state: stateOf(n) as 'queued', owner: 'gone', due_at: NOW - n, created_at: NOW, started_at: null },
    ...{ finished_at: null, external_ref: null, error: null },
  }))
  const kept = Array.from({ length: count }, (_, n) => ({
    ...{ id: `i_${n}`, channel: 'a', key: `${n}`, blob_id: 'blob', meta: '{}', arrived_at: NOW, kept_at: NOW },
    ...{ state: n % 50 === 0 ? ('kept' as const) : ('received' as const), owner: null, due_at: NOW - n, error: null },
  }))
  await db.transaction(async (trx) => {
    await trx.insertInto('blob').values({ id: 'blob', bytes: 0, created_at: NOW }).execute()
    for (let n = 0; n < count; n += 500) {
      await trx
        .insertInto('outbox')
        .values(rows.slice(n, n + 500))
        .execute()
      await trx
        .insertInto('intake')
        .values(kept.slice(n, n + 500))
        .execute()
    }
    await sql`analyze`.execute(trx)
  })
  await db.close()
}

/** The product's own queries, written down as they run, and explained afterwards. */
async function watch(database: Database, engine: Engine) {
  const asked: CompiledQuery[] = []
  const dialect =
    database.kind === 'postgres'
      ? await postgresDialect(database.url, silentLog)
      : sqliteDialect(openSqliteFile(database.path))
  const kysely = new Kysely<Schema>({ dialect, log: ({ query }) => void asked.push(query) })
  const clock = manualClock(NOW)
  const tools = {
    now: () => clock.now(),
    newId: (prefix: string) => prefix,
    random: seededRandom(1),
    wake: () => undefined,
  }
  return {
    db: kysely,
    trx: <T>(work: (trx: Trx) => Promise<T>) => kysely.transaction().execute((t) => work(Object.assign(t, tools))),
    async plans() {
      const explain = engine === 'sqlite' ? 'explain query plan ' : 'explain (format json) '
      const queries = asked.filter(({ sql: text }) => /^(select|update)/.test(text))
      const plans: { query: string; plan: string }[] = []
      for (const query of queries) {
        const { rows } = await kysely.executeQuery({ ...query, sql: explain + query.sql })
        plans.push({ query: query.sql, plan: JSON.stringify(rows) })
      }
      return plans
    },
    run: (text: string) => sql.raw(text).execute(kysely),
    close: () => kysely.destroy(),
  }
}
