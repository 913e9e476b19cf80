// One thing said: inbound by a customer, outbound by an agent, or an internal note. `seq` is the order of commits.
import type { Selectable } from 'kysely'
import { type ConversationKey, channelKind, type InboundAttachment, type InboundMessage } from './channel.ts'
import { type Conversation, nextSeq } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { MessageTable } from './db/schema.ts'

export type Message = Selectable<MessageTable>

const KEYS_MAX = 50
const ATTACHMENTS_MAX = 200
const OTHERS_MAX = 200

/** Where it was read, and whether its files lie there or only links to them. */
interface Sighted {
  /** By which it came: who is known on several channels may answer on any of them. */
  channel: string
  blobId: string
  isLinked?: boolean
}

/**
 * Returns undefined when this platform message was received before: the row is there, nothing else may happen. `isNote`: it is not
 * the customer's and for us alone, and nothing that carries its keys belongs into the conversation.
 */
export async function insertInbound(
  trx: Trx,
  into: Conversation,
  event: InboundMessage,
  kept: Sighted & { isSalvaged: boolean; isHeld: boolean; isNote?: boolean },
): Promise<Message | undefined> {
  const { blobId } = kept
  const conversation = { ...into, channel: kept.channel }
  const row = await trx
    .insertInto('message')
    .values({
      ...blank(trx, conversation),
      seq: await nextSeq(trx, conversation.id),
      direction: kept.isNote ? 'note' : 'inbound',
      external_id: event.externalId,
      author: event.from.address,
      arrived_at: Math.trunc(event.arrivedAt),
      ...contentOf(event),
      blob_id: blobId,
      salvaged_at: kept.isSalvaged ? trx.now() : null,
      held_at: kept.isHeld ? trx.now() : null,
    })
    .onConflict((oc) => oc.columns(['channel_kind', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) return undefined
  await insertAttachments(trx, row.id, event.attachments, kept)
  if (!kept.isNote) await addKeys(trx, conversation, row.id, event.keys)
  return row
}

/** An internal note: what an agent typed in the thread. It never leaves. Undefined when it was noted before. */
export async function insertNote(
  trx: Trx,
  conversation: Conversation,
  note: { externalId: string; author: string; text: string; at: number },
): Promise<Message | undefined> {
  return await trx
    .insertInto('message')
    .values({
      ...blank(trx, conversation),
      seq: await nextSeq(trx, conversation.id),
      direction: 'note',
      channel_kind: 'desk',
      external_id: note.externalId,
      author: note.author,
      text: note.text,
      markdown: note.text,
      arrived_at: Math.trunc(note.at),
    })
    .onConflict((oc) => oc.columns(['channel_kind', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** What one of us wrote past the program: it has left already. Undefined when it was received before. */
export async function insertElsewhere(
  trx: Trx,
  into: Conversation,
  event: InboundMessage,
  answer: Sighted & { author: string },
): Promise<Message | undefined> {
  const conversation = { ...into, channel: answer.channel }
  const row = await trx
    .insertInto('message')
    .values({
      ...blank(trx, conversation),
      ...contentOf(event),
      seq: await nextSeq(trx, conversation.id),
      direction: 'outbound',
      external_id: event.externalId,
      author: answer.author,
      arrived_at: Math.trunc(event.arrivedAt),
      blob_id: answer.blobId,
      automated: null,
      sender: null,
      delivery: 'accepted',
      answers_up_to: 0,
    })
    .onConflict((oc) => oc.columns(['channel_kind', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) return undefined
  await insertAttachments(trx, row.id, event.attachments, answer)
  await addKeys(trx, conversation, row.id, event.keys)
  return row
}

/** An edit that asks something new is said anew, at the moment of the edit. Undefined when somebody has decided that before. */
export async function insertAnew(
  trx: Trx,
  conversation: Conversation,
  { author, subject, topic, others, sender, reply_handle, blob_id, bystander }: Message,
  version: { external_id: string; text: string; markdown: string; at: number },
): Promise<Message | undefined> {
  return await trx
    .insertInto('message')
    .values({
      ...blank(trx, conversation),
      ...{ author, subject, topic, others, sender, reply_handle, blob_id, bystander },
      ...{ external_id: version.external_id, text: version.text, markdown: version.markdown, arrived_at: version.at },
      seq: await nextSeq(trx, conversation.id),
      direction: 'inbound',
    })
    .onConflict((oc) => oc.columns(['channel_kind', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** What was shown as a machine's letter is ours after all. */
export async function proveElsewhere(trx: Trx, id: string, author: string): Promise<Message> {
  return await trx
    .updateTable('message')
    .set({ direction: 'outbound', author, automated: null, sender: null, delivery: 'accepted', answers_up_to: 0 })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function insertOutbound(
  trx: Trx,
  conversation: Conversation,
  reply: {
    id: string
    agentId: string
    subject: string | null
    markdown: string
    /** The same without the marks, where it is known. */
    text?: string
    answersUpTo: number
    template: string | null
    /** Unless it leaves by the conversation's own. */
    channel?: string
    /** For somebody else than the customer, and for us alone. */
    isNote?: boolean
    /** Why no person is its author. */
    automated?: 'acknowledgement'
  },
): Promise<Message> {
  return await trx
    .insertInto('message')
    .values({
      ...blank(trx, { ...conversation, channel: reply.channel ?? conversation.channel }),
      id: reply.id,
      seq: await nextSeq(trx, conversation.id),
      direction: reply.isNote ? 'note' : 'outbound',
      external_id: `ours:${reply.id}`,
      author: reply.agentId,
      subject: reply.subject,
      text: reply.text ?? reply.markdown,
      markdown: reply.markdown,
      arrived_at: trx.now(),
      delivery: 'queued',
      answers_up_to: reply.answersUpTo,
      automated: reply.automated ?? null,
      template: reply.template,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

function blank(trx: Trx, conversation: Conversation) {
  return {
    id: trx.newId('m'),
    conversation_id: conversation.id,
    channel_kind: channelKind(conversation.channel),
    created_at: trx.now(),
    subject: null,
    unquoted: null,
    topic: null,
    others: null,
    automated: null,
    sender: null,
    reply_handle: null,
    warnings: '[]',
    blob_id: null,
    salvaged_at: null,
    delivery: null,
    answers_up_to: null,
    template: null,
    edited_at: null,
    deleted_at: null,
    bystander: null,
    held_at: null,
  }
}

function contentOf(event: InboundMessage) {
  return {
    subject: event.subject ?? null,
    text: event.text,
    markdown: event.markdown,
    unquoted: event.unquoted ?? null,
    topic: event.topic ?? null,
    others: event.others ? JSON.stringify(event.others.slice(0, OTHERS_MAX)) : null,
    automated: event.automated ?? null,
    bystander: event.bystander ?? null,
    sender: event.sender,
    reply_handle: event.replyHandle,
    warnings: JSON.stringify(event.warnings),
  }
}

/** What was only salvaged has been read at last. False when it was whole already. */
export async function completeSalvaged(
  trx: Trx,
  messageId: string,
  event: InboundMessage,
  isLinked = false,
): Promise<boolean> {
  const row = await trx
    .updateTable('message')
    .set({ ...contentOf(event), salvaged_at: null })
    .where('id', '=', messageId)
    .where('salvaged_at', 'is not', null)
    .returning('blob_id')
    .executeTakeFirst()
  if (!row) return false
  await insertAttachments(trx, messageId, event.attachments, { blobId: row.blob_id ?? '', isLinked })
  return true
}

export async function insertAttachments(
  trx: Trx,
  messageId: string,
  attachments: readonly InboundAttachment[],
  { blobId, isLinked = false }: Omit<Sighted, 'channel'>,
): Promise<void> {
  for (const { name, type, bytes, ref, contentId } of attachments.slice(0, ATTACHMENTS_MAX)) {
    await trx
      .insertInto('attachment')
      .values({
        ...{ id: trx.newId('a'), message_id: messageId, name, type, bytes, blob_id: blobId, ref },
        content_id: contentId ?? null,
        fetch: isLinked ? 'due' : null,
      })
      .execute()
  }
}

/** What later messages may carry to lead back to this conversation. */
export async function addKeys(
  trx: Trx,
  conversation: Conversation,
  messageId: string,
  keys: readonly ConversationKey[],
): Promise<void> {
  if (keys.length === 0) return
  const rows = keys.slice(0, KEYS_MAX).map((key) => ({
    channel_kind: channelKind(conversation.channel),
    key,
    conversation_id: conversation.id,
    message_id: messageId,
  }))
  await trx
    .insertInto('conversation_key')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Throws when there is none. */
export async function getMessage(db: Reader, id: string): Promise<Message> {
  return await db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** By the platform's own id of it. */
export async function findByExternalId(db: Reader, channel: string, externalId: string): Promise<Message | undefined> {
  return await db
    .selectFrom('message')
    .selectAll()
    .where('channel_kind', '=', channelKind(channel))
    .where('external_id', '=', externalId)
    .executeTakeFirst()
}
