// What becomes of a message after it was said: it says something else, or nothing any more. It never opens a window by itself,
// and what it said before is never lost.
import { awaitChanged } from './awaited-message.ts'
import { channelKind, type InboundDeletion, type InboundEdit } from './channel.ts'
import { type Conversation, cardLane, deskRate, lockConversation, refreshEntry } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Seen } from './elsewhere.ts'
import { appendFact, listFacts } from './fact.ts'
import { putFetches, replaceAttachments } from './fetch.ts'
import { findByExternalId, getMessage, type Message } from './message.ts'
import { refreshOpenPings } from './open-ping.ts'
import { put } from './outbox.ts'
import { foldEndings, WINDOW_FACTS } from './response-window.ts'
import { voidReply } from './returned.ts'
import { addVersion, listVersions, newestOf, type Version } from './version.ts'

export async function receiveEdit(trx: Trx, seen: Seen, event: InboundEdit): Promise<void> {
  const found = await findByExternalId(trx, seen.channel, event.of)
  if (!found) return await awaitChanged(trx, seen, event.of)
  const conversation = await lockConversation(trx, found.conversation_id)
  const message = await getMessage(trx, found.id)
  const at = Math.trunc(event.arrivedAt)
  const { text, markdown, externalId: external_id } = event
  const version = await addVersion(trx, conversation, message, { kind: 'edit', external_id, text, markdown, at })
  if (!version) return
  const isNewest = newestOf(await listVersions(trx, message.id))?.n === version.n
  if (isNewest) await show(trx, seen, message, event)
  const about = { conversationId: conversation.id, messageId: message.id }
  await appendFact(trx, { kind: 'message-edited', ...about, data: { version: version.n, at } })
  await refreshEntry(trx, conversation, message.id)
  await refreshOpenPings(trx, conversation.id)
  const isNews = isNewest && message.direction === 'inbound' && text.trim() !== message.text.trim()
  if (isNews && (await isAnswered(trx, conversation, message))) await putLine(trx, conversation, version)
}

async function show(trx: Trx, { kept, channel, isLinked }: Seen, message: Message, event: InboundEdit): Promise<void> {
  const { text, markdown, warnings } = event
  const values = { text, markdown, unquoted: null, warnings: JSON.stringify(warnings), salvaged_at: null }
  await trx
    .updateTable('message')
    .set({ ...values, edited_at: Math.trunc(event.arrivedAt) })
    .where('id', '=', message.id)
    .execute()
  await replaceAttachments(trx, message.id, event.attachments, { blobId: kept.blobId, isLinked })
  await putFetches(trx, channel, message)
}

/** Also by a reply that is on its way: whoever wrote it had not seen the edit. */
async function isAnswered(db: Reader, { id }: Conversation, message: Message): Promise<boolean> {
  if (foldEndings(await listFacts(db, id, WINDOW_FACTS)).has(message.id)) return true
  const leaving = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'outbound')
    .where('automated', 'is', null)
    .where('delivery', 'in', ['queued', 'deferred', 'uncertain'])
    .where('answers_up_to', '>=', message.seq)
    .limit(1)
    .executeTakeFirst()
  return leaving !== undefined
}

/** At the end of the thread, where people look: nobody reads up to what they have answered. */
async function putLine(trx: Trx, { id, desk }: Conversation, { message_id, n }: Version): Promise<void> {
  await put(trx, {
    kind: 'edited',
    conversationId: id,
    payload: { messageId: message_id, version: n },
    rateKey: deskRate.post(desk),
    lane: cardLane(id),
    dedupe: `edited:${message_id}:${n}`,
    dueAt: trx.now(),
  })
}

export async function receiveDeletion(trx: Trx, seen: Seen, event: InboundDeletion): Promise<void> {
  const found =
    (await findByExternalId(trx, seen.channel, event.of)) ?? (await findReply(trx, channelKind(seen.channel), event.of))
  if (!found) return await awaitChanged(trx, seen, event.of)
  const conversation = await lockConversation(trx, found.conversation_id)
  const message = await getMessage(trx, found.id)
  const at = Math.trunc(event.arrivedAt)
  const taken = { kind: 'deletion' as const, external_id: event.externalId, text: '', markdown: '', at }
  if (message.deleted_at !== null || !(await addVersion(trx, conversation, message, taken))) return
  await markDeleted(trx, message, at)
  const about = { conversationId: conversation.id, messageId: message.id }
  await appendFact(trx, { kind: 'message-deleted', ...about, data: { at } })
  // The customer cannot read it any more: they wait again.
  if (message.direction === 'outbound') await voidReply(trx, conversation, message.id, seen.policies)
  await refreshEntry(trx, conversation, message.id)
  await refreshOpenPings(trx, conversation.id)
}

/** With what was said anew of it. */
async function markDeleted(trx: Trx, { id, channel_kind }: Message, at: number): Promise<void> {
  const versions = trx.selectFrom('message_version').select('external_id').where('message_id', '=', id)
  await trx
    .updateTable('message')
    .set({ deleted_at: at })
    .where('channel_kind', '=', channel_kind)
    .where((eb) => eb.or([eb('id', '=', id), eb('external_id', 'in', versions)]))
    .where('deleted_at', 'is', null)
    .execute()
}

/** A reply of ours that somebody else has deleted, such as a moderator. */
async function findReply(db: Reader, kind: string, externalId: string): Promise<Message | undefined> {
  return await db
    .selectFrom('part')
    .innerJoin('message', 'message.id', 'part.message_id')
    .selectAll('message')
    .where('part.external_id', '=', externalId)
    .where('message.channel_kind', '=', kind)
    .limit(1)
    .executeTakeFirst()
}
