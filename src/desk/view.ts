// What a card and a ping show of a conversation, read in a handful of bounded queries.
import { sql } from 'kysely'
import { findWhyLeft, type WhyLeft } from '../allot.ts'
import type { Reader } from '../db/open.ts'
import type { ConversationState, Delivery } from '../db/schema.ts'
import { type FollowUp, listOpenOf } from '../follow-up.ts'
import { countsNow } from '../reclassify.ts'
import { listScheduled, type ScheduledReply } from '../scheduled-stop.ts'
import { type Absent, findAway } from '../stand-in.ts'
import { listTags } from '../tag.ts'
import { listWindows } from '../window-record.ts'
import { listWriting, type Writing } from '../writing.ts'
import { type CustomerWords, readCustomerWords } from './customer-line.ts'
import { CARD_MAX } from './follow-up-view.ts'
import { customerName, nameOfWriter } from './question.ts'
import { findRelationReason } from './relation.ts'
import { readStory, type Story } from './story.ts'

/** Where a message of ours stands in Slack. */
export interface Posted {
  channel: string
  ts: string
}

export interface Person {
  name: string | undefined
  address: string
}

export interface CardView {
  conversationId: string
  desk: string
  /** `email:support` */
  channel: string
  /** `email`, `slack`, `discord`. */
  channelKind: string
  contact: Person
  subject: string | undefined
  state: ConversationState
  priority: 'high' | 'low' | undefined
  tags?: readonly string[]
  isSpam?: boolean
  ownerId: string | undefined
  /** Whether the owner is away, and who stands in. */
  ownerAway?: Absent | undefined
  /** Why nobody has it, where it was to go to whoever is next. */
  whyLeft?: WhyLeft | undefined
  /** Since when the customer waits, and until when they should have an answer. */
  waiting: { since: number; dueAt: number } | undefined
  /** How the last wait ended, once nobody waits. */
  lastEnd: 'answered' | 'waived' | undefined
  /** Hidden from the lists until then. */
  snoozedUntil: number | undefined
  newest: Glimpse | undefined
  messages: number
  /** What has become of the last reply, while it is not simply delivered. */
  trouble: { delivery: Delivery; reason: string | undefined } | undefined
  /** Possibly the same matter, or, once it is joined to it, where its messages are. */
  related:
    | { subject: string | undefined; card: Posted | undefined; isJoined: boolean; because?: string | undefined }
    | undefined
  card: Posted | undefined
  /** Who has a composer open, and until when that is thought. */
  writing?: readonly Writing[]
  /** The next reply that leaves by itself. */
  scheduled?: { sendAt: number; agentId: string } | undefined
  /** Promises and reminders that are open, soonest due first. */
  followUps?: FollowUp[]
  /** What else this person has written to the desk. */
  story?: Story
  /** What their other cards tell of this one. */
  storyTold?: string | undefined
  /** What agents have said of them. */
  customer?: CustomerWords | undefined
}

/** The beginning of a message: of what is new in it. */
export interface Glimpse {
  /** Who wrote it, where that is not whom the card is about. */
  by?: string | undefined
  text: string
  at: number
  automated: string | undefined
  /** Whether it waits for an answer; said only of a machine's letter. */
  counts?: boolean
  sender: string | undefined
  warnings: string[]
  attachments: number
  editedAt?: number | undefined
  deletedAt?: number | undefined
}

/** Characters of a message that a card reads at most. */
const GLIMPSE_LENGTH = 1000

export async function readCard(db: Reader, conversationId: string): Promise<CardView> {
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'conversation.desk',
      'conversation.channel',
      'conversation.subject',
      'conversation.state',
      'conversation.priority',
      'conversation.spam_at',
      'conversation.snoozed_until',
      'conversation.owner_id',
      'conversation.related_to',
      'conversation.merged_into',
      'conversation.card_channel',
      'conversation.card_ts',
      'conversation.story_told',
      'identity.channel_kind',
      'identity.name',
      'identity.address',
      'identity.contact_id',
    ])
    .where('conversation.id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const windows = await listWindows(db, conversationId)
  const window = windows.find(({ ended_at }) => ended_at === null)
  return {
    conversationId,
    desk: row.desk,
    channel: row.channel,
    channelKind: row.channel_kind,
    contact: { name: row.name ?? undefined, address: row.address },
    subject: row.subject ?? undefined,
    state: row.state,
    priority: row.priority ?? undefined,
    tags: (await listTags(db, conversationId)).map(({ name }) => name),
    isSpam: row.spam_at !== null,
    ownerId: row.owner_id ?? undefined,
    ...(await readOwning(db, conversationId, row)),
    waiting: window && { since: window.started_at, dueAt: window.due_at },
    lastEnd: windows.at(-1)?.ended_as ?? undefined,
    snoozedUntil: row.snoozed_until ?? undefined,
    newest: await findGlimpse(db, conversationId, row),
    messages: await countMessages(db, conversationId),
    trouble: await findTrouble(db, conversationId),
    related: await readRelated(db, conversationId, row),
    card: postedOf(row),
    writing: await listWriting(db, conversationId),
    scheduled: nextOf(await listScheduled(db, conversationId)),
    followUps: await listOpenOf(db, [conversationId], CARD_MAX),
    story: await readStory(db, { id: conversationId, desk: row.desk, contactId: row.contact_id }),
    storyTold: row.story_told ?? undefined,
    customer: await readCustomerWords(db, row.contact_id),
  }
}

function nextOf([first]: readonly ScheduledReply[]): CardView['scheduled'] {
  return first && { sendAt: first.send_at, agentId: first.agent_id }
}

/** Whether the owner is away is said as long as they have not said that they are back; the card has the time. */
async function readOwning(
  db: Reader,
  conversationId: string,
  { owner_id }: { owner_id: string | null },
): Promise<Pick<CardView, 'ownerAway' | 'whyLeft'>> {
  if (owner_id === null) return { whyLeft: await findWhyLeft(db, conversationId) }
  return { ownerAway: await findAway(db, owner_id, 0) }
}

async function countMessages(db: Reader, conversationId: string): Promise<number> {
  const row = await db
    .selectFrom('message')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export function postedOf(row: { card_channel: string | null; card_ts: string | null }): Posted | undefined {
  return row.card_channel !== null && row.card_ts !== null ? { channel: row.card_channel, ts: row.card_ts } : undefined
}

/** The newest message a customer wrote; with `messageId`, that one. */
export async function findGlimpse(
  db: Reader,
  conversationId: string,
  contact: { name: string | null; address: string },
  messageId?: string,
): Promise<Glimpse | undefined> {
  const about = db
    .selectFrom('message')
    .select(['id', 'arrived_at', 'automated', 'bystander', 'sender', 'warnings', 'edited_at', 'deleted_at'])
    .select(['author', 'channel_kind'])
    .select(sql<string>`substr(coalesce(unquoted, text), 1, ${sql.lit(GLIMPSE_LENGTH)})`.as('text'))
    .where('conversation_id', '=', conversationId)
  const row = await (messageId === undefined
    ? about
        .where('direction', '=', 'inbound')
        .where('bystander', 'is', null)
        .where('held_at', 'is', null)
        .orderBy('seq', 'desc')
        .limit(1)
    : about.where('id', '=', messageId)
  ).executeTakeFirst()
  if (!row) return undefined
  const isDeleted = row.deleted_at !== null
  const files = await db
    .selectFrom('attachment')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('message_id', '=', row.id)
    .executeTakeFirstOrThrow()
  const known = { address: contact.address, name: contact.name ?? undefined }
  const by = await nameOfWriter(db, row, known)
  return {
    ...(by !== customerName(known) && { by }),
    // Whoever took it back does not want it read in passing: the thread has it behind a click.
    text: isDeleted ? '' : row.text,
    at: row.arrived_at,
    automated: row.automated ?? undefined,
    ...(row.automated !== null && { counts: await countsNow(db, conversationId, row.id) }),
    sender: row.sender ?? undefined,
    warnings: JSON.parse(row.warnings),
    attachments: Number(files.count),
    editedAt: row.edited_at ?? undefined,
    deletedAt: row.deleted_at ?? undefined,
  }
}

const TROUBLE: ReadonlySet<Delivery> = new Set([
  'deferred',
  'rejected',
  'uncertain',
  'parked',
  'bounced',
  'partly-delivered',
])

async function findTrouble(db: Reader, conversationId: string): Promise<CardView['trouble']> {
  const row = await db
    .selectFrom('message')
    .select(['delivery', 'warnings'])
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'outbound')
    .where('automated', 'is', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row?.delivery || !TROUBLE.has(row.delivery)) return undefined
  return { delivery: row.delivery, reason: reasonOf(row.warnings) }
}

/** All that is said of a reply, be it of several recipients. */
export function reasonOf(warnings: string): string | undefined {
  const all = JSON.parse(warnings) as string[]
  return all.length === 0 ? undefined : all.join(' ')
}

async function readRelated(
  db: Reader,
  conversationId: string,
  { desk, merged_into, related_to }: { desk: string; merged_into: string | null; related_to: string | null },
): Promise<CardView['related']> {
  const id = merged_into ?? related_to
  if (id === null) return undefined
  const row = await db
    .selectFrom('conversation')
    .select(['subject', 'card_channel', 'card_ts'])
    .where('id', '=', id)
    .where('desk', '=', desk) // What another desk's customer wrote about is not shown here.
    .executeTakeFirst()
  if (!row) return undefined
  const because = merged_into === null ? await findRelationReason(db, conversationId) : undefined
  return { subject: row.subject ?? undefined, card: postedOf(row), isJoined: merged_into !== null, because }
}
