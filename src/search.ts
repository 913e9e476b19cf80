// Finds conversations by what was said in them and by whom: best first, then newest, and only at the desks that are asked.
import { sql } from 'kysely'
import type { Reader } from './db/open.ts'
import type { ConversationState, Direction } from './db/schema.ts'
import { findEntries, type SearchFor } from './db/search.ts'
import type { SearchReader } from './db/search-thread.ts'
import type { Priority } from './fact.ts'
import { countOwed } from './search-index.ts'
import { type Phrase, parseFilters, parseSearch } from './search-query.ts'
import { type Snippet, snippetOf } from './snippet.ts'
import { listTagsOf } from './tag.ts'

/** A conversation, with what is known of it wherever it is listed. */
export interface Listed {
  conversationId: string
  desk: string
  channelKind: string
  name: string | undefined
  address: string
  subject: string | undefined
  state: ConversationState
  ownerId: string | undefined
  card: { channel: string; ts: string } | undefined
  openedAt: number
  priority: Priority | undefined
  tags: string[]
  isSpam: boolean
  /** Its messages are in another one. */
  isJoined: boolean
}

export interface Hit extends Listed {
  direction: Direction
  at: number
  snippet: Snippet
}

export interface Found {
  hits: Hit[]
  /** How many conversations there are in all. */
  total: number
  /** There may be more than were counted. */
  isCut: boolean
  /** How many messages have still to be taken into the index. */
  owed: number
}

export interface SearchRequest {
  typed: string
  desks: readonly string[]
  /** How many conversations come before. */
  skip: number
  limit: number
}

/** Messages that are looked at; a page is made of their conversations. */
const ENTRIES_MAX = 200
const TEXT_LENGTH_MAX = 100_000

/** Undefined when there is no word in what was typed. Rejects when it takes too long. */
export async function search(db: SearchReader, request: SearchRequest): Promise<Found | undefined> {
  const { typed, desks, skip, limit } = request
  const { tags, words } = parseFilters(typed)
  const phrases = parseSearch(words)
  if (phrases.length + tags.length === 0) return undefined
  const wanted: SearchFor = { phrases, tags, desks, limit: ENTRIES_MAX }
  const best = phrases.length === 0 ? [] : await findEntries(db, db.engine, { ...wanted, isHead: true })
  const all = await findEntries(db, db.engine, wanted)
  // The first message of each: Map keeps the place at which a key was seen first.
  const found = new Map<string, string>()
  for (const { conversationId, messageId } of [...best, ...all])
    if (!found.has(conversationId)) found.set(conversationId, messageId)
  const page = [...found].slice(skip, skip + limit)
  return {
    hits: await readHits(db, page, phrases),
    total: found.size,
    isCut: best.length === ENTRIES_MAX || all.length === ENTRIES_MAX,
    owed: await countOwed(db),
  }
}

async function readHits(db: Reader, page: readonly [string, string][], phrases: readonly Phrase[]): Promise<Hit[]> {
  if (page.length === 0) return []
  const listed = await listConversations(
    db,
    page.map(([conversationId]) => conversationId),
  )
  const messages = await db
    .selectFrom('message')
    .select(['id', 'direction', 'arrived_at', sql<string>`substr(text, 1, ${sql.lit(TEXT_LENGTH_MAX)})`.as('text')])
    .where(
      'id',
      'in',
      page.map(([, messageId]) => messageId),
    )
    .execute()
  return page.flatMap(([conversationId, messageId]) => {
    const about = listed.find((one) => one.conversationId === conversationId)
    const message = messages.find(({ id }) => id === messageId)
    if (!about || !message) return []
    const { direction, arrived_at: at, text } = message
    return [{ ...about, direction, at, snippet: snippetOf(text, phrases) }]
  })
}

export async function listConversations(db: Reader, ids: readonly string[]): Promise<Listed[]> {
  if (ids.length === 0) return []
  const rows = await listed(db).where('conversation.id', 'in', ids).execute()
  return await toListed(db, rows)
}

export const listed = (db: Reader) =>
  db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'conversation.id',
      'conversation.desk',
      'conversation.subject',
      'conversation.state',
      'conversation.owner_id',
      'conversation.card_channel',
      'conversation.card_ts',
      'conversation.opened_at',
      'conversation.priority',
      'conversation.spam_at',
      'conversation.merged_into',
      'identity.channel_kind',
      'identity.name',
      'identity.address',
    ])

type ListedRow = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number]

export async function toListed(db: Reader, rows: readonly ListedRow[]): Promise<Listed[]> {
  const tags = await listTagsOf(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) =>
    listedOf(
      row,
      (tags.get(row.id) ?? []).map(({ name }) => name),
    ),
  )
}

function listedOf(row: ListedRow, tags: string[]): Listed {
  const { card_channel: channel, card_ts: ts } = row
  return {
    conversationId: row.id,
    desk: row.desk,
    channelKind: row.channel_kind,
    name: row.name ?? undefined,
    address: row.address,
    subject: row.subject ?? undefined,
    state: row.state,
    ownerId: row.owner_id ?? undefined,
    card: channel !== null && ts !== null ? { channel, ts } : undefined,
    openedAt: row.opened_at,
    priority: row.priority ?? undefined,
    tags,
    isSpam: row.spam_at !== null,
    isJoined: row.merged_into !== null,
  }
}

/** A person's conversations on all channels, newest first; undefined when nobody has this address. */
export async function listHistory(
  db: Reader,
  { address, desks, skip, limit }: { address: string; desks: readonly string[]; skip: number; limit: number },
): Promise<{ conversations: Listed[]; isMore: boolean } | undefined> {
  const wanted = address.trim()
  const owners = db
    .selectFrom('identity')
    .select('contact_id')
    .where('address', 'in', [...new Set([wanted, wanted.toLowerCase()])])
  const persons = db
    .selectFrom('contact')
    .select((eb) => eb.fn.coalesce('person_id', 'id').as('person'))
    .where('id', 'in', owners)
  const known = await db
    .selectFrom('identity')
    .select('identity.id')
    .innerJoin('contact', 'contact.id', 'identity.contact_id')
    .where((eb) =>
      eb.or([eb('contact.id', 'in', owners), eb('contact.id', 'in', persons), eb('contact.person_id', 'in', persons)]),
    )
    .limit(IDENTITIES_MAX)
    .execute()
  if (known.length === 0 || desks.length === 0) return undefined
  const rows = await listed(db)
    .where(
      'conversation.identity_id',
      'in',
      known.map(({ id }) => id),
    )
    .where('conversation.desk', 'in', desks)
    .where('conversation.merged_into', 'is', null)
    // What one of us began and never sent is nothing yet.
    .where((eb) => eb.or([eb('conversation.seq_last', '>', 0), eb('conversation.state', '<>', 'closed')]))
    .orderBy('conversation.id', 'desc')
    .offset(skip)
    .limit(limit + 1)
    .execute()
  if (rows.length === 0 && skip === 0) return undefined
  return { conversations: await toListed(db, rows.slice(0, limit)), isMore: rows.length > limit }
}

const IDENTITIES_MAX = 200
