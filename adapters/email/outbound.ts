// A reply as the bytes that will leave: built once, kept, and the same at every attempt, down to the Message-ID and the boundary.

import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Address, OutboundMessage, Part } from '../../src/channel.ts'
import { AUTOMATIC_HEADERS } from './automatic.ts'
import { cleanLine } from './clean-text.ts'
import { messageIdKey, tokenKey } from './conversation-key.ts'
import { type DkimKey, dkimSigned } from './dkim.ts'
import { ORIGINAL_ID_HEADER } from './evidence.ts'
import { writeLetter } from './letter.ts'
import { normalAddress } from './mail.ts'
import { signedMessageId } from './message-id.ts'
import { checkFiles, checkPictures, type OutboundFile } from './outbound-file.ts'
import type { IsOwn } from './own-mail.ts'
import { replyAddress } from './reply-address.ts'
import { readReplyHandle, referencesOf } from './reply-handle.ts'
import { subjectOf } from './subject.ts'

const SUBJECT_MAX = 200

export interface Sender {
  address: string
  displayName: string
  isOwn: IsOwn
  secret: Uint8Array
  /** Markdown, in which `{agent}` stands for the agent's name; a machine has none. */
  signature?: string
  attachmentBytesMax: number
  dkim?: DkimKey
}

/** Throws `SendError` with a sentence for the agent where a file cannot leave. */
export async function renderMail(message: OutboundMessage, sender: Sender): Promise<Part> {
  const to = recipients(message.automated === 'acknowledgement' ? message.to.slice(0, 1) : message.to)
  if (to.length === 0) throw new Error('email: the reply has no recipient that mail can be sent to')
  // Our own addresses are among the people who got the customer's mail; writing to ourselves would only go round.
  const cc = recipients(message.automated === undefined ? message.cc : []).filter(
    ({ address }) => !sender.isOwn(address) && !to.some((recipient) => recipient.address === address),
  )
  const handle = message.answers ? readReplyHandle(message.answers.replyHandle) : { references: [] }
  const subject =
    message.automated === undefined
      ? subjectOf(message.subject ?? handle.subject, message.answers !== undefined)
      : cleanLine(message.subject ?? '', SUBJECT_MAX)
  const messageId = signedMessageId(sender.secret, message.id, domainOf(sender.address))
  const files = checkFiles(message.attachments ?? [], sender.attachmentBytesMax)
  const { automated, answers } = message
  const letter = writeLetter({
    markdown: message.markdown,
    agentName: message.agentName,
    ...(!automated && sender.signature !== undefined && { signature: sender.signature }),
    ...(!automated && answers && { answers }),
  })
  checkPictures(letter.pictures, files)
  const boundary = createHash('sha256').update(messageId).digest('hex').slice(0, 32)
  const cidOf = (n: number) => `${boundary}.${n}@${domainOf(sender.address)}`
  const shown = new Map(letter.pictures.map((id) => [id, files.findIndex(({ ids }) => ids.includes(id))]))
  const pictureId = (id: string) => {
    const n = shown.get(id)
    return n === undefined ? undefined : cidOf(n)
  }
  const body = await new MailComposer({
    messageId,
    date: new Date(message.at),
    from: named({ address: sender.address, name: fromName(message.agentName, sender.displayName) }),
    ...(message.conversationToken !== undefined && {
      replyTo: named({ address: replyAddress(sender.address, message.conversationToken), name: sender.displayName }),
    }),
    to: to.map(named),
    cc: cc.map(named),
    subject,
    ...(handle.messageId !== undefined && { inReplyTo: handle.messageId }),
    references: referencesOf(handle),
    headers: {
      // Some servers put an id of their own in the place of ours.
      [ORIGINAL_ID_HEADER]: messageId,
      ...(message.automated && AUTOMATIC_HEADERS[message.automated]),
    },
    text: letter.text || '\n', // Without any there would be no text part.
    html: letter.html(pictureId),
    attachments: files.map((file, n) => attachmentOf(file, [...shown.values()].includes(n) ? cidOf(n) : undefined)),
    baseBoundary: boundary,
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  })
    .compile()
    .build()
  return {
    body: sender.dkim ? await dkimSigned(body, sender.dkim) : body,
    preview: letter.text,
    subject,
    recipients: [...to, ...cc],
    ...(files.length > 0 && { attachments: files.map(({ name, content }) => ({ name, bytes: content.byteLength })) }),
    keys: [
      messageIdKey(messageId),
      ...(message.conversationToken === undefined ? [] : [tokenKey(message.conversationToken.toLowerCase())]),
    ],
  }
}

function recipients(addresses: Address[]): Address[] {
  const seen = new Map<string, Address>()
  for (const recipient of addresses) {
    const address = normalAddress(recipient.address)
    const name = cleanLine(recipient.name ?? '')
    if (address && isReachable(address) && !seen.has(address)) seen.set(address, { address, ...(name && { name }) })
  }
  return [...seen.values()]
}

/** What IDNA has no form for is encoded all the same by some, and would then go to another domain than the one that is shown. */
function isReachable(address: string): boolean {
  const domain = domainOf(address)
  return /^[\x20-\x7e]*$/.test(domain) || domainToASCII(domain) !== ''
}

/** Always objects: in a string a comma in a name would be one more recipient. */
function named({ address, name }: Address): { address: string; name: string } {
  return { address, name: name ?? '' }
}

function fromName(agentName: string, displayName: string): string {
  const agent = cleanLine(agentName)
  if (!agent || !displayName) return agent || displayName
  return `${agent} (${displayName})`
}

/** A picture the words do not show is a file like any other: hidden beside the words nobody would find it. */
function attachmentOf({ name, type, content }: OutboundFile, cid: string | undefined) {
  return {
    filename: name,
    contentType: type,
    content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    contentTransferEncoding: 'base64' as const,
    ...(cid !== undefined ? { cid } : { contentDisposition: 'attachment' as const }),
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
