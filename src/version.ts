// All that a message has ever said, in the order we heard of it. The message itself has the newest by the platform's time.
import type { Selectable } from 'kysely'
import { type Conversation, nextSeq } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { VersionTable } from './db/schema.ts'
import type { Message } from './message.ts'

export type Version = Selectable<VersionTable>

/** Anybody can edit for ever; what is beyond this is kept in the raw event alone. */
const VERSIONS_MAX = 200

export type NewVersion = Pick<Version, 'kind' | 'external_id' | 'text' | 'markdown' | 'at'> & { author?: string }

/** Takes a place in the conversation's order, so that whoever has not seen it is told. Undefined when it was told before. */
export async function addVersion(
  trx: Trx,
  conversation: Conversation,
  message: Message,
  { author, ...version }: NewVersion,
): Promise<Version | undefined> {
  const told = await trx
    .selectFrom('message_version')
    .select('n')
    .where('channel_kind', '=', message.channel_kind)
    .where('external_id', '=', version.external_id)
    .executeTakeFirst()
  if (told) return undefined
  const known = await keepOriginal(trx, message)
  if (known >= VERSIONS_MAX) return undefined
  return await trx
    .insertInto('message_version')
    .values({
      ...version,
      message_id: message.id,
      n: known + 1,
      channel_kind: message.channel_kind,
      seq: await nextSeq(trx, conversation.id),
      author: author ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Before anything else is said in its place. Resolves to how many versions there are. */
async function keepOriginal(trx: Trx, message: Message): Promise<number> {
  const count = await countVersions(trx, message.id)
  if (count > 0) return count
  const { text, markdown, channel_kind, external_id, seq } = message
  const original = { kind: 'original' as const, text, markdown, channel_kind, external_id, seq, at: message.arrived_at }
  await trx
    .insertInto('message_version')
    .values({ ...original, message_id: message.id, n: 1, author: null })
    .execute()
  return 1
}

export async function countVersions(db: Reader, messageId: string): Promise<number> {
  const row = await db
    .selectFrom('message_version')
    .select((eb) => eb.fn.max('n').as('n'))
    .where('message_id', '=', messageId)
    .executeTakeFirst()
  return Number(row?.n ?? 0)
}

/** Empty for a message that says what it has always said. */
export async function listVersions(db: Reader, messageId: string): Promise<Version[]> {
  return await db.selectFrom('message_version').selectAll().where('message_id', '=', messageId).orderBy('n').execute()
}

export async function findVersion(db: Reader, messageId: string, n: number): Promise<Version | undefined> {
  return (await listVersions(db, messageId)).find((version) => version.n === n)
}

/** What it says now: platforms do not always tell of edits in their order. */
export function newestOf(versions: readonly Version[]): Version | undefined {
  return versions
    .filter(({ kind }) => kind !== 'deletion' && kind !== 'retraction')
    .toSorted((a, b) => a.at - b.at || a.n - b.n)
    .at(-1)
}

/** What has changed in a conversation since; messages that are new themselves are not in it. */
export async function listChangedSince(
  db: Reader,
  conversationId: string,
  { seq, exceptBy, max }: { seq: number; exceptBy: string; max: number },
): Promise<Message[]> {
  const changed = db
    .selectFrom('message_version')
    .select('message_version.message_id')
    .where('message_version.seq', '>', seq)
    .where('message_version.kind', '<>', 'original')
    .where((eb) => eb.or([eb('message_version.author', 'is', null), eb('message_version.author', '<>', exceptBy)]))
  return await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', 'in', ['inbound', 'outbound'])
    .where('seq', '<=', seq)
    .where('id', 'in', changed)
    .orderBy('seq')
    .limit(max)
    .execute()
}
