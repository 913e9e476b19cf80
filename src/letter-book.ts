// What each letter has said and who wrote it. The newest version counts, wherever it was made: in Slack, or in its file.
import type { ExpressionBuilder } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import type { Schema } from './db/schema.ts'
import { appendFact } from './fact.ts'

export interface LetterVersion {
  /** `en/refund`; the name of its file without the ending. */
  letter: string
  n: number
  /** An agent; undefined where the file was changed. */
  author: string | undefined
  at: number
  text: string
}

/** Older ones are given up. */
const VERSIONS_MAX = 100

/** By the letter. */
export type Texts = ReadonlyMap<string, string>

/** What files say that they did not say before becomes a version. `before` is what they said when somebody last looked. */
export async function noteFiles(trx: Trx, files: Texts, before: Texts | undefined): Promise<void> {
  await insertVersions(trx, await listNews(trx, { files, before, newest: await findNewest(trx) }))
}

export type Version = Omit<LetterVersion, 'at'>

/** What counts once the program has looked at these files, and what is not offered: for those who only look. */
export async function peekBook(db: Reader, files: Texts): Promise<{ newest: Map<string, Version>; retired: string[] }> {
  const newest = new Map<string, Version>(await findNewest(db))
  for (const version of await listNews(db, { files, before: undefined, newest })) newest.set(version.letter, version)
  return { newest, retired: await listRetired(db) }
}

/**
 * A file that says what its letter said before an edit in Slack is only behind, unless somebody has changed it back while we
 * looked.
 */
async function listNews(
  db: Reader,
  { files, before, newest }: { files: Texts; before: Texts | undefined; newest: ReadonlyMap<string, Version> },
): Promise<Version[]> {
  const news: Version[] = []
  for (const [letter, text] of files) {
    const known = newest.get(letter)
    if (known?.text === text) continue
    const isChanged = before?.has(letter) === true && before.get(letter) !== text
    if (known && !isChanged && (await wasSaid(db, letter, text))) continue
    news.push({ letter, n: (known?.n ?? 0) + 1, author: undefined, text })
  }
  return news
}

async function wasSaid(db: Reader, letter: string, text: string): Promise<boolean> {
  const row = await db
    .selectFrom('letter_version')
    .select('n')
    .where('letter', '=', letter)
    .where('text', '=', text)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Those that were new: somebody else may have made the same at the same moment. */
async function insertVersions(trx: Trx, versions: readonly Version[]): Promise<{ letter: string }[]> {
  if (versions.length === 0) return []
  const rows = await trx
    .insertInto('letter_version')
    .values(
      versions.map(({ author, ...version }) => {
        return { id: trx.newId('lv'), ...version, author: author ?? null, at: trx.now() }
      }),
    )
    .onConflict((conflict) => conflict.columns(['letter', 'n']).doNothing())
    .returning('letter')
    .execute()
  for (const { letter, n } of versions.filter((version) => version.n > VERSIONS_MAX)) {
    await trx
      .deleteFrom('letter_version')
      .where('letter', '=', letter)
      .where('n', '<=', n - VERSIONS_MAX)
      .execute()
  }
  return rows
}

/** An agent's. `seen` is the version they had before them, 0 for a new letter; undefined when it is not the newest any more. */
export async function saveVersion(
  trx: Trx,
  saved: { letter: string; author: string; text: string; seen: number; restored?: number; messageId?: string },
): Promise<number | undefined> {
  const { letter, author, text, seen, restored, messageId } = saved
  const n = seen + 1
  if ((await findVersion(trx, letter))?.n !== (seen === 0 ? undefined : seen)) return undefined
  if ((await insertVersions(trx, [{ letter, n, author, text }])).length === 0) return undefined
  const data = { letter, version: n, ...(restored !== undefined && { restored }) }
  await appendFact(trx, { kind: 'letter-saved', actor: author, ...(messageId !== undefined && { messageId }), data })
  return n
}

/** By the letter. */
export async function findNewest(db: Reader): Promise<Map<string, LetterVersion>> {
  const rows = await db
    .selectFrom('letter_version')
    .where(isNewest)
    .select(['letter', 'n', 'author', 'at', 'text'])
    .execute()
  return new Map(rows.map((row) => [row.letter, versionOf(row)]))
}

/** Who changed each letter last, and when. */
export async function listLastChanges(db: Reader): Promise<Map<string, Omit<LetterVersion, 'text'>>> {
  const rows = await db.selectFrom('letter_version').where(isNewest).select(['letter', 'n', 'author', 'at']).execute()
  return new Map(rows.map((row) => [row.letter, { ...row, author: row.author ?? undefined }]))
}

/** As a condition: no other version of the letter is newer. */
function isNewest({ selectFrom, exists, not }: ExpressionBuilder<Schema, 'letter_version'>) {
  const newer = selectFrom('letter_version as newer')
    .select('newer.n')
    .whereRef('newer.letter', '=', 'letter_version.letter')
    .whereRef('newer.n', '>', 'letter_version.n')
  return not(exists(newer))
}

/** The newest unless a number is given. */
export async function findVersion(db: Reader, letter: string, n?: number): Promise<LetterVersion | undefined> {
  const versions = db.selectFrom('letter_version').selectAll().where('letter', '=', letter)
  const row = await (n === undefined
    ? versions.orderBy('n', 'desc').limit(1)
    : versions.where('n', '=', n)
  ).executeTakeFirst()
  return row && versionOf(row)
}

/** The newest first. */
export async function listVersions(db: Reader, letter: string, limit: number): Promise<LetterVersion[]> {
  const rows = await db
    .selectFrom('letter_version')
    .selectAll()
    .where('letter', '=', letter)
    .orderBy('n', 'desc')
    .limit(limit)
    .execute()
  return rows.map(versionOf)
}

function versionOf(row: Omit<LetterVersion, 'author'> & { author: string | null }): LetterVersion {
  const { letter, n, author, at, text } = row
  return { letter, n, author: author ?? undefined, at, text }
}

/** Whether somebody has written one of its versions. */
export async function hasWritten(db: Reader, letter: string, agentId: string): Promise<boolean> {
  const row = await db
    .selectFrom('letter_version')
    .select('n')
    .where('letter', '=', letter)
    .where('author', '=', agentId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** It is not offered from now on; what was sent from it still names it. */
export async function retire(trx: Trx, letter: string, by: string): Promise<void> {
  const row = await trx
    .insertInto('letter_retired')
    .values({ letter, by, at: trx.now() })
    .onConflict((conflict) => conflict.column('letter').doNothing())
    .returning('letter')
    .executeTakeFirst()
  if (row) await appendFact(trx, { kind: 'letter-retired', actor: by, data: { letter } })
}

export async function bringBack(trx: Trx, letter: string, by: string): Promise<void> {
  const row = await trx.deleteFrom('letter_retired').where('letter', '=', letter).returning('letter').executeTakeFirst()
  if (row) await appendFact(trx, { kind: 'letter-brought-back', actor: by, data: { letter } })
}

export async function listRetired(db: Reader): Promise<string[]> {
  const rows = await db.selectFrom('letter_retired').select('letter').execute()
  return rows.map(({ letter }) => letter)
}

/** Changes with everything that is kept here. */
export async function bookSignature(db: Reader): Promise<string> {
  const versions = await db
    .selectFrom('letter_version')
    .select(({ fn }) => [fn.countAll().as('count'), fn.max('id').as('last')])
    .executeTakeFirst()
  const retired = await db
    .selectFrom('letter_retired')
    .select(({ fn }) => [fn.countAll().as('count'), fn.max('at').as('last')])
    .executeTakeFirst()
  return [versions?.count, versions?.last, retired?.count, retired?.last].join(' ')
}
