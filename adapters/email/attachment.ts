// Attachments of mail are not copied out: the raw mail and the index of a part lead to the bytes again.
import type { AttachmentRef } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'

const NAME_MAX = 120
const EXTENSIONS: Record<string, string> = {
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
  'application/ics': 'ics',
  'text/csv': 'csv',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
}

/** By the places of leaves, which are the same for the same bytes for ever, whatever is later read as words and what as files. */
export function attachmentRef(part: number[]): AttachmentRef {
  return JSON.stringify({ part })
}

/** A bare number counts files, as refs once did. */
export function partOf(ref: AttachmentRef): number | number[] {
  const part: unknown = (JSON.parse(ref) as { part?: unknown }).part
  if (Number.isSafeInteger(part)) return part as number
  if (Array.isArray(part) && part.length > 0 && part.every(Number.isSafeInteger)) return part as number[]
  throw new Error(`email: ${ref} does not name a part of a mail`)
}

/** The sender's name for it without the folders, or one that says what it is. */
export function attachmentName(file: { filename: string | null; mimeType: string }, index: number): string {
  const base = cleanLine((file.filename ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '', 4 * NAME_MAX)
  if (base && base !== '.' && base !== '..') return shortened(base)
  return `attachment-${index + 1}.${EXTENSIONS[file.mimeType] ?? 'bin'}`
}

/** Cut in the middle: the end says what kind of file it is. */
function shortened(name: string): string {
  if (name.length <= NAME_MAX) return name
  const tail = name.slice(-20)
  return `${name.slice(0, NAME_MAX - tail.length - 1)}…${tail}`.toWellFormed()
}
