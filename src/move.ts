// Messages that belong elsewhere: two conversations become one, or one becomes two. What was answered stays answered, and no clock is set back or forward.
import { sql } from 'kysely'
import {
  type Conversation,
  lockConversation,
  nextSeq,
  openConversation,
  refreshCard,
  refreshEntry,
  transition,
} from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact, type FactData, listFacts } from './fact.ts'
import { copyTags, joinLabels, partLabels } from './label.ts'
import type { Message } from './message.ts'
import type { Policies } from './policy.ts'
import { type Ending, foldEndings, WINDOW_FACTS } from './response-window.ts'
import { findOpenWindow, rearm, reconcileWindows } from './window-record.ts'
import { ANYBODY } from './writing-place.ts'

export interface Mover {
  agentId: string
  policies: Policies
}

export type Moved = { kind: 'moved' } | { kind: 'refused'; reason: string }

/** All of `from` goes into `into`, which may be on another channel of the same desk. `from` is closed and says where it went. */
export async function merge(trx: Trx, from: string, into: string, by: Mover): Promise<Moved> {
  const [source, target] = await lockBoth(trx, from, into)
  if (from === into) return { kind: 'refused', reason: 'This is the same conversation.' }
  if (source.desk !== target.desk) return { kind: 'refused', reason: 'The other conversation is at another desk.' }
  if (source.merged_into !== null) return { kind: 'refused', reason: 'This conversation went into another already.' }
  if (target.merged_into !== null)
    return { kind: 'refused', reason: 'The other conversation went into another one itself.' }
  if (source.spam_at !== null || target.spam_at !== null)
    return { kind: 'refused', reason: 'One of them is marked as spam. Press Not spam on its card first.' }
  if (await isSending(trx, source.id))
    return { kind: 'refused', reason: 'A reply is on its way. Wait until it has arrived.' }
  const messages = await trx
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', from)
    .orderBy('seq')
    .execute()
  await copyParticipants(trx, source.id, target.id)
  await joinLabels(trx, source, target, by.agentId)
  await carry(trx, messages, source, target, by)
  await trx.updateTable('conversation').set({ state: 'closed', merged_into: into }).where('id', '=', from).execute()
  await appendFact(trx, { kind: 'conversation-merged', conversationId: from, actor: by.agentId, data: { into } })
  await refreshCard(trx, source)
  return { kind: 'moved' }
}

/** Takes a merge back: what came from that conversation returns, whatever was answered meanwhile stays answered. */
export async function unmerge(trx: Trx, from: string, by: Mover): Promise<Moved> {
  const { merged_into } = await lockConversation(trx, from)
  if (merged_into === null) return { kind: 'refused', reason: 'This conversation is its own already.' }
  const [source, target] = await lockBoth(trx, from, merged_into)
  if (target.spam_at !== null)
    return { kind: 'refused', reason: 'The other one is marked as spam. Press Not spam on its card first.' }
  if (await isSending(trx, target.id))
    return { kind: 'refused', reason: 'A reply is on its way. Wait until it has arrived.' }
  await trx.updateTable('conversation').set({ state: 'open', merged_into: null }).where('id', '=', from).execute()
  const messages = await listCarried(trx, source.id, target.id)
  await carry(trx, messages, target, { ...source, state: 'open', merged_into: null }, by)
  await giveThreadsBack(trx, source.id, target.id)
  await removeGuests(trx, source.id, target)
  await partLabels(trx, source, target, by.agentId)
  await appendFact(trx, {
    kind: 'conversation-split',
    conversationId: target.id,
    actor: by.agentId,
    data: { into: from },
  })
  return { kind: 'moved' }
}

/** These messages become a conversation of their own, with the same customer. Resolves to its id. */
export async function split(trx: Trx, from: string, messageIds: readonly string[], by: Mover): Promise<string> {
  const source = await lockConversation(trx, from)
  if (await isSending(trx, from)) throw new Error('a reply is on its way; wait until it has arrived')
  const messages = await trx
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', from)
    .where('id', 'in', messageIds)
    .orderBy('seq')
    .execute()
  const first = messages.find(({ direction }) => direction === 'inbound')
  if (!first) throw new Error('a conversation of its own begins with a message of the customer')
  const { identity_id: identityId, channel, desk } = source
  const subject = first.subject ?? source.subject ?? undefined
  const priority = source.priority ?? undefined
  const opened = await openConversation(trx, { identityId, channel, desk, subject, relatedTo: from, priority })
  await appendFact(trx, { kind: 'conversation-opened', conversationId: opened.id, data: { relatedTo: from } })
  await copyParticipants(trx, source.id, opened.id)
  await copyTags(trx, source.id, opened.id, by.agentId)
  await carry(trx, messages, source, opened, by)
  await appendFact(trx, {
    kind: 'conversation-split',
    conversationId: from,
    actor: by.agentId,
    data: { into: opened.id },
  })
  return opened.id
}

/** What went from one into the other and is there still. */
async function listCarried(trx: Trx, from: string, into: string): Promise<Message[]> {
  const left = await listFacts(trx, from, ['message-left'])
  const ids = left.flatMap((fact) =>
    fact.kind === 'message-left' && fact.data.to === into ? [fact.messageId ?? ''] : [],
  )
  return await trx
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', into)
    .where('id', 'in', ids)
    .orderBy('seq')
    .execute()
}

/** In one order everywhere, so that two who move at the same time do not wait for each other for ever. */
async function lockBoth(trx: Trx, a: string, b: string): Promise<[Conversation, Conversation]> {
  const locked = new Map<string, Conversation>()
  for (const id of [...new Set([a, b])].toSorted()) locked.set(id, await lockConversation(trx, id))
  return [must(locked.get(a)), must(locked.get(b))]
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row that was locked is gone')
  return value
}

/** A reply that has not ended yet would end in the conversation it was written in. */
async function isSending(trx: Trx, conversationId: string): Promise<boolean> {
  const own = trx.selectFrom('outbox').select('id').where('lane', '=', `reply:${conversationId}`).limit(1)
  const unfinished = sql<boolean>`lane is not null and state in ('queued', 'sending', 'uncertain')` // As its index has it.
  const row =
    (await own.where(unfinished).executeTakeFirst()) ??
    (await own.where('state', '=', sql.lit('parked')).executeTakeFirst())
  return row !== undefined
}

async function carry(
  trx: Trx,
  messages: readonly Message[],
  source: Conversation,
  target: Conversation,
  by: Mover,
): Promise<void> {
  const ends = foldEndings(await listFacts(trx, source.id, WINDOW_FACTS))
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
  await reconcileWindows(trx, source.id, by.policies)
  const open = await reconcileWindows(trx, target.id, by.policies)
  if (open) await transition(trx, target, 'receive')
  // A window that moved may have a ladder under way that goes by another promise.
  const window = await findOpenWindow(trx, target.id)
  if (window && window.watched_at !== null) await rearm(trx, [window])
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

/** While they were one, the other conversation has answered to the threads of this one. */
async function giveThreadsBack(trx: Trx, to: string, from: string): Promise<void> {
  const theirs = trx.selectFrom('conversation_key').select('key').where('conversation_id', '=', to)
  const threads = trx.selectFrom('writing_place').select('key').where('author', '=', ANYBODY)
  await trx
    .deleteFrom('conversation_key')
    .where('conversation_id', '=', from)
    .where('key', 'in', theirs)
    .where('key', 'in', threads)
    .execute()
}

async function copyParticipants(trx: Trx, from: string, to: string): Promise<void> {
  const people = await trx.selectFrom('participant').selectAll().where('conversation_id', '=', from).execute()
  if (people.length === 0) return
  await trx
    .insertInto('participant')
    .values(people.map((person) => ({ ...person, conversation_id: to })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Who came with the other conversation goes with it, unless they have a part in this one of their own. */
async function removeGuests(trx: Trx, guestsOf: string, { id, identity_id }: Conversation): Promise<void> {
  const guests = trx.selectFrom('participant').select('address').where('conversation_id', '=', guestsOf)
  const contact = trx.selectFrom('identity').select('address').where('id', '=', identity_id)
  const writers = trx
    .selectFrom('message')
    .select('author')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'inbound')
  const readers = trx
    .selectFrom('recipient')
    .innerJoin('message', 'message.id', 'recipient.message_id')
    .select('recipient.address')
    .where('message.conversation_id', '=', id)
    .where('recipient.state', '=', 'accepted')
  await trx
    .deleteFrom('participant')
    .where('conversation_id', '=', id)
    .where('address', 'in', guests)
    .where('address', 'not in', contact)
    .where('address', 'not in', writers)
    .where('address', 'not in', readers)
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
