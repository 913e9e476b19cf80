// The files of a reply as parts of the mail: named safely, within what is sent, and shown in their place where the letter says so.
import type { OutboundAttachment } from '../../src/channel.ts'
import { SendError } from '../../src/channel.ts'
import { attachmentName } from './attachment.ts'

const FILES_MAX = 50
const MB = 1024 * 1024
/** What programs run when it is opened is sent as bytes that nothing opens by itself. */
const ACTIVE =
  /^(?:text\/html|image\/svg\+xml|application\/(?:xhtml\+xml|x-msdownload|x-sh|javascript|java-archive)|text\/javascript)$/i
const TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/i

export interface OutgoingFile {
  name: string
  bytes: number
  part: {
    filename: string
    content: Buffer
    contentType: string
    contentDisposition: 'inline' | 'attachment'
    cid?: string
  }
}

/** `shown` are the names of images that the letter shows. Throws `SendError` with what to do about it. */
export function outgoingFiles(
  attachments: readonly OutboundAttachment[],
  shown: readonly string[],
  bytesMax: number,
): OutgoingFile[] {
  const total = attachments.reduce((sum, { content }) => sum + content.byteLength, 0)
  if (attachments.length > FILES_MAX) refuse(`there are more than ${FILES_MAX} files. Put them into an archive.`)
  if (total > bytesMax)
    refuse(`the files have ${sizeOf(total)}, and ${sizeOf(bytesMax)} can be sent. Send less, or a link.`)
  const files = attachments.map((attachment, index) => toFile(attachment, index, shown))
  for (const { name, bytes } of files) if (bytes === 0) refuse(`the file “${name}” is empty.`)
  const there = new Set(attachments.flatMap((one) => idsOf(one)))
  const missing = shown.find((name) => !there.has(name))
  if (missing !== undefined) refuse(`the letter shows the image “${missing}”, which is not attached.`)
  return files
}

function toFile(attachment: OutboundAttachment, index: number, shown: readonly string[]): OutgoingFile {
  const contentType =
    TYPE.test(attachment.type) && !ACTIVE.test(attachment.type) ? attachment.type : 'application/octet-stream'
  const name = attachmentName({ filename: attachment.name, mimeType: contentType }, index)
  const cid = idsOf(attachment).find((id) => shown.includes(id))
  const { content } = attachment
  return {
    name,
    bytes: content.byteLength,
    part: {
      filename: name,
      content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
      contentType,
      contentDisposition: cid === undefined ? 'attachment' : 'inline',
      ...(cid !== undefined && { cid: contentId(cid) }),
    },
  }
}

/** By which the letter may show it: `![a lamp](cid:lamp.png)`. */
function idsOf({ name, contentId: id }: OutboundAttachment): string[] {
  return [...(id === undefined ? [] : [id]), name]
}

/** As both the image tag and the part carry it (RFC 2392). */
export function contentId(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll("'", '%27')
}

function refuse(why: string): never {
  throw new SendError({ kind: 'rejected' }, `Not possible: ${why}`)
}

function sizeOf(bytes: number): string {
  return bytes < MB ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MB).toFixed(1)} MB`
}
