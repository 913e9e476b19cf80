// More conversations begin than Slack takes posts: how many wait to be shown at a desk, and when to say so in its channel.
import { sql } from 'kysely'
import { MINUTE, SECOND } from './clock.ts'
import { deskRate } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { put } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'

/** What has waited for less is on its way. */
const PATIENCE_MS = 30 * SECOND
const LOOK_EVERY_MS = 10 * SECOND
/** Twenty desks share what Slack takes of updates. */
const RENEW_EVERY_MS = MINUTE
/** Fewer are soon there, and a word about them would only be one more post. */
const WAITING_MIN = 5
/** Beyond it nobody needs to know how many. */
export const COUNTED_MAX = 1000

/** The message that says so, as long as it is not settled. */
export interface Overload {
  channel: string
  ts: string
  waiting: number
  at: number
}

/** Conversations without a card whose turn has not come for a while. An import has all the time it needs. */
export async function countUnshown(db: Reader, desk: string, now: number): Promise<number> {
  const rows = await db
    .selectFrom('outbox')
    .select('id')
    .where('state', '=', sql.lit('queued'))
    .where('rate_key', '=', deskRate.post(desk))
    .where('kind', '=', 'card')
    .where('due_at', '<=', now - PATIENCE_MS)
    .orderBy('due_at')
    .limit(COUNTED_MAX)
    .execute()
  return rows.length
}

export async function findOverload(db: Reader, desk: string): Promise<Overload | undefined> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', keyOf(desk)).executeTakeFirst()
  return row && (JSON.parse(row.value) as Overload)
}

/** With nobody waiting any more it is forgotten: the next time another message says so. */
export async function rememberOverload(trx: Trx, desk: string, overload: Overload): Promise<void> {
  const key = keyOf(desk)
  if (overload.waiting === 0) {
    await trx.deleteFrom('setting').where('key', '=', key).execute()
    return
  }
  const value = JSON.stringify(overload)
  await trx
    .insertInto('setting')
    .values({ key, value })
    .onConflict((oc) => oc.column('key').doUpdateSet({ value }))
    .execute()
}

const keyOf = (desk: string) => `overload:${desk}`

/** Put once, at the start; from then on it looks again by itself. */
export async function watchOverload(trx: Trx): Promise<void> {
  const watch = { kind: 'overloads', payload: {}, rateKey: CLOCK_KEY, coalesceKey: 'overloads' }
  await put(trx, { ...watch, dueAt: trx.now() })
}

export function overloadsHandler(desks: readonly string[]): LocalHandler {
  return async (trx) => {
    for (const desk of desks) await sayIfNew(trx, desk)
    return { againAt: trx.now() + LOOK_EVERY_MS }
  }
}

async function sayIfNew(trx: Trx, desk: string): Promise<void> {
  const now = trx.now()
  const said = await findOverload(trx, desk)
  const waiting = await countUnshown(trx, desk, now)
  const isNews = said
    ? waiting !== said.waiting && (waiting === 0 || Math.abs(now - said.at) >= RENEW_EVERY_MS)
    : waiting >= WAITING_MIN
  if (!isNews) return
  const key = keyOf(desk)
  const rateKey = said ? deskRate.update : deskRate.overload(desk)
  await put(trx, { kind: 'overload', payload: { desk }, rateKey, lane: key, coalesceKey: key, dueAt: now })
}
