// The outbox is everything we owe the outside world. A row outlives a crash; a promise does not.
import { type OnConflictBuilder, type Selectable, sql } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import type { EffectState, OutboxTable, Schema } from './db/schema.ts'

/** Work owed, as its handler sees it. `claim` is the fence: only the newest claim may say how the attempt ended. */
export interface Effect {
  id: string
  kind: string
  conversationId: string | undefined
  coalesceKey: string | undefined
  payload: string
  rateKey: string
  claim: number
  attempts: number
  /** How many attempts may have put bytes on the wire. */
  sends: number
  dueAt: number
  /** When the first byte of the first attempt may have left. */
  startedAt: number
}

export interface NewEffect {
  kind: string
  payload: Record<string, unknown>
  /** What its pace is limited by; rows of one key leave in due order. */
  rateKey: string
  dueAt: number
  conversationId?: string
  /** Rows of one lane run strictly one after the other. */
  lane?: string
  /** At most one row with this key waits at any time; a second `put` replaces its payload, and hurries what was to wait for others. */
  coalesceKey?: string
  /** At most one row with this key exists, ever. */
  dedupe?: string
}

/** Returns the row's id, or undefined when its dedupe key was there before. */
export async function put(trx: Trx, effect: NewEffect): Promise<string | undefined> {
  const row = await trx
    .insertInto('outbox')
    .values(toRow(trx, effect))
    .onConflict((oc) => (effect.coalesceKey === undefined ? oc.column('dedupe').doNothing() : replaceQueued(oc)))
    .returning('id')
    .executeTakeFirst()
  if (row) trx.wake('outbox')
  return row?.id
}

/** The same for several that each have a coalesce key, in one statement. */
export async function putAll(trx: Trx, effects: readonly (NewEffect & { coalesceKey: string })[]): Promise<void> {
  if (effects.length === 0) return
  await trx
    .insertInto('outbox')
    .values(effects.map((effect) => toRow(trx, effect)))
    .onConflict(replaceQueued)
    .execute()
  trx.wake('outbox')
}

/** The rate keys of what leaves every other place to what somebody waits for. */
const LATER = '%:later'

/** The update locks the row, so that nobody claims it and reads the old state before we commit the new one. */
const replaceQueued = (oc: OnConflictBuilder<Schema, 'outbox'>) =>
  oc
    .column('coalesce_key')
    .where(sql<boolean>`coalesce_key is not null and state = 'queued'`)
    .doUpdateSet((eb) => ({
      payload: eb.ref('excluded.payload'),
      rate_key: sql<string>`case when outbox.rate_key like ${LATER} then excluded.rate_key else outbox.rate_key end`,
    }))

function toRow(trx: Trx, effect: NewEffect) {
  return {
    id: trx.newId('o'),
    kind: effect.kind,
    lane: effect.lane ?? null,
    lane_at: effect.lane === undefined ? effect.dueAt : behindFuture(effect.lane, 'lane_at', effect.dueAt, trx.now()),
    rate_key: effect.rateKey,
    conversation_id: effect.conversationId ?? null,
    payload: JSON.stringify(effect.payload),
    coalesce_key: effect.coalesceKey ?? null,
    dedupe: effect.dedupe ?? null,
    owner: null,
    due_at: effect.dueAt,
    created_at: effect.lane === undefined ? trx.now() : behindFuture(effect.lane, 'created_at', trx.now(), trx.now()),
    started_at: null,
    finished_at: null,
    external_ref: null,
    error: null,
  }
}

/**
 * A row of the lane that was put in the future was put before the wall clock was set back: a new one stands behind it,
 * and counts as just as new, so that the next stands behind both.
 */
function behindFuture(lane: string, column: 'lane_at' | 'created_at', otherwise: number, now: number) {
  return sql<number>`coalesce((select max(${sql.ref(`ahead.${column}`)}) + 1 from outbox as ahead
    where ahead.lane = ${lane} and ahead.lane is not null and ahead.state in ('queued', 'sending', 'uncertain')
    and ahead.created_at > ${now} and ahead.lane_at < ahead.created_at + ${WAIT_MAX_MS}), ${otherwise})`
}

/** Takes back what was never claimed: after that a part of it may have left. False when it is too late. */
export async function undo(trx: Trx, dedupe: string): Promise<boolean> {
  const result = await trx
    .updateTable('outbox')
    .set({ state: 'undone', finished_at: trx.now() })
    .where('dedupe', '=', dedupe)
    .where('state', '=', 'queued')
    .where('claim', '=', 0)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** When what can still be taken back is due, or undefined when it is too late. */
export async function findUndoEnd(db: Reader, dedupe: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('outbox')
    .select('due_at')
    .where('dedupe', '=', dedupe)
    .where('state', '=', 'queued')
    .where('claim', '=', 0)
    .executeTakeFirst()
  return row?.due_at
}

/** Moves what can still be taken back to a later due time. False when it is too late. */
export async function delay(trx: Trx, dedupe: string, dueAt: number): Promise<boolean> {
  const result = await trx
    .updateTable('outbox')
    .set({ due_at: dueAt, lane_at: dueAt })
    .where('dedupe', '=', dedupe)
    .where('state', '=', 'queued')
    .where('claim', '=', 0)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Moves what waits under these keys to another due time; nothing when nothing waits. */
export async function reschedule(trx: Trx, coalesceKeys: string | readonly string[], dueAt: number): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ due_at: dueAt, lane_at: dueAt })
    .where('coalesce_key', 'in', [coalesceKeys].flat())
    .where('state', '=', 'queued')
    .execute()
}

/** What waits in this lane goes behind what is put into it now, and begins anew; only this kind keeps its place. */
export async function moveBehind(trx: Trx, lane: string, kind: string): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ attempts: 0, lane_at: trx.now() + 1 })
    .where('lane', '=', lane)
    .where('kind', '<>', kind)
    .where('state', '=', 'queued')
    .execute()
}

/** What waits in this lane at one pace goes on at another. */
export async function hurry(trx: Trx, lane: string, key: { from: string; to: string }): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ rate_key: key.to })
    .where('lane', '=', lane)
    .where('rate_key', '=', key.from)
    .where('state', '=', 'queued')
    .execute()
}

/** What waits under this key: when it is due, and whether it has been tried and put off. */
export async function findQueued(
  db: Reader,
  coalesceKey: string,
): Promise<{ dueAt: number; isPostponed: boolean } | undefined> {
  const row = await db
    .selectFrom('outbox')
    .select(['due_at', 'error'])
    .where('coalesce_key', '=', coalesceKey)
    .where('state', '=', sql.lit('queued'))
    .executeTakeFirst()
  return row && { dueAt: row.due_at, isPostponed: row.error !== null }
}

/** Whether more than so many wait under this key. */
export async function owesMoreThan(db: Reader, rateKey: string, count: number): Promise<boolean> {
  const another = await db
    .selectFrom('outbox')
    .select('id')
    .where('state', '=', sql.lit('queued'))
    .where('rate_key', '=', rateKey)
    .orderBy('due_at')
    .limit(1)
    .offset(count)
    .executeTakeFirst()
  return another !== undefined
}

/** Whether anything under this rate key waits or is under way. By the indexes of either state: one for both there is not. */
export async function isBusy(db: Reader, rateKey: string): Promise<boolean> {
  const rows = (state: 'queued' | 'sending') =>
    db.selectFrom('outbox').select('id').where('state', '=', sql.lit(state)).where('rate_key', '=', rateKey).limit(1)
  const waiting = await rows('queued').orderBy('due_at').executeTakeFirst()
  return (waiting ?? (await rows('sending').executeTakeFirst())) !== undefined
}

export async function findByDedupe(
  db: Reader,
  dedupe: string,
): Promise<{ id: string; state: EffectState } | undefined> {
  return await db.selectFrom('outbox').select(['id', 'state']).where('dedupe', '=', dedupe).executeTakeFirst()
}

/** A person decided to try a parked row again. False when it is not parked any more. */
export async function rerun(trx: Trx, id: string): Promise<boolean> {
  const row = await trx.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || (await isSuperseded(trx, toEffect(row)))) return false
  const result = await trx
    .updateTable('outbox')
    .set({ state: 'queued', attempts: 0, due_at: trx.now(), lane_at: trx.now(), created_at: trx.now(), owner: null })
    .where('id', '=', id)
    .where('state', '=', 'parked')
    .executeTakeFirst()
  if (result.numUpdatedRows > 0n) trx.wake('outbox')
  return result.numUpdatedRows > 0n
}

/** A newer row with the same coalesce key waits already. */
export async function isSuperseded(db: Reader, effect: Effect): Promise<boolean> {
  if (effect.coalesceKey === undefined) return false
  const newer = await db
    .selectFrom('outbox')
    .select('id')
    .where('coalesce_key', '=', effect.coalesceKey)
    .where('state', '=', sql.lit('queued'))
    .executeTakeFirst()
  return newer !== undefined
}

/** A row as its handler sees it. */
export function toEffect(row: Selectable<OutboxTable>): Effect {
  return {
    id: row.id,
    kind: row.kind,
    conversationId: row.conversation_id ?? undefined,
    coalesceKey: row.coalesce_key ?? undefined,
    payload: row.payload,
    rateKey: row.rate_key,
    claim: row.claim,
    attempts: row.attempts,
    sends: row.sends,
    dueAt: row.due_at,
    startedAt: row.started_at ?? row.created_at,
  }
}

/** Longer than any backoff or undo time, shorter than what a person schedules. */
export const WAIT_MAX_MS = 10 * 60_000
