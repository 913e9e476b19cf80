// A reply for later. It waits as the preview that it was, in no lane, and is sent as if the agent pressed Send at its time:
// with everything that would stand in the way of that.
import { DAY, MINUTE } from './clock.ts'
import { getConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { put, reschedule } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'
import { afterOf, becomeOwner, JOINED, readSendable, type Sender, type SendResult, send } from './reply.ts'
import {
  endScheduled,
  findScheduled,
  type ScheduledReply,
  type StopReason,
  showScheduled,
  stopOne,
} from './scheduled-stop.ts'
import { findOpenWindow } from './window-record.ts'

export const SCHEDULE_MS = { min: MINUTE, max: 90 * DAY } as const

export type Scheduled =
  | { kind: 'scheduled' }
  /** The answer is due before that, and the agent has not said that they know. */
  | { kind: 'past-due'; dueAt: number }
  | Exclude<SendResult, { kind: 'queued' }>

export async function schedule(
  trx: Trx,
  draftId: string,
  by: Pick<Sender, 'agentId' | 'confirmedSeq' | 'after'> & { sendAt: number; isPastDueKnown: boolean },
): Promise<Scheduled> {
  const ready = await readSendable(trx, draftId, by)
  if (ready.kind !== 'ready') return ready
  const { conversation, seenSeq } = ready
  const window = await findOpenWindow(trx, conversation.id)
  if (window && by.sendAt > window.due_at && !by.isPastDueKnown) return { kind: 'past-due', dueAt: window.due_at }
  const before = await findScheduled(trx, draftId)
  if (before?.state === 'waiting') return { kind: 'scheduled' } // A second click.
  await trx
    .updateTable('draft')
    .set({ seen_seq: seenSeq, ...afterOf(by) })
    .where('id', '=', draftId)
    .execute()
  const values = { agent_id: by.agentId, send_at: by.sendAt, state: 'waiting' as const, because: null }
  await trx
    .insertInto('scheduled_reply')
    .values({ draft_id: draftId, conversation_id: conversation.id, ...values, post_channel: null, post_ts: null })
    .onConflict((oc) => oc.column('draft_id').doUpdateSet(values))
    .execute()
  const payload = { draftId }
  const coalesceKey = dueKey(draftId)
  await put(trx, {
    kind: 'scheduled',
    conversationId: conversation.id,
    payload,
    rateKey: CLOCK_KEY,
    coalesceKey,
    dueAt: by.sendAt,
  })
  await reschedule(trx, coalesceKey, by.sendAt)
  const data = { draft: draftId, sendAt: by.sendAt }
  await appendFact(trx, { kind: 'reply-scheduled', conversationId: conversation.id, actor: by.agentId, data })
  await becomeOwner(trx, conversation, by.agentId)
  await showScheduled(trx, conversation.id, draftId)
  return { kind: 'scheduled' }
}

const dueKey = (draftId: string) => `scheduled:${draftId}`

/** Its time has come, or its author wants it to leave now. Undefined when it did not wait any more. */
export async function leaveNow(trx: Trx, draftId: string, undoMs: number): Promise<SendResult | undefined> {
  const row = await findScheduled(trx, draftId)
  if (row?.state !== 'waiting') return undefined
  const { merged_into } = await getConversation(trx, row.conversation_id)
  if (merged_into !== null) {
    await stopOne(trx, row, 'joined')
    return { kind: 'refused', reason: JOINED }
  }
  const result = await send(trx, draftId, { agentId: row.agent_id, undoMs })
  if (result.kind === 'queued' || result.kind === 'sent-before')
    await endScheduled(trx, row, { state: 'sent', because: null })
  else await stopOne(trx, row, reasonOf(result))
  return result
}

function reasonOf(result: Exclude<SendResult, { kind: 'queued' | 'sent-before' }>): StopReason {
  if (result.kind !== 'stale') return result.kind === 'redirected' ? 'moved' : 'not-allowed'
  return result.news.some(({ direction }) => direction === 'inbound') ? 'customer' : 'colleague'
}

/** `leadsOf`: who may answer at a desk without being in its channel. */
export function scheduledHandler(leadsOf: (desk: string) => readonly string[]): LocalHandler {
  return async (trx, effect) => {
    const { draftId } = JSON.parse(effect.payload) as { draftId: string }
    const row = await findScheduled(trx, draftId)
    if (row?.state !== 'waiting') return undefined
    if (row.send_at > trx.now()) return { againAt: row.send_at }
    if (await mayStill(trx, row, leadsOf)) await leaveNow(trx, draftId, 0)
    else await stopOne(trx, row, 'not-allowed')
    return undefined
  }
}

/** Whoever has left the desk since does not write to its customers any more. */
export async function mayStill(
  db: Reader,
  { conversation_id, agent_id }: Pick<ScheduledReply, 'conversation_id' | 'agent_id'>,
  leadsOf: (desk: string) => readonly string[],
): Promise<boolean> {
  const { desk } = await getConversation(db, conversation_id)
  if (leadsOf(desk).includes(agent_id)) return true
  const agent = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', agent_id)
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .executeTakeFirst()
  return agent !== undefined
}
