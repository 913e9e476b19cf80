// Conversations that go to somebody by themselves: back to whoever knows the customer, or to whoever has waited longest for one.

import { MINUTE } from './clock.ts'
import { getIdentity } from './contact.ts'
import {
  type Conversation,
  cardLane,
  deskRate,
  lockConversation,
  refreshCard,
  TRANSITIONS,
  transition,
} from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { type Allotted, appendFact, type FactData } from './fact.ts'
import { refreshOpenPings } from './open-ping.ts'
import { type Effect, put } from './outbox.ts'
import { listSamePerson } from './same-person.ts'
import { hurryTurn, putTurn } from './turn.ts'
import { findOpenWindow } from './window-record.ts'

export interface Allotment {
  conversationId: string
  /** Somebody asked for whoever is next; it does not matter who had this customer before. */
  by?: string
}

/** `isBack`: it begins, or begins again. For a stranger, where nobody takes turns, there is nothing to find out. */
export async function allotArrival(
  trx: Trx,
  conversation: Conversation,
  { isBack, takesTurns }: { isBack: boolean; takesTurns: boolean },
): Promise<void> {
  const isOwned = conversation.owner_id !== null
  const isToAsk = isOwned ? isBack : takesTurns || (isBack && (await findPrevious(trx, conversation)) !== undefined)
  if (isToAsk) await putAllotment(trx, conversation)
}

/** Who is there is Slack's to say, so that it is found out outside the transaction; see desk/allot-post.ts. */
export async function putAllotment(trx: Trx, { id, desk }: Conversation, by?: string): Promise<void> {
  const payload: Allotment = { conversationId: id, ...(by !== undefined && { by }) }
  await put(trx, {
    kind: 'allot',
    conversationId: id,
    payload: { ...payload },
    rateKey: deskRate.allot(desk),
    // Before the card and what stands below it, so that nobody is called twice.
    lane: cardLane(id),
    coalesceKey: `allot:${id}`,
    dueAt: trx.now(),
  })
}

export function allotmentOf({ payload }: Effect): Allotment {
  return JSON.parse(payload)
}

/** Who had this person's newest other conversation at the desk. */
export async function findPrevious(db: Reader, { id, desk, identity_id }: Conversation): Promise<string | undefined> {
  const { contactId } = await getIdentity(db, identity_id)
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('conversation.owner_id')
    .where('identity.contact_id', 'in', await listSamePerson(db, contactId))
    .where('conversation.desk', '=', desk)
    .where('conversation.id', '<>', id)
    .where('conversation.owner_id', 'is not', null)
    .orderBy('conversation.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.owner_id ?? undefined
}

export interface Candidate {
  id: string
  /** Their conversations in which a customer waits. */
  waiting: number
}

/** Whoever has waited longest for one comes first. */
export async function listCandidates(db: Reader, desk: string): Promise<Candidate[]> {
  const agents = await db
    .selectFrom('agent')
    .select(['id', 'dealt_at'])
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .execute()
  const counts = await db
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .select(['conversation.owner_id', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('response_window.ended_at', 'is', null)
    .where('response_window.desk', '=', desk)
    .where('conversation.owner_id', 'is not', null)
    .groupBy('conversation.owner_id')
    .execute()
  const waiting = new Map(counts.map(({ owner_id, count }) => [owner_id, Number(count)]))
  return agents
    .toSorted((a, b) => (a.dealt_at ?? 0) - (b.dealt_at ?? 0) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => ({ id, waiting: waiting.get(id) ?? 0 }))
}

/** What was found out. `seen`: who had it then. */
export type Choice = { seen: string | undefined } & (
  | { to: string; how: 'returning' | 'stand-in' }
  /** Those who are there; the turn is decided when it is written. */
  | { present: readonly string[]; cap: number | undefined; how: 'next' }
  | { to: undefined; because: string }
)

/** `instead`: whose place the new owner takes. Undefined: nothing was changed. */
export type Given = { to: string | undefined; how: Allotted | 'queue'; instead: string | undefined } | undefined

/** Changes nothing when somebody took it meanwhile, or nobody waits any more. */
export async function allot(trx: Trx, conversationId: string, choice: Choice): Promise<Given> {
  const conversation = await lockConversation(trx, conversationId)
  const owner = conversation.owner_id ?? undefined
  if (owner !== choice.seen || TRANSITIONS[conversation.state].take === undefined) return undefined
  if (!(await findOpenWindow(trx, conversationId))) return undefined
  const to = 'present' in choice ? await drawNext(trx, conversation.desk, choice) : choice.to
  if (to === undefined) return await leave(trx, conversation, choice)
  if (to === owner) return undefined
  await setOwner(trx, conversation, to)
  const how = 'how' in choice ? choice.how : 'next'
  const data = { ...(owner !== undefined && { from: owner }), to, how }
  await appendFact(trx, { kind: 'conversation-assigned', conversationId, data })
  return { to, how, instead: owner }
}

/** The rows are locked: two conversations at the same moment go to two people. */
async function drawNext(
  trx: Trx,
  desk: string,
  { present, cap }: { present: readonly string[]; cap: number | undefined },
): Promise<string | undefined> {
  await trx.selectFrom('agent').select('id').where('desk', '=', desk).orderBy('id').forUpdate().execute()
  const next = (await listCandidates(trx, desk)).find(
    ({ id, waiting }) => present.includes(id) && (cap === undefined || waiting < cap),
  )
  if (!next) return undefined
  const newest = await trx
    .selectFrom('agent')
    .select((eb) => eb.fn.max('dealt_at').as('at'))
    .where('desk', '=', desk)
    .executeTakeFirst()
  // The turn has its own order, whatever the wall clock does.
  const dealtAt = Math.max(trx.now(), Number(newest?.at ?? 0) + 1)
  await trx.updateTable('agent').set({ dealt_at: dealtAt }).where('id', '=', next.id).where('desk', '=', desk).execute()
  return next.id
}

async function setOwner(trx: Trx, conversation: Conversation, owner: string | null): Promise<void> {
  await trx.updateTable('conversation').set({ owner_id: owner }).where('id', '=', conversation.id).execute()
  if (owner !== null) await transition(trx, conversation, 'take')
  await refreshCard(trx, conversation)
  await refreshOpenPings(trx, conversation.id)
}

/** It is tried again by then at the latest; see deal.ts. */
const LEFT_MS = MINUTE

async function leave(trx: Trx, conversation: Conversation, choice: Choice): Promise<Given> {
  const { id: conversationId, owner_id: owner } = conversation
  if (owner !== null) {
    const because = 'because' in choice ? choice.because : 'absent'
    await setOwner(trx, conversation, null)
    if ('present' in choice) await putTurn(trx, conversation.desk, trx.now() + LEFT_MS)
    await appendFact(trx, { kind: 'conversation-unassigned', conversationId, data: { from: owner, because } })
    return { to: undefined, how: 'queue', instead: owner }
  }
  if (!('present' in choice)) return undefined
  await putTurn(trx, conversation.desk, trx.now() + LEFT_MS)
  const because = choice.present.length === 0 ? 'nobody is there' : 'everybody is full'
  if ((await findWhyLeft(trx, conversationId)) === because) return undefined // Tried again, and still so.
  await appendFact(trx, { kind: 'conversation-left', conversationId, data: { because } })
  await refreshCard(trx, conversation)
  return undefined
}

/** The next of those that are left is tried once this one is somebody's, and not before: nobody else can be had. */
export async function goOn(trx: Trx, conversationId: string): Promise<void> {
  const { owner_id, desk } = await lockConversation(trx, conversationId)
  if (owner_id !== null) await hurryTurn(trx, desk)
}

export type WhyLeft = FactData['conversation-left']['because']

/** Why nobody has it although it was to go to whoever is next; undefined for one that was not. */
export async function findWhyLeft(db: Reader, conversationId: string): Promise<WhyLeft | undefined> {
  const row = await db
    .selectFrom('fact')
    .select('data')
    .where('conversation_id', '=', conversationId)
    .where('kind', '=', 'conversation-left')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && JSON.parse(row.data).because
}

type Told = { conversationId: string } & NonNullable<Given>

/** Whoever got it is called in the thread, once, below what the customer wrote. */
export async function putAllotted(
  trx: Trx,
  conversationId: string,
  of: string,
  given: NonNullable<Given>,
): Promise<void> {
  const { desk } = await lockConversation(trx, conversationId)
  const payload: Told = { conversationId, ...given }
  const due = { rateKey: deskRate.post(desk), lane: cardLane(conversationId), dueAt: trx.now() }
  await put(trx, { kind: 'allotted', conversationId, payload, dedupe: `allotted:${of}`, ...due })
}

export function readAllotted({ payload }: Effect): Told {
  return JSON.parse(payload)
}
