// Raw mail -> a small plain object. Runs in the parse worker: what it is given was written by anyone.
import PostalMime, { type Attachment, type Email, type Address as MailAddress } from 'postal-mime'
import { type Address, type ExternalId, ParseError } from '../../src/channel.ts'
import { attachmentName } from './attachment.ts'
import { AUTOMATED_HEADERS } from './automated.ts'
import { cleanLine, cleanText, TEXT_MAX } from './clean-text.ts'
import { type DeliveryReport, deliveryReport } from './delivery-report.ts'
import { fingerprint } from './fingerprint.ts'
import { type Header, splitMail } from './header.ts'
import { type HtmlText, htmlToText } from './html-text.ts'
import { textToMarkdown } from './markdown-escape.ts'
import { SENDER_HEADERS } from './sender.ts'
import { FOLD_HTML_MAX, unquotedIn } from './unquoted.ts'

export const PARTS_MAX = 200
const NESTING_MAX = 30
const HEADERS_BYTES_MAX = 256 * 1024
const EMBEDDED_MAILS_DEEP_MAX = 3
const ADDRESSES_MAX = 200
const SUBJECT_MAX = 500
const ADDRESS_MAX = 320 // RFC 3696 erratum 1690 says 254; some exist that are longer.
const ADDRESS = /^[^\s\p{Cc}<>@,;:"()\\]+@[^\s\p{Cc}<>@,;:"()\\]+$/u
// A mail this long that yields nothing at all was not understood, whatever the parser says.
const EMPTY_BODY_BYTES_MAX = 2048
const KEPT_HEADERS = new Set([
  ...['message-id', 'in-reply-to', 'references'],
  ...['delivered-to', 'x-original-to', 'envelope-to', ...AUTOMATED_HEADERS, ...SENDER_HEADERS],
])

export interface Mail {
  externalId: ExternalId
  headers: Header[]
  from?: Address
  replyTo?: Address
  to: Address[]
  cc: Address[]
  subject?: string
  text: string
  markdown: string
  /** What is new in it, for display; absent when that is all of it. */
  unquoted?: string
  attachments: { name: string; type: string; bytes: number; part: number }[]
  report?: DeliveryReport
  warnings: string[]
}

export async function parseMail(raw: Uint8Array, headersOnly: boolean): Promise<Mail> {
  const email = await parseMime(raw)
  const warnings: string[] = []
  const { html, ...body } = readBody(email, warnings)
  if (!headersOnly && isSuspiciouslyEmpty(raw, email)) {
    throw new ParseError('email: nothing in the mail could be read, although it is not empty', { final: true })
  }
  const subject = email.subject === undefined ? undefined : cleanLine(email.subject, SUBJECT_MAX)
  const from = addresses(email.from ? [email.from] : [])[0]
  const replyTo = addresses(email.replyTo ?? [])[0]
  const report = deliveryReport(email)
  if (`${subject ?? ''}${from?.name ?? ''}${body.text}`.includes('\ufffd')) {
    warnings.push('Some characters could not be read (shown as \ufffd); the original mail has them.')
  }
  return {
    externalId: fingerprint(raw),
    headers: email.headers.filter(({ key }) => KEPT_HEADERS.has(key)).map(({ key, value }) => ({ key, value })),
    ...(from && { from }),
    ...(replyTo && { replyTo }),
    to: addresses(email.to ?? []),
    cc: addresses(email.cc ?? []),
    ...(subject !== undefined && { subject }),
    ...body,
    ...unquotedIn(body.text, html, subject),
    attachments: listAttachments(email.attachments, warnings),
    ...(report && { report }),
    warnings,
  }
}

/** The same parts in the same order every time, so that a part's index names it. */
export async function parseMime(raw: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(raw, {
      maxNestingDepth: NESTING_MAX,
      maxHeadersSize: HEADERS_BYTES_MAX,
      maxRfc822NestingDepth: EMBEDDED_MAILS_DEEP_MAX,
    })
  } catch (error) {
    // The same bytes fail the same way, so another try cannot help.
    throw new ParseError(`email: cannot read the mail: ${(error as Error).message}`, { final: true, cause: error })
  }
}

function readBody(email: Email, warnings: string[]): { text: string; markdown: string; html: HtmlText } {
  if ((email.text?.length ?? 0) > TEXT_MAX || (email.html?.length ?? 0) > 4 * TEXT_MAX) {
    warnings.push('The text is too long to show whole; the original mail has all of it.')
  }
  const text = cleanText(email.text ?? '').trimEnd()
  if (text.trim()) {
    // Beside a text the HTML only helps to tell what is quoted.
    const html = (email.html?.length ?? 0) <= FOLD_HTML_MAX ? email.html : ''
    return { text, markdown: textToMarkdown(text), html: htmlToText(html ?? '') }
  }
  const html = htmlToText(email.html ?? '')
  return { text: cleanText(html.text), markdown: cleanText(html.markdown, 2 * TEXT_MAX), html }
}

function isSuspiciouslyEmpty(raw: Uint8Array, email: Email): boolean {
  if (email.text?.trim() || email.html?.trim() || email.attachments.length > 0) return false
  const { body } = splitMail(raw)
  return body.length > EMPTY_BODY_BYTES_MAX && body.some((byte) => byte > 32)
}

function addresses(list: MailAddress[]): Address[] {
  const found: Address[] = []
  for (const mailbox of list.flatMap((entry) => entry.group ?? [entry])) {
    const address = normalAddress(mailbox.address ?? '')
    const name = cleanLine(mailbox.name)
    if (address) found.push({ address, ...(name && { name }) })
    if (found.length >= ADDRESSES_MAX) break
  }
  return found
}

/** Lower case; undefined for what no mail can be sent to. */
export function normalAddress(text: string): string | undefined {
  const address = text.trim().toLowerCase().toWellFormed()
  return address.length <= ADDRESS_MAX && ADDRESS.test(address) ? address : undefined
}

function listAttachments(attachments: Attachment[], warnings: string[]): Mail['attachments'] {
  if (attachments.length > PARTS_MAX) {
    warnings.push(`${attachments.length - PARTS_MAX} more attachments are only in the original mail.`)
  }
  return attachments.slice(0, PARTS_MAX).map((attachment, part) => ({
    name: attachmentName(attachment, part),
    type: attachment.mimeType,
    bytes: typeof attachment.content === 'string' ? attachment.content.length : attachment.content.byteLength,
    part,
  }))
}
