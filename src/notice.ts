// Who still has to hear of which step. A notice is told once, and never when its customer has been answered meanwhile.
import type { ExpressionBuilder, Selectable } from 'kysely'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import { deskRate } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { NoticeTable, Schema } from './db/schema.ts'
import { appendFact, appendFacts, type Fact } from './fact.ts'
import { type Effect, put, reschedule } from './outbox.ts'
import type { StoredWindow } from './window-record.ts'

export type Notice = Selectable<NoticeTable>

export interface Owed {
  /** A Slack user or channel id. */
  to: string
  /** The addressee in whose place, and why: they were away. */
  insteadOf?: string
  because?: string
  /** Not before: quiet hours. */
  quietUntil?: number | undefined
}

/** More than so many pings to one person in so long become one digest. */
export interface DigestLimits {
  digestAbove: number
  digestWithinMs: number
}

/** What falls due together is told together. */
const GATHER_MS = 2 * SECOND

/** Each (window, step, addressee) is owed once, whoever else stands in for whom. */
export async function owe(
  trx: Trx,
  window: Pick<StoredWindow, 'id' | 'conversation_id'> & { desk: string },
  step: string,
  owed: readonly Owed[],
  gatherMs = GATHER_MS,
): Promise<void> {
  for (const { to, insteadOf, because, quietUntil } of owed) {
    const row = await trx
      .insertInto('notice')
      .values({
        id: trx.newId('nt'),
        window_id: window.id,
        step,
        conversation_id: window.conversation_id,
        desk: window.desk,
        to,
        instead_of: insteadOf ?? null,
        because: because ?? null,
        quiet_until: quietUntil ?? null,
        owed_at: trx.now(),
        effect_id: null,
        told_at: null,
        failed_at: null,
        post_channel: null,
        post_ts: null,
      })
      .onConflict((oc) => oc.columns(['window_id', 'step', 'to']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) continue
    const data = { windowId: window.id, step, to, ...(insteadOf && { insteadOf }), ...(because && { because }) }
    await appendFact(trx, { kind: 'ping-owed', conversationId: window.conversation_id, data })
    await putTell(trx, to, quietUntil ?? trx.now() + gatherMs)
  }
}

/** One `tell` effect per addressee; it tells the worst first and asks for the next one itself. */
async function putTell(trx: Trx, to: string, dueAt: number): Promise<void> {
  const coalesceKey = `tell:${to}`
  const waiting = await trx
    .selectFrom('outbox')
    .select('due_at')
    .where('coalesce_key', '=', coalesceKey)
    .where('state', '=', 'queued')
    .executeTakeFirst()
  await put(trx, { kind: 'tell', payload: { to }, rateKey: deskRate.ping(to), coalesceKey, dueAt })
  if (waiting && waiting.due_at > dueAt) await reschedule(trx, coalesceKey, dueAt)
}

export function addresseeOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { to: string }).to
}

/** The answer that made a waiting ping needless was taken back: who has not heard of the window still has to. */
export async function putBackWithdrawn(trx: Trx, window: StoredWindow): Promise<void> {
  const waiting = await trx
    .selectFrom('notice')
    .select(['to', 'quiet_until'])
    .where('window_id', '=', window.id)
    .where('told_at', 'is', null)
    .where('failed_at', 'is', null)
    .where(isFree)
    .execute()
  for (const { to, quiet_until } of waiting) await putTell(trx, to, quiet_until ?? trx.now())
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

/** Nobody is at it: an effect that gave way to a newer one leaves what it was to tell to that one. */
const isFree = (eb: ExpressionBuilder<Schema, 'notice'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('outbox')
        .select('outbox.id')
        .whereRef('outbox.id', '=', 'notice.effect_id')
        .where('outbox.state', 'in', ['queued', 'sending', 'uncertain']),
    ),
  )

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

/** Whoever was told of this window is shown what has become of it: pings are brought up to date where they stand. */
export async function refreshPings(trx: Trx, windowId: string): Promise<void> {
  const posts = await trx
    .selectFrom('notice')
    .select(['effect_id', 'conversation_id'])
    .distinct()
    .where('window_id', '=', windowId)
    .where('post_ts', 'is not', null)
    .execute()
  for (const { effect_id, conversation_id } of posts) {
    await put(trx, {
      kind: 'ping-update',
      conversationId: conversation_id,
      payload: { tell: effect_id },
      rateKey: deskRate.update,
      coalesceKey: `ping-update:${effect_id}`,
      dueAt: trx.now(),
    })
  }
}

/** What the post of this `tell` effect had told, answered or not. */
export async function listToldBy(db: Reader, effectId: string): Promise<Notice[]> {
  return await db.selectFrom('notice').selectAll().where('effect_id', '=', effectId).orderBy('id').execute()
}
