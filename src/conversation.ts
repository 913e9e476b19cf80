// A conversation is one contact's exchange on one channel; it is always in exactly one state.
import type { Selectable } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import type { ConversationState, ConversationTable } from './db/schema.ts'
import { appendFact } from './fact.ts'
import { followFiles } from './file-place.ts'
import { base32Bytes } from './id.ts'
import { hurry, putAll } from './outbox.ts'

export type Conversation = Selectable<ConversationTable>

export type Verb = 'receive' | 'take' | 'answer' | 'cross' | 'bounce' | 'snooze' | 'wake' | 'close' | 'reopen'

/**
 * Every allowed transition; a pair that is not here is forbidden. `answer` leaves nothing unanswered, whether by a reply or
 * because none is needed; `cross` does.
 */
export const TRANSITIONS: Record<ConversationState, Partial<Record<Verb, ConversationState>>> = {
  new: {
    receive: 'new',
    take: 'open',
    answer: 'waiting-customer',
    cross: 'open',
    bounce: 'open',
    snooze: 'snoozed',
    close: 'closed',
  },
  open: {
    receive: 'open',
    take: 'open',
    answer: 'waiting-customer',
    cross: 'open',
    bounce: 'open',
    snooze: 'snoozed',
    close: 'closed',
  },
  'waiting-customer': {
    receive: 'open',
    take: 'waiting-customer',
    answer: 'waiting-customer',
    cross: 'open',
    bounce: 'open',
    snooze: 'snoozed',
    close: 'closed',
  },
  snoozed: {
    receive: 'open',
    take: 'open',
    answer: 'waiting-customer',
    cross: 'open',
    bounce: 'open',
    snooze: 'snoozed',
    wake: 'open',
    close: 'closed',
  },
  closed: { receive: 'open', answer: 'waiting-customer', cross: 'open', bounce: 'open', reopen: 'open' },
}

const TOKEN_BYTES = 16

export interface NewConversation {
  identityId: string
  channel: string
  desk: string
  subject: string | undefined
  relatedTo: string | undefined
  priority?: 'high' | 'low' | undefined
  /** Nobody is to see it before something happens in it. */
  isQuiet?: boolean
}

/** The fact of it is the caller's to append, together with what else it has to tell. */
export async function openConversation(trx: Trx, opened: NewConversation): Promise<Conversation> {
  return await trx
    .insertInto('conversation')
    .values({
      id: trx.newId('v'),
      identity_id: opened.identityId,
      channel: opened.channel,
      desk: opened.desk,
      subject: opened.subject ?? null,
      state: opened.isQuiet ? 'closed' : 'new',
      owner_id: null,
      token: base32Bytes(trx.random.bytes(TOKEN_BYTES)),
      seq_last: 0,
      priority: opened.priority ?? null,
      related_to: opened.relatedTo ?? null,
      opened_at: trx.now(),
      card_channel: null,
      card_ts: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Throws when there is none. */
export async function getConversation(db: Reader, id: string): Promise<Conversation> {
  return await db.selectFrom('conversation').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Locks the row, so that what is decided on it is still true at the commit. Throws when there is none. */
export async function lockConversation(trx: Trx, id: string): Promise<Conversation> {
  return await trx.selectFrom('conversation').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
}

export async function findConversationByCard(
  db: Reader,
  channel: string,
  ts: string,
): Promise<Conversation | undefined> {
  return await db
    .selectFrom('conversation')
    .selectAll()
    .where('card_channel', '=', channel)
    .where('card_ts', '=', ts)
    .executeTakeFirst()
}

/** Moves along `TRANSITIONS`; throws on a forbidden pair, which is our own mistake or a stale button. */
export async function transition(trx: Trx, conversation: Conversation, verb: Verb): Promise<Conversation> {
  const state = TRANSITIONS[conversation.state][verb]
  if (state === undefined) throw new Error(`a conversation that is ${conversation.state} cannot ${verb}`)
  if (state === conversation.state) return conversation
  // Whatever ends a snooze ends all of it: nothing may come back at the old time.
  const left = conversation.state === 'snoozed' ? { snoozed_until: null } : {}
  await trx
    .updateTable('conversation')
    .set({ state, ...left })
    .where('id', '=', conversation.id)
    .execute()
  return { ...conversation, state, ...left }
}

/** The next place in the conversation's order; taking it locks the conversation until the commit. */
export async function nextSeq(trx: Trx, conversationId: string): Promise<number> {
  const row = await trx
    .updateTable('conversation')
    .set((eb) => ({ seq_last: eb('seq_last', '+', 1) }))
    .where('id', '=', conversationId)
    .returning('seq_last')
    .executeTakeFirstOrThrow()
  return row.seq_last
}

export type Taken = { kind: 'taken' } | { kind: 'yours' } | { kind: 'owned'; by: string } | { kind: 'closed' }

/** One wins, everyone else is told who. */
export async function take(trx: Trx, conversationId: string, agentId: string): Promise<Taken> {
  const conversation = await lockConversation(trx, conversationId)
  if (conversation.owner_id === agentId) return { kind: 'yours' }
  if (conversation.owner_id !== null) {
    const data = { owner: conversation.owner_id }
    await appendFact(trx, { kind: 'take-refused', conversationId, actor: agentId, data })
    return { kind: 'owned', by: conversation.owner_id }
  }
  if (TRANSITIONS[conversation.state].take === undefined) return { kind: 'closed' }
  await trx.updateTable('conversation').set({ owner_id: agentId }).where('id', '=', conversationId).execute()
  await transition(trx, conversation, 'take')
  await appendFact(trx, { kind: 'conversation-taken', conversationId, actor: agentId, data: {} })
  await refreshCard(trx, conversation)
  return { kind: 'taken' }
}

/** The desk's cards, thread entries and updates of one conversation run in this lane, in order. */
export const cardLane = (conversationId: string) => `card:${conversationId}`

/** Rate keys of the desk: new posts are limited per channel, updates per workspace, direct messages per person. */
export const deskRate = {
  post: (desk: string) => `desk:post:${desk}`,
  /** What an import brings: posted in between, so that nobody who writes now waits behind last year's mail. */
  backlog: (desk: string) => `desk:backlog:${desk}`,
  file: (desk: string) => `desk:file:${desk}`,
  update: 'desk:update',
  /** What has changed elsewhere: nobody has done anything to this card. */
  updateLater: 'desk:update:later',
  allot: (desk: string) => `desk:allot:${desk}`,
  /** The word about all that waits for a place does not wait behind it. */
  overload: (desk: string) => `desk:overload:${desk}`,
  page: (desk: string) => `desk:page:${desk}`,
  ping: (person: string) => `desk:ping:${person}`,
}

/** Back at the bottom of the channel, where people look: it gets a new card, and the one before will lead there. */
export async function postAnew(trx: Trx, conversation: Conversation): Promise<Conversation> {
  const place = { card_channel: null, card_ts: null }
  await trx.updateTable('conversation').set(place).where('id', '=', conversation.id).execute()
  return { ...conversation, ...place }
}

/** Asks for the card to show the newest state; many asks become one update. */
export async function refreshCard(trx: Trx, conversation: Conversation): Promise<void> {
  await putAll(trx, [cardEffect(trx, conversation)])
}

/** The same for cards that stand already, once nothing more urgent is to be shown. */
export async function refreshCardsLater(trx: Trx, conversations: readonly Conversation[]): Promise<void> {
  await putAll(
    trx,
    conversations.map((conversation) => ({ ...cardEffect(trx, conversation), rateKey: deskRate.updateLater })),
  )
}

/** The card, and the message's entry in its thread: posted, or brought up to date. */
export async function refreshEntry(trx: Trx, conversation: Conversation, messageId: string): Promise<void> {
  await putAll(trx, [cardEffect(trx, conversation), entryEffect(trx, conversation, messageId)])
}

/** The same for a message that just came. An imported one waits its turn, until something new is said in its conversation. */
export async function showArrival(
  trx: Trx,
  conversation: Conversation,
  messageId: string,
  isImported: boolean,
): Promise<void> {
  const backlog = deskRate.backlog(conversation.desk)
  if (!isImported) {
    await hurry(trx, cardLane(conversation.id), { from: backlog, to: deskRate.post(conversation.desk) })
    return await refreshEntry(trx, conversation, messageId)
  }
  const effects = [cardEffect(trx, conversation), entryEffect(trx, conversation, messageId)]
  const isPosted = conversation.card_ts !== null
  await putAll(
    trx,
    effects.map((effect) => (effect.kind === 'card' && isPosted ? effect : { ...effect, rateKey: backlog })),
  )
}

/** So many entries are posted at once; a longer history comes in between, so that nobody who writes now waits behind it. */
const HISTORY_AT_ONCE = 20

/** A new card, and all that was said below it, files too. */
export async function showHistory(trx: Trx, conversation: Conversation, messageIds: readonly string[]): Promise<void> {
  await followFiles(trx, conversation, messageIds)
  const isLong = messageIds.length > HISTORY_AT_ONCE
  const rateKey = isLong ? deskRate.backlog(conversation.desk) : deskRate.post(conversation.desk)
  const entries = messageIds.map((id) => ({ ...entryEffect(trx, conversation, id), rateKey }))
  await putAll(trx, [cardEffect(trx, conversation), ...entries])
}

function cardEffect(trx: Trx, conversation: Conversation) {
  return {
    kind: 'card',
    conversationId: conversation.id,
    payload: { conversationId: conversation.id },
    rateKey: conversation.card_ts === null ? deskRate.post(conversation.desk) : deskRate.update,
    lane: cardLane(conversation.id),
    coalesceKey: cardLane(conversation.id),
    dueAt: trx.now(),
  }
}

function entryEffect(trx: Trx, conversation: Conversation, messageId: string) {
  return {
    kind: 'entry',
    conversationId: conversation.id,
    payload: { conversationId: conversation.id, messageId },
    rateKey: deskRate.post(conversation.desk),
    lane: cardLane(conversation.id),
    coalesceKey: `entry:${messageId}`,
    dueAt: trx.now(),
  }
}
