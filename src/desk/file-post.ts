// Brings a file into the card's thread, once: after an answer that was lost, Slack is asked about the very file.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { MINUTE } from '../clock.ts'
import { getConversation, refreshEntry } from '../conversation.ts'
import type { Trx } from '../db/open.ts'
import { followFiles, noteFilePlace } from '../file-place.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Look, Settled } from '../outbox-attempt.ts'
import { codeOf, troubleOf } from '../slack/trouble.ts'
import { uploadFile } from '../slack/upload.ts'
import type { DeskPosting } from './card-post.ts'
import { type FileReading, readFileContent } from './file-content.ts'
import { type Finder, makeFinder } from './find-post.ts'
import { inDesk } from './post.ts'
import { bringOnce, findThreadFile, noteShared, noteTrouble, noteUploaded } from './thread-file.ts'
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
      try {
        const id = await inDesk(uploadFile(room.clients.post, { ...place, ...content }, note))
        return { kind: 'accepted', ref: id, detail: card }
      } catch (error) {
        // Until somebody has put the installation right nothing is tried again for long: why is said now.
        if (isAccount(error)) await db.transaction((trx) => tellTrouble(trx, effect, String(error.message)))
        throw error
      }
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

interface Thread extends Posted {
  conversationId: string
}

async function findCard({ db }: FilePosting, messageId: string): Promise<Thread | undefined> {
  const { conversation_id: conversationId } = await getMessage(db, messageId)
  const card = postedOf(await getConversation(db, conversationId))
  return card && { ...card, conversationId }
}

/** Slack knows a file from the moment its upload is completed, also while it does not show it yet. */
async function look(read: WebClient, finder: Finder, effect: Effect, fileId: string, card: Thread): Promise<Look> {
  try {
    await read.files.info({ file: fileId })
    return { kind: 'accepted', ref: fileId, detail: card }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'file_not_found' || code === 'file_deleted') return { kind: 'absent' }
    if (code !== 'missing_scope') {
      throw new SendError({ kind: 'temporary' }, troubleOf(error, 'look for the file').message, { cause: error })
    }
  }
  const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
  if (!found) return { kind: 'unknown' }
  const isThere = found.some(({ fileIds }) => fileIds.includes(fileId))
  return isThere ? { kind: 'accepted', ref: fileId, detail: card } : { kind: 'absent' }
}

function isAccount(error: unknown): error is SendError {
  return error instanceof SendError && error.failure.kind === 'temporary' && error.failure.account === true
}

async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  const { messageId, what } = fileOf(effect)
  if (settled.kind === 'accepted') {
    const before = await findThreadFile(trx, messageId, what)
    const place = settled.detail as Thread
    await noteFilePlace(trx, { messageId, what }, { ...place, fileId: settled.ref })
    const { conversation_id: id } = await getMessage(trx, messageId)
    await noteShared(trx, messageId, what)
    if (id !== place.conversationId) await follow(trx, messageId, what) // It went elsewhere while the file was on its way.
    if (before?.error !== undefined) await refresh(trx, messageId)
  } else if (settled.kind === 'rejected' || settled.kind === 'parked') await tellTrouble(trx, effect, settled.error)
  else if (settled.kind === 'postponed' && trx.now() - effect.startedAt > PATIENCE_MS) {
    await tellTrouble(trx, effect, settled.error)
  }
}

async function follow(trx: Trx, messageId: string, what: string): Promise<void> {
  const { conversation_id: id } = await getMessage(trx, messageId)
  const conversation = await getConversation(trx, id)
  await followFiles(trx, conversation, [messageId])
  await bringOnce(trx, conversation, messageId, what)
}

/** What keeps a file away is said where its name stands: once, while it is the same thing or another. */
async function tellTrouble(trx: Trx, effect: Effect, error: string): Promise<void> {
  const { messageId, what } = fileOf(effect)
  const file = await findThreadFile(trx, messageId, what)
  if (!file) return
  await noteTrouble(trx, messageId, what, error)
  if (file.error === undefined) await refresh(trx, messageId)
}

async function refresh(trx: Trx, messageId: string): Promise<void> {
  const { conversation_id: id } = await getMessage(trx, messageId)
  await refreshEntry(trx, await getConversation(trx, id), messageId)
}

/** Where a file can be looked at, as far as Slack tells. */
export async function findFileLink(read: WebClient, fileId: string): Promise<string | undefined> {
  const answer = await read.files.info({ file: fileId }).catch(() => undefined)
  return answer?.file?.permalink
}
