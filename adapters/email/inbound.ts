// A parsed mail -> what the core hears of it: a customer's message, something we wrote ourselves, or a bounce.
import type {
  Address,
  ConversationKey,
  Evidence,
  InboundBounce,
  InboundEvent,
  InboundMessage,
  OwnMessage,
  RawEvent,
} from '../../src/channel.ts'
import { attachmentRef } from './attachment.ts'
import { automatedBecause } from './automated.ts'
import type { Bounce } from './bounce.ts'
import { messageIdKey, tokenKey } from './conversation-key.ts'
import { allHeaders, firstHeader, type Header } from './header.ts'
import type { Mail } from './mail.ts'
import { messageIdOf, messageIdsIn, verifySignedId } from './message-id.ts'
import type { IsOwn } from './own-mail.ts'
import { tokenIn } from './reply-address.ts'
import { replyHandle } from './reply-handle.ts'
import { senderVerdict } from './sender.ts'

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

const REFERENCES_READ_MAX = 100
const NO_REPLY = /^(no-?reply|do-?not-?reply|noreply)[^@]*@/
// Machines, and lists' machines, by the names they have always had (RFC 5230 section 4.6, RFC 2142).
const MACHINE =
  /^(mailer-?daemon|mail-?daemon|postmaster|(?:auto|system)?-?notifications?|bounces?|listserv|listproc|majordomo|mailman|owner-[^@]*|root|daemon|nobody|[^@]*-(?:request|owner|bounces?|no-?reply))(?:\+[^@]*)?@/

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
  return { kind: 'own', externalId, arrivedAt, keys: keysOf(mail.headers), said, ...(isProven && { isProven }) }
}

export interface Author {
  from: Address
  /** The name in From is not who wrote: what the server verified says nothing of them. */
  standsIn: boolean
  warnings: string[]
}

export function toMessage(mail: Mail, raw: RawEvent, mailbox: Mailbox, author: Author): InboundMessage {
  const automated = mail.bounce
    ? 'a delivery report'
    : (mail.report ?? automatedBecause(mail.headers, author.from.address, mail.subject ?? ''))
  return {
    kind: 'message',
    externalId: mail.externalId,
    arrivedAt: raw.arrivedAt,
    from: author.from,
    to: mail.to,
    cc: mail.cc,
    ...othersIn(mail, author.from.address, mailbox),
    ...(mail.subject !== undefined && { subject: mail.subject }),
    text: mail.text,
    markdown: mail.markdown,
    ...(mail.unquoted !== undefined && { unquoted: mail.unquoted }),
    evidence: evidenceIn(mail, mailbox),
    keys: keysOf(mail.headers),
    replyHandle: replyHandle(mail.headers, mail.subject),
    ...(automated && { automated }),
    ...(raw.meta?.imported !== undefined && { imported: true as const }),
    ...(isAcknowledgeable(mail, author.from.address, mailbox) && { acknowledgeable: true }),
    sender: author.standsIn ? 'none' : senderVerdict(mail.headers, author.from.address, mailbox.authServer),
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
  if (answerTo && (mailbox.isOwn(from.address) || NO_REPLY.test(from.address))) {
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
  if (from === UNKNOWN_SENDER || mailbox.isOwn(from) || NO_REPLY.test(from) || MACHINE.test(from)) return false
  return [...mail.to, ...mail.cc].some(({ address }) => mailbox.isAddressee(address))
}

function isSignedByUs(headers: Header[], mailbox: Mailbox): boolean {
  const id = messageIdOf(firstHeader(headers, 'message-id'))
  return id !== undefined && verifySignedId(mailbox.secret, id) !== undefined
}

function keysOf(headers: Header[]): ConversationKey[] {
  const id = messageIdOf(firstHeader(headers, 'message-id'))
  return id ? [messageIdKey(id)] : []
}

/** Strongest first: the token in an address of ours, an id we signed, then any id at all, the newest first. */
export function evidenceIn(mail: Mail, mailbox: Mailbox): Evidence[] {
  const named = ['delivered-to', 'x-original-to', 'envelope-to'].flatMap((key) => allHeaders(mail.headers, key))
  const recipients = [...mail.to, ...mail.cc].map(({ address }) => address)
  const tokens = [...recipients, ...named.map((value) => value.replace(/[<>]/g, ''))].flatMap(
    (address) => tokenIn(address, mailbox.isOwn) ?? [],
  )
  const answered = allHeaders(mail.headers, 'in-reply-to').flatMap((value) => messageIdsIn(value, REFERENCES_READ_MAX))
  const references = allHeaders(mail.headers, 'references').flatMap((value) => messageIdsIn(value, REFERENCES_READ_MAX))
  const ids = [...new Set([...answered, ...references.reverse()])]
  const signed = ids.flatMap((id) => verifySignedId(mailbox.secret, id) ?? [])
  return [
    ...[...new Set(tokens)].map((token): Evidence => ({ by: 'token', key: tokenKey(token) })),
    ...[...new Set(signed)].map((id): Evidence => ({ by: 'signed-id', key: messageIdKey(id) })),
    ...ids
      .filter((id) => !isLikeOurs(id) && !signed.includes(id.toLowerCase()))
      .map((id): Evidence => ({ by: 'reference', key: messageIdKey(id) })),
  ]
}

/** An id made to look like ours whose signature is wrong is no evidence at all, not even a weak one. */
function isLikeOurs(id: string): boolean {
  return /^<o\.[^@]+\.[a-z0-9]{20}@/i.test(id)
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
