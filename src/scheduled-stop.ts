// A reply that waits for its time and must not leave any more: it becomes its author's draft again, and they are told.
import type { Selectable } from 'kysely'
import { cardLane, deskRate, getConversation, refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { ScheduledReplyTable } from './db/schema.ts'
import { appendFact } from './fact.ts'
import { keepDraft } from './kept-draft.ts'
import { put } from './outbox.ts'

export type ScheduledReply = Selectable<ScheduledReplyTable>
export type StopReason = NonNullable<ScheduledReplyTable['because']>

/** Somebody wrote: what was to answer the conversation as it was before does not leave. `exceptBy`: whose own reply it was. */
export async function stopScheduled(
  trx: Trx,
  conversationId: string,
  because: StopReason,
  exceptBy?: string,
): Promise<void> {
  const waiting = await listScheduled(trx, conversationId)
  for (const row of waiting) if (row.agent_id !== exceptBy) await stopOne(trx, row, because)
}

export async function stopOne(trx: Trx, row: ScheduledReply, because: StopReason): Promise<void> {
  if (!(await endScheduled(trx, row, { state: 'stopped', because }))) return
  await giveBack(trx, row, because)
  const { desk } = await getConversation(trx, row.conversation_id)
  await put(trx, {
    ...{ kind: 'scheduled-stopped', conversationId: row.conversation_id, payload: { draftId: row.draft_id } },
    ...{ rateKey: deskRate.post(desk), lane: cardLane(row.conversation_id) },
    ...{ dedupe: `scheduled-stopped:${row.draft_id}`, dueAt: trx.now() },
  })
}

/** A person does not want it to leave; whose it is finds it where they began. */
export async function cancelScheduled(trx: Trx, draftId: string, by: string): Promise<ScheduledReply | undefined> {
  const row = await findScheduled(trx, draftId)
  if (!row || !(await endScheduled(trx, row, { state: 'cancelled', because: null }))) return undefined
  await giveBack(trx, row, 'cancelled', by)
  return row
}

async function giveBack(trx: Trx, row: ScheduledReply, because: StopReason | 'cancelled', by?: string): Promise<void> {
  const draft = await trx.selectFrom('draft').selectAll().where('id', '=', row.draft_id).executeTakeFirstOrThrow()
  const { conversation_id: conversationId, agent_id: agentId } = row
  const written = { composer: draft.composer ?? draft.id, markdown: draft.markdown, answers: {} }
  const from = { letter: draft.template ?? undefined, noteId: draft.note_id ?? undefined }
  await keepDraft(trx, { agentId, conversationId }, { ...written, ...from })
  const data = { draft: row.draft_id, because }
  await appendFact(trx, { kind: 'reply-unscheduled', conversationId, ...(by !== undefined && { actor: by }), data })
}

/** False when it has ended already: one of two wins. */
export async function endScheduled(
  trx: Trx,
  { draft_id, conversation_id }: ScheduledReply,
  ended: Pick<ScheduledReply, 'state' | 'because'>,
): Promise<boolean> {
  const result = await trx
    .updateTable('scheduled_reply')
    .set(ended)
    .where('draft_id', '=', draft_id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return false
  await showScheduled(trx, conversation_id, draft_id)
  return true
}

/** In the thread and on the card, as it stands now. */
export async function showScheduled(trx: Trx, conversationId: string, draftId: string): Promise<void> {
  const conversation = await getConversation(trx, conversationId)
  await refreshCard(trx, conversation)
  await put(trx, {
    ...{ kind: 'scheduled-reply', conversationId, payload: { draftId } },
    ...{ rateKey: deskRate.post(conversation.desk), lane: cardLane(conversationId) },
    ...{ coalesceKey: `scheduled-reply:${draftId}`, dueAt: trx.now() },
  })
}

export async function findScheduled(db: Reader, draftId: string): Promise<ScheduledReply | undefined> {
  return await db.selectFrom('scheduled_reply').selectAll().where('draft_id', '=', draftId).executeTakeFirst()
}

const WAITING_MAX = 20

/** Those that wait, the soonest first. */
export async function listScheduled(db: Reader, conversationId: string): Promise<ScheduledReply[]> {
  return await db
    .selectFrom('scheduled_reply')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('state', '=', 'waiting')
    .orderBy('send_at')
    .limit(WAITING_MAX)
    .execute()
}
