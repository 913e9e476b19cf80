// What was promised to a customer, or is to be thought of, until when, and for whom. It outlives snoozing, closing and a new owner.
import type { Selectable } from 'kysely'
import { HOUR } from './clock.ts'
import { type Conversation, cardLane, deskRate, refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { FollowUpTable } from './db/schema.ts'
import { findCurrent, lockCurrent } from './evidence.ts'
import { appendFact } from './fact.ts'
import { type Effect, put, reschedule } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'

export type FollowUp = Selectable<FollowUpTable>

export interface NewFollowUp {
  kind: FollowUp['kind']
  text: string
  by: string
  /** Undefined: whoever has the conversation, now and later. */
  for: string | undefined
  dueAt: number
}

/** Where the conversation is now, should it have been joined to another one meanwhile. */
export async function makeFollowUp(trx: Trx, { id: at }: Conversation, made: NewFollowUp): Promise<string> {
  const conversation = await lockCurrent(trx, at)
  const id = trx.newId('fu')
  const now = trx.now()
  // Named or not, who has the conversation is who it is for: should it be handed over, it goes along.
  const person = made.for === conversation.owner_id ? undefined : made.for
  await trx
    .insertInto('follow_up')
    .values({
      ...{ id, conversation_id: conversation.id, kind: made.kind, text: made.text, by: made.by, for: person ?? null },
      ...{ due_at: made.dueAt, set_at: now, made_at: now, soon_at: null, rung_at: null },
      ...{ ended_at: null, ended_as: null, ended_by: null },
    })
    .execute()
  const data = { followUp: id, kind: made.kind, dueAt: made.dueAt, ...(person !== undefined && { for: person }) }
  await appendFact(trx, { kind: 'follow-up-made', conversationId: conversation.id, actor: made.by, data })
  await putCall(trx, conversation, { followUp: id, step: 'made', dueAt: made.dueAt })
  const row = await lockFollowUp(trx, id)
  if (row) await arm(trx, row)
  await refreshCard(trx, conversation)
  return id
}

export async function findFollowUp(db: Reader, id: string): Promise<FollowUp | undefined> {
  return await db.selectFrom('follow_up').selectAll().where('id', '=', id).executeTakeFirst()
}

async function lockFollowUp(trx: Trx, id: string): Promise<FollowUp | undefined> {
  return await trx.selectFrom('follow_up').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Where it is now: with a conversation that was joined to another one it went there. */
export async function conversationOf(db: Reader, followUp: FollowUp): Promise<Conversation> {
  return await findCurrent(db, followUp.conversation_id)
}

export type Ended = { kind: 'done' } | { kind: 'done-before'; as: 'kept' | 'dropped'; by: string }

export async function endFollowUp(trx: Trx, id: string, by: string, as: 'kept' | 'dropped'): Promise<Ended> {
  const row = await lockFollowUp(trx, id)
  if (!row || row.ended_as !== null) return { kind: 'done-before', as: row?.ended_as ?? as, by: row?.ended_by ?? by }
  await trx
    .updateTable('follow_up')
    .set({ ended_at: trx.now(), ended_as: as, ended_by: by })
    .where('id', '=', id)
    .execute()
  const about = { conversationId: row.conversation_id, actor: by, data: { followUp: id } }
  await appendFact(trx, { kind: as === 'kept' ? 'follow-up-kept' : 'follow-up-dropped', ...about })
  await showChange(trx, row)
  return { kind: 'done' }
}

/** Undefined when it is over already. */
export async function postpone(trx: Trx, id: string, by: string, dueAt: number): Promise<Ended> {
  const row = await lockFollowUp(trx, id)
  if (!row || row.ended_as !== null)
    return { kind: 'done-before', as: row?.ended_as ?? 'dropped', by: row?.ended_by ?? by }
  const moved = { due_at: dueAt, set_at: trx.now(), soon_at: null, rung_at: null }
  await trx.updateTable('follow_up').set(moved).where('id', '=', id).execute()
  const about = { conversationId: row.conversation_id, actor: by, data: { followUp: id, dueAt } }
  await appendFact(trx, { kind: 'follow-up-postponed', ...about })
  await arm(trx, { ...row, ...moved })
  await showChange(trx, row)
  return { kind: 'done' }
}

async function showChange(trx: Trx, row: FollowUp): Promise<void> {
  await refreshCard(trx, await conversationOf(trx, row))
  await putUpdate(trx, row.id)
}

export async function putUpdate(trx: Trx, id: string): Promise<void> {
  const coalesceKey = `follow-up-update:${id}`
  const due = { rateKey: deskRate.update, coalesceKey, dueAt: trx.now() }
  await put(trx, { kind: 'follow-up-update', payload: { followUp: id }, ...due })
}

export type FollowUpStep = 'made' | 'soon' | 'due'

/** A promise is told of an hour before its time, or, when it is made for sooner than three hours, after two thirds of the way. */
const SOON_MS = HOUR

/** What is still to be said about it, and when. */
export function nextStep(
  row: Pick<FollowUp, 'kind' | 'due_at' | 'set_at' | 'soon_at' | 'rung_at'>,
): { step: 'soon' | 'due'; at: number } | undefined {
  if (row.rung_at !== null) return undefined
  if (row.kind === 'reminder' || row.soon_at !== null) return { step: 'due', at: row.due_at }
  const ahead = Math.min(SOON_MS, Math.floor((row.due_at - row.set_at) / 3))
  return { step: 'soon', at: row.due_at - ahead }
}

const clockKey = (id: string) => `follow-up:${id}`

async function arm(trx: Trx, row: FollowUp): Promise<void> {
  const next = nextStep(row)
  if (!next) return
  const coalesceKey = clockKey(row.id)
  const payload = { followUp: row.id }
  await put(trx, { kind: 'follow-up', payload, rateKey: CLOCK_KEY, coalesceKey, dueAt: next.at })
  await reschedule(trx, coalesceKey, next.at)
}

/** Each step of each due time once: it is on record in the transaction that puts the call. */
export function followUpHandler(): LocalHandler {
  return async (trx, effect) => {
    const row = await lockFollowUp(trx, idOf(effect))
    if (!row || row.ended_at !== null) return undefined
    const next = nextStep(row)
    if (!next) return undefined
    if (next.at > trx.now()) return { againAt: next.at }
    // After a time when nobody looked, that it is due says that it will be.
    const step = row.due_at <= trx.now() ? 'due' : next.step
    const told = step === 'due' ? { rung_at: trx.now() } : { soon_at: trx.now() }
    await trx.updateTable('follow_up').set(told).where('id', '=', row.id).execute()
    const about = { conversationId: row.conversation_id }
    const data = { followUp: row.id, dueAt: row.due_at }
    await appendFact(trx, { kind: 'follow-up-due', ...about, data: { ...data, step } })
    if (step === 'due' && row.kind === 'promise') await appendFact(trx, { kind: 'promise-broken', ...about, data })
    const conversation = await conversationOf(trx, row)
    await putCall(trx, conversation, { ...data, step })
    if (step === 'due') await refreshCard(trx, conversation)
    const after = nextStep({ ...row, ...told })
    return after && { againAt: after.at }
  }
}

export interface Call {
  followUp: string
  step: FollowUpStep
  /** The due time it speaks of. */
  dueAt: number
}

async function putCall(trx: Trx, { id, desk }: Conversation, call: Call): Promise<void> {
  await put(trx, {
    kind: 'follow-up-call',
    conversationId: id,
    payload: { ...call },
    rateKey: deskRate.post(desk),
    lane: cardLane(id),
    dueAt: trx.now(),
  })
}

export type Ping = Call & { to: string }

/** One direct message to each, once for this call. */
export async function putPings(trx: Trx, of: string, call: Call, to: readonly string[], dueAt?: number): Promise<void> {
  for (const person of to) {
    await put(trx, {
      kind: 'follow-up-ping',
      payload: { ...call, to: person },
      rateKey: deskRate.ping(person),
      dedupe: `${of}:${person}`,
      dueAt: dueAt ?? trx.now(),
    })
  }
}

export function callOf<Said extends Call = Call>({ payload }: Effect): Said {
  return JSON.parse(payload)
}

export function idOf({ payload }: Effect): string {
  return (JSON.parse(payload) as { followUp: string }).followUp
}

/** A post that shows it, so that it is brought up to date. */
export async function addPost(trx: Trx, id: string, { channel, ts }: { channel: string; ts: string }): Promise<void> {
  await trx
    .insertInto('follow_up_post')
    .values({ follow_up_id: id, channel, ts })
    .onConflict((oc) => oc.doNothing())
    .execute()
  const row = await findFollowUp(trx, id)
  if (row && row.ended_at !== null) await putUpdate(trx, id) // Over while it was on its way.
}

/** The oldest posts of one that is postponed for ever are left as they are. */
const POSTS_MAX = 30

export async function listPosts(db: Reader, id: string): Promise<{ channel: string; ts: string }[]> {
  return await db
    .selectFrom('follow_up_post')
    .select(['channel', 'ts'])
    .where('follow_up_id', '=', id)
    .orderBy('ts', 'desc')
    .limit(POSTS_MAX)
    .execute()
}

/** Soonest due first. */
export async function listOpenOf(db: Reader, conversationIds: readonly string[], limit: number): Promise<FollowUp[]> {
  if (conversationIds.length === 0) return []
  return await db
    .selectFrom('follow_up')
    .selectAll()
    .where('conversation_id', 'in', conversationIds)
    .where('ended_at', 'is', null)
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** A reply that has left since: it may have kept the promise, which only a person can say. */
export async function hasAnsweredSince(db: Reader, { conversation_id, made_at }: FollowUp): Promise<boolean> {
  const row = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversation_id)
    .where('direction', '=', 'outbound')
    .where('automated', 'is', null)
    .where('delivery', 'in', ['accepted', 'partly-delivered'])
    .where('created_at', '>=', made_at)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Promises that are open past their time, at this instant. */
export async function countBroken(db: Reader, desk: string, now: number): Promise<number> {
  const row = await db
    .selectFrom('follow_up')
    .innerJoin('conversation', 'conversation.id', 'follow_up.conversation_id')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('follow_up.ended_at', 'is', null)
    .where('follow_up.due_at', '<=', now)
    .where('follow_up.kind', '=', 'promise')
    .where('conversation.desk', '=', desk)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export interface OwnFollowUp extends FollowUp {
  contactName: string | null
  address: string
  cardChannel: string | null
  cardTs: string | null
}

/** Those that this person is to see to, soonest due first. */
export async function listOwnFollowUps(
  db: Reader,
  { person, desks, until, limit }: { person: string; desks: readonly string[]; until: number; limit: number },
): Promise<OwnFollowUp[]> {
  return await db
    .selectFrom('follow_up')
    .innerJoin('conversation', 'conversation.id', 'follow_up.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .selectAll('follow_up')
    .select([
      'identity.name as contactName',
      'identity.address',
      'conversation.card_channel as cardChannel',
      'conversation.card_ts as cardTs',
    ])
    .where('follow_up.ended_at', 'is', null)
    .where('follow_up.due_at', '<=', until)
    .where('conversation.desk', 'in', desks)
    .where((eb) =>
      eb.or([
        eb('follow_up.for', '=', person),
        eb.and([eb('follow_up.for', 'is', null), eb('conversation.owner_id', '=', person)]),
      ]),
    )
    .orderBy('follow_up.due_at')
    .orderBy('follow_up.id')
    .limit(limit)
    .execute()
}
