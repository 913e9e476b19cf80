// How an attempt ends. Only the newest claim may say so; proof of delivery is recorded whoever brings it.
import { sql } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import { type Effect, isSuperseded, toEffect } from './outbox.ts'

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
