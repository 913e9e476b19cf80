// Takes what was said into the search index, some of it at a time, so that nothing waits for it.

import { sql } from 'kysely'
import { SECOND } from './clock.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import { removeEntry, WORDS_MAX, writeEntries } from './db/search.ts'
import { put } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'
import { wordsOf } from './search-words.ts'
import { listTagsOf, tagKey } from './tag.ts'

const BATCH_MAX = 50
/** Characters of all messages of a batch; one message that has more is a batch of its own. */
const BATCH_LENGTH = 200_000
const TEXT_BYTES_MAX = 100_000
const FIELD_LENGTH = 2000
const FIELDS_MAX = 300
const LOOK_EVERY_MS = 5 * SECOND
const BEHIND_MAX = 1000

/** One `index` effect looks now and then whether something is owed, for as long as the program runs. */
export async function armIndex(db: Db): Promise<void> {
  await db.transaction((trx) =>
    put(trx, { kind: 'index', payload: {}, rateKey: CLOCK_KEY, coalesceKey: 'index', dueAt: trx.now() }),
  )
}

export function indexHandler(engine: Db['engine']): LocalHandler {
  return async (trx) => {
    const { isMore } = await indexBatch(trx, engine)
    return { againAt: trx.now() + (isMore ? 1 : LOOK_EVERY_MS) }
  }
}

/** Takes in the newest of what is owed. */
export async function indexBatch(trx: Trx, engine: Db['engine']): Promise<{ isMore: boolean }> {
  const owed = await trx
    .selectFrom('search_owed')
    .leftJoin('message', 'message.id', 'search_owed.message_id')
    .select(['search_owed.message_id as id', sql<number | null>`length(message.text)`.as('length')])
    .orderBy('search_owed.message_id', 'desc')
    .limit(BATCH_MAX)
    .execute()
  const ids = fitting(owed)
  if (ids.length === 0) return { isMore: false }
  // Whoever is writing to one of them holds its row: it is left for the next time, and read after their commit.
  const held = await trx
    .selectFrom('search_owed')
    .select('message_id')
    .where('message_id', 'in', ids)
    .forUpdate()
    .skipLocked()
    .execute()
  const taken = held.map(({ message_id }) => message_id)
  if (taken.length === 0) return { isMore: false }
  await trx.deleteFrom('search_owed').where('message_id', 'in', taken).execute()
  const entries = await readEntries(trx, taken)
  await writeEntries(trx, engine, entries)
  const there = new Set(entries.map(({ messageId }) => messageId))
  for (const id of taken) if (!there.has(id)) await removeEntry(trx, engine, id)
  return { isMore: owed.length === BATCH_MAX || ids.length < owed.length }
}

/** How many messages are not in the index yet; no more than a thousand are counted. */
export async function countOwed(db: Reader): Promise<number> {
  const some = db.selectFrom('search_owed').select('message_id').limit(BEHIND_MAX)
  const row = await db
    .selectFrom(some.as('some'))
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function fitting(owed: readonly { id: string; length: number | null }[]): string[] {
  const ids: string[] = []
  let room = BATCH_LENGTH
  for (const { id, length } of owed) {
    if (ids.length > 0 && room < (length ?? 0)) break
    room -= length ?? 0
    ids.push(id)
  }
  return ids
}

async function readEntries(trx: Trx, ids: readonly string[]) {
  const rows = await trx
    .selectFrom('message')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .innerJoin('contact', 'contact.id', 'identity.contact_id')
    .select([
      'message.id',
      'message.author',
      'message.direction',
      'message.subject',
      'message.arrived_at',
      'conversation.id as conversation_id',
      'conversation.desk',
      'conversation.subject as topic',
      'identity.name',
      'identity.address',
      'contact.name as contact_name',
    ])
    .select(sql<string>`substr(message.text, 1, ${sql.lit(TEXT_BYTES_MAX)})`.as('text'))
    .where('message.id', 'in', ids)
    .orderBy('message.id') // Of those that arrived in one millisecond the later one is the newer one.
    .execute()
  const people = await trx
    .selectFrom('participant')
    .select(['conversation_id', 'name', 'address'])
    .where('conversation_id', 'in', rows.length > 0 ? rows.map((row) => row.conversation_id) : [''])
    .execute()
  const files = await trx
    .selectFrom('attachment')
    .select(['message_id', 'name'])
    .where('message_id', 'in', ids)
    .execute()
  const tagged = await listTagsOf(
    trx,
    rows.map((row) => row.conversation_id),
  )
  return rows.map((row) => {
    const tags = (tagged.get(row.conversation_id) ?? []).map(({ name }) => name)
    const fields = [
      ...[row.conversation_id, row.id, row.contact_name, row.name, row.address, row.topic, row.subject],
      ...(row.direction === 'inbound' ? [row.author] : []),
      ...files.filter((file) => file.message_id === row.id).map(({ name }) => name),
      ...people
        .filter((person) => person.conversation_id === row.conversation_id)
        .flatMap(({ name, address }) => [name, address]),
      ...tags,
    ]
    const { id: messageId, arrived_at: arrivedAt, desk, text } = row
    return { messageId, arrivedAt, desk, tags: tags.map(tagKey), ...entryWords(fields, text) }
  })
}

/** All of a message that can be found, within a hundred kilobytes. */
export function entryWords(
  fields: readonly (string | null)[],
  text: string,
): { head: (string | null)[]; body: string[] } {
  let room = TEXT_BYTES_MAX
  const within = (words: readonly { text: string }[]) => {
    const kept: string[] = []
    for (const word of words) {
      room -= Buffer.byteLength(word.text) + 1
      if (room < 0) break
      kept.push(word.text)
    }
    return kept
  }
  const distinct = [...new Set(fields.filter((field) => field !== null))].slice(0, FIELDS_MAX)
  const head = distinct.flatMap((field, n) => [
    ...(n === 0 ? [] : [null]),
    ...within(wordsOf(field.slice(0, FIELD_LENGTH), WORDS_MAX)),
  ])
  return { head, body: within(wordsOf(text, WORDS_MAX)) }
}
