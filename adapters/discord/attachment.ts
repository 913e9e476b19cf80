// Files of a message: what the core is told of them, and their bytes. Discord's links end after a day, so a late one is asked for anew.
import type { AttachmentRef, InboundAttachment } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { listOf, numberOf, type Payload, payloadOf, textOf } from './payload.ts'
import { isSnowflake } from './snowflake.ts'

const FILES_MAX = 50
const TYPE = /^[\w.+-]{1,80}\/[\w.+-]{1,80}/

export interface FileRef {
  channelId: string
  messageId: string
  fileId: string
  url: string
}

/** `channelId` and `messageId` say where the link can be asked for anew. */
export function attachmentsOf(message: Payload, channelId: string, messageId: string): InboundAttachment[] {
  return listOf(message.attachments)
    .slice(0, FILES_MAX)
    .map((file) => ({
      name: cleanLine(textOf(file.title) || textOf(file.filename)) || 'file',
      type: TYPE.exec(textOf(file.content_type))?.[0] ?? 'application/octet-stream',
      bytes: Math.max(0, numberOf(file.size) ?? 0),
      ref: writeRef({ channelId, messageId, fileId: textOf(file.id), url: textOf(file.url) }),
    }))
}

function writeRef(ref: FileRef): AttachmentRef {
  return JSON.stringify(ref)
}

export function readRef(ref: AttachmentRef): FileRef {
  const { channelId, messageId, fileId, url } = payloadOf(JSON.parse(ref))
  if (!isSnowflake(channelId) || !isSnowflake(messageId)) throw new Error('discord: this is no file of a message')
  return { channelId, messageId, fileId: textOf(fileId), url: textOf(url) }
}

/** A file of this message, or of one that it passes on. */
export function findFile(message: Payload, fileId: string): Payload | undefined {
  const passedOn = listOf(message.message_snapshots).flatMap((snapshot) =>
    listOf(payloadOf(snapshot.message).attachments),
  )
  return [...listOf(message.attachments), ...passedOn].find(({ id }) => id === fileId)
}

/** Until when the link is good, epoch milliseconds; Discord writes it into the link, in seconds and hexadecimal. */
export function goodUntil(url: string): number {
  const ex = URL.canParse(url) ? new URL(url).searchParams.get('ex') : null
  return ex && /^[0-9a-f]{1,12}$/i.test(ex) ? Number.parseInt(ex, 16) * 1000 : 0
}
