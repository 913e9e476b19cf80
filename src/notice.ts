// Who still has to hear of which step. A notice is told once, and never when its customer has been answered meanwhile.
import type { ExpressionBuilder, Selectable } from 'kysely'
import { SECOND } from './clock.ts'
import { deskRate } from './conversation.ts'
import type { Trx } from './db/open.ts'
import type { NoticeTable, Schema } from './db/schema.ts'
import { appendFact } from './fact.ts'
import { type Effect, findQueued, put, reschedule } from './outbox.ts'
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

/** What falls due together is told together. */
export const GATHER_MS = 2 * SECOND

/** Each (window, step, addressee) is owed once, whoever else stands in for whom. Returns how many were not owed before. */
export async function owe(
  trx: Trx,
  window: Pick<StoredWindow, 'id' | 'conversation_id'> & { desk: string },
  step: string,
  owed: readonly Owed[],
  gatherMs = GATHER_MS,
): Promise<number> {
  let added = 0
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
    added += 1
    const data = { windowId: window.id, step, to, ...(insteadOf && { insteadOf }), ...(because && { because }) }
    await appendFact(trx, { kind: 'ping-owed', conversationId: window.conversation_id, data })
    await putTell(trx, to, quietUntil ?? trx.now() + gatherMs)
  }
  return added
}

/** One `tell` effect per addressee; it tells the worst first and asks for the next one itself. */
export async function putTell(trx: Trx, to: string, dueAt: number): Promise<void> {
  const coalesceKey = `tell:${to}`
  const waiting = await findQueued(trx, coalesceKey)
  await put(trx, { kind: 'tell', payload: { to }, rateKey: deskRate.ping(to), coalesceKey, dueAt })
  // What Slack asked to wait for is not knocked at again before.
  if (waiting && !waiting.isPostponed && waiting.dueAt > dueAt) await reschedule(trx, coalesceKey, dueAt)
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

/** Nobody of those who were to hear of this conversation's windows and have not yet need to any more. */
export async function dropUntold(trx: Trx, conversationId: string): Promise<void> {
  const dropped = await trx
    .deleteFrom('notice')
    .where('conversation_id', '=', conversationId)
    .where('told_at', 'is', null)
    .returningAll()
    .execute()
  for (const { window_id: windowId, step, to } of dropped)
    await appendFact(trx, { kind: 'ping-withdrawn', conversationId, data: { windowId, step, to } })
}

/** What is still to be told of a window goes with it to another conversation. */
export async function followWindows(trx: Trx, conversationId: string): Promise<void> {
  const windows = trx.selectFrom('response_window').select('id').where('conversation_id', '=', conversationId)
  await trx
    .updateTable('notice')
    .set({ conversation_id: conversationId })
    .where('window_id', 'in', windows)
    .where('conversation_id', '<>', conversationId)
    .execute()
}

/** Nobody is at it: an effect that gave way to a newer one leaves what it was to tell to that one. */
export const isFree = (eb: ExpressionBuilder<Schema, 'notice'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('outbox')
        .select('outbox.id')
        .whereRef('outbox.id', '=', 'notice.effect_id')
        .where('outbox.state', 'in', ['queued', 'sending', 'uncertain']),
    ),
  )

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
    if (effect_id !== null) await putPingUpdate(trx, effect_id, conversation_id)
  }
}

export async function putPingUpdate(trx: Trx, tell: string, conversationId: string | undefined): Promise<void> {
  await put(trx, {
    kind: 'ping-update',
    ...(conversationId !== undefined && { conversationId }),
    payload: { tell },
    rateKey: deskRate.update,
    coalesceKey: `ping-update:${tell}`,
    dueAt: trx.now(),
  })
}
