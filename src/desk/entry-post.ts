// Brings a message's entry into the card's thread, post by post, each on record before the next.
import { getBlob } from '../blob.ts'
import { SendError } from '../channel.ts'
import type { Db, Trx } from '../db/open.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Look, Outcome } from '../outbox-attempt.ts'
import { codeOf } from '../slack/trouble.ts'
import { uploadFile } from '../slack/upload.ts'
import type { DeskPosting } from './card-post.ts'
import { type EntryFile, type EntryPlan, renderEntry } from './entry.ts'
import { type EntryView, FILE_MARK, readEntry } from './entry-view.ts'
import { type Finder, makeFinder } from './find-post.ts'
import { inDesk, post, update } from './post.ts'
import type { Posted } from './view.ts'

export function entryHandler(options: DeskPosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const view = await readEntry(db, messageOf(effect))
      if (!view) return NOTHING
      if (!view.card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      return await inDesk(bring(options, view, view.card, effect.id))
    },
    async verify(effect) {
      const view = await readEntry(db, messageOf(effect))
      if (!view) return NOTHING
      return view.card ? await look(db, finder, effect, view, view.card) : { kind: 'absent' }
    },
  }
}

const NOTHING: Outcome = { kind: 'moot', reason: 'what was typed in the thread stands there already' }

function messageOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { messageId: string }).messageId
}

async function bring({ db, room }: DeskPosting, view: EntryView, card: Posted, oid: string): Promise<Outcome> {
  const { posts, file } = renderEntry(view)
  const [head] = view.posts
  if (head) await renew(room.clients.board, head, posts[0])
  for (const [n, content] of posts.entries()) {
    if (n < view.posts.length) continue
    const place = { channel: card.channel, threadTs: card.ts }
    const posted = await post(room.clients.post, place, content, { oid, n }, 'post the message in the thread')
    await db.transaction((trx) => record(trx, view, posted))
  }
  if (file && !view.hasFile) {
    const bytes = await bytesOf(db, file)
    const place = { channel: card.channel, threadTs: card.ts }
    const id = await uploadFile(room.clients.post, { ...place, name: file.name, title: file.title, bytes })
    await db.transaction((trx) => record(trx, view, { channel: card.channel, ts: FILE_MARK + id }))
  }
  return { kind: 'accepted' }
}

/** Somebody deleted it in Slack: that was their decision. */
async function renew(client: Parameters<typeof update>[0], head: Posted, content: EntryPlan['posts'][0]) {
  try {
    await update(client, head, content, 'update the message in the thread')
  } catch (error) {
    if (codeOf(error) !== 'message_not_found') throw error
  }
}

async function bytesOf(db: Db, { content }: EntryFile): Promise<Uint8Array> {
  return content.kind === 'text' ? new TextEncoder().encode(content.text) : await getBlob(db, content.blobId)
}

async function record(trx: Trx, { conversationId, messageId }: EntryView, { channel, ts }: Posted): Promise<void> {
  await trx
    .insertInto('desk_post')
    .values({ channel, ts, conversation_id: conversationId, message_id: messageId })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** What is found is put on record, so that the next attempt goes on behind it. */
async function look(db: Db, finder: Finder, effect: Effect, view: EntryView, card: Posted): Promise<Look> {
  const { posts, file } = renderEntry(view)
  const isMissing = view.posts.length < posts.length || (file !== undefined && !view.hasFile)
  if (!isMissing) return { kind: 'repeatable' }
  const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
  if (!found) return { kind: 'unknown' }
  const mine = found.filter(({ n, ts }) => n !== undefined && !view.posts.some((known) => known.ts === ts))
  const shared = view.hasFile ? undefined : found.find(({ files }) => file !== undefined && files.includes(file.name))
  await db.transaction(async (trx) => {
    for (const { ts } of mine) await record(trx, view, { channel: card.channel, ts })
    if (shared) await record(trx, view, { channel: card.channel, ts: FILE_MARK + shared.ts })
  })
  const isThere =
    view.posts.length + mine.length >= posts.length && (file === undefined || view.hasFile || shared !== undefined)
  return isThere ? { kind: 'accepted' } : { kind: 'absent' }
}
