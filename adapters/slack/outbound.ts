// What leaves, exactly: each message and each file of a reply as one frozen body, in the order the customer will see them.
import { type OutboundMessage, type Part, SendError } from '../../src/channel.ts'
import { fieldsOf, numberOf, textOf } from '../../src/slack/field.ts'
import { escapeMrkdwn, shorten } from '../../src/slack/mrkdwn.ts'
import { type ReplyPlace, readReplyHandle, threadKey } from './conversation-key.ts'
import { pagesOf } from './letter.ts'
import { tamed } from './markdown-escape.ts'

/** By which a post of ours is found again. It tells the workspace nothing but our own ids. */
export const EVENT_TYPE = 'deskbell_reply'
const USERNAME_MAX = 80
/** chat.update takes no more, escapes included. */
const FALLBACK_MAX = 4000
const FALLBACK_SHORT = 700
const FILE_NAME_MAX = 200

/** Where it goes: `channel` is a person's id where nothing is answered, for Slack then opens the direct message. */
export interface Payload extends ReplyPlace {
  oid: string
  n: number
  username?: string
  text?: string
  blocks?: unknown[]
  file?: { name: string; bytes: number }
}

export function renderReply(message: OutboundMessage, attachmentBytesMax: number): Part[] {
  const place = placeOf(message)
  const username = tamed(message.agentName).trim().slice(0, USERNAME_MAX).toWellFormed()
  const common = { ...place, oid: message.id, ...(username !== '' && { username }) }
  const pages = pagesOf(message.markdown)
  const texts = pages.map(({ blocks, text }, n): Part => {
    const payload: Payload = { ...common, n, text: fallbackOf(text), blocks }
    return { ...partOf(message, payload), preview: text }
  })
  const files = (message.attachments ?? []).map(({ name, content }, index): Part => {
    if (content.byteLength === 0) throw refused(`${name} is empty, and Slack takes no empty files. Remove it.`)
    if (content.byteLength > attachmentBytesMax) throw refused(`${name} is too large to be sent. Send a link to it.`)
    const file = { name: fileName(name), bytes: content.byteLength }
    const payload: Payload = { ...common, n: pages.length + index, file }
    return { ...partOf(message, payload, content), preview: '', attachments: [{ name, bytes: content.byteLength }] }
  })
  const parts = [...texts, ...files]
  if (parts.length === 0) throw refused('There is nothing in this reply. Write something.')
  return parts
}

function refused(said: string): SendError {
  return new SendError({ kind: 'rejected' }, said)
}

function placeOf({ answers, to }: OutboundMessage): ReplyPlace {
  const answered = answers && readReplyHandle(answers.replyHandle)
  const user = userOf(to[0]?.address)
  const place = answered ?? (user === undefined ? undefined : { channel: user })
  if (!place) throw refused('It is not known where in Slack this customer can be answered. Choose another channel.')
  return place
}

/** Who an address names: a workspace and a person. */
export function userOf(address = ''): string | undefined {
  return /^[A-Z0-9]+\/([UW][A-Z0-9]{1,30})$/.exec(address)?.[1]
}

function fileName(name: string): string {
  const plain = tamed(name)
    .replaceAll(/[\p{Cc}/\\]/gu, ' ')
    .trim()
  return plain.slice(0, FILE_NAME_MAX).toWellFormed() || 'file'
}

/** For notifications and screen readers. */
function fallbackOf(text: string): string {
  const whole = escapeMrkdwn(text)
  return whole.length <= FALLBACK_MAX ? whole : escapeMrkdwn(shorten(text, FALLBACK_SHORT))
}

function partOf(
  { to }: OutboundMessage,
  payload: Payload,
  content: Uint8Array = new Uint8Array(),
): Omit<Part, 'preview'> {
  const { channel, threadTs } = payload
  return {
    body: Buffer.concat([Buffer.from(`${JSON.stringify(payload)}\n`), content]),
    recipients: to.slice(0, 1),
    keys: threadTs === undefined ? [] : [threadKey(channel, threadTs)],
  }
}

/** A frozen body again; the file's bytes stand behind the first line end. */
export function readPart({ body }: Part): Payload & { content: Uint8Array } {
  const end = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf('\n')
  const head = fieldsOf(JSON.parse(new TextDecoder().decode(body.subarray(0, end < 0 ? undefined : end))))
  const file = head.file === undefined ? undefined : fieldsOf(head.file)
  const threadTs = textOf(head.threadTs)
  const username = textOf(head.username)
  const text = textOf(head.text)
  return {
    channel: textOf(head.channel) ?? '',
    ...(threadTs !== undefined && { threadTs }),
    oid: textOf(head.oid) ?? '',
    n: numberOf(head.n) ?? 0,
    ...(username !== undefined && { username }),
    ...(text !== undefined && { text }),
    ...(Array.isArray(head.blocks) && { blocks: head.blocks }),
    ...(file && { file: { name: textOf(file.name) ?? 'file', bytes: numberOf(file.bytes) ?? 0 } }),
    content: end < 0 ? new Uint8Array() : body.subarray(end + 1),
  }
}
