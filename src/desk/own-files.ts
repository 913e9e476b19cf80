// Which files of a message come into its thread by themselves: few, small, and harmless to look at. All others on demand.
import { DAY } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import { getMessage } from '../message.ts'
import { isRisky } from './file-name.ts'

const FILES_MAX = 5
const BYTES_MAX = 5 * 1024 * 1024
const TOTAL_BYTES_MAX = 10 * 1024 * 1024
/** A picture in the text that is smaller is the logo of a signature. */
const PICTURE_BYTES_MIN = 20 * 1024
/** An old mailbox is taken in without filling the threads with what nobody asks for any more. */
const AGE_MAX_MS = DAY
const LOOKED_AT = /^(?:image\/(?:png|jpeg|gif|webp|heic)|application\/pdf)$/

/** Ids of attachments, in their order. */
export async function listOwnFiles(db: Reader, messageId: string, now: number): Promise<string[]> {
  const message = await getMessage(db, messageId)
  const isDoubtful = message.automated !== null || message.sender === 'fail' || message.deleted_at !== null
  const isTheirs = message.delivery === null && message.channel_kind !== 'desk'
  if (!isTheirs || isDoubtful || now - message.arrived_at > AGE_MAX_MS) return []
  const all = await db.selectFrom('attachment').selectAll().where('message_id', '=', messageId).orderBy('id').execute()
  if (all.length === 0) return []
  const earlier = await listEarlier(db, message.conversation_id, message.seq)
  const seen = new Set(earlier.map(keyOf))
  const chosen: string[] = []
  let room = TOTAL_BYTES_MAX
  for (const file of all) {
    const isFit = file.bytes > 0 && file.bytes <= Math.min(BYTES_MAX, room) && !isRisky(file.name)
    const isDecoration = file.content_id !== null && file.bytes < PICTURE_BYTES_MIN
    // What is fetched later comes then.
    const isHere = (file.fetch === null || file.fetch === 'done') && file.removed_at === null
    if (!isHere || !isFit || isDecoration || !LOOKED_AT.test(file.type) || seen.has(keyOf(file))) continue
    if (chosen.length >= FILES_MAX) break
    chosen.push(file.id)
    room -= file.bytes
  }
  return chosen
}

const EARLIER_MAX = 500

/** A reply carries the pictures of what it quotes once more. */
async function listEarlier(
  db: Reader,
  conversationId: string,
  seq: number,
): Promise<{ name: string; bytes: number }[]> {
  return await db
    .selectFrom('attachment')
    .innerJoin('message', 'message.id', 'attachment.message_id')
    .select(['attachment.name', 'attachment.bytes'])
    .where('message.conversation_id', '=', conversationId)
    .where('message.seq', '<', seq)
    .orderBy('attachment.id', 'desc')
    .limit(EARLIER_MAX)
    .execute()
}

function keyOf({ name, bytes }: { name: string; bytes: number }): string {
  return `${bytes} ${name}`
}
