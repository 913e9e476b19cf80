// Whether a mail says that one of ours did not arrive, for whom and why. No single clue decides: who sends it and what it says must agree.
import { otherReport } from './bounce-doubt.ts'
import { blamed } from './bounce-recipient.ts'
import { type ReportedRecipient, reportedRecipients } from './bounce-report.ts'
import { isDeclared, type SenderKind, senderKind } from './bounce-sender.ts'
import { addressesIn, linesOf, quotesIn, searchable, withoutQuotes } from './bounce-text.ts'
import { isBounce } from './bounce-weight.ts'
import { allHeaders, firstHeader, type Header } from './header.ts'
import { htmlToText } from './html-text.ts'
import { idsLikeOurs, messageIdOf } from './message-id.ts'
import { type ParsedMail, parseMime } from './parsed-mail.ts'
import { findReturned, type ReturnedMail, returnedHeader } from './returned-mail.ts'

/** `hard`: the mail will not arrive, be it that the box is full. `soft`: their server goes on trying. */
export type Lasting = 'hard' | 'soft'

export interface BouncedRecipient {
  address: string
  lasting: Lasting
  /** A sentence for the agent. */
  reason: string
}

export interface Bounce {
  /** Hard as soon as it is so for one recipient. */
  lasting: Lasting
  /** Empty when nobody is named. */
  recipients: BouncedRecipient[]
  reason: string
  /** The Message-ID of the mail that came back. */
  messageId?: string
  /** Ids made like ours, from wherever they stand in the notice. */
  named: string[]
  /** Where answers to the mail that came back would go. */
  replyAddresses: string[]
}

/** What is looked at: the words for people come first, and a returned mail's header stands right behind them. */
const READ_BYTES_MAX = 128 * 1024
const WORDS_MAX = 16 * 1024
const TEXT_MAX = 96 * 1024
const NAMED_MAX = 20
const REPLY_ADDRESSES_MAX = 10

/** A notice, read for what it may be. */
export interface Notice {
  headers: Header[]
  sender: SenderKind
  subject: string
  /** All text that is no part of its own. */
  text: string
  /** What it says itself, without what came back. */
  said: string
  /** The same, to search in. */
  words: string
  /** What is drawn like a quote in it: others' words, or the commands of a session. */
  quoted: string
  returned: ReturnedMail | undefined
  reported: ReportedRecipient[]
  /** How the reported recipients stand in it. */
  report: 'whole' | 'part' | 'words' | 'none'
  failedRecipients: string[]
  /** Its header says that it is a notice: nobody has that by chance. */
  isDeclared: boolean
}

/** `email` is the parsed mail; of a large one only the beginning is looked at. */
export function findBounce(raw: Uint8Array, email: ParsedMail): Bounce | undefined {
  const sender = senderKind(email.headers, fromOf(email))
  const type = firstHeader(email.headers, 'content-type') ?? ''
  if (sender === 'person' && !/^multipart\/report\b/i.test(type)) return undefined
  const read = raw.length <= READ_BYTES_MAX ? email : parseMime(raw.subarray(0, READ_BYTES_MAX))
  const notice = readNotice(read, sender)
  return notice && isBounce(notice) ? bounceOf(notice) : undefined
}

function fromOf(email: ParsedMail): { name?: string; address?: string } {
  const { name, address } = email.from && 'address' in email.from ? email.from : {}
  const written = firstHeader(email.headers, 'from') ?? ''
  // `From: MAILER-DAEMON (Mail Delivery Subsystem)` names no address that a parser would take for one.
  return { name: name || written, address: address || written }
}

function readNotice(email: ParsedMail, sender: SenderKind): Notice | undefined {
  const parts = email.attachments.map(({ mimeType, content }) => ({ type: mimeType, text: textOf(content) }))
  if (
    otherReport(
      email.headers,
      parts.map(({ type }) => type),
    )
  )
    return undefined
  const plain = (email.text ?? '').trim() ? (email.text ?? '') : htmlToText((email.html ?? '').slice(0, TEXT_MAX)).text
  const text = plain.slice(0, TEXT_MAX)
  const returned = findReturned(text, parts)
  const own = linesOf(text).slice(0, returned?.fromLine).join('\n')
  const said = withoutQuotes(own).slice(0, WORDS_MAX)
  return {
    headers: email.headers,
    sender,
    subject: searchable((email.subject ?? '').slice(0, 1000)),
    text,
    said,
    words: searchable(said),
    quoted: quotesIn(own).slice(0, WORDS_MAX),
    returned,
    ...readReport(email, parts, said),
    failedRecipients: allHeaders(email.headers, 'x-failed-recipients').flatMap(addressesIn),
    isDeclared: isDeclared(email.headers),
  }
}

const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status', 'text/delivery-status'])

function readReport(
  { headers }: ParsedMail,
  parts: readonly { type: string; text: string }[],
  said: string,
): Pick<Notice, 'reported' | 'report'> {
  const type = firstHeader(headers, 'content-type') ?? ''
  const isWhole = /^multipart\/report\b/i.test(type)
  const own = parts.filter(({ type }) => STATUS_TYPES.has(type))
  const reported = own.flatMap(({ text }) => reportedRecipients(text))
  if (reported.length > 0) return { reported, report: isWhole ? 'whole' : 'part' }
  // Some call it text, or a file.
  const misnamed = parts.filter(({ type }) => /^(?:text\/plain|application\/octet-stream)$/.test(type))
  const elsewhere = misnamed.flatMap(({ text }) => reportedRecipients(text))
  if (elsewhere.length > 0) return { reported: elsewhere, report: isWhole ? 'whole' : 'part' }
  const spoken = reportedRecipients(said)
  if (spoken.length === 0) return { reported: [], report: 'none' }
  return { reported: spoken, report: isWhole && /delivery-status/i.test(type) ? 'whole' : 'words' }
}

function textOf(content: string | ArrayBuffer | Uint8Array): string {
  return typeof content === 'string'
    ? content.slice(0, TEXT_MAX)
    : decoded(new Uint8Array(content).subarray(0, TEXT_MAX))
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function bounceOf(notice: Notice): Bounce {
  const { recipients, lasting, reason } = blamed(notice)
  const { returned, headers, text } = notice
  const messageId = messageIdOf(returnedHeader(returned, 'message-id', 'original-message-id'))
  const answered = ['in-reply-to', 'references', 'x-original-message-id'].flatMap((key) => allHeaders(headers, key))
  const written = returned?.headers.map(({ value }) => value) ?? []
  const replies = ['reply-to', 'from', 'return-path', 'sender', 'x-original-from'].flatMap(
    (key) => returned?.headers.filter((header) => header.key === key).flatMap(({ value }) => addressesIn(value)) ?? [],
  )
  return {
    lasting,
    recipients,
    reason,
    ...(messageId !== undefined && { messageId }),
    named: idsLikeOurs([...written, ...answered, text].join('\n'), NAMED_MAX),
    replyAddresses: [...new Set([...replies, ...addressesIn(text).filter((one) => one.includes('+'))])].slice(
      0,
      REPLY_ADDRESSES_MAX,
    ),
  }
}
