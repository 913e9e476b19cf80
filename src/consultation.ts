// Somebody outside is asked about a customer's matter: a supplier, a lawyer. What they are sent and what they answer is for us alone;
// it has a token of its own, so that nothing of it is ever taken for the customer's or reaches them.
import type { Selectable } from 'kysely'
import { type Channel, type ConversationKey, channelKind, type OutboundAttachment, type Part } from './channel.ts'
import { type Conversation, lockConversation, refreshEntry } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { ConsultationTable } from './db/schema.ts'
import { lockCurrent } from './evidence.ts'
import { appendFact } from './fact.ts'
import { base32Bytes } from './id.ts'
import { insertOutbound, type Message } from './message.ts'
import { put } from './outbox.ts'
import { insertParts, listParts } from './part.ts'
import { replyKey } from './reply-key.ts'

export type Consultation = Selectable<ConsultationTable>

const TOKEN_BYTES = 16

export interface Asking {
  conversationId: string
  agent: { id: string; name: string }
  /** By which it leaves. */
  channel: string
  address: string
  subject: string
  markdown: string
  attachments: OutboundAttachment[]
}

/** Renders it once, as it will leave, and keeps it. Throws what `render` throws, and `SendError`. */
export async function previewAsking(
  db: Db,
  channel: Channel,
  asking: Asking,
  { id, now }: { id: string; now: number },
): Promise<{ parts: Part[] }> {
  const consultation = await db.transaction((trx) => findOrBegin(trx, asking))
  const answered = await findLastAnswer(db, consultation)
  const parts = await channel.render({
    id,
    conversationToken: consultation.token,
    agentName: asking.agent.name,
    to: [{ address: consultation.address }],
    cc: [],
    subject: answered?.subject ?? asking.subject,
    markdown: asking.markdown,
    at: now,
    ...(asking.attachments.length > 0 && { attachments: asking.attachments }),
    ...(answered && {
      answers: {
        replyHandle: answered.reply_handle ?? '',
        text: answered.unquoted ?? answered.text,
        arrivedAt: answered.arrived_at,
        from: { address: answered.author },
      },
    }),
  })
  await db.transaction(async (trx) => {
    const draft = { id, consultation_id: consultation.id, agent_id: asking.agent.id, markdown: asking.markdown }
    await trx
      .insertInto('consultation_draft')
      .values({ ...draft, created_at: trx.now(), sent_at: null })
      .execute()
    await insertParts(trx, id, parts)
  })
  return { parts }
}

/** One exchange with each address, however often it is asked. */
async function findOrBegin(trx: Trx, { conversationId, channel, address, agent }: Asking): Promise<Consultation> {
  await lockConversation(trx, conversationId)
  const known = await trx
    .selectFrom('consultation')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('address', '=', address)
    .executeTakeFirst()
  if (known) return known
  const token = base32Bytes(trx.random.bytes(TOKEN_BYTES))
  const begun = { channel, address, token, begun_by: agent.id, begun_at: trx.now() }
  return await trx
    .insertInto('consultation')
    .values({ id: trx.newId('cn'), conversation_id: conversationId, ...begun })
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function findLastAnswer(db: Reader, { id, address }: Consultation): Promise<Message | undefined> {
  return await db
    .selectFrom('consultation_key')
    .innerJoin('message', 'message.id', 'consultation_key.message_id')
    .selectAll('message')
    .where('consultation_key.consultation_id', '=', id)
    .where('message.author', '=', address)
    .orderBy('message.seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export type Asked =
  | { kind: 'queued' | 'sent-before'; messageId: string; dueAt: number }
  | { kind: 'refused'; reason: string }

/** Commit, then ack. A second click leaves it at one. */
export async function ask(trx: Trx, draftId: string, by: { agentId: string; undoMs: number }): Promise<Asked> {
  const draft = await trx
    .selectFrom('consultation_draft')
    .selectAll()
    .where('id', '=', draftId)
    .forUpdate()
    .executeTakeFirst()
  if (draft?.agent_id !== by.agentId) return { kind: 'refused', reason: 'This preview is gone. Nothing was sent.' }
  const dueAt = trx.now() + by.undoMs
  if (draft.sent_at !== null) return { kind: 'sent-before', messageId: draft.id, dueAt: draft.sent_at + by.undoMs }
  await trx.updateTable('consultation_draft').set({ sent_at: trx.now() }).where('id', '=', draft.id).execute()
  const consultation = await getConsultation(trx, draft.consultation_id)
  const conversation = await lockCurrent(trx, consultation.conversation_id)
  const parts = await listParts(trx, draft.id)
  const message = await insertOutbound(trx, conversation, {
    ...{ id: draft.id, agentId: by.agentId, markdown: draft.markdown, answersUpTo: 0, template: null },
    ...{ subject: parts[0]?.subject ?? null, channel: consultation.channel, isNote: true },
  })
  for (const part of parts) await addConsultationKeys(trx, consultation, message.id, part.keys)
  await put(trx, {
    kind: 'reply',
    conversationId: conversation.id,
    payload: { messageId: message.id, channel: consultation.channel },
    rateKey: `send:${consultation.channel}`,
    lane: `consultation:${consultation.id}`,
    dedupe: replyKey(message.id),
    dueAt,
  })
  const about = { conversationId: conversation.id, messageId: message.id, actor: by.agentId }
  await appendFact(trx, { kind: 'consultation-queued', ...about, data: { consultation: consultation.id, dueAt } })
  await refreshEntry(trx, conversation, message.id)
  return { kind: 'queued', messageId: message.id, dueAt }
}

/** What an answer of theirs may carry. */
export async function addConsultationKeys(
  trx: Trx,
  { id, channel }: Consultation,
  messageId: string,
  keys: readonly ConversationKey[],
): Promise<void> {
  if (keys.length === 0) return
  const rows = keys.map((key) => ({
    channel_kind: channelKind(channel),
    key,
    consultation_id: id,
    message_id: messageId,
  }))
  await trx
    .insertInto('consultation_key')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

export async function getConsultation(db: Reader, id: string): Promise<Consultation> {
  return await db.selectFrom('consultation').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Of a message that was sent to somebody outside, or came from them; undefined for any other. */
export async function findConsultation(db: Reader, messageId: string): Promise<Consultation | undefined> {
  const facts = await db
    .selectFrom('fact')
    .select('data')
    .where('message_id', '=', messageId)
    .where('kind', 'in', ['consultation-queued', 'consultation-answered'])
    .limit(1)
    .executeTakeFirst()
  if (!facts) return undefined
  const { consultation } = JSON.parse(facts.data) as { consultation: string }
  return await getConsultation(db, consultation)
}

/** The exchanges of a conversation, the last begun first. */
export async function listConsultations(db: Reader, { id }: Pick<Conversation, 'id'>): Promise<Consultation[]> {
  return await db
    .selectFrom('consultation')
    .selectAll()
    .where('conversation_id', '=', id)
    .orderBy('id', 'desc')
    .limit(LISTED_MAX)
    .execute()
}

const LISTED_MAX = 20
