// Taking work up: the earliest due of a key, in lane order, with a claim that fences out everybody before.
import { sql } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import { type Effect, toEffect } from './outbox.ts'

/** A rate key that has something due, and how much; no more is counted than `COUNTED_MAX`. */
export interface DueKey {
  key: string
  due: number
}

const COUNTED_MAX = 33

/** Found by skipping through the index, whatever the backlog, and asked for at once. */
export async function listDueKeys(db: Reader, now: number): Promise<DueKey[]> {
  const due = await db.selectFrom(dueKeys(now).as('due')).selectAll('due').orderBy('due.rate_key').execute()
  return due.map((row) => ({ key: row.rate_key, due: Number(row.due) }))
}

/** Each key is the next one in the index; the orders keep PostgreSQL from betting on an early hit, as in `hasDue`. */
const dueKeys = (now: number) => sql<{ rate_key: string; due: number | string }>`(
  with recursive waiting (rate_key) as (
    select (select rate_key from outbox where state = 'queued' order by rate_key limit 1)
    union all
    select (
      select later.rate_key from outbox as later
      where later.state = 'queued' and later.rate_key > waiting.rate_key order by later.rate_key limit 1
    ) from waiting where waiting.rate_key is not null
  )
  select rate_key, due from (
    select rate_key, (
      select count(*) from (
        select 1 as one from outbox as first
        where first.state = 'queued' and first.rate_key = waiting.rate_key and first.due_at <= ${now}
        order by first.due_at limit ${sql.lit(COUNTED_MAX)}
      ) as counted
    ) as due from waiting where rate_key is not null
  ) as keys where due > 0
)`

export async function hasDue(db: Reader, key: string, now: number): Promise<boolean> {
  const due = await db
    .selectFrom('outbox')
    .select('id')
    .where('state', '=', sql.lit('queued'))
    .where('rate_key', '=', key)
    .where('due_at', '<=', now)
    .orderBy('due_at') // Without it PostgreSQL bets on an early hit and reads the whole table of what is done.
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/**
 * In a lane, what was begun stands before what was not, however the wall clock stepped in between; only then the
 * due times count.
 */
const STANDS_BEFORE = sql<boolean>`case when (earlier.attempts > 0) = ("row".attempts > 0)
  then earlier.lane_at < "row".lane_at or (earlier.lane_at = "row".lane_at and earlier.id < "row".id)
  else earlier.attempts > 0 end`

/** Takes the earliest due rows of one key, none that has an earlier unfinished row in its lane. Commit before the first byte. */
export async function claim(trx: Trx, key: string, owner: string, count: number): Promise<Effect[]> {
  const candidates = await trx
    .selectFrom('outbox as row')
    .select('row.id')
    .where('row.state', '=', sql.lit('queued'))
    .where('row.rate_key', '=', key)
    .where('row.due_at', '<=', trx.now())
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox as earlier')
            .select('earlier.id')
            .whereRef('earlier.lane', '=', 'row.lane')
            .where('earlier.lane', 'is not', null)
            .where(sql<boolean>`earlier.state in ('queued', 'sending', 'uncertain')`)
            .where(STANDS_BEFORE),
        ),
      ),
    )
    .orderBy('row.due_at')
    .orderBy('row.id')
    .limit(count)
    .forUpdate()
    .skipLocked()
    .execute()
  const effects: Effect[] = []
  for (const { id } of candidates) {
    const row = await trx
      .updateTable('outbox')
      .set((eb) => ({
        state: 'sending' as const,
        claim: eb('claim', '+', 1),
        attempts: eb('attempts', '+', 1),
        sends: eb('sends', '+', 1),
        owner,
        started_at: eb.fn.coalesce('started_at', eb.val(trx.now())),
      }))
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst()
    if (row) effects.push(toEffect(row))
  }
  return effects
}

export async function hasDueLook(db: Reader, now: number): Promise<boolean> {
  const due = await db
    .selectFrom('outbox')
    .select('id')
    .where('state', '=', sql.lit('uncertain'))
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/** Takes uncertain rows whose next look is due. A look takes a claim too, so that older attempts are fenced out. */
export async function claimUncertain(trx: Trx, owner: string, count: number): Promise<Effect[]> {
  const rows = await trx
    .updateTable('outbox')
    .set((eb) => ({ claim: eb('claim', '+', 1), owner, due_at: trx.now() + LOOK_LIMIT_MS }))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('outbox')
        .select('id')
        .where('state', '=', sql.lit('uncertain'))
        .where('due_at', '<=', trx.now())
        .orderBy('due_at')
        .limit(count)
        .forUpdate()
        .skipLocked(),
    )
    .where('state', '=', 'uncertain')
    .returningAll()
    .execute()
  return rows.map(toEffect)
}

/** A look that has not answered by then is taken again by whoever comes first. */
const LOOK_LIMIT_MS = 60_000

/** True while this claim is the newest and nobody has come to doubt it. */
export async function holds(db: Reader, effect: Effect): Promise<boolean> {
  const row = await db
    .selectFrom('outbox')
    .select('id')
    .where('id', '=', effect.id)
    .where('claim', '=', effect.claim)
    .where('state', '=', 'sending')
    .executeTakeFirst()
  return row !== undefined
}
