// The files of a chat message lie behind links of the platform's that expire: each is fetched by an effect of its own, and kept.
import { keepBlobs } from './blob.ts'
import { type Channel, type InboundAttachment, SendError } from './channel.ts'
import { type Clock, DAY } from './clock.ts'
import { getConversation, refreshEntry } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { getMessage, insertAttachments, type Message } from './message.ts'
import { type Effect, put } from './outbox.ts'
import type { Handler, Settled } from './outbox-attempt.ts'

/** For whatever of this message is not fetched yet. No lane: a large file holds up nothing. */
export async function putFetches(trx: Trx, channel: string, message: Pick<Message, 'id' | 'conversation_id'>) {
  const due = await trx
    .selectFrom('attachment')
    .select('id')
    .where('message_id', '=', message.id)
    .where('fetch', '=', 'due')
    .orderBy('id')
    .execute()
  for (const { id } of due) {
    await put(trx, {
      kind: 'fetch',
      conversationId: message.conversation_id,
      payload: { attachmentId: id, channel },
      rateKey: `fetch:${channel}`,
      dedupe: `fetch:${id}`,
      dueAt: trx.now(),
    })
  }
}

/** What an edit has added is there now; what it has taken away stays, and says so. */
export async function replaceAttachments(
  trx: Trx,
  messageId: string,
  now: readonly InboundAttachment[],
  sighted: { blobId: string; isLinked?: boolean | undefined },
): Promise<void> {
  const known = await trx.selectFrom('attachment').selectAll().where('message_id', '=', messageId).execute()
  // A link to the same file may look different each time.
  const isSame = (a: { name: string; bytes: number; ref: string }, b: typeof a) =>
    a.ref === b.ref || (a.name === b.name && a.bytes === b.bytes)
  const { blobId, isLinked = false } = sighted
  const added = now.filter((file) => !known.some((row) => isSame(row, file)))
  await insertAttachments(trx, messageId, added, { blobId, isLinked })
  for (const row of known) {
    const isGone = !now.some((file) => isSame(row, file))
    if (isGone === (row.removed_at !== null)) continue
    const removed_at = isGone ? trx.now() : null
    await trx.updateTable('attachment').set({ removed_at }).where('id', '=', row.id).execute()
  }
}

export interface FetchOptions {
  db: Db
  clock: Pick<Clock, 'now'>
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  bytesMax: number
}

export function fetchHandler(options: FetchOptions): Handler {
  return {
    async send(effect) {
      const { attachmentId, channel } = payloadOf(effect)
      const row = await getAttachment(options.db, attachmentId)
      if (row.fetch === 'done') return { kind: 'moot', reason: 'it is here already' }
      const bytes = await collect(channelFor(options, channel), row.ref, options.bytesMax).catch((error: unknown) => {
        throw options.clock.now() - effect.startedAt < GIVE_UP_MS ? error : givenUp(error)
      })
      const [blobId] = await options.db.transaction((trx) => keepBlobs(trx, [bytes]))
      return { kind: 'accepted', detail: { blobId, bytes: bytes.byteLength } }
    },
    // To have fetched it twice is to have it once.
    verify: async () => ({ kind: 'repeatable' }),
    settle,
  }
}

function payloadOf(effect: Effect): { attachmentId: string; channel: string } {
  return JSON.parse(effect.payload)
}

async function getAttachment(db: Reader, id: string) {
  return await db.selectFrom('attachment').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

function channelFor({ channelOf }: FetchOptions, name: string): Channel {
  try {
    return channelOf(name)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new SendError({ kind: 'temporary', account: true }, said, { cause: error })
  }
}

/** Nothing outside has changed when it breaks off: whatever it was, it may be tried again. */
async function collect(channel: Channel, ref: string, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of channel.fetchAttachment(ref)) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) throw tooLarge(bytesMax)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof SendError && error.failure.kind !== 'uncertain') throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new SendError({ kind: 'temporary' }, `it could not be fetched: ${said}`, { cause: error })
  }
}

/** Links have expired by then, whatever the reason is. */
const GIVE_UP_MS = DAY

function givenUp(error: unknown): SendError {
  const said = `Given up after a day: ${error instanceof Error ? error.message : String(error)}`
  return new SendError({ kind: 'rejected' }, said, { cause: error })
}

const MB = 1024 * 1024

function tooLarge(bytesMax: number): SendError {
  const most = bytesMax < MB ? `${bytesMax} bytes` : `${Math.floor(bytesMax / MB)} MB`
  const said = `It is larger than the ${most} that Deskbell keeps (limits.attachment_max). Look at it where it was sent.`
  return new SendError({ kind: 'rejected' }, said)
}

async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  const { attachmentId } = payloadOf(effect)
  if (settled.kind === 'accepted') {
    const { blobId, bytes } = settled.detail as { blobId: string; bytes: number }
    return await end(trx, attachmentId, { fetch: 'done', fetched_blob_id: blobId, bytes, fetch_error: null })
  }
  if (settled.kind !== 'rejected' && settled.kind !== 'parked') return
  await end(trx, attachmentId, { fetch: 'failed', fetch_error: settled.error })
}

type Ended =
  | { fetch: 'done'; fetched_blob_id: string; bytes: number; fetch_error: null }
  | { fetch: 'failed'; fetch_error: string }

async function end(trx: Trx, id: string, ended: Ended): Promise<void> {
  const { message_id } = await trx
    .updateTable('attachment')
    .set(ended)
    .where('id', '=', id)
    .returning('message_id')
    .executeTakeFirstOrThrow()
  const message = await getMessage(trx, message_id)
  const kind = ended.fetch === 'done' ? 'attachment-fetched' : 'attachment-lost'
  const about = { conversationId: message.conversation_id, messageId: message_id }
  await appendFact(trx, { kind, ...about, data: { attachment: id } })
  await refreshEntry(trx, await getConversation(trx, message.conversation_id), message_id)
}
