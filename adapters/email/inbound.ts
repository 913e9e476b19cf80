// A parsed mail -> what the core hears of it: a customer's message, something we wrote ourselves, or a bounce.
import type {
  Address,
  ConversationKey,
  InboundBounce,
  InboundEvent,
  InboundMessage,
  OwnMessage,
  RawEvent,
} from '../../src/channel.ts'
import { attachmentRef } from './attachment.ts'
import { type Automation, automationOf } from './automated.ts'
import type { Bounce } from './bounce.ts'
import { messageIdKey, tokenKey } from './conversation-key.ts'
import { evidenceIn, isLikeOurs, originalIds } from './evidence.ts'
import { forwardedIn } from './forwarded.ts'
import { allHeaders, firstHeader, type Header } from './header.ts'
import { isMachine, isNoReply } from './machine-address.ts'
import type { Mail } from './mail.ts'
import { messageIdOf, verifySignedId } from './message-id.ts'
import type { IsOwn } from './own-mail.ts'
import { tokenIn } from './reply-address.ts'
import { replyHandle } from './reply-handle.ts'
import { senderVerdict } from './sender.ts'
import { topicOf } from './subject.ts'

export interface Mailbox {
  /** Of any of our mailboxes. */
  isOwn: IsOwn
  /** Of this one. */
  isAddressee: IsOwn
  secret: Uint8Array
  /** The name our receiving server signs Authentication-Results with, if we were told. */
  authServer?: string
}

export const UNKNOWN_SENDER = 'unknown@invalid' // RFC 2606: nothing can ever be delivered there.

/** Whom a mail names as its readers; a mail to more than these is a circular. */
const PEOPLE_MAX = 20

export function toEvents(mail: Mail, raw: RawEvent, mailbox: Mailbox): InboundEvent[] {
  if (raw.meta?.sent) return [toOwn(mail, raw, mailbox)]
  const author = authorOf(mail, mailbox)
  if (mail.bounce) {
    const from = { from: mail.from ?? { address: UNKNOWN_SENDER }, standsIn: false, warnings: [] }
    return [toBounce(mail.bounce, toMessage(mail, raw, mailbox, author ?? from), mail, mailbox)]
  }
  if (!author) return [toOwn(mail, raw, mailbox)]
  return [toMessage(mail, raw, mailbox, author)]
}

/** What stands in our Sent folder is ours whoever it says wrote it; elsewhere anybody can write our address. */
function toOwn(mail: Mail, raw: RawEvent, mailbox: Mailbox): OwnMessage {
  const from = mail.from ?? { address: UNKNOWN_SENDER }
  const said = toMessage(mail, raw, mailbox, { from, standsIn: false, warnings: [] })
  const isProven = raw.meta?.sent !== undefined || said.sender === 'pass'
  const { externalId, arrivedAt } = said
  const keys = [...new Set([...said.keys, ...originalIds(mail.headers, mailbox.secret).map(messageIdKey)])]
  return { kind: 'own', externalId, arrivedAt, keys, said, ...(isProven && { isProven }) }
}

export interface Author {
  from: Address
  /** The name in From is not who wrote: what the server verified says nothing of them. */
  standsIn: boolean
  warnings: string[]
}

export function toMessage(mail: Mail, raw: RawEvent, mailbox: Mailbox, author: Author): InboundMessage {
  const automation = whyAutomated(mail, author.from.address)
  const people = peopleIn(mail, author, mailbox)
  const sender = author.standsIn ? 'none' : verdictOf(mail, author.from.address, mailbox)
  const forwarded = author.standsIn ? undefined : forwardedIn(mail, sender, mailbox)
  return {
    kind: 'message',
    externalId: mail.externalId,
    arrivedAt: raw.arrivedAt,
    from: author.from,
    to: mail.to,
    cc: mail.cc,
    ...othersIn(mail, author.from.address, mailbox),
    ...(people.length > 0 && { people }),
    ...(mail.subject !== undefined && { subject: mail.subject, topic: topicOf(mail.subject) }),
    text: mail.text,
    markdown: mail.markdown,
    ...(mail.unquoted !== undefined && { unquoted: mail.unquoted }),
    // Whoever names no sender would share what belongs to others who named none.
    evidence: mail.from ? evidenceIn(mail, mailbox) : [],
    ...(author.standsIn && { hearsay: true as const }),
    keys: keysOf(mail.headers),
    ...soleKey(mail.headers),
    replyHandle: replyHandle(mail.headers, mail.subject),
    ...(automation && { automated: automation.because }),
    ...(automation?.kind === 'bulk' && isWrittenToUs(mail, mailbox) && { onlyBulk: true as const }),
    ...(forwarded && { forwarded }),
    ...(raw.meta?.imported !== undefined && { imported: true as const }),
    ...(isAcknowledgeable(mail, author.from.address, mailbox) && { acknowledgeable: true }),
    sender,
    attachments: mail.attachments.map(({ part, ...attachment }) => ({ ...attachment, ref: attachmentRef(part) })),
    warnings: [...author.warnings, ...mail.warnings, ...notWhole(raw)],
  }
}

function othersIn(mail: Mail, from: string, mailbox: Mailbox): { others?: Address[] } {
  const named = new Map([...mail.cc, ...mail.to].map((person) => [person.address, person]))
  const others = [...named.values()].filter(({ address }) => address !== from && !mailbox.isOwn(address))
  return others.length > 0 ? { others } : {}
}

/** Who wrote; undefined when we did. Web forms and shops write in our name or as no-reply and put the customer in Reply-To. */
function authorOf(mail: Mail, mailbox: Mailbox): Author | undefined {
  const from = mail.from ?? { address: UNKNOWN_SENDER }
  const answerTo = mail.replyTo && !mailbox.isOwn(mail.replyTo.address) ? mail.replyTo : undefined
  if (mailbox.isOwn(from.address) && (!answerTo || isSignedByUs(mail.headers, mailbox))) return undefined
  if (answerTo && (mailbox.isOwn(from.address) || isNoReply(from.address))) {
    return {
      from: answerTo,
      standsIn: true,
      warnings: [`Sent by ${from.address} for ${answerTo.address}, who gets the replies.`],
    }
  }
  const differs = answerTo && answerTo.address !== from.address
  return {
    from,
    standsIn: false,
    warnings: [
      ...(mail.from ? [] : ['The mail names no sender, so it cannot be answered.']),
      ...(differs ? [`The sender asks for replies to ${answerTo.address}; they go to ${from.address}.`] : []),
    ],
  }
}

/** Whoever was only copied by a list or a forwarder gets no answer from a machine. */
function isAcknowledgeable(mail: Mail, from: string, mailbox: Mailbox): boolean {
  if (from === UNKNOWN_SENDER || mailbox.isOwn(from) || isMachine(from)) return false
  return isWrittenToUs(mail, mailbox)
}

function isWrittenToUs(mail: Mail, mailbox: Mailbox): boolean {
  return [...mail.to, ...mail.cc].some(({ address }) => mailbox.isAddressee(address))
}

function whyAutomated(mail: Mail, from: string): Automation | undefined {
  if (mail.bounce) return { kind: 'program', because: 'a delivery report' }
  if (mail.report !== undefined) return { kind: 'program', because: mail.report }
  const isCalendarReply = mail.isCalendarReply ?? false
  return automationOf({ headers: mail.headers, from, subject: mail.subject ?? '', isCalendarReply })
}

/** Of several senders in one mail the server may have verified another than the one we show. */
function verdictOf(mail: Mail, from: string, mailbox: Mailbox): InboundMessage['sender'] {
  const verdict = senderVerdict(mail.headers, from, mailbox.authServer)
  return verdict === 'pass' && allHeaders(mail.headers, 'from').length > 1 ? 'none' : verdict
}

/** Those whom the sender wrote to besides us. What went through a list names nobody. */
function peopleIn(mail: Mail, author: Author, mailbox: Mailbox): Address[] {
  const isPerson = ({ address }: Address) =>
    !mailbox.isOwn(address) && !isMachine(address) && address !== author.from.address
  if (author.standsIn || firstHeader(mail.headers, 'list-id') !== undefined) return []
  const people = [...mail.to, ...mail.cc].filter(isPerson)
  return people.length > PEOPLE_MAX ? [] : people
}

function isSignedByUs(headers: Header[], mailbox: Mailbox): boolean {
  const id = messageIdOf(firstHeader(headers, 'message-id'))
  return id !== undefined && verifySignedId(mailbox.secret, id) !== undefined
}

/** One mail has one id: a second with the same id is no copy. */
function soleKey(headers: Header[]): { soleKey?: ConversationKey } {
  const [key] = keysOf(headers)
  return key === undefined ? {} : { soleKey: key }
}

function keysOf(headers: Header[]): ConversationKey[] {
  const id = messageIdOf(firstHeader(headers, 'message-id'))
  return id ? [messageIdKey(id)] : []
}

/** Strongest first: the id of the mail that came back, ids of ours from anywhere in the notice, and where its answers would go. */
function bounceKeys({ messageId, named, replyAddresses }: Bounce, mail: Mail, mailbox: Mailbox): ConversationKey[] {
  const signed = (id: string) => verifySignedId(mailbox.secret, id)
  const returned =
    messageId === undefined ? undefined : (signed(messageId) ?? (isLikeOurs(messageId) ? undefined : messageId))
  const ids = [...(returned === undefined ? [] : [returned]), ...named.flatMap((id) => signed(id) ?? [])]
  const recipients = mail.to.map(({ address }) => address)
  const tokens = [...replyAddresses, ...recipients].flatMap((address) => tokenIn(address, mailbox.isOwn) ?? [])
  return [...new Set([...ids.map(messageIdKey), ...tokens.map(tokenKey)])]
}

function toBounce(bounce: Bounce, notice: InboundMessage, mail: Mail, mailbox: Mailbox): InboundBounce {
  const { externalId, arrivedAt } = notice
  const { lasting, recipients, reason } = bounce
  return {
    kind: 'bounce',
    externalId,
    arrivedAt,
    of: bounceKeys(bounce, mail, mailbox),
    lasting,
    recipients,
    reason,
    notice,
  }
}

/** Why there is only a header, or less. */
function notWhole({ meta }: RawEvent): string[] {
  if (meta?.tooLarge) {
    const size = Math.ceil(Number(meta.tooLarge) / 1_000_000)
    return [`The mail is too large to take in (${size} MB): only its header is here. Read it in the mailbox.`]
  }
  return meta?.withheld ? ['The mail server does not hand over what this mail says. Read it in the mailbox.'] : []
}
