// Attachments of mail are not copied out: the raw mail and the index of a part lead to the bytes again.
import type { Attachment } from 'postal-mime'
import type { AttachmentRef } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'

const NAME_MAX = 120
const EXTENSIONS: Record<string, string> = {
  'message/rfc822': 'eml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
}

export function attachmentRef(part: number): AttachmentRef {
  return JSON.stringify({ part })
}

export function partOf(ref: AttachmentRef): number {
  const part: unknown = (JSON.parse(ref) as { part?: unknown }).part
  if (!Number.isSafeInteger(part)) throw new Error(`email: ${ref} does not name a part of a mail`)
  return part as number
}

/** The sender's name for it without the folders, or one that says what it is. */
export function attachmentName(attachment: Attachment, part: number): string {
  const base = cleanLine((attachment.filename ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '', 4 * NAME_MAX)
  if (base && base !== '.' && base !== '..') return shortened(base)
  return `attachment-${part + 1}.${EXTENSIONS[attachment.mimeType] ?? 'bin'}`
}

/** Cut in the middle: the end says what kind of file it is. */
function shortened(name: string): string {
  if (name.length <= NAME_MAX) return name
  const tail = name.slice(-20)
  return `${name.slice(0, NAME_MAX - tail.length - 1)}…${tail}`.toWellFormed()
}
