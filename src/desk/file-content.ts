// The bytes of what is brought into a thread: the original, a text too long for posts, or an attachment, read out on demand.
import { getBlob } from '../blob.ts'
import { type Channel, channelKind, SendError } from '../channel.ts'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage, type Message } from '../message.ts'
import { fileName, sizeWords } from './file-name.ts'
import type { FileOf } from './thread-file.ts'

export interface FileContent {
  name: string
  title: string
  bytes: Uint8Array
}

export interface FileReading {
  db: Reader
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
}

export const FILE_BYTES_MAX = 50 * 1024 * 1024

/** Why it cannot be brought, in a sentence that says what to do; undefined when it can. */
export function findFileObjection(bytes: number): string | undefined {
  if (bytes === 0) return 'It is empty: there is nothing to show.'
  if (bytes <= FILE_BYTES_MAX) return undefined
  return `It is too large to bring here (${sizeWords(bytes)}). It is kept in Deskbell and lies in the mailbox.`
}

/** Why a file behind a link of the platform's is not here. */
export function findFetchObjection(file: { fetch: string | null; fetch_error: string | null }): string | undefined {
  if (file.fetch === 'due') return 'It is being fetched from the platform. Try again in a moment.'
  if (file.fetch === 'failed') return file.fetch_error ?? 'It could not be fetched.'
  return undefined
}

/** Throws `SendError` with a sentence for people where there is nothing to bring. */
export async function readFileContent(reading: FileReading, messageId: string, what: FileOf): Promise<FileContent> {
  const message = await getMessage(reading.db, messageId)
  const content = await readContent(reading, message, what)
  const objection = findFileObjection(content.bytes.byteLength)
  if (objection) throw refused(objection)
  return content
}

async function readContent({ db, channelOf }: FileReading, message: Message, what: FileOf): Promise<FileContent> {
  if (what === 'text') return textFile(message, await readText(db, message))
  if (what === 'original') {
    const name = `${message.id}.${message.channel_kind === 'email' ? 'eml' : 'json'}`
    return { name, title: 'The original', bytes: await readRaw(db, message.blob_id) }
  }
  const row = await db.selectFrom('attachment').selectAll().where('id', '=', what).executeTakeFirst()
  if (!row || row.message_id !== message.id) throw refused('It is not kept any more.')
  const objection = findFetchObjection(row) ?? findFileObjection(row.bytes)
  if (objection) throw refused(objection)
  if (row.fetched_blob_id !== null) {
    const fetched = fileName(row.name)
    return { name: fetched, title: fetched, bytes: await readRaw(db, row.fetched_blob_id) }
  }
  const channelName = await findArrival(db, message)
  const name = fileName(row.name)
  const bytes = await readAttachment(channelFor(channelOf, channelName), await readRaw(db, row.blob_id), row.ref)
  return { name, title: name, bytes }
}

/** By which channel it came: not always the conversation's own. */
async function findArrival(db: Reader, { id, conversation_id, channel_kind }: Message): Promise<string> {
  const { channel } = await getConversation(db, conversation_id)
  if (channelKind(channel) === channel_kind) return channel
  const seen = await db
    .selectFrom('message_source')
    .select('channel')
    .where('message_id', '=', id)
    .orderBy('seen_at')
    .limit(1)
    .executeTakeFirst()
  return seen?.channel ?? channel
}

function textFile({ id }: Message, text: string): FileContent {
  return { name: `${id}.txt`, title: 'The whole text', bytes: new TextEncoder().encode(text) }
}

/** Of a reply, exactly what left. */
async function readText(db: Reader, { id, text, direction }: Message): Promise<string> {
  if (direction !== 'outbound') return text
  const parts = await db.selectFrom('part').select('preview').where('message_id', '=', id).orderBy('n').execute()
  return parts.length > 0 ? parts.map(({ preview }) => preview).join('\n\n') : text
}

async function readRaw(db: Reader, blobId: string | null): Promise<Uint8Array> {
  if (blobId === null) throw refused('The original is not kept any more.')
  try {
    return await getBlob(db, blobId)
  } catch (error) {
    throw refused('The original is not kept any more.', error)
  }
}

function channelFor(channelOf: FileReading['channelOf'], name: string): Channel {
  try {
    return channelOf(name)
  } catch (error) {
    throw refused(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

async function readAttachment(channel: Channel, raw: Uint8Array, ref: string): Promise<Uint8Array> {
  try {
    return channel.readAttachment ? await channel.readAttachment(raw, ref) : await collect(channel.fetchAttachment(ref))
  } catch (error) {
    throw refused('It could not be read out of the original. “Show original” has the whole mail.', error)
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > FILE_BYTES_MAX) throw refused(findFileObjection(bytes) ?? 'It is too large.')
    all.push(chunk)
  }
  return Buffer.concat(all)
}

function refused(said: string, cause?: unknown): SendError {
  return new SendError({ kind: 'rejected' }, said, { cause })
}
