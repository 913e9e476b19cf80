// What one of us wrote past the program, from webmail or in copy: if it answers a customer, it ends the window all the same.
import { sql } from 'kysely'
import { awaitMessage, takeAnswered } from './awaited.ts'
import { readChanges } from './awaited-message.ts'
import { channelKind, type InboundMessage, type OwnMessage } from './channel.ts'
import { hasCustomer } from './circle.ts'
import { MINUTE } from './clock.ts'
import { sawOwn } from './consultation-mail.ts'
import { type Conversation, getConversation, refreshEntry, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { findByOurEvidence, lockCurrent } from './evidence.ts'
import { appendFact } from './fact.ts'
import type { Kept } from './intake.ts'
import { addKeys, insertElsewhere, type Message, proveElsewhere } from './message.ts'
import { refreshOpenPings } from './open-ping.ts'
import { addParticipants } from './participant.ts'
import type { Policies } from './policy.ts'
import { addSighting } from './sighting.ts'
import { endingAt, reconcileWindows } from './window-record.ts'

export interface Seen {
  channel: string
  kept: Kept
  policies: Policies
  /** Its files lie behind links of the platform's. */
  isLinked?: boolean
}

/** What claims to be from us and proves nothing: shown where it belongs, as a machine's letter, so that it ends nothing. */
export interface Doubtful {
  conversation: Conversation
  event: InboundMessage
}

/** Mail from an address of ours. Resolves to what nobody can vouch for, which is the caller's to show. */
export async function receiveOwn(trx: Trx, seen: Seen, event: OwnMessage): Promise<Doubtful | undefined> {
  if (await sawOwn(trx, seen.channel, event.keys)) return void (await noteOwn(trx))
  const found = await findOurs(trx, channelKind(seen.channel), event)
  // A copy that proved nothing was shown as a machine's letter; now it is known to be ours.
  const isProvenNow = found?.direction === 'inbound' && event.isProven === true
  const known = isProvenNow ? undefined : found
  if (known) {
    await addSighting(trx, known.id, seen.channel, seen.kept)
    // A server may have given it another id of its own: answers will carry that one.
    await addKeys(trx, await getConversation(trx, known.conversation_id), known.id, event.keys)
  }
  // A machine of ours, such as the mailbox's own vacation notice, answers nobody.
  const said = known || event.said?.automated !== undefined ? undefined : event.said
  const conversation = said && (await findPlace(trx, seen.channel, event, said))
  if (said && conversation) {
    if (!event.isProven) return { conversation, event: { ...said, automated: UNPROVEN } }
    return await takeProven(trx, seen, conversation, said, isProvenNow ? found.id : undefined)
  }
  if (said && event.isProven) await awaitMessage(trx, seen, event)
  await noteOwn(trx, known?.conversation_id, known?.id)
  return undefined
}

/** `shownAs`: what it was shown as while nothing proved it. */
async function takeProven(
  trx: Trx,
  seen: Seen,
  conversation: Conversation,
  said: InboundMessage,
  shownAs: string | undefined,
): Promise<Doubtful | undefined> {
  const agent = await findAgentByMail(trx, said.from.address)
  if (await isAddressed(trx, conversation, said)) {
    await recordAnswer(trx, seen, conversation, said, { author: agent?.id ?? said.from.address, shownAs })
    return undefined
  }
  return shownAs === undefined ? aside(conversation, said, agent?.name ?? said.from.address) : undefined
}

async function findPlace(
  trx: Trx,
  channel: string,
  { keys, isProven }: OwnMessage,
  said: InboundMessage,
): Promise<Conversation | undefined> {
  const answered = await findByOurEvidence(trx, channel, said)
  if (answered || !isProven) return answered
  const id = await takeAnswered(trx, channel, keys)
  return id === undefined ? undefined : await lockCurrent(trx, id)
}

const NAMED_MAX = 3

/** To somebody else about a customer: worth knowing, and no answer. */
function aside(conversation: Conversation, said: InboundMessage, author: string): Doubtful {
  const others = [...said.to, ...said.cc].map(({ address }) => address)
  const more = others.length > NAMED_MAX ? ` and ${others.length - NAMED_MAX} more` : ''
  const automated = `${author} wrote this to ${others.slice(0, NAMED_MAX).join(', ')}${more}, and not to the customer`
  return { conversation, event: { ...said, automated } }
}

const UNPROVEN = 'it comes from one of our own addresses, and nothing proves that we wrote it'

/** A colleague's own address. */
export type Colleague = { kind: 'answered' } | ({ kind: 'doubtful' } & Doubtful) | undefined

/**
 * A mail of a known agent from their own address, with us in copy. Undefined when they write as anybody may: without reference to
 * a conversation, or in one where they are the customer.
 */
export async function receiveColleague(trx: Trx, seen: Seen, event: InboundMessage): Promise<Colleague> {
  if (event.sender === 'fail' || event.evidence.length === 0 || event.automated !== undefined) return undefined
  const agent = await findAgentByMail(trx, event.from.address)
  const conversation = agent && (await findByOurEvidence(trx, seen.channel, event))
  if (!conversation || (await hasCustomer(trx, conversation.id, [event.from.address]))) return undefined
  const automated =
    event.sender !== 'pass'
      ? `it says it is from ${agent.name}, and nothing proves it`
      : (await isAddressed(trx, conversation, event))
        ? undefined
        : `${agent.name} wrote this to us, and not to the customer`
  if (automated !== undefined) return { kind: 'doubtful', conversation, event: { ...event, automated } }
  await recordAnswer(trx, seen, conversation, event, { author: agent.id, shownAs: undefined })
  return { kind: 'answered' }
}

/** `until`: it answers what had arrived by then; unless given, what its author can have seen. */
export async function recordAnswer(
  trx: Trx,
  { channel, kept, policies, isLinked = false }: Seen,
  conversation: Conversation,
  event: InboundMessage,
  { author, shownAs, until }: { author: string; shownAs: string | undefined; until?: number },
): Promise<void> {
  const message =
    shownAs === undefined
      ? await insertElsewhere(trx, conversation, event, { author, channel, blobId: kept.blobId, isLinked })
      : await proveElsewhere(trx, shownAs, author)
  if (!message) throw new Error('another instance received this answer at the same moment')
  await addSighting(trx, message.id, channel, kept)
  await readChanges(trx, channel, event.externalId)
  for (const { address } of [...event.to, ...event.cc]) await addRecipient(trx, message.id, address)
  await addParticipants(trx, conversation.id, event.people ?? [])
  const about = { conversationId: conversation.id, messageId: message.id, actor: author }
  // The time is the server's for the mail, in whatever order we hear of it and of what it answers.
  const at = message.arrived_at
  const data = {
    answersUpTo: 0,
    answersUntil: until ?? (await answeredUntil(trx, message, event)),
    at,
    nth: await endingAt(trx, conversation.id, at),
  }
  await appendFact(trx, { kind: 'reply-accepted', ...about, data })
  const open = await reconcileWindows(trx, conversation.id, policies)
  const moved = await transition(trx, await getConversation(trx, conversation.id), open ? 'cross' : 'answer')
  if (moved.owner_id === null && (await isAgent(trx, author, moved.desk))) {
    await trx.updateTable('conversation').set({ owner_id: author }).where('id', '=', moved.id).execute()
    await refreshOpenPings(trx, moved.id)
  }
  await refreshEntry(trx, moved, message.id)
}

/** Whoever wrote it had not seen what came while they wrote; what they refer to they had. */
const CROSSING_MS = 10 * MINUTE
const REFERRED_MAX = 20

async function answeredUntil(db: Reader, message: Message, { evidence }: InboundMessage): Promise<number> {
  const keys = evidence.slice(0, REFERRED_MAX).map(({ key }) => key)
  if (keys.length === 0) return message.arrived_at - CROSSING_MS
  const referred = await db
    .selectFrom('conversation_key')
    .innerJoin('message', 'message.id', 'conversation_key.message_id')
    .select((eb) => eb.fn.max('message.arrived_at').as('at'))
    .where('conversation_key.channel_kind', '=', message.channel_kind)
    .where('conversation_key.conversation_id', '=', message.conversation_id)
    .where('conversation_key.key', 'in', keys)
    .where('message.direction', '=', 'inbound')
    .executeTakeFirst()
  return Math.max(message.arrived_at - CROSSING_MS, Number(referred?.at ?? 0))
}

async function addRecipient(trx: Trx, messageId: string, address: string): Promise<void> {
  await trx
    .insertInto('recipient')
    .values({ message_id: messageId, address, state: 'accepted', reason: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Whether the customer is among those it went to. */
async function isAddressed(db: Reader, { id }: Conversation, { to, cc }: InboundMessage): Promise<boolean> {
  return await hasCustomer(
    db,
    id,
    [...to, ...cc].map(({ address }) => address),
  )
}

async function findOurs(db: Reader, kind: string, event: OwnMessage) {
  const byContent = await db
    .selectFrom('message')
    .select(['id', 'conversation_id', 'direction'])
    .where('channel_kind', '=', kind)
    .where('external_id', '=', event.externalId)
    .executeTakeFirst()
  if (byContent) return byContent
  const byPart = await db
    .selectFrom('part')
    .innerJoin('message', 'message.id', 'part.message_id')
    .select(['message.id', 'message.conversation_id', 'message.direction'])
    .where('part.external_id', '=', event.externalId)
    .where('message.channel_kind', '=', kind)
    .where('message.direction', '=', 'outbound')
    .limit(1)
    .executeTakeFirst()
  if (byPart || event.keys.length === 0) return byPart
  return await db
    .selectFrom('conversation_key')
    .innerJoin('message', 'message.id', 'conversation_key.message_id')
    .select(['message.id', 'message.conversation_id', 'message.direction'])
    .where('conversation_key.channel_kind', '=', kind)
    .where('conversation_key.key', 'in', event.keys)
    .where('message.direction', '=', 'outbound')
    .orderBy('message.id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function noteOwn(trx: Trx, conversationId?: string, messageId?: string): Promise<void> {
  const about = { ...(conversationId && { conversationId }), ...(messageId && { messageId }) }
  await appendFact(trx, { kind: 'own-message-seen', ...about, data: {} })
}

async function findAgentByMail(db: Reader, address: string): Promise<{ id: string; name: string } | undefined> {
  return await db
    .selectFrom('agent')
    .select(['id', 'name'])
    .where(sql<string>`lower(email)`, '=', address)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
}

async function isAgent(db: Reader, id: string, desk: string): Promise<boolean> {
  const query = db.selectFrom('agent').select('id').where('id', '=', id).where('desk', '=', desk)
  return (await query.where('left_at', 'is', null).executeTakeFirst()) !== undefined
}
