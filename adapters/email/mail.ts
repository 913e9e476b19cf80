// Raw mail -> a small plain object. Runs in the parse worker: what it is given was written by anyone.
import type { Address as MailAddress } from 'postal-mime'
import { type Address, type ExternalId, ParseError } from '../../src/channel.ts'
import { attachmentName } from './attachment.ts'
import { AUTOMATED_HEADERS } from './automated.ts'
import { type Bounce, findBounce } from './bounce.ts'
import { machineReport } from './bounce-doubt.ts'
import { cleanLine, cleanText, TEXT_MAX } from './clean-text.ts'
import { EVIDENCE_HEADERS } from './evidence.ts'
import { fingerprint } from './fingerprint.ts'
import { type Forward, forwardIn } from './forward.ts'
import { type Header, splitMail } from './header.ts'
import { type HtmlText, htmlToText } from './html-text.ts'
import { contentIdOf, imageNames, withImageNames } from './inline-image.ts'
import { isBlank, type MailFile } from './mail-content.ts'
import { textToMarkdown } from './markdown-escape.ts'
import { type ParsedMail, parseMime } from './parsed-mail.ts'
import { SENDER_HEADERS } from './sender.ts'
import { FOLD_HTML_MAX, unquotedIn } from './unquoted.ts'

export const PARTS_MAX = 200
const ADDRESSES_MAX = 200
const SUBJECT_MAX = 500
const ADDRESS_MAX = 320 // RFC 3696 erratum 1690 says 254; some exist that are longer.
const ADDRESS = /^[^\s\p{Cc}<>@,;:"()\\]+@[^\s\p{Cc}<>@,;:"()\\]+$/u
// A mail this long that yields nothing at all was not understood, whatever the parser says.
const EMPTY_BODY_BYTES_MAX = 2048
const TOO_LONG = 'The text is too long to show whole; the original mail has all of it.'
const KEPT_HEADERS = new Set([
  ...['message-id', 'in-reply-to', 'references', 'from'],
  ...[...EVIDENCE_HEADERS, ...AUTOMATED_HEADERS, ...SENDER_HEADERS],
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
  /** The new words, where there are others. */
  unquoted?: string
  attachments: { name: string; type: string; bytes: number; contentId?: string; part: number[] }[]
  /** What it passes on of somebody else's. */
  forward?: Forward
  /** An answer to an invitation, as calendars write it. */
  isCalendarReply?: true
  bounce?: Bounce
  /** It is a report in its form, whatever it reports; in a few words. */
  report?: string
  warnings: string[]
}

export async function parseMail(raw: Uint8Array, headersOnly: boolean): Promise<Mail> {
  const email = parseMime(raw)
  const warnings = [...email.warnings]
  const { html, ...body } = readBody(email, warnings)
  const subject = email.subject === undefined ? undefined : cleanLine(email.subject, SUBJECT_MAX)
  if (!headersOnly && isSuspiciouslyEmpty(raw, email)) {
    throw new ParseError('email: nothing in the mail could be read, although it is not empty', { final: true })
  }
  const from = addresses(email.from ? [email.from] : [])[0]
  const replyTo = addresses(email.replyTo ?? [])[0]
  const bounce = findBounce(raw, email)
  const report = machineReport(email)
  const forward = readForward(email, subject ?? '', body.text)
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
    ...(forward && { forward }),
    ...(email.attachments.some(isCalendarReply) && { isCalendarReply: true as const }),
    ...(bounce && { bounce }),
    ...(report !== undefined && { report }),
    warnings,
  }
}

function readBody({ content }: ParsedMail, warnings: string[]): { text: string; markdown: string; html: HtmlText } {
  const name = imageNames(content.files)
  const pieces = content.words.map((words) => {
    const max = words.kind === 'text' ? TEXT_MAX : 4 * TEXT_MAX
    if ((words.kind === 'text' ? words.text : words.html).length > max) warnings.push(TOO_LONG)
    if (words.kind === 'html') return htmlToText(words.html, name)
    const text = cleanText(words.text).trimEnd()
    return { text, markdown: withImageNames(textToMarkdown(text), name) }
  })
  const said = pieces.filter(({ text }) => text.trim())
  const join = (form: 'text' | 'markdown', max: number) => cleanText(said.map((piece) => piece[form]).join('\n\n'), max)
  const html = said.length === 1 && said[0] && 'ranges' in said[0] ? said[0] : htmlBeside(content.html)
  return { text: join('text', TEXT_MAX), markdown: join('markdown', 2 * TEXT_MAX), html }
}

/** Beside a text the HTML only helps to tell what is quoted. */
function htmlBeside(html: readonly string[]): HtmlText {
  const all = html.join('\n')
  return htmlToText(all.length <= FOLD_HTML_MAX ? all : '')
}

function readForward(email: ParsedMail, subject: string, text: string): Forward | undefined {
  const { headers, content } = email
  const wordsOf = (raw: Uint8Array) => readBody(parseMime(raw), []).text
  const found = forwardIn({ headers, subject, text, files: content.files, wordsOf })
  if (!found) return undefined
  const { from: writer, ...rest } = found
  const [from] = writer ? addresses([{ address: writer.address, name: writer.name ?? '' }]) : []
  return { ...rest, ...(from && { from }) }
}

const CALENDAR_READ_MAX = 4096

function isCalendarReply({ mimeType, content }: MailFile): boolean {
  if (mimeType !== 'text/calendar') return false
  return /^METHOD\s{0,3}:\s{0,3}REPLY\s*$/im.test(
    Buffer.from(content.subarray(0, CALENDAR_READ_MAX)).toString('latin1'),
  )
}

function isSuspiciouslyEmpty(raw: Uint8Array, { content, attachments }: ParsedMail): boolean {
  if (!isBlank(content.words) || attachments.length > 0 || content.html.length > 0) return false
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

function listAttachments(files: MailFile[], warnings: string[]): Mail['attachments'] {
  if (files.length > PARTS_MAX) {
    warnings.push(`${files.length - PARTS_MAX} more attachments are only in the original mail.`)
  }
  return files.slice(0, PARTS_MAX).map((file, index) => {
    const contentId = contentIdOf(file)
    return {
      name: attachmentName(file, index),
      type: file.mimeType,
      bytes: file.content.byteLength,
      ...(contentId && { contentId }),
      part: file.path,
    }
  })
}
