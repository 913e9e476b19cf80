// The search index: the second file that knows that there are two engines. Both are given the same words and find the same.
import { type RawBuilder, sql } from 'kysely'
import type { Phrase } from '../search-query.ts'
import type { Engine, Reader, Trx } from './open.ts'

/** The words of a message in their order; null where one field ends and the next begins. */
export interface Entry {
  messageId: string
  /** Epoch milliseconds. */
  arrivedAt: number
  desk: string
  /** Who and what it is about: names, addresses, subjects, numbers, names of files. */
  head: readonly (string | null)[]
  /** What it says. */
  body: readonly (string | null)[]
}

export interface SearchFor {
  phrases: readonly Phrase[]
  desks: readonly string[]
  /** Only in what it is about. */
  isHead?: boolean
  limit: number
}

/** A place is an instant and a number within it, so that reading backwards is reading newest first. */
const PLACES_PER_MS = 2048
const ARRIVAL_MAX = 2 ** 42 - 1
/** PostgreSQL keeps no more places of one word in one entry; what is beyond is left out on both engines. */
const REPEATS_MAX = 250
/** PostgreSQL counts no further. */
export const WORDS_MAX = 16_000
const GAP = '_'
const SPANS_MS = [1, 1000, 3_600_000]

/** Replaces what stood there for this message. */
export async function writeEntry(trx: Trx, engine: Engine, entry: Entry): Promise<void> {
  const known = await findPlace(trx, entry.messageId)
  const place = known ?? (await freePlace(trx, entry.arrivedAt))
  const { head, body } = bounded(entry)
  if (engine === 'postgres') {
    const words = vectorOf(entry.desk, head, body)
    await sql`insert into search_entry (message_id, place, words) values (${entry.messageId}, ${place}, ${words}::tsvector)
      on conflict (message_id) do update set words = excluded.words`.execute(trx)
    return
  }
  if (known === undefined) await trx.insertInto('search_entry').values({ message_id: entry.messageId, place }).execute()
  else await sql`delete from search_words where rowid = ${place}`.execute(trx)
  await sql`insert into search_words (rowid, desk, head, body)
    values (${place}, ${hex(entry.desk)}, ${head.join(' ')}, ${body.join(' ')})`.execute(trx)
}

export async function removeEntry(trx: Trx, engine: Engine, messageId: string): Promise<void> {
  const place = await findPlace(trx, messageId)
  if (place === undefined) return
  if (engine === 'sqlite') await sql`delete from search_words where rowid = ${place}`.execute(trx)
  await trx.deleteFrom('search_entry').where('message_id', '=', messageId).execute()
}

/** Newest first. Only of these desks; of joined conversations the one that goes on. */
export async function findEntries(
  db: Reader,
  engine: Engine,
  { phrases, desks, isHead = false, limit }: SearchFor,
): Promise<{ messageId: string; conversationId: string }[]> {
  if (phrases.length === 0 || desks.length === 0) return []
  const matched =
    engine === 'postgres'
      ? db.selectFrom('search_entry').where(matchesVector(vectorQuery(phrases, desks, isHead)))
      : db
          .selectFrom(sql<{ rowid: number }>`search_words`.as('search_words'))
          .innerJoin('search_entry', 'search_entry.place', 'search_words.rowid')
          .where(sql<boolean>`search_words match ${ftsQuery(phrases, desks, isHead)}`)
  return await matched
    .innerJoin('message', 'message.id', 'search_entry.message_id')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
    .where('conversation.desk', 'in', desks)
    .select(['message.id as messageId', 'conversation.id as conversationId'])
    // By FTS5's own number it streams; by any other it would sort all that it finds.
    .orderBy(engine === 'postgres' ? sql`search_entry.place` : sql`search_words.rowid`, 'desc')
    .limit(limit)
    .execute()
}

async function findPlace(trx: Trx, messageId: string): Promise<number | undefined> {
  const row = await trx
    .selectFrom('search_entry')
    .select('place')
    .where('message_id', '=', messageId)
    .executeTakeFirst()
  return row?.place
}

/** In the millisecond of its arrival, or where that is full, behind what came soon after. */
async function freePlace(trx: Trx, arrivedAt: number): Promise<number> {
  const first = Math.min(Math.max(Math.trunc(arrivedAt), 0), ARRIVAL_MAX) * PLACES_PER_MS
  for (const spanMs of SPANS_MS) {
    const end = first + spanMs * PLACES_PER_MS
    const row = await trx
      .selectFrom('search_entry')
      .select('place')
      .where('place', '>=', first)
      .where('place', '<', end)
      .orderBy('place', 'desc')
      .limit(1)
      .executeTakeFirst()
    const place = row ? row.place + 1 : first
    if (place < end) return place
  }
  throw new Error('too many messages arrived within one hour to be searched')
}

/** What one engine cannot hold, the other one does not get either. */
function bounded({ head, body }: Pick<Entry, 'head' | 'body'>): { head: string[]; body: string[] } {
  const seen = new Map<string, number>()
  let room = WORDS_MAX
  const keep = (words: readonly (string | null)[]) => {
    const kept = words.slice(0, room).map((word) => {
      if (word === null) return GAP
      const count = (seen.get(word) ?? 0) + 1
      seen.set(word, count)
      return count > REPEATS_MAX ? GAP : word
    })
    room -= kept.length
    return kept
  }
  return { head: keep(head), body: keep(body) }
}

const hex = (text: string) => Buffer.from(text).toString('hex')
/** No word of a text has such a sign in it. */
const deskWord = (desk: string) => `=${hex(desk)}`

/** A tsvector as PostgreSQL writes it; what a message is about has the weight A. */
function vectorOf(desk: string, head: readonly string[], body: readonly string[]): string {
  const places = new Map<string, string[]>()
  const add = (word: string, place: string) => {
    if (word === GAP) return
    const known = places.get(word)
    if (known) known.push(place)
    else places.set(word, [place])
  }
  for (const [n, word] of head.entries()) add(word, `${n + 1}A`)
  for (const [n, word] of body.entries()) add(word, `${head.length + n + 2}`)
  return [`'${deskWord(desk)}'`, ...[...places].map(([word, at]) => `'${word}':${at.join(',')}`)].join(' ')
}

const matchesVector = (query: string): RawBuilder<boolean> => sql`search_entry.words @@ ${query}::tsquery`

function vectorQuery(phrases: readonly Phrase[], desks: readonly string[], isHead: boolean): string {
  const weight = isHead ? 'A' : ''
  const mark = (isPrefix: boolean) => (isPrefix || isHead ? `:${isPrefix ? '*' : ''}${weight}` : '')
  const all = phrases.map(
    ({ words, isPrefix }) =>
      `(${words.map((word, n) => `'${word}'${mark(isPrefix && n === words.length - 1)}`).join(' <-> ')})`,
  )
  return `(${desks.map((desk) => `'${deskWord(desk)}'`).join(' | ')}) & ${all.join(' & ')}`
}

function ftsQuery(phrases: readonly Phrase[], desks: readonly string[], isHead: boolean): string {
  const all = phrases.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`)
  const where = desks.map((desk) => `"${hex(desk)}"`).join(' OR ')
  return `desk : (${where}) AND {${isHead ? 'head' : 'head body'}} : (${all.join(' AND ')})`
}
