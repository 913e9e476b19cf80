// What a mail server tells us of a mail it could not deliver (RFC 3464), if that is what the mail is.
import type { Attachment, Email } from 'postal-mime'
import { firstHeader, type Header, readHeaders } from './header.ts'
import { messageIdOf } from './message-id.ts'

export interface DeliveryReport {
  action: string
  status: string
  recipient?: string
  reason: string
  /** The Message-ID of the mail it is about. */
  messageId?: string
}

const RETURNED = new Set(['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers', 'message/global'])
const READ_BYTES_MAX = 64 * 1024
const REASON_MAX = 300

export function deliveryReport(email: Email): DeliveryReport | undefined {
  const type = firstHeader(email.headers, 'content-type') ?? ''
  const status = email.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status')
  if (!/^multipart\/report\b/i.test(type) || !status) return undefined
  const fields = recipientFields(textOf(status))
  const returned = email.attachments.find(({ mimeType }) => RETURNED.has(mimeType))
  const messageId = messageIdOf(returned && firstHeader(readHeaders(prefix(returned)), 'message-id'))
  const recipient = addressIn(firstHeader(fields, 'final-recipient') ?? firstHeader(fields, 'original-recipient'))
  const diagnostic = (firstHeader(fields, 'diagnostic-code') ?? '').replace(/^[a-z0-9-]+\s*;\s*/i, '')
  return {
    action: (firstHeader(fields, 'action') ?? '').toLowerCase(),
    status: firstHeader(fields, 'status') ?? '',
    ...(recipient && { recipient }),
    reason: (diagnostic || wordsBelow(email.text ?? '', recipient)).replace(/\s+/g, ' ').slice(0, REASON_MAX),
    ...(messageId && { messageId }),
  }
}

/** The fields of the first recipient; those before it describe the server that reports. */
function recipientFields(text: string): Header[] {
  const groups = text.split(/\r?\n[ \t]*\r?\n/).map((group) => readHeaders(Buffer.from(group)))
  return groups.find((group) => firstHeader(group, 'action') !== undefined) ?? []
}

/** Exim has no diagnostic code for what it refused itself: the reason stands below the address, in the words for people. */
function wordsBelow(text: string, recipient: string | undefined): string {
  const lines = text.slice(0, READ_BYTES_MAX).split(/\r?\n/)
  const named = lines.findIndex((line) => line.trim().toLowerCase() === recipient)
  if (named === -1) return ''
  const below = lines.slice(named + 1)
  const end = below.findIndex((line) => line.trim() === '')
  return below
    .slice(0, end === -1 ? undefined : end)
    .join(' ')
    .trim()
}

function addressIn(field: string | undefined): string | undefined {
  return field
    ?.replace(/^[a-z0-9-]+\s*;\s*/i, '')
    .replace(/[<>\s]/g, '')
    .toLowerCase()
}

function textOf(attachment: Attachment): string {
  return new TextDecoder().decode(prefix(attachment))
}

function prefix({ content }: Attachment): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
  return bytes.subarray(0, READ_BYTES_MAX)
}
