// What becomes of waiting rows when the wall clock steps.
import type { Reader, Trx } from './db/open.ts'
import { WAIT_MAX_MS } from './outbox.ts'

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
