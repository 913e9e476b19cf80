// What one post says of those who wait: bound before it leaves, so that after a crash it is known who has heard of whom.
import { type Clock, MINUTE } from './clock.ts'
import { deskRate } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFacts, type Fact } from './fact.ts'
import { addresseeOf, GATHER_MS, isFree, type Notice, putPingUpdate, putTell } from './notice.ts'
import { type Effect, isBusy } from './outbox.ts'

/** More than so many pings to one person in so long become one digest. */
export interface DigestLimits {
  digestAbove: number
  digestWithinMs: number
}

/** What one post tells: a single customer who waits, or, when there are many, all of them. */
export interface Telling {
  kind: 'ping' | 'digest'
  /** Worst first, as many as a post has room for. */
  notices: Notice[]
}

/** Of all that a post tells, also of those it has no room to name. */
export interface Tally {
  all: number
  /** Those who wait still. */
  waiting: number
  /** Those of them whose time is over. */
  late: number
}

/** So many customers a digest names; the others it counts. */
const NAMED_MAX = 30

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
  const bound = await listTrue(trx, boundTo(effect), trx.now())
  if (bound.length > 0) return { kind: bound.length > 1 ? 'digest' : 'ping', notices: bound }
  await release(trx, effect) // What it was to tell before is not true now; should it be again, it is owed anew.
  const mine: Narrow = (query) => query.where('notice.to', '=', to).where(isFree)
  const owed = await listTrue(trx, mine, trx.now())
  const [worst] = owed
  if (!worst) return 'nothing'
  if (worst.owed_at > trx.now() - GATHER_MS_MAX && (await isMoreComing(trx, worst.desk))) return 'more is coming'
  const lately = await countTold(trx, to, trx.now() - limits.digestWithinMs)
  const isDigest = owed.length > 1 && owed.length + lately > limits.digestAbove
  const chosen = isDigest ? selectTrue(trx, mine, trx.now()).clearSelect().select('notice.id') : [worst.id]
  await trx.updateTable('notice').set({ effect_id: effect.id }).where('id', 'in', chosen).execute()
  return { kind: isDigest ? 'digest' : 'ping', notices: isDigest ? owed : [worst] }
}

/** A flood is gathered for so long. */
const GATHER_MS_MAX = MINUTE

/** Steps of the same desk whose addressees are not found yet: what they owe belongs into the same digest. */
async function isMoreComing(db: Reader, desk: string): Promise<boolean> {
  return await isBusy(db, deskRate.page(desk))
}

async function release(trx: Trx, effect: Effect): Promise<Notice[]> {
  const bound = await listBound(trx, effect.id)
  return await letGo(
    trx,
    effect,
    bound.map(({ id }) => id),
  )
}

async function letGo(trx: Trx, effect: Effect, ids: readonly string[]): Promise<Notice[]> {
  if (ids.length === 0) return []
  const released = await trx
    .updateTable('notice')
    .set({ effect_id: null })
    .where('effect_id', '=', effect.id)
    .where('told_at', 'is', null)
    .where('id', 'in', ids)
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

type NoticeQuery = ReturnType<typeof openNotices>
type Narrow = (query: NoticeQuery) => NoticeQuery

const openNotices = (db: Reader) =>
  db
    .selectFrom('notice')
    .innerJoin('response_window', 'response_window.id', 'notice.window_id')
    .selectAll('notice')
    .where('notice.told_at', 'is', null)
    .where('notice.failed_at', 'is', null)
    .where('response_window.ended_at', 'is', null)

const boundTo =
  ({ id }: Effect): Narrow =>
  (query) =>
    query.where('notice.effect_id', '=', id)

/** A customer who was answered is in no list, nor one about whom the quiet hours keep silent still. */
const selectTrue = (db: Reader, narrow: Narrow, now: number) =>
  narrow(openNotices(db)).where((eb) =>
    eb.or([eb('notice.quiet_until', 'is', null), eb('notice.quiet_until', '<=', now)]),
  )

/** Worst first: whoever is due first has waited longest. */
async function listTrue(db: Reader, narrow: Narrow, now: number): Promise<Notice[]> {
  return await selectTrue(db, narrow, now)
    .orderBy('response_window.due_at')
    .orderBy('notice.id')
    .limit(NAMED_MAX)
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

/** Those of the bound notices that are still true, as many as a post names. */
export async function stillTrue(db: Reader, effect: Effect, clock: Pick<Clock, 'now'>): Promise<Notice[]> {
  return await listTrue(db, boundTo(effect), clock.now())
}

/** What the post of this effect told, answered or not; the worst of it. */
export async function listToldBy(db: Reader, effectId: string): Promise<Notice[]> {
  return await db
    .selectFrom('notice')
    .leftJoin('response_window', 'response_window.id', 'notice.window_id')
    .selectAll('notice')
    .where('notice.effect_id', '=', effectId)
    .orderBy('response_window.due_at')
    .orderBy('notice.id')
    .limit(NAMED_MAX)
    .execute()
}

export async function tally(db: Reader, effectId: string, now: number): Promise<Tally> {
  const row = await db
    .selectFrom('notice')
    .leftJoin('response_window', (join) =>
      join.onRef('response_window.id', '=', 'notice.window_id').on('response_window.ended_at', 'is', null),
    )
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('all'),
      fn.count<number | string>('response_window.id').as('waiting'),
      fn
        .count<number | string>(eb.case().when('response_window.due_at', '<=', now).then(1).else(null).end())
        .as('late'),
    ])
    .where('notice.effect_id', '=', effectId)
    .executeTakeFirstOrThrow()
  return { all: Number(row.all), waiting: Number(row.waiting), late: Number(row.late) }
}

/** The last look before it leaves: whoever has been answered since it was bound is not told about. False when that is all. */
export async function keepTrue(trx: Trx, effect: Effect): Promise<boolean> {
  const ended = await trx
    .selectFrom('notice')
    .select('notice.id')
    .where('notice.effect_id', '=', effect.id)
    .where('notice.id', 'not in', selectTrue(trx, boundTo(effect), trx.now()).clearSelect().select('notice.id'))
    .execute()
  await letGo(
    trx,
    effect,
    ended.map(({ id }) => id),
  )
  return (await listTrue(trx, boundTo(effect), trx.now())).length > 0
}

/** The person's quiet hours have begun, or were not thought of: these are told when they end. */
export async function hold(trx: Trx, held: readonly { id: string; until: number }[]): Promise<void> {
  for (const { id, until } of held) {
    await trx.updateTable('notice').set({ quiet_until: until, effect_id: null }).where('id', '=', id).execute()
  }
}

/** All that is bound to this effect and not told yet, for whoever has to judge each. */
export async function listBound(db: Reader, effectId: string): Promise<Notice[]> {
  return await db
    .selectFrom('notice')
    .selectAll()
    .where('effect_id', '=', effectId)
    .where('told_at', 'is', null)
    .orderBy('id')
    .execute()
}

/** Where it stands in Slack, nobody needed it any more, or nobody could be told this way. */
export type HowTold =
  | { kind: 'told'; post: { channel: string; ts: string } }
  | { kind: 'withdrawn' }
  | { kind: 'failed' }

/** How a `tell` ended, for all it was bound to; what else is owed to the same person is told next. */
export async function settleTold(trx: Trx, effect: Effect, how: HowTold): Promise<Notice[]> {
  const notices = how.kind === 'withdrawn' ? await release(trx, effect) : await close(trx, effect, how)
  if (how.kind === 'told') await refreshStale(trx, effect, notices)
  await tellNext(trx, addresseeOf(effect))
  return notices
}

/** What happened while it was on its way is not in it. */
async function refreshStale(trx: Trx, effect: Effect, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return
  const news = await trx
    .selectFrom('fact')
    .select('id')
    .where('conversation_id', 'in', [...new Set(notices.map((notice) => notice.conversation_id))].slice(0, NAMED_MAX))
    .where('kind', 'in', [
      'window-ended',
      'window-removed',
      'conversation-taken',
      'conversation-assigned',
      'ping-acknowledged',
    ])
    .where('at', '>=', effect.startedAt)
    .limit(1)
    .executeTakeFirst()
  if (news) await putPingUpdate(trx, effect.id, notices[0]?.conversation_id)
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
    .select(['notice.quiet_until', 'notice.desk'])
    .where('notice.to', '=', to)
    .where(isFree)
    .orderBy((eb) => eb.fn.coalesce('notice.quiet_until', eb.val(0)))
    .limit(1)
    .executeTakeFirst()
  if (next)
    await putTell(trx, to, next.quiet_until ?? trx.now() + ((await isMoreComing(trx, next.desk)) ? GATHER_MS : 0))
}
