// What one post says of those who wait: bound before it leaves, so that after a crash it is known who has heard of whom.
import { type Clock, MINUTE } from './clock.ts'
import { deskRate } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFacts, type Fact } from './fact.ts'
import { addresseeOf, GATHER_MS, isFree, type Notice, putTell } from './notice.ts'
import type { Effect } from './outbox.ts'

/** More than so many pings to one person in so long become one digest. */
export interface DigestLimits {
  digestAbove: number
  digestWithinMs: number
}

/** What one post tells: a single customer who waits, or, when there are many, all of them. */
export interface Telling {
  kind: 'ping' | 'digest'
  /** Worst first. */
  notices: Notice[]
}

/**
 * Chooses what this effect tells and binds it, so that after a crash it is known what a post that was found had told.
 * Call it before the first byte leaves.
 */
export async function bind(
  trx: Trx,
  effect: Effect,
  limits: DigestLimits,
): Promise<Telling | 'nothing' | 'more is coming'> {
  const to = addresseeOf(effect)
  const bound = await listTrue(trx, (query) => query.where('notice.effect_id', '=', effect.id), trx.now())
  if (bound.length > 0) return { kind: bound.length > 1 ? 'digest' : 'ping', notices: bound }
  await release(trx, effect) // What it was to tell before is not true now; should it be again, it is owed anew.
  const owed = await listTrue(trx, (query) => query.where('notice.to', '=', to).where(isFree), trx.now())
  const [worst] = owed
  if (!worst) return 'nothing'
  if (worst.owed_at > trx.now() - GATHER_MS_MAX && (await isMoreComing(trx))) return 'more is coming'
  const lately = await countTold(trx, to, trx.now() - limits.digestWithinMs)
  const isDigest = owed.length > 1 && owed.length + lately > limits.digestAbove
  const notices = isDigest ? owed : [worst]
  await trx
    .updateTable('notice')
    .set({ effect_id: effect.id })
    .where(
      'id',
      'in',
      notices.map(({ id }) => id),
    )
    .execute()
  return { kind: isDigest ? 'digest' : 'ping', notices }
}

/** A flood is gathered for so long. */
const GATHER_MS_MAX = MINUTE

/** Steps that have fired, or are due, and whose addressees are not found yet: what they owe belongs into the same digest. */
async function isMoreComing(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom('outbox')
    .select('id')
    .where('rate_key', '=', deskRate.page)
    .where('state', 'in', ['queued', 'sending'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function release(trx: Trx, { id }: Effect): Promise<Notice[]> {
  const released = await trx
    .updateTable('notice')
    .set({ effect_id: null })
    .where('effect_id', '=', id)
    .where('told_at', 'is', null)
    .returningAll()
    .execute()
  await appendFacts(trx, released.map(factOf('ping-withdrawn')))
  return released
}

const factOf =
  (kind: 'ping-accepted' | 'ping-withdrawn' | 'ping-undelivered') =>
  ({ window_id, step, to, conversation_id }: Notice): Fact => ({
    kind,
    conversationId: conversation_id,
    data: { windowId: window_id, step, to },
  })

const NOTICES_MAX = 500

type NoticeQuery = ReturnType<typeof openNotices>
const openNotices = (db: Reader) =>
  db
    .selectFrom('notice')
    .innerJoin('response_window', 'response_window.id', 'notice.window_id')
    .selectAll('notice')
    .where('notice.told_at', 'is', null)
    .where('notice.failed_at', 'is', null)
    .where('response_window.ended_at', 'is', null)

/** Worst first: whoever is due first has waited longest. A customer who was answered is in no list. */
async function listTrue(db: Reader, narrow: (query: NoticeQuery) => NoticeQuery, now: number): Promise<Notice[]> {
  return await narrow(openNotices(db))
    .where((eb) => eb.or([eb('notice.quiet_until', 'is', null), eb('notice.quiet_until', '<=', now)]))
    .orderBy('response_window.due_at')
    .orderBy('notice.id')
    .limit(NOTICES_MAX)
    .execute()
}

async function countTold(db: Reader, to: string, since: number): Promise<number> {
  const row = await db
    .selectFrom('notice')
    .select((eb) => eb.fn.count<number | string>('effect_id').distinct().as('posts'))
    .where('to', '=', to)
    .where('told_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(row.posts)
}

/** Those of the bound notices that are still true. */
export async function stillTrue(db: Reader, effect: Effect, clock: Pick<Clock, 'now'>): Promise<Notice[]> {
  return await listTrue(db, (query) => query.where('notice.effect_id', '=', effect.id), clock.now())
}

/** Where it stands in Slack, nobody needed it any more, or nobody could be told this way. */
export type HowTold =
  | { kind: 'told'; post: { channel: string; ts: string } }
  | { kind: 'withdrawn' }
  | { kind: 'failed' }

/** How a `tell` ended, for all it was bound to; what else is owed to the same person is told next. */
export async function settleTold(trx: Trx, effect: Effect, how: HowTold): Promise<Notice[]> {
  const notices = how.kind === 'withdrawn' ? await release(trx, effect) : await close(trx, effect, how)
  await tellNext(trx, addresseeOf(effect))
  return notices
}

async function close(trx: Trx, effect: Effect, how: Exclude<HowTold, { kind: 'withdrawn' }>): Promise<Notice[]> {
  const now = trx.now()
  const notices = await trx
    .updateTable('notice')
    .set(
      how.kind === 'told' ? { told_at: now, post_channel: how.post.channel, post_ts: how.post.ts } : { failed_at: now },
    )
    .where('effect_id', '=', effect.id)
    .where('told_at', 'is', null)
    .returningAll()
    .execute()
  await appendFacts(trx, notices.map(factOf(how.kind === 'told' ? 'ping-accepted' : 'ping-undelivered')))
  return notices
}

async function tellNext(trx: Trx, to: string): Promise<void> {
  const next = await openNotices(trx)
    .clearSelect()
    .select('notice.quiet_until')
    .where('notice.to', '=', to)
    .where(isFree)
    .orderBy((eb) => eb.fn.coalesce('notice.quiet_until', eb.val(0)))
    .limit(1)
    .executeTakeFirst()
  if (next) await putTell(trx, to, next.quiet_until ?? trx.now() + ((await isMoreComing(trx)) ? GATHER_MS : 0))
}
