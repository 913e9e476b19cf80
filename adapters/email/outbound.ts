// A reply as the bytes that will leave: built once, kept, and the same at every attempt, down to the Message-ID and the boundary.
import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Address, OutboundMessage, Part } from '../../src/channel.ts'
import { AUTOMATIC_HEADERS } from './automatic.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { messageIdKey, tokenKey } from './conversation-key.ts'
import { normalAddress } from './mail.ts'
import { imagesIn, parseMarkdown } from './markdown.ts'
import { blocksToHtml, escapeHtml, textToHtmlQuote, textToHtmlSignature } from './markdown-html.ts'
import { blocksToText, quoteText } from './markdown-text.ts'
import { signedMessageId } from './message-id.ts'
import { outgoingFiles } from './outgoing-file.ts'
import type { IsOwn } from './own-mail.ts'
import { replyAddress } from './reply-address.ts'
import { readReplyHandle, referencesOf } from './reply-handle.ts'
import { subjectOf } from './subject.ts'

export const LETTER_TEXT_MAX = 500_000

const SIGNATURE_MAX = 2000
const QUOTED_LINES_MAX = 100
const QUOTED_CHARS_MAX = 20_000
const SUBJECT_MAX = 200

export interface Sender {
  address: string
  displayName: string
  signature?: string
  attachmentBytesMax: number
  isOwn: IsOwn
  secret: Uint8Array
}

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
  const letter = letterOf(message, sender)
  const files = outgoingFiles(message.attachments ?? [], letter.images, sender.attachmentBytesMax)
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
    ...(message.automated && { headers: AUTOMATIC_HEADERS[message.automated] }),
    text: letter.text,
    html: letter.html,
    ...(files.length > 0 && { attachments: files.map(({ part }) => part) }),
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  })
    .compile()
    .build()
  return {
    body,
    preview: letter.text,
    subject,
    recipients: [...to, ...cc],
    ...(files.length > 0 && { attachments: files.map(({ name, bytes }) => ({ name, bytes })) }),
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
    if (address && !seen.has(address)) seen.set(address, { address, ...(name && { name }) })
  }
  return [...seen.values()]
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

interface LetterText {
  text: string
  html: string
  /** Names of the attached images that it shows. */
  images: string[]
}

function letterOf(message: OutboundMessage, sender: Sender): LetterText {
  const blocks = parseMarkdown(cleanText(message.markdown, LETTER_TEXT_MAX))
  const images = imagesIn(blocks)
  const signature =
    message.automated || !sender.signature ? undefined : signatureOf(sender.signature, message.agentName)
  const text = [blocksToText(blocks), ...(signature ? [`-- \n${signature}`] : [])].join('\n\n')
  const html = [blocksToHtml(blocks), ...(signature ? [textToHtmlSignature(signature)] : [])].join('\n')
  if (!message.answers || message.automated) return { text, html, images }
  const intro = quoteIntro(message.answers.from, message.answers.arrivedAt)
  const quoted = shortened(message.answers.text)
  return {
    text: `${text}\n\n${intro}\n${quoteText(quoted)}`,
    html: `${html}\n<div class="gmail_quote">\n<p class="gmail_attr">${escapeHtml(intro)}</p>\n${textToHtmlQuote(quoted)}\n</div>`,
    images,
  }
}

function signatureOf(signature: string, agentName: string): string {
  return cleanText(
    signature.replaceAll('{agent}', () => cleanLine(agentName)),
    SIGNATURE_MAX,
  ).trim()
}

/** Without words, as we do not know the reader's language here. */
function quoteIntro(from: Address, at: number): string {
  const name = cleanLine(from.name ?? '')
  const time = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${name ? `${name} <${from.address}>` : from.address}, ${time}:`
}

/** What is answered, without the quotes in it: those the customer has already. */
function shortened(text: string): string {
  const own = cleanText(text)
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  const lines = own.slice(0, QUOTED_CHARS_MAX).split('\n')
  const cut = own.length > QUOTED_CHARS_MAX || lines.length > QUOTED_LINES_MAX
  return [...lines.slice(0, QUOTED_LINES_MAX), ...(cut ? ['[…]'] : [])].join('\n').toWellFormed()
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
