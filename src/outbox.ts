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
  /** At most one row with this key waits at any time; a second `put` replaces its payload. */
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

/** The update locks the row, so that nobody claims it and reads the old state before we commit the new one. */
const replaceQueued = (oc: OnConflictBuilder<Schema, 'outbox'>) =>
  oc
    .column('coalesce_key')
    .where(sql<boolean>`coalesce_key is not null and state = 'queued'`)
    .doUpdateSet((eb) => ({ payload: eb.ref('excluded.payload') }))

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

/** The rate keys that have something due, found by skipping through the index, whatever the backlog. */
export async function listDueKeys(db: Reader, now: number): Promise<string[]> {
  const keys: string[] = []
  for (let after = ''; ; ) {
    const next = await db
      .selectFrom('outbox')
      .select('rate_key')
      .where('state', '=', sql.lit('queued'))
      .where('rate_key', '>', after)
      .orderBy('rate_key')
      .limit(1)
      .executeTakeFirst()
    if (!next) return keys
    after = next.rate_key
    if (await hasDue(db, after, now)) keys.push(after)
  }
}

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

/** Records proof of delivery, whoever holds the claim: what happened, happened. False when it was known already. */
export async function finish(trx: Trx, id: string, ref: string | undefined): Promise<boolean> {
  const result = await trx
    .updateTable('outbox')
    .set({ state: 'accepted', finished_at: trx.now(), external_ref: ref ?? null, error: null })
    .where('id', '=', id)
    .where('state', '<>', 'accepted')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export interface Postponement {
  dueAt: number
  error?: string
  /** What is given back: the attempt when it was not this row's fault, the send when no byte left. */
  giveBack: { attempt: boolean; send: boolean }
}

/** Refused for now, or known to be absent: back in the queue. False when the claim was lost. */
export async function postpone(trx: Trx, effect: Effect, { dueAt, error, giveBack }: Postponement): Promise<boolean> {
  if (await isSuperseded(trx, effect)) return await abandon(trx, effect, 'undone', 'a newer one is waiting')
  return await settle(trx, effect, (update) =>
    update.set((eb) => ({
      state: 'queued' as const,
      owner: null,
      due_at: Math.ceil(dueAt),
      error: error ?? null,
      attempts: giveBack.attempt ? eb('attempts', '-', 1) : eb.ref('attempts'),
      sends: giveBack.send ? eb('sends', '-', 1) : eb.ref('sends'),
    })),
  )
}

async function isSuperseded(db: Reader, effect: Effect): Promise<boolean> {
  if (effect.coalesceKey === undefined) return false
  const newer = await db
    .selectFrom('outbox')
    .select('id')
    .where('coalesce_key', '=', effect.coalesceKey)
    .where('state', '=', sql.lit('queued'))
    .executeTakeFirst()
  return newer !== undefined
}

/** It may have arrived. Somebody has to look before it is sent again. False when the claim was lost. */
export async function doubt(trx: Trx, effect: Effect, lookAt: number, error: string): Promise<boolean> {
  return await settle(trx, effect, (update) =>
    update.set({ state: 'uncertain', owner: null, due_at: Math.ceil(lookAt), error }),
  )
}

/** Refused for good, given up for a person to decide, or no longer wanted. False when the claim was lost. */
export async function abandon(
  trx: Trx,
  effect: Effect,
  state: 'rejected' | 'parked' | 'undone',
  error: string | undefined,
): Promise<boolean> {
  const update = { state, finished_at: trx.now(), error: error ?? null }
  const changed = await settle(trx, effect, (row) => row.set(update))
  if (changed && effect.coalesceKey !== undefined) await passOnPlace(trx, effect, effect.coalesceKey)
  return changed
}

/** What waits in its stead moves up to its place in the lane: those behind it rely on that it was done, as on a card. */
async function passOnPlace(trx: Trx, effect: Effect, coalesceKey: string): Promise<void> {
  const place = trx.selectFrom('outbox as ended').select((eb) => eb('ended.lane_at', '-', 1).as('lane_at'))
  await trx
    .updateTable('outbox')
    .set({ lane_at: place.where('ended.id', '=', effect.id) })
    .where('coalesce_key', '=', coalesceKey)
    .where('state', '=', 'queued')
    .execute()
}

type Update = ReturnType<typeof openUpdate>
const openUpdate = (trx: Trx, effect: Effect) =>
  trx.updateTable('outbox').where('id', '=', effect.id).where('state', 'in', ['sending', 'uncertain'])

async function settle(trx: Trx, effect: Effect, change: (update: Update) => Update): Promise<boolean> {
  const result = await change(openUpdate(trx, effect)).where('claim', '=', effect.claim).executeTakeFirst()
  if (result.numUpdatedRows > 0n) trx.wake('outbox')
  return result.numUpdatedRows > 0n
}

/**
 * What nobody holds any more may have arrived: it becomes uncertain, never queued again unseen. Nobody holds a row whose
 * owner is no living instance, nor one of our own that we do not remember.
 */
export async function doubtUnheld(trx: Trx, owner: string, held: ReadonlySet<string>): Promise<Effect[]> {
  const left: Effect[] = []
  for (const effect of await listUnheld(trx, owner, held)) {
    if (await doubt(trx, effect, trx.now(), UNHELD)) left.push(effect)
  }
  return left
}

export async function listUnheld(db: Reader, owner: string, held: ReadonlySet<string>): Promise<Effect[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', sql.lit('sending'))
    .where((eb) =>
      eb.or([eb('owner', '=', owner), eb('owner', 'not in', (alive) => alive.selectFrom('instance').select('id'))]),
    )
    .execute()
  return rows.map(toEffect).filter(({ id }) => !held.has(id))
}

export const UNHELD = 'the program stopped while this was being sent'

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

export async function findByDedupe(
  db: Reader,
  dedupe: string,
): Promise<{ id: string; state: EffectState } | undefined> {
  return await db.selectFrom('outbox').select(['id', 'state']).where('dedupe', '=', dedupe).executeTakeFirst()
}

/** What was withdrawn, because it was no longer true, is true again. False when it was not withdrawn. */
export async function revive(trx: Trx, dedupe: string): Promise<boolean> {
  const now = trx.now()
  const result = await trx
    .updateTable('outbox')
    .set({ state: 'queued', attempts: 0, due_at: now, lane_at: now, created_at: now, finished_at: null, owner: null })
    .where('dedupe', '=', dedupe)
    .where('state', '=', 'undone')
    .executeTakeFirst()
  if (result.numUpdatedRows > 0n) trx.wake('outbox')
  return result.numUpdatedRows > 0n
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

/**
 * The wall clock stepped: what was to wait some seconds or minutes still waits that long, what was due stays due, and
 * nothing is a day old because of it. Promised instants stay.
 */
export async function shiftWaits(trx: Trx, stepMs: number, fixedKey: string): Promise<void> {
  const now = trx.now()
  const from = now - stepMs
  const unfinished = trx
    .updateTable('outbox')
    .where('state', 'in', ['queued', 'sending', 'uncertain'])
    .where('rate_key', '<>', fixedKey)
    .where('due_at', '<', from + WAIT_MAX_MS)
  if (stepMs < 0) {
    const waiting = unfinished.where('due_at', '>', now)
    return void (await waiting.set((eb) => ({ due_at: eb('due_at', '+', stepMs) })).execute())
  }
  // Another instance sees the same step: what counts as put after it is not moved a second time.
  await unfinished
    .where('created_at', '<=', from)
    .set((eb) => ({
      due_at: eb
        .case()
        .when('due_at', '>', from)
        .then(eb('due_at', '+', stepMs))
        .else(eb.ref('due_at'))
        .end(),
      created_at: now,
    }))
    .execute()
}

/** By how much the wall clock was set back while nobody watched: the newest row of all cannot be from the future. */
export async function findStepBack(db: Reader, now: number): Promise<number> {
  const newest = await db
    .selectFrom('outbox')
    .select((eb) => eb.fn.max('created_at').as('created_at'))
    .where('state', 'in', ['queued', 'sending', 'uncertain'])
    .executeTakeFirst()
  return Math.min(0, now - (newest?.created_at ?? now))
}

/** Longer than any backoff or undo time, shorter than what a person schedules. */
const WAIT_MAX_MS = 10 * 60_000

function toEffect(row: Selectable<OutboxTable>): Effect {
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
