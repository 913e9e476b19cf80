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
  /** Of its conversation, as `tagKey` gives them. */
  tags?: readonly string[]
}

export interface SearchFor {
  phrases: readonly Phrase[]
  desks: readonly string[]
  /** All of these it has to have; with one, there need be no words. */
  tags?: readonly string[]
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
const MARK = '='
const SPANS_MS = [1, 1000, 3_600_000]

/** Replaces what stood there for these messages. */
export async function writeEntries(trx: Trx, engine: Engine, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  const known = await findPlaces(trx, entries)
  const rows: { id: string; place: number; words: string[]; desk: string }[] = []
  for (const entry of entries) {
    const place = known.get(entry.messageId) ?? (await freePlace(trx, entry.arrivedAt, rows))
    rows.push({ id: entry.messageId, place, words: allWords(entry), desk: entry.desk })
  }
  if (engine === 'postgres') {
    const values = rows.map(({ id, place, words, desk }) => sql`(${id}, ${place}, ${vectorOf(desk, words)}::tsvector)`)
    await sql`insert into search_entry (message_id, place, words) values ${sql.join(values)}
      on conflict (message_id) do update set words = excluded.words`.execute(trx)
    return
  }
  for (const { id, place, words, desk } of rows) {
    if (known.has(id)) await sql`delete from search_words where rowid = ${place}`.execute(trx)
    else await trx.insertInto('search_entry').values({ message_id: id, place }).execute()
    await sql`insert into search_words (rowid, desk, words) values (${place}, ${hex(desk)}, ${words.join(' ')})`.execute(
      trx,
    )
  }
}

export async function removeEntry(trx: Trx, engine: Engine, messageId: string): Promise<void> {
  const place = (await findPlaces(trx, [{ messageId }])).get(messageId)
  if (place === undefined) return
  if (engine === 'sqlite') await sql`delete from search_words where rowid = ${place}`.execute(trx)
  await trx.deleteFrom('search_entry').where('message_id', '=', messageId).execute()
}

/** Newest first. Only of these desks; of joined conversations the one that goes on. */
export async function findEntries(
  db: Reader,
  engine: Engine,
  { phrases, desks, tags = [], isHead = false, limit }: SearchFor,
): Promise<{ messageId: string; conversationId: string }[]> {
  if (phrases.length + tags.length === 0 || desks.length === 0) return []
  const mark = isHead ? MARK : ''
  const wanted = [...phrases.map(marked(mark)), ...tags.map(asPhrase)]
  const matched =
    engine === 'postgres'
      ? db.selectFrom('search_entry').where(matchesVector(vectorQuery(wanted, desks)))
      : db
          .selectFrom(sql<{ rowid: number }>`search_words`.as('search_words'))
          .innerJoin('search_entry', 'search_entry.place', 'search_words.rowid')
          .where(sql<boolean>`search_words match ${ftsQuery(wanted, desks)}`)
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

async function findPlaces(trx: Trx, entries: readonly { messageId: string }[]): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom('search_entry')
    .selectAll()
    .where(
      'message_id',
      'in',
      entries.map(({ messageId }) => messageId),
    )
    .execute()
  return new Map(rows.map(({ message_id, place }) => [message_id, place]))
}

/** In the millisecond of its arrival, or where that is full, behind what came soon after. `taken` is still to be written. */
async function freePlace(trx: Trx, arrivedAt: number, taken: readonly { place: number }[]): Promise<number> {
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
    const ours = taken.map(({ place }) => place).filter((place) => place >= first && place < end)
    const place = Math.max(first, (row?.place ?? -1) + 1, ...ours.map((one) => one + 1))
    if (place < end) return place
  }
  throw new Error('too many messages arrived within one hour to be searched')
}

/**
 * All it is about, all it says, and once more, marked, what it is about: so that neither engine has to look into what it
 * finds to tell the two apart. What one engine cannot hold, the other one does not get either.
 */
function allWords({ head, body, tags = [] }: Entry): string[] {
  const seen = new Map<string, number>()
  const markedHead = head.map((word) => word && MARK + word)
  const room = Math.max(0, WORDS_MAX - 2 * head.length)
  const words = [
    ...head.slice(0, WORDS_MAX / 2),
    null,
    ...body.slice(0, room),
    null,
    ...markedHead.slice(0, WORDS_MAX / 2),
  ]
  const counted = words.map((word) => {
    if (word === null) return GAP
    const count = (seen.get(word) ?? 0) + 1
    seen.set(word, count)
    return count > REPEATS_MAX ? GAP : word
  })
  return tags.length === 0 ? counted : [...tags.map(tagWord), GAP, ...counted]
}

const hex = (text: string) => Buffer.from(text).toString('hex')
/** No word of a text has such signs in it. */
const deskWord = (desk: string) => `==${hex(desk)}`

/** Neither a word of a text nor a marked one begins with these signs. */
const tagWord = (tag: string) => `${MARK}${GAP}${hex(tag)}`
const asPhrase = (tag: string): Phrase => ({ words: [tagWord(tag)], isPrefix: false })
const marked =
  (mark: string) =>
  ({ words, isPrefix }: Phrase): Phrase => ({ words: words.map((word) => mark + word), isPrefix })

/** A tsvector as PostgreSQL writes it. */
function vectorOf(desk: string, words: readonly string[]): string {
  const places = new Map<string, number[]>()
  for (const [n, word] of words.entries()) {
    if (word === GAP) continue
    const known = places.get(word)
    if (known) known.push(n + 1)
    else places.set(word, [n + 1])
  }
  return [`'${deskWord(desk)}'`, ...[...places].map(([word, at]) => `'${word}':${at.join(',')}`)].join(' ')
}

const matchesVector = (query: string): RawBuilder<boolean> => sql`search_entry.words @@ ${query}::tsquery`

function vectorQuery(phrases: readonly Phrase[], desks: readonly string[]): string {
  const all = phrases.map(({ words, isPrefix }) => {
    const quoted = words.map((word, n) => `'${word}'${isPrefix && n === words.length - 1 ? ':*' : ''}`)
    return `(${quoted.join(' <-> ')})`
  })
  return `(${desks.map((desk) => `'${deskWord(desk)}'`).join(' | ')}) & ${all.join(' & ')}`
}

function ftsQuery(phrases: readonly Phrase[], desks: readonly string[]): string {
  const all = phrases.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`)
  const where = desks.map((desk) => `"${hex(desk)}"`).join(' OR ')
  return `desk : (${where}) AND words : (${all.join(' AND ')})`
}
