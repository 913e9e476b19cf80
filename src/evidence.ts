// Which conversation a message belongs to, by what it carries and by who sends it, in one fixed order: the token of the reply
// address, an id that we signed, any id of the conversation's; on a chat platform its thread, the place, and what the same person
// wrote a moment before. What decided, and what was passed over and why, is told in the facts. The subject alone decides nothing.

import { type Candidate, listCandidates } from './candidate.ts'
import { channelKind, type Evidence, type InboundMessage } from './channel.ts'
import { DAY, MINUTE } from './clock.ts'
import { type Conversation, lockConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Led } from './fact.ts'
import { findSameMatter, foldTopic, isLongClosed, isNewMatter } from './topic.ts'
import { findGrouped, rootKeysOf } from './writing-place.ts'

export type Because =
  /** Whoever sends it takes no part. */
  | 'no-participant'
  /** The sender is not who they say. */
  | 'sender-failed'
  /** Somebody else says who sent it. */
  | 'hearsay'
  /** It is at another desk, and this was not written there. */
  | 'other-desk'
  /** It was closed long ago, and this is about something else. */
  | 'changed-subject'
  /** It was closed long ago. */
  | 'closed-long-ago'
  /** The same person wrote under the same subject. */
  | 'same-subject'
  /** It has the id of a message there, and says something else. */
  | 'same-id'

export interface PassedOver {
  by: Evidence['by']
  /** `unknown`: no conversation has it. `weaker`: something stronger had decided. */
  why: Because | 'unknown' | 'weaker'
  to?: string
}

export interface Found {
  conversation?: Conversation
  /** What decided. */
  by?: Led['by']
  /** Its place among all that the message carries, from 1. */
  rank?: number
  /** It leads there, and the sender had begun this conversation beside it. */
  via?: string
  related?: { to: string; by?: Led['by']; because: Because }
  passed: PassedOver[]
  /** Another message has its id. */
  hasTwin: boolean
}

export interface Place {
  channel: string
  desk: string
  identityId: string
  /** After being closed for so long, another subject begins another conversation. */
  changedSubjectMs?: number
  /** What one person writes without a thread within so long is one conversation. */
  groupingMs?: number
  /** The addresses at which a channel of ours is written to. */
  addressesOf?(channel: string): readonly string[]
}

const CHANGED_SUBJECT_MS = 7 * DAY
const GROUPING_MS = 2 * MINUTE
const PASSED_MAX = 10

/** Evidence counts only for somebody who takes part; from a stranger it merely relates the two conversations. */
export async function findByEvidence(trx: Trx, place: Place, event: InboundMessage): Promise<Found> {
  const candidates = await listCandidates(trx, channelKind(place.channel), event)
  const found: Found = { passed: [], hasTwin: candidates.some(({ key }) => key === event.soleKey) }
  for (const [n, evidence] of event.evidence.entries()) {
    const here = candidates.filter(({ key }) => key === evidence.key)
    if (here.length === 0) pass(found, { by: evidence.by, why: 'unknown' })
    for (const candidate of here) await weigh(trx, place, event, found, { evidence, rank: n + 1, candidate })
  }
  if (!found.conversation) await followGroup(trx, place, event, found)
  if (!found.conversation) await followRelation(trx, place, event, found)
  if (!found.conversation && !found.related) await suggest(trx, place, event, found, candidates)
  const { conversation } = found
  return conversation ? { ...found, conversation: await lockCurrent(trx, conversation.id) } : found
}

/** The same for what one of us wrote: we take part in every conversation. */
export async function findByOurEvidence(
  trx: Trx,
  channel: string,
  event: InboundMessage,
): Promise<Conversation | undefined> {
  const candidates = await listCandidates(trx, channelKind(channel), event)
  for (const { key } of event.evidence) {
    const candidate = candidates.find((one) => one.key === key)
    if (candidate) return await lockCurrent(trx, candidate.id)
  }
  return undefined
}

/** What the same person wrote a moment ago, outside of any thread. */
async function followGroup(trx: Trx, place: Place, event: InboundMessage, found: Found): Promise<void> {
  if (event.sender === 'fail' || event.hearsay) return
  // An answer in its thread may have been heard of first.
  const below = await findByKeys(trx, place.channel, rootKeysOf(event))
  const id = below ?? (await findGrouped(trx, place.channel, event, place.groupingMs ?? GROUPING_MS))
  if (id === undefined) return
  const current = await findCurrent(trx, id)
  if (current.desk !== place.desk && current.channel !== place.channel) return
  found.conversation = current
  found.by = below === undefined ? 'group' : 'thread'
}

async function findByKeys(db: Reader, channel: string, keys: readonly string[]): Promise<string | undefined> {
  if (keys.length === 0) return undefined
  const row = await db
    .selectFrom('conversation_key')
    .select('conversation_id')
    .where('channel_kind', '=', channelKind(channel))
    .where('key', 'in', keys)
    .orderBy('conversation_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.conversation_id
}

async function weigh(
  trx: Trx,
  place: Place,
  event: InboundMessage,
  found: Found,
  { evidence, rank, candidate }: { evidence: Evidence; rank: number; candidate: Candidate },
): Promise<void> {
  const { by } = evidence
  if (found.conversation) {
    if (found.conversation.id !== candidate.id) pass(found, { by, why: 'weaker', to: candidate.id })
    return
  }
  const current = await findCurrent(trx, candidate.id)
  const because = objection(place, event, by, candidate) ?? (await timeObjection(trx, place, event, { by, current }))
  if (because === undefined) {
    found.conversation = current
    found.by = by
    found.rank = rank
    return
  }
  pass(found, { by, why: because, to: candidate.id })
  found.related ??= { to: current.id, by, because }
}

function pass(found: Found, passed: PassedOver): void {
  if (found.passed.length < PASSED_MAX) found.passed.push(passed)
}

function objection(
  { channel, desk, addressesOf }: Place,
  event: InboundMessage,
  by: Evidence['by'],
  candidate: Candidate,
): Because | undefined {
  // Whoever writes in a platform's thread takes part in it.
  if (!candidate.takesPart && by !== 'thread') return 'no-participant'
  if (event.sender === 'fail') return 'sender-failed'
  if (event.hearsay) return 'hearsay'
  // Its token is where it is written to; an id travels along when a mail is sent on.
  if (candidate.desk === desk || by === 'token') return undefined
  // It began where this was written, and was moved to the other desk since.
  if (candidate.channel === channel) return undefined
  const there = addressesOf?.(candidate.channel) ?? []
  return [...event.to, ...event.cc].some(({ address }) => there.includes(address)) ? undefined : 'other-desk'
}

async function timeObjection(
  db: Reader,
  place: Place,
  event: InboundMessage,
  { by, current }: { by: Evidence['by']; current: Conversation },
): Promise<Because | undefined> {
  if (by === 'thread') return undefined // It is always its own.
  if (by !== 'place') return await topicObjection(db, place, event, current)
  const { changedSubjectMs = CHANGED_SUBJECT_MS } = place
  return (await isLongClosed(db, current, event.arrivedAt, changedSubjectMs)) ? 'closed-long-ago' : undefined
}

async function topicObjection(
  db: Reader,
  { changedSubjectMs = CHANGED_SUBJECT_MS }: Place,
  event: InboundMessage,
  conversation: Conversation,
): Promise<Because | undefined> {
  if (event.automated !== undefined) return undefined
  return (await isNewMatter(db, conversation, event, changedSubjectMs)) ? 'changed-subject' : undefined
}

/** Whoever began a conversation beside that one goes on in it, and does not begin one with every message. */
async function followRelation(trx: Trx, place: Place, event: InboundMessage, found: Found): Promise<void> {
  const { related } = found
  if (!related || event.sender === 'fail' || event.hearsay) return
  const row = await trx
    .selectFrom('conversation')
    .selectAll()
    .where('identity_id', '=', place.identityId)
    .where('related_to', '=', related.to)
    .where((eb) => eb.or([eb('desk', '=', place.desk), eb('channel', '=', place.channel)]))
    .where('merged_into', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return
  const isSame =
    related.because === 'changed-subject'
      ? foldTopic(event.topic ?? '') === (await lastTopic(trx, row.id))
      : (await topicObjection(trx, place, event, row)) === undefined
  if (!isSame) return
  found.conversation = row
  found.via = related.to
  if (related.by) found.by = related.by
}

async function lastTopic(db: Reader, conversationId: string): Promise<string> {
  const row = await db
    .selectFrom('message')
    .select('topic')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return foldTopic(row?.topic ?? '')
}

async function suggest(
  trx: Trx,
  { identityId, desk }: Place,
  event: InboundMessage,
  found: Found,
  candidates: readonly Candidate[],
): Promise<void> {
  if (event.sender === 'fail' || event.automated !== undefined) return
  const twin = candidates.find(({ key, takesPart }) => key === event.soleKey && takesPart)
  if (twin) found.related = { to: (await findCurrent(trx, twin.id)).id, because: 'same-id' }
  if (twin) return
  const same = await findSameMatter(trx, { identityId, desk, topic: event.topic, at: event.arrivedAt })
  if (same !== undefined) found.related = { to: same, because: 'same-subject' }
}

/** What was joined to another lives on there. */
export async function findCurrent(db: Reader, id: string): Promise<Conversation> {
  const row = await db.selectFrom('conversation').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return row.merged_into === null ? row : await findCurrent(db, row.merged_into)
}

export async function lockCurrent(trx: Trx, id: string): Promise<Conversation> {
  // Only this one, so that nobody who locks both waits for us while we wait for them.
  const conversation = await lockConversation(trx, (await findCurrent(trx, id)).id)
  return conversation.merged_into === null ? conversation : await lockCurrent(trx, conversation.merged_into)
}
