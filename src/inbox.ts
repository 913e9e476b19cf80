// receive(): what a customer told us, in one transaction. Everything it changes is committed with the message or not at all.
import {
  type Channel,
  channelKind,
  type InboundBounce,
  type InboundEvent,
  type InboundMessage,
  type OwnMessage,
} from './channel.ts'
import { findOrAddIdentity, type Identity } from './contact.ts'
import {
  type Conversation,
  getConversation,
  lockConversation,
  openConversation,
  refreshEntry,
  transition,
} from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact, appendFacts, type Fact } from './fact.ts'
import type { Kept } from './intake.ts'
import type { Source } from './intake-runner.ts'
import { getMessage, insertInbound, type Message } from './message.ts'
import type { Policy } from './response-window.ts'
import { reconcileWindows } from './window-record.ts'

export interface InboxDesk {
  /** The desk this channel's conversations belong to. */
  desk: string
  policyOf(desk: string): Policy
}

export function channelSource(channel: Channel, desk: InboxDesk): Source<InboundEvent> {
  return {
    parse: (raw) => channel.parse(raw),
    async receive(trx, kept, events) {
      for (const event of events) await receive(trx, channel.name, desk, kept, event)
    },
    async quarantine(trx, kept, error) {
      const salvaged = channel.salvage(kept.raw)
      const warnings = [`This message could not be read (${error}). The original is attached.`, ...salvaged.warnings]
      await receive(trx, channel.name, desk, kept, { ...salvaged, warnings })
      await appendFact(trx, { kind: 'raw-quarantined', data: { intakeId: kept.id } })
    },
  }
}

export async function receive(
  trx: Trx,
  channel: string,
  desk: InboxDesk,
  kept: Kept,
  event: InboundEvent,
): Promise<void> {
  if (event.kind === 'message') return await receiveMessage(trx, channel, desk, kept, event)
  if (event.kind === 'own') return await receiveOwn(trx, channel, kept, event)
  return await receiveBounce(trx, channel, desk, event)
}

async function receiveMessage(
  trx: Trx,
  channel: string,
  desk: InboxDesk,
  kept: Kept,
  event: InboundMessage,
): Promise<void> {
  if (await sawBefore(trx, channel, kept, event)) return
  const identity = await findOrAddIdentity(trx, channelKind(channel), event.from)
  const found = await findByEvidence(trx, channel, event)
  const conversation = found.conversation ?? (await openNew(trx, channel, desk.desk, identity, event, found.relatedTo))
  const message = await insertInbound(trx, conversation, event, kept.blobId)
  // The unique row decides. All this event did is taken back; at the next try it is one more sighting.
  if (!message) throw new Error('another instance received this message at the same moment')
  await addSighting(trx, message.id, channel, kept)
  const isCounted = event.automated === undefined
  await appendFacts(trx, factsOf(conversation, message, isCounted, found))
  const current = isCounted ? await reopenFor(trx, conversation) : conversation
  await reconcileWindows(trx, conversation.id, desk.policyOf(conversation.desk))
  await refreshEntry(trx, current, message.id)
}

function factsOf(conversation: Conversation, message: Message, counts: boolean, found: Found): Fact[] {
  const about = { conversationId: conversation.id, messageId: message.id }
  const data = { seq: message.seq, arrivedAt: message.arrived_at, counts }
  const received: Fact = { kind: 'message-received', ...about, data }
  if (found.conversation) return [received]
  const opened = found.relatedTo === undefined ? {} : { relatedTo: found.relatedTo }
  return [{ kind: 'conversation-opened', conversationId: conversation.id, data: opened }, received]
}

/** The same platform message again, by another mailbox, after a new UIDVALIDITY: one more sighting, nothing else. */
async function sawBefore(trx: Trx, channel: string, kept: Kept, event: InboundMessage): Promise<boolean> {
  const known = await trx
    .selectFrom('message')
    .select(['id', 'conversation_id'])
    .where('channel_kind', '=', channelKind(channel))
    .where('external_id', '=', event.externalId)
    .executeTakeFirst()
  if (!known) return false
  if (await addSighting(trx, known.id, channel, kept)) {
    const fact = { kind: 'message-seen-again', conversationId: known.conversation_id, messageId: known.id } as const
    await appendFact(trx, { ...fact, data: { channel } })
  }
  return true
}

async function addSighting(trx: Trx, messageId: string, channel: string, kept: Kept): Promise<boolean> {
  const row = await trx
    .insertInto('message_source')
    .values({ message_id: messageId, intake_id: kept.id, channel, seen_at: trx.now() })
    .onConflict((oc) => oc.doNothing())
    .returning('intake_id')
    .executeTakeFirst()
  return row !== undefined
}

interface Found {
  conversation?: Conversation
  relatedTo?: string
}

/** Evidence counts only for somebody who takes part; from a stranger it merely relates the two conversations. */
async function findByEvidence(trx: Trx, channel: string, event: InboundMessage): Promise<Found> {
  let relatedTo: string | undefined
  for (const { key } of event.evidence) {
    for (const id of await listConversationsByKey(trx, channelKind(channel), key)) {
      if (event.sender !== 'fail' && (await takesPart(trx, id, event.from.address))) {
        return { conversation: await lockConversation(trx, id) }
      }
      relatedTo ??= id
    }
  }
  return relatedTo === undefined ? {} : { relatedTo }
}

const CANDIDATES_MAX = 10

async function listConversationsByKey(db: Reader, kind: string, key: string): Promise<string[]> {
  const rows = await db
    .selectFrom('conversation_key')
    .select('conversation_id')
    .where('channel_kind', '=', kind)
    .where('key', '=', key)
    .orderBy('conversation_id', 'desc')
    .limit(CANDIDATES_MAX)
    .execute()
  return rows.map((row) => row.conversation_id)
}

async function takesPart(db: Reader, conversationId: string, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('participant')
    .select('address')
    .where('conversation_id', '=', conversationId)
    .where('address', '=', address)
    .executeTakeFirst()
  return row !== undefined
}

async function openNew(
  trx: Trx,
  channel: string,
  desk: string,
  identity: Identity,
  event: InboundMessage,
  relatedTo: string | undefined,
): Promise<Conversation> {
  const opened = { identityId: identity.id, channel, desk, subject: event.subject, relatedTo }
  const conversation = await openConversation(trx, opened)
  await trx
    .insertInto('participant')
    .values({ conversation_id: conversation.id, address: event.from.address, name: event.from.name ?? null })
    .execute()
  return conversation
}

/** A closed conversation that the customer wakes gets a card of its own at the bottom of the channel. */
async function reopenFor(trx: Trx, conversation: Conversation): Promise<Conversation> {
  const wasClosed = conversation.state === 'closed'
  const moved = await transition(trx, conversation, 'receive')
  if (!wasClosed) return moved
  await trx
    .updateTable('conversation')
    .set({ card_channel: null, card_ts: null })
    .where('id', '=', conversation.id)
    .execute()
  return { ...moved, card_channel: null, card_ts: null }
}

/** Our own mail, seen again in a mailbox: it is nobody's question. */
async function receiveOwn(trx: Trx, channel: string, kept: Kept, event: OwnMessage): Promise<void> {
  const message = await findByKeys(trx, channelKind(channel), event.keys)
  if (message) await addSighting(trx, message.id, channel, kept)
  await appendFact(trx, {
    kind: 'own-message-seen',
    ...(message && { conversationId: message.conversation_id, messageId: message.id }),
    data: {},
  })
}

/** A lasting failure takes the answer back: the window is open again from its original start. */
async function receiveBounce(trx: Trx, channel: string, desk: InboxDesk, event: InboundBounce): Promise<void> {
  const message = await findByKeys(trx, channelKind(channel), event.of)
  if (message?.direction !== 'outbound') return
  const conversation = await lockConversation(trx, message.conversation_id)
  if (event.lasting === 'hard') await voidReply(trx, conversation, message.id, event, desk.policyOf(conversation.desk))
  await refreshEntry(trx, conversation, message.id)
}

async function voidReply(
  trx: Trx,
  conversation: Conversation,
  messageId: string,
  event: InboundBounce,
  policy: Policy,
): Promise<void> {
  const already = await getMessage(trx, messageId)
  if (already.delivery === 'bounced') return
  const warnings = JSON.stringify([`Not delivered: ${event.reason}`])
  await trx.updateTable('message').set({ delivery: 'bounced', warnings }).where('id', '=', messageId).execute()
  await appendFact(trx, { kind: 'reply-voided', conversationId: conversation.id, messageId, data: { of: messageId } })
  const open = await reconcileWindows(trx, conversation.id, policy)
  if (open) await transition(trx, await getConversation(trx, conversation.id), 'bounce')
}

async function findByKeys(db: Reader, kind: string, keys: readonly string[]) {
  if (keys.length === 0) return undefined
  return await db
    .selectFrom('conversation_key')
    .innerJoin('message', 'message.id', 'conversation_key.message_id')
    .select(['message.id', 'message.conversation_id', 'message.direction'])
    .where('conversation_key.channel_kind', '=', kind)
    .where('conversation_key.key', 'in', [...keys])
    .orderBy('message.id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
