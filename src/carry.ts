// Carries messages from one conversation to another, with what is known of their waiting and by what they are found again.
import { sql } from 'kysely'
import { type Conversation, getConversation, nextSeq, refreshCard, refreshEntry, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact, type FactData, listFacts } from './fact.ts'
import { followFiles } from './file-place.ts'
import type { Message } from './message.ts'
import { followWindows } from './notice.ts'
import type { Policies } from './policy.ts'
import { type Ending, foldEndings, WINDOW_FACTS } from './response-window.ts'
import { findOpenWindow, rearm, reconcileWindows } from './window-record.ts'

export interface Mover {
  agentId: string
  policies: Policies
}

/** A reply that has not ended yet would end in the conversation it was written in. */
export async function isSending(trx: Trx, conversationId: string): Promise<boolean> {
  const own = trx.selectFrom('outbox').select('id').where('lane', '=', `reply:${conversationId}`).limit(1)
  const unfinished = sql<boolean>`lane is not null and state in ('queued', 'sending', 'uncertain')` // As its index has it.
  const row =
    (await own.where(unfinished).executeTakeFirst()) ??
    (await own.where('state', '=', sql.lit('parked')).executeTakeFirst())
  return row !== undefined
}

export async function carry(
  trx: Trx,
  messages: readonly Message[],
  source: Conversation,
  target: Conversation,
  by: Mover,
): Promise<void> {
  const ends = foldEndings(await listFacts(trx, source.id, WINDOW_FACTS))
  const hadOpen = (await findOpenWindow(trx, source.id)) !== undefined
  for (const message of messages) {
    const seq = await nextSeq(trx, target.id)
    await trx.updateTable('message').set({ conversation_id: target.id, seq }).where('id', '=', message.id).execute()
    // An order of its own would say that somebody who reads it here has not seen it.
    await trx.updateTable('message_version').set({ seq }).where('message_id', '=', message.id).execute()
    await moveKeys(trx, message.id, { from: source.id, to: target.id })
    const about = { messageId: message.id, actor: by.agentId }
    await appendFact(trx, { kind: 'message-left', conversationId: source.id, ...about, data: { to: target.id } })
    if (message.direction !== 'inbound') continue
    const data = await joinedData(trx, message, { seq, from: source.id, end: ends.get(message.id) })
    await appendFact(trx, { kind: 'message-joined', conversationId: target.id, ...about, data })
  }
  // What leaves first, so that a window which moves is not there twice.
  const left = await reconcileWindows(trx, source.id, by.policies)
  if (hadOpen && !left) await transition(trx, await getConversation(trx, source.id), 'answer')
  const open = await reconcileWindows(trx, target.id, by.policies)
  await followWindows(trx, target.id)
  if (open) await transition(trx, target, 'receive')
  // A window that moved may have a ladder under way that goes by another promise.
  const window = await findOpenWindow(trx, target.id)
  if (window && window.watched_at !== null) await rearm(trx, [window])
  await followFiles(
    trx,
    target,
    messages.map(({ id }) => id),
  )
  for (const message of messages) await refreshEntry(trx, target, message.id)
  await refreshCard(trx, source)
}

/**
 * A later answer to one of these messages finds it where it is now. A thread, or a place, belongs to what stays in it: only
 * with the last message it goes.
 */
async function moveKeys(trx: Trx, messageId: string, { from, to }: { from: string; to: string }): Promise<void> {
  const rest = await trx
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', from)
    .where('direction', '=', 'inbound')
    .limit(1)
    .executeTakeFirst()
  const places = trx.selectFrom('writing_place').select('key')
  const own = trx.deleteFrom('conversation_key').where('conversation_id', '=', from).where('message_id', '=', messageId)
  const keys = await (rest ? own.where('key', 'not in', places) : own)
    .returning(['channel_kind', 'key', 'message_id'])
    .execute()
  if (keys.length === 0) return
  await trx
    .insertInto('conversation_key')
    .values(keys.map((key) => ({ ...key, conversation_id: to })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}

type JoinedData = FactData['message-joined']

/** Counting and being imported travel along, as a person or the first reading decided. */
async function joinedData(
  trx: Trx,
  message: Message,
  joined: { seq: number; from: string; end: Ending | undefined },
): Promise<JoinedData> {
  const facts = await trx
    .selectFrom('fact')
    .select(['kind', 'data'])
    .where('conversation_id', '=', joined.from)
    .where('message_id', '=', message.id)
    .where('kind', 'in', ['message-received', 'message-joined', 'message-reclassified'])
    .orderBy('id')
    .execute()
  const said = facts.map(({ data }) => JSON.parse(data) as { counts?: boolean; imported?: true })
  const counts =
    said.findLast((data) => data.counts !== undefined)?.counts ??
    (message.automated === null && message.bystander === null)
  const imported = said.some((data) => data.imported)
  const { end } = joined
  return {
    seq: joined.seq,
    arrivedAt: message.arrived_at,
    counts,
    from: joined.from,
    ...(imported && { imported }),
    ...(end && { end: { as: end.as, at: end.at, nth: end.nth, ...(end.by !== undefined && { by: end.by }) } }),
  }
}
