// What can still be said of a mail that could not be parsed. It looks at the beginning only, decodes no part and never throws.
import { addressParser } from 'postal-mime'
import type { Address, InboundMessage, RawEvent } from '../../src/channel.ts'
import { decodeText } from './charset.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { decodeWords, recodeWords } from './encoded-word.ts'
import { fingerprint } from './fingerprint.ts'
import { allHeaders, firstHeader, type Header, splitMail } from './header.ts'
import { type Author, type Mailbox, toMessage, UNKNOWN_SENDER } from './inbound.ts'
import { type Mail, normalAddress } from './mail.ts'
import { readMailHeader } from './mail-header.ts'
import { textToMarkdown } from './markdown-escape.ts'

const READ_BYTES_MAX = 64 * 1024
// Up to here a mail has the id that parsing it would give; hashing more would hold up everybody else.
const FINGERPRINT_BYTES_MAX = 4 * 1024 * 1024
const HEADERS_MAX = 200
const VALUE_MAX = 2000
const TEXT_SHOWN_MAX = 4000
const WARNING = 'This mail could not be read. Open the original mail to see all of it.'

export function salvage(raw: RawEvent, mailbox: Mailbox): InboundMessage {
  const { head, body } = splitMail(raw.body.subarray(0, READ_BYTES_MAX))
  const headers = readMailHeader(head)
    .headers.slice(0, HEADERS_MAX)
    .map(({ key, value }): Header => ({ key, value: value.slice(0, VALUE_MAX) }))
  const from = addressIn(firstHeader(headers, 'from'))
  const text = cleanText(decodeText(body).text, TEXT_SHOWN_MAX).trim()
  const subject = firstHeader(headers, 'subject')
  const mail: Mail = {
    externalId: fingerprint(raw.body.subarray(0, FINGERPRINT_BYTES_MAX)),
    headers,
    to: allHeaders(headers, 'to').flatMap((value) => addressIn(value) ?? []),
    cc: [],
    ...(subject !== undefined && { subject: cleanLine(decodeWords(subject)) }),
    text,
    markdown: textToMarkdown(text),
    attachments: [],
    warnings: [WARNING],
  }
  const author: Author = { from: from ?? { address: UNKNOWN_SENDER }, standsIn: false, warnings: [] }
  const message = toMessage(mail, raw, mailbox, author)
  const own = mailbox.isOwn(author.from.address)
  return own ? { ...message, automated: 'it comes from one of our own addresses' } : message
}

function addressIn(value: string | undefined): Address | undefined {
  try {
    const first = addressParser(recodeWords(value ?? ''), { flatten: true })[0]
    const address = normalAddress(first?.address ?? '')
    const name = cleanLine(first?.name ?? '')
    return address ? { address, ...(name && { name }) } : undefined
  } catch {
    return undefined // A sender that cannot be read is an unknown sender.
  }
}
