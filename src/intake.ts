// The one queue of everything the outside world told us: durable before anyone is told "got it".
import { type ExpressionBuilder, sql } from 'kysely'
import { getBlob, keepBlobs } from './blob.ts'
import type { Intake, RawEvent } from './channel.ts'
import { DAY, MINUTE } from './clock.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { Schema } from './db/schema.ts'

/** A raw event taken up for parsing. `claim` is the fence: only the newest claim may say what became of it. */
export interface Kept {
  id: string
  channel: string
  blobId: string
  attempts: number
  claim: number
  raw: RawEvent
}

const KEEP_MAX = 500
const KEY_BYTES_MAX = 200
const WAIT_MAX_MS = 6 * MINUTE
/** Far beyond any backoff: due at once, and behind everything else that is. */
const BEHIND_MS = 3650 * DAY

/** The contract's edge for one channel: what `keep` resolved for outlives a crash, and the cursor never runs ahead of it. */
export function intakeOf(db: Db, channel: string): Intake {
  return {
    async keep(raws, cursor) {
      if (raws.length > KEEP_MAX) throw new Error(`${channel}: keep at most ${KEEP_MAX} raw events at a time`)
      await db.transaction(async (trx) => {
        await keepAll(trx, channel, raws)
        if (cursor) await moveCursor(trx, channel, cursor)
        if (raws.length > 0) trx.wake('intake')
      })
    },
    async readCursor(key) {
      const row = await db
        .selectFrom('channel_cursor')
        .select('value')
        .where('channel', '=', channel)
        .where('key', '=', key)
        .executeTakeFirst()
      return row?.value
    },
  }
}

async function keepAll(trx: Trx, channel: string, raws: RawEvent[]): Promise<void> {
  if (raws.length === 0) return
  const blobIds = await keepBlobs(
    trx,
    raws.map((raw) => raw.body),
  )
  const now = trx.now()
  const rows = raws.map((raw, index) => {
    if (Buffer.byteLength(raw.key) > KEY_BYTES_MAX) throw new Error(`${channel}: hash keys over ${KEY_BYTES_MAX} bytes`)
    return {
      id: trx.newId('i'),
      channel,
      key: raw.key,
      blob_id: blobIds[index] ?? '',
      meta: JSON.stringify(raw.meta ?? {}),
      arrived_at: Math.trunc(raw.arrivedAt),
      kept_at: now,
      due_at: raw.canWait ? now + BEHIND_MS : now,
      owner: null,
      error: null,
    }
  })
  await trx
    .insertInto('intake')
    .values(rows)
    .onConflict((oc) => oc.columns(['channel', 'key']).doNothing())
    .execute()
}

async function moveCursor(trx: Trx, channel: string, cursor: { key: string; value: string }): Promise<void> {
  const values = { ...cursor, channel, updated_at: trx.now() }
  await trx
    .insertInto('channel_cursor')
    .values(values)
    .onConflict((oc) =>
      oc.columns(['channel', 'key']).doUpdateSet({ value: cursor.value, updated_at: values.updated_at }),
    )
    .execute()
}

/** Reads only: an idle program writes nothing. */
export async function hasDueKept(db: Reader, now: number): Promise<boolean> {
  const due = await db
    .selectFrom('intake')
    .select('id')
    .where('state', '=', sql.lit('kept'))
    .where(isDue(now))
    .orderBy('due_at') // Without it PostgreSQL bets on an early hit and reads the whole table of what is done.
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/**
 * Takes the oldest due rows and counts the attempt before the work. What was tried before runs alone, so that one that
 * kills the program takes nothing with it.
 */
export async function claimKept(trx: Trx, owner: string, count: number): Promise<Claimed[]> {
  const candidates = await trx
    .selectFrom('intake')
    .select(['id', 'attempts'])
    .where('state', '=', sql.lit('kept'))
    .where(isDue(trx.now()))
    .orderBy('due_at')
    .orderBy('id')
    .limit(count)
    .forUpdate()
    .skipLocked()
    .execute()
  const triedAt = candidates.findIndex((row) => row.attempts > 0)
  const chosen = triedAt === -1 ? candidates : candidates.slice(0, Math.max(1, triedAt))
  if (chosen.length === 0) return []
  const rows = await trx
    .updateTable('intake')
    .set((eb) => ({ state: 'parsing' as const, attempts: eb('attempts', '+', 1), claim: eb('claim', '+', 1), owner }))
    .where(
      'id',
      'in',
      chosen.map((row) => row.id),
    )
    .returning(['id', 'channel', 'key', 'blob_id', 'meta', 'arrived_at', 'attempts', 'claim'])
    .execute()
  const ordered = rows.sort((a, b) => (a.id < b.id ? -1 : 1))
  return ordered.map((row) => ({
    id: row.id,
    channel: row.channel,
    blobId: row.blob_id,
    attempts: row.attempts,
    claim: row.claim,
    raw: { key: row.key, arrivedAt: row.arrived_at, meta: JSON.parse(row.meta) },
  }))
}

/** A row that seems to wait longer than any backoff was kept before the wall clock was set back. */
const isDue = (now: number) => (eb: ExpressionBuilder<Schema, 'intake'>) =>
  eb.not(eb.between('due_at', now + 1, now + WAIT_MAX_MS))

/** A claimed row whose bytes are still in the store. */
export type Claimed = Omit<Kept, 'raw'> & { raw: Omit<RawEvent, 'body'> }

export async function readRaw(db: Reader, claimed: Claimed): Promise<Kept> {
  return { ...claimed, raw: { ...claimed.raw, body: await getBlob(db, claimed.blobId) } }
}

/** False when somebody else has taken it up since: then nothing of our work may stay. */
export async function settleKept(
  trx: Trx,
  kept: Pick<Kept, 'id' | 'claim'>,
  state: 'received' | 'quarantined',
  error?: string,
): Promise<boolean> {
  const result = await trx
    .updateTable('intake')
    .set({ state, owner: null, error: error ?? null })
    .where('id', '=', kept.id)
    .where('claim', '=', kept.claim)
    .where('state', '=', 'parsing')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** `attempts`: what the row keeps; left out, this attempt counts. */
export async function postponeKept(
  trx: Trx,
  kept: Pick<Kept, 'id' | 'claim'> & { attempts?: number },
  dueAt: number,
  error: string,
): Promise<void> {
  const { attempts } = kept
  await trx
    .updateTable('intake')
    .set({ state: 'kept', owner: null, due_at: dueAt, error, ...(attempts !== undefined && { attempts }) })
    .where('id', '=', kept.id)
    .where('claim', '=', kept.claim)
    .where('state', '=', 'parsing')
    .execute()
}

/** Rows whose owner is no living instance, or that we own and do not remember, wait again. */
export async function releaseUnheld(db: Db, owner: string, held: ReadonlySet<string>): Promise<void> {
  const unheld = (await listParsing(db, owner)).filter(({ id }) => !held.has(id))
  if (unheld.length === 0) return
  await db.transaction(async (trx) => {
    for (const row of unheld) await postponeKept(trx, row, trx.now(), 'the program stopped while reading it')
  })
}

async function listParsing(db: Reader, owner: string): Promise<Pick<Kept, 'id' | 'claim'>[]> {
  return await db
    .selectFrom('intake')
    .select(['id', 'claim'])
    .where('state', '=', sql.lit('parsing'))
    .where((eb) =>
      eb.or([eb('owner', '=', owner), eb('owner', 'not in', (alive) => alive.selectFrom('instance').select('id'))]),
    )
    .execute()
}

/** What was received is read once more: it can be understood now. */
export async function readAgain(trx: Trx, ids: readonly string[], dueAt: number = trx.now()): Promise<void> {
  await trx
    .updateTable('intake')
    .set({ state: 'kept', attempts: 0, due_at: dueAt })
    .where('id', 'in', [...ids])
    .where((eb) => eb.or([eb('state', '=', 'received'), eb.and([eb('state', '=', 'kept'), eb('due_at', '>', dueAt)])]))
    .execute()
  trx.wake('intake')
}

/** A person wants a quarantined row read again, after a fix. False when it is not in quarantine. */
export async function rerunKept(trx: Trx, id: string): Promise<boolean> {
  const result = await trx
    .updateTable('intake')
    .set({ state: 'kept', attempts: 0, due_at: trx.now() })
    .where('id', '=', id)
    .where('state', '=', 'quarantined')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
