// Brings a file into the card's thread, once: after an answer that was lost, Slack is asked about the very file.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { MINUTE } from '../clock.ts'
import { getConversation, refreshEntry } from '../conversation.ts'
import type { Trx } from '../db/open.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Look, Settled } from '../outbox-attempt.ts'
import { codeOf, troubleOf } from '../slack/trouble.ts'
import { uploadFile } from '../slack/upload.ts'
import type { DeskPosting } from './card-post.ts'
import { type FileReading, readFileContent } from './file-content.ts'
import { type Finder, makeFinder } from './find-post.ts'
import { inDesk } from './post.ts'
import { findThreadFile, noteShared, noteTrouble, noteUploaded, type ThreadFile } from './thread-file.ts'
import { type Posted, postedOf } from './view.ts'

export interface FilePosting extends DeskPosting, Pick<FileReading, 'channelOf'> {}

/** People are told why they have to wait for it only when they really have to. */
const PATIENCE_MS = MINUTE

export function fileHandler(options: FilePosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const { messageId, what } = fileOf(effect)
      const file = await findThreadFile(db, messageId, what)
      if (file?.isShared) return { kind: 'moot', reason: 'it is in the thread already' }
      const card = await findCard(options, messageId)
      if (!card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const content = await readFileContent(options, messageId, what)
      const place = { channel: card.channel, threadTs: card.ts }
      const note = (id: string) => db.transaction((trx) => noteUploaded(trx, messageId, what, id))
      const id = await inDesk(uploadFile(room.clients.post, { ...place, ...content }, note))
      return { kind: 'accepted', ref: id }
    },
    async verify(effect) {
      const { messageId, what } = fileOf(effect)
      const file = await findThreadFile(db, messageId, what)
      const card = await findCard(options, messageId)
      // Without its id on record nobody was shown anything yet.
      if (!file?.fileId || !card) return { kind: 'repeatable' }
      return await look(room.clients.read, finder, effect, file.fileId, card)
    },
    settle,
  }
}

function fileOf(effect: Effect): { messageId: string; what: string } {
  return JSON.parse(effect.payload) as { messageId: string; what: string }
}

async function findCard({ db }: FilePosting, messageId: string): Promise<Posted | undefined> {
  const { conversation_id: id } = await getMessage(db, messageId)
  return postedOf(await getConversation(db, id))
}

/** Slack knows a file from the moment its upload is completed, also while it does not show it yet. */
async function look(read: WebClient, finder: Finder, effect: Effect, fileId: string, card: Posted): Promise<Look> {
  try {
    await read.files.info({ file: fileId })
    return { kind: 'accepted', ref: fileId }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'file_not_found' || code === 'file_deleted') return { kind: 'absent' }
    if (code !== 'missing_scope') {
      throw new SendError({ kind: 'temporary' }, troubleOf(error, 'look for the file').message, { cause: error })
    }
  }
  const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
  if (!found) return { kind: 'unknown' }
  return found.some(({ fileIds }) => fileIds.includes(fileId)) ? { kind: 'accepted', ref: fileId } : { kind: 'absent' }
}

/** What keeps a file away is said where its name stands. */
async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  const { messageId, what } = fileOf(effect)
  const file = await findThreadFile(trx, messageId, what)
  if (!file || settled.kind === 'moot') return
  if (settled.kind === 'accepted') await noteShared(trx, messageId, what)
  else if (isWorthSaying(trx, effect, settled, file)) await noteTrouble(trx, messageId, what, settled.error)
  else return
  const isChanged = (settled.kind === 'accepted') === (file.error !== undefined)
  if (!isChanged) return
  const { conversation_id: id } = await getMessage(trx, messageId)
  await refreshEntry(trx, await getConversation(trx, id), messageId)
}

function isWorthSaying(trx: Trx, effect: Effect, settled: Settled, file: ThreadFile): boolean {
  if (settled.kind === 'rejected' || settled.kind === 'parked') return true
  return settled.kind === 'postponed' && file.error === undefined && trx.now() - effect.startedAt > PATIENCE_MS
}

/** Where a file can be looked at, as far as Slack tells. */
export async function findFileLink(read: WebClient, fileId: string): Promise<string | undefined> {
  const answer = await read.files.info({ file: fileId }).catch(() => undefined)
  return answer?.file?.permalink
}
