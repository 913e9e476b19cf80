// Who waits, soonest due first: the one list that Home, digests and commands show, page by page.
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader } from './db/open.ts'
import type { ConversationState, Schema } from './db/schema.ts'
import { countBroken } from './follow-up.ts'

export interface QueueRow {
  conversationId: string
  channel: string
  channelKind: string
  contactName: string | null
  address: string
  subject: string | null
  state: ConversationState
  ownerId: string | null
  startedAt: number
  dueAt: number
  snoozedUntil: number | null
  priority: 'high' | 'low' | null
  desk: string
  /** The message that waits longest. */
  startedBy: string
  cardChannel: string | null
  cardTs: string | null
}

/** Where the next page begins: after this row, whatever came or went meanwhile. */
export interface QueuePlace {
  dueAt: number
  startedAt: number
  conversationId: string
}

export interface QueueFilter {
  /** Only this agent's; null is nobody's. */
  ownerId?: string | null
  /** Only those that are due before. */
  dueBefore?: number
  /** Those that are hidden until later as well. */
  withSnoozed?: boolean
  /** Those that are hidden until later and no others. */
  onlySnoozed?: boolean
}

const PAGE_MAX = 100

/** By due time, ties by the arrival of what waits. A page never skips or repeats a row that stays. */
export async function listQueue(
  db: Reader,
  desk: string,
  page: { limit: number; after?: QueuePlace; filter?: QueueFilter },
): Promise<QueueRow[]> {
  const { after, filter = {}, limit } = page
  let query = openQueue(db, desk).where((eb) => eb.and(conditionsOf(filter)))
  if (after) {
    query = query
      .where('response_window.due_at', '>=', after.dueAt)
      .where((eb) =>
        eb.or([
          eb('response_window.due_at', '>', after.dueAt),
          eb('response_window.started_at', '>', after.startedAt),
          eb.and([
            eb('response_window.started_at', '=', after.startedAt),
            eb('response_window.conversation_id', '>', after.conversationId),
          ]),
        ]),
      )
  }
  return await query
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'conversation.id as conversationId',
      'conversation.channel',
      'identity.channel_kind as channelKind',
      'identity.name as contactName',
      'identity.address',
      'conversation.subject',
      'conversation.state',
      'conversation.owner_id as ownerId',
      'response_window.started_at as startedAt',
      'response_window.due_at as dueAt',
      'conversation.snoozed_until as snoozedUntil',
      'conversation.priority',
      'response_window.desk',
      'response_window.started_by as startedBy',
      'conversation.card_channel as cardChannel',
      'conversation.card_ts as cardTs',
    ])
    .orderBy('response_window.due_at')
    .orderBy('response_window.started_at')
    .orderBy('response_window.conversation_id')
    .limit(Math.min(limit, PAGE_MAX))
    .execute()
}

/** What a row has to be to be in the list. */
export function conditionsOf({ ownerId, dueBefore, withSnoozed, onlySnoozed }: QueueFilter): Expression<SqlBool>[] {
  const eb = expressionBuilder<Schema, 'conversation' | 'response_window'>()
  return [
    ...(ownerId === undefined ? [] : [eb('conversation.owner_id', ownerId === null ? 'is' : '=', ownerId)]),
    ...(dueBefore === undefined ? [] : [eb('response_window.due_at', '<', dueBefore)]),
    ...(onlySnoozed ? [eb('conversation.state', '=', 'snoozed')] : []),
    ...(withSnoozed || onlySnoozed ? [] : [eb('conversation.state', '<>', 'snoozed')]),
  ]
}

export const openQueue = (db: Reader, desk: string) =>
  db
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .where('response_window.ended_at', 'is', null)
    .where('response_window.desk', '=', desk)

/** The queue in figures, as it is at this instant. Snoozed conversations count wherever they are late: their window runs. */
export interface QueueCounts {
  waiting: number
  overdue: number
  /** Due between now and the given end of the day. */
  dueToday: number
  unassigned: number
  snoozed: number
  /** Replies that did not arrive, or of which nobody knows, and which a person has to look at. */
  undelivered: number
  /** Promises that are open past their time, whether anybody waits or not. */
  broken: number
}

export async function countQueue(db: Reader, desk: string, now: number, endOfDay: number): Promise<QueueCounts> {
  const row = await openQueue(db, desk)
    .select(({ fn, eb }) => {
      const count = (is: Expression<SqlBool>) =>
        fn.coalesce(fn.sum<number | string>(eb.case().when(is).then(1).else(0).end()), eb.lit(0))
      return [
        fn.countAll<number | string>().as('waiting'),
        count(eb('response_window.due_at', '<=', now)).as('overdue'),
        count(eb.between('response_window.due_at', now + 1, endOfDay - 1)).as('dueToday'),
        count(eb('conversation.owner_id', 'is', null)).as('unassigned'),
        count(eb('conversation.state', '=', 'snoozed')).as('snoozed'),
      ]
    })
    .executeTakeFirstOrThrow()
  return {
    waiting: Number(row.waiting),
    overdue: Number(row.overdue),
    dueToday: Number(row.dueToday),
    unassigned: Number(row.unassigned),
    snoozed: Number(row.snoozed),
    undelivered: await countUndelivered(db, desk),
    broken: await countBroken(db, desk, now),
  }
}

/** Conversations whose last reply did not reach the customer, or of which nobody knows. */
async function countUndelivered(db: Reader, desk: string): Promise<number> {
  const row = await db
    .selectFrom('message')
    // SQLite begins a cross join where it is told to: at the few that did not arrive, and not at every conversation.
    .crossJoin('conversation')
    .whereRef('conversation.id', '=', 'message.conversation_id')
    .select((eb) => eb.fn.count<number | string>('conversation.id').distinct().as('count'))
    .where('conversation.desk', '=', desk)
    .where('conversation.state', '<>', 'closed')
    .where('message.automated', 'is', null)
    .where(sql<boolean>`message.delivery in ('rejected', 'bounced', 'parked', 'uncertain')`) // As its index has it.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('message as later')
            .select('later.id')
            .whereRef('later.conversation_id', '=', 'message.conversation_id')
            .whereRef('later.seq', '>', 'message.seq')
            .where('later.automated', 'is', null)
            .where('later.delivery', 'in', ['accepted', 'partly-delivered']),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
