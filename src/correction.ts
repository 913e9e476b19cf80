// A sent reply that is to say something else, or nothing any more: asked for here, where the platform can, and done by an effect.
import type { Selectable } from 'kysely'
import { findAnswered } from './answered.ts'
import { type Channel, type ExternalId, type OutboundMessage, type Part, SendError } from './channel.ts'
import { getIdentity } from './contact.ts'
import { type Conversation, getConversation, lockConversation, refreshEntry } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { CorrectionTable } from './db/schema.ts'
import { appendFact } from './fact.ts'
import { getMessage, type Message } from './message.ts'
import { put } from './outbox.ts'
import { insertParts, listParts } from './part.ts'
import { replyKey } from './reply-key.ts'
import { countVersions } from './version.ts'

export type Correction = Selectable<CorrectionTable>

/** What the customer has of it, part by part; empty for what did not leave through us, or is gone. */
export async function listStanding(db: Reader, message: Message): Promise<ExternalId[]> {
  const { direction, delivery, automated, deleted_at } = message
  const isThere = delivery === 'accepted' || delivery === 'partly-delivered'
  if (direction !== 'outbound' || !isThere || automated !== null || deleted_at !== null) return []
  return (await listParts(db, message.id)).flatMap(({ externalId }) => (externalId ? [externalId as ExternalId] : []))
}

/** The channel it left by, wherever its conversation is now. */
export async function findWay(db: Reader, message: Message): Promise<string> {
  const row = await db
    .selectFrom('outbox')
    .select('payload')
    .where('dedupe', '=', replyKey(message.id))
    .executeTakeFirst()
  const { channel } = JSON.parse(row?.payload ?? '{}') as { channel?: string }
  return channel ?? (await getConversation(db, message.conversation_id)).channel
}

export interface CorrectionRequest {
  messageId: string
  agentId: string
  markdown: string
  /** How many versions there were when the agent began. */
  seenVersions: number
}

/** Renders it once, through the channel itself, and keeps it under `tools.id`. Throws what `render` throws, and `SendError`. */
export async function previewCorrection(
  db: Db,
  channel: Channel,
  request: CorrectionRequest,
  tools: { id: string; now: number },
): Promise<Part[]> {
  const message = await getMessage(db, request.messageId)
  const standing = await listStanding(db, message)
  if (standing.length === 0) throw new SendError({ kind: 'rejected' }, 'There is nothing to correct any more.')
  const parts = await channel.render(await outboundOf(db, message, request, tools))
  if (parts.length > standing.length) {
    const said = `This needs ${parts.length} messages, and the reply had ${standing.length}. Shorten it, or send the rest as a new reply.`
    throw new SendError({ kind: 'rejected' }, said)
  }
  await db.transaction(async (trx) => {
    await insertCorrection(trx, { ...request, id: tools.id, kind: 'revise', state: 'draft' })
    await insertParts(trx, tools.id, parts)
  })
  return parts
}

/** As the reply was, under the name of whoever wrote it. */
async function outboundOf(
  db: Reader,
  message: Message,
  { markdown, agentId }: CorrectionRequest,
  { id, now }: { id: string; now: number },
): Promise<OutboundMessage> {
  const conversation = await getConversation(db, message.conversation_id)
  const { address, name } = await getIdentity(db, conversation.identity_id)
  const answered = await findAnswered(db, conversation)
  return {
    id,
    conversationToken: conversation.token,
    agentName: (await nameOfAgent(db, message.author)) ?? (await nameOfAgent(db, agentId)) ?? '',
    to: [{ address, ...(name !== undefined && { name }) }],
    cc: [],
    markdown,
    at: now,
    ...(answered && {
      answers: {
        ...{ replyHandle: answered.reply_handle ?? '', text: answered.text, arrivedAt: answered.arrived_at },
        from: { address: answered.author },
      },
    }),
  }
}

async function nameOfAgent(db: Reader, id: string): Promise<string | undefined> {
  return (await db.selectFrom('agent').select('name').where('id', '=', id).limit(1).executeTakeFirst())?.name
}

type NewCorrection = CorrectionRequest & Pick<Correction, 'id' | 'kind' | 'state'>

async function insertCorrection(trx: Trx, asked: NewCorrection): Promise<void> {
  await trx
    .insertInto('correction')
    .values({
      ...{ id: asked.id, message_id: asked.messageId, kind: asked.kind, agent_id: asked.agentId },
      ...{ markdown: asked.markdown, seen_versions: asked.seenVersions, state: asked.state },
      ...{ error: null, created_at: trx.now(), ended_at: null },
    })
    .execute()
}

export type Asked =
  | { kind: 'queued' }
  /** Somebody has changed it, or is about to. */
  | { kind: 'stale' }
  | { kind: 'gone' }

/** Send, on the preview of a correction. A second click finds it queued. */
export async function sendCorrection(trx: Trx, correctionId: string, agentId: string): Promise<Asked> {
  const draft = await trx
    .selectFrom('correction')
    .selectAll()
    .where('id', '=', correctionId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst()
  if (!draft) return { kind: 'gone' }
  if (draft.state !== 'draft') return { kind: 'queued' }
  const conversation = await lockReply(trx, draft.message_id)
  const message = await getMessage(trx, draft.message_id)
  if ((await listStanding(trx, message)).length === 0) return { kind: 'gone' }
  const isStale = (await countVersions(trx, message.id)) !== draft.seen_versions || (await isChanging(trx, message.id))
  if (isStale) return { kind: 'stale' }
  await trx.updateTable('correction').set({ state: 'queued' }).where('id', '=', draft.id).execute()
  await putCorrection(trx, conversation, message, draft)
  return { kind: 'queued' }
}

/** The reply is to be taken back. */
export async function askRetraction(trx: Trx, messageId: string, agentId: string): Promise<Asked> {
  const conversation = await lockReply(trx, messageId)
  const message = await getMessage(trx, messageId)
  if ((await listStanding(trx, message)).length === 0) return { kind: 'gone' }
  if (await isChanging(trx, messageId)) return { kind: 'stale' }
  const seenVersions = await countVersions(trx, messageId)
  const asked = { id: trx.newId('m'), kind: 'retract' as const, state: 'queued' as const, markdown: '' }
  await insertCorrection(trx, { ...asked, messageId, agentId, seenVersions })
  await putCorrection(trx, conversation, message, { id: asked.id, kind: asked.kind, agent_id: agentId })
  return { kind: 'queued' }
}

async function lockReply(trx: Trx, messageId: string): Promise<Conversation> {
  const { conversation_id: id } = await getMessage(trx, messageId)
  return await lockConversation(trx, id)
}

async function isChanging(db: Reader, messageId: string): Promise<boolean> {
  const row = await db
    .selectFrom('correction')
    .select('id')
    .where('message_id', '=', messageId)
    .where('state', 'in', ['queued', 'deferred'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Behind every reply that was sent before it. */
async function putCorrection(
  trx: Trx,
  conversation: Conversation,
  message: Message,
  { id, kind, agent_id }: Pick<Correction, 'id' | 'kind' | 'agent_id'>,
): Promise<void> {
  const channel = await findWay(trx, message)
  await put(trx, {
    kind,
    conversationId: conversation.id,
    payload: { correctionId: id, channel },
    rateKey: `send:${channel}`,
    lane: `reply:${conversation.id}`,
    dedupe: `${kind}:${id}`,
    dueAt: trx.now(),
  })
  const about = { conversationId: conversation.id, messageId: message.id, actor: agent_id }
  await appendFact(trx, { kind: 'correction-queued', ...about, data: { correction: id, kind } })
  await refreshEntry(trx, conversation, message.id)
}

/** The newest one that was sent, whatever became of it. */
export async function findLastCorrection(db: Reader, messageId: string): Promise<Correction | undefined> {
  return await db
    .selectFrom('correction')
    .selectAll()
    .where('message_id', '=', messageId)
    .where('state', '<>', 'draft')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** What the customer reads now, where it was corrected. */
export async function findCorrectedText(db: Reader, messageId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('correction')
    .select('id')
    .where('message_id', '=', messageId)
    .where('kind', '=', 'revise')
    .where('state', '=', 'accepted')
    .orderBy('ended_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (await listParts(db, row.id)).map(({ preview }) => preview).join('\n\n')
}
