// Tags: free short words by which agents of a desk tell its conversations from others.
import type { Reader, Trx } from './db/open.ts'
import { wordsOf } from './search-words.ts'

/** Of one conversation. */
export const TAGS_MAX = 10
export const TAG_LENGTH_MAX = 30
/** Of one desk: whoever has so many has words and no tags. */
export const DESK_TAGS_MAX = 1000

export interface Tag {
  id: string
  name: string
}

/** `Late delivery, #Refund` is `late-delivery` and `refund`. What is left out has no letter and no figure in it. */
export function parseTags(typed: string): string[] {
  return [...new Set(typed.split(/[,;\n]/).flatMap((part) => parseTag(part) ?? []))]
}

/** A tag as it is kept: lower case, without signs that mean something somewhere. */
function parseTag(typed: string): string | undefined {
  const words = typed
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replaceAll(/^[-\p{M}]+|-+$/gu, '')
  const short = [...words].slice(0, TAG_LENGTH_MAX).join('').replace(/-+$/, '')
  return short === '' ? undefined : short
}

/** What a tag is found by: accents and signs make no difference. */
export function tagKey(name: string): string {
  return wordsOf(name)
    .map(({ text }) => text)
    .join(' ')
}

/** In the order of the alphabet. */
export async function listTags(db: Reader, conversationId: string): Promise<Tag[]> {
  return (await listTagsOf(db, [conversationId])).get(conversationId) ?? []
}

export async function listTagsOf(db: Reader, conversationIds: readonly string[]): Promise<Map<string, Tag[]>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('conversation_tag')
    .innerJoin('tag', 'tag.id', 'conversation_tag.tag_id')
    .select(['conversation_tag.conversation_id', 'tag.id', 'tag.name'])
    .where('conversation_tag.conversation_id', 'in', conversationIds)
    .orderBy('tag.name')
    .execute()
  const grouped = Map.groupBy(rows, (row) => row.conversation_id)
  return new Map([...grouped].map(([id, tags]) => [id, tags.map((tag) => ({ id: tag.id, name: tag.name }))]))
}

/** The desk's, most used first. */
export async function listKnownTags(db: Reader, desk: string, limit: number): Promise<Tag[]> {
  return await db
    .selectFrom('tag')
    .leftJoin('conversation_tag', 'conversation_tag.tag_id', 'tag.id')
    .select(['tag.id', 'tag.name'])
    .where('tag.desk', '=', desk)
    .groupBy(['tag.id', 'tag.name'])
    .orderBy((eb) => eb.fn.count('conversation_tag.conversation_id'), 'desc')
    .orderBy('tag.name')
    .limit(limit)
    .execute()
}

/** The desk's tags of these names, made where it has none. Undefined when it would have too many. */
export async function findOrAddTags(trx: Trx, desk: string, names: readonly string[]): Promise<Tag[] | undefined> {
  if (names.length === 0) return []
  const known = await findTags(trx, desk, names)
  const missing = names.filter((name) => !known.some((tag) => tag.name === name))
  if (missing.length === 0) return known
  const { count } = await trx
    .selectFrom('tag')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('desk', '=', desk)
    .executeTakeFirstOrThrow()
  if (Number(count) + missing.length > DESK_TAGS_MAX) return undefined
  await trx
    .insertInto('tag')
    .values(missing.map((name) => ({ id: trx.newId('tg'), desk, name })))
    .onConflict((oc) => oc.doNothing())
    .execute()
  return await findTags(trx, desk, names)
}

async function findTags(db: Reader, desk: string, names: readonly string[]): Promise<Tag[]> {
  return await db.selectFrom('tag').select(['id', 'name']).where('desk', '=', desk).where('name', 'in', names).execute()
}

/** Those of these ids that are the desk's. */
export async function keepOfDesk(db: Reader, desk: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('tag').select('id').where('desk', '=', desk).where('id', 'in', ids).execute()
  return rows.map(({ id }) => id)
}

/** Those that it did not have. */
export async function addTags(trx: Trx, conversationId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const added = await trx
    .insertInto('conversation_tag')
    .values(ids.map((tag_id) => ({ conversation_id: conversationId, tag_id })))
    .onConflict((oc) => oc.doNothing())
    .returning('tag_id')
    .execute()
  return added.map(({ tag_id }) => tag_id)
}

/** Those that it had. */
export async function removeTags(trx: Trx, conversationId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const removed = await trx
    .deleteFrom('conversation_tag')
    .where('conversation_id', '=', conversationId)
    .where('tag_id', 'in', ids)
    .returning('tag_id')
    .execute()
  return removed.map(({ tag_id }) => tag_id)
}
