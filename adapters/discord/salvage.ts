// What can still be said of an event that could not be read: who and when, as far as its first bytes tell.
import { createHash } from 'node:crypto'
import type { ExternalId, InboundMessage, RawEvent } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { literal } from './discord-markdown.ts'
import { messageId } from './external-id.ts'
import { writeReplyHandle } from './reply-handle.ts'
import { isSnowflake } from './snowflake.ts'

const READ_BYTES_MAX = 64 * 1024
const TEXT_MAX = 2000
const UNKNOWN_SENDER = 'unknown'
const WARNING = 'This message could not be read. Look for it in Discord.'

export function salvage(raw: RawEvent): InboundMessage {
  const start = new TextDecoder().decode(raw.body.subarray(0, READ_BYTES_MAX))
  const channelId = /"channel_id":"(\d{1,20})"/.exec(start)?.[1]
  const id = /"id":"(\d{1,20})"/.exec(start)?.[1]
  const userId = /"author":\{[^{}]{0,500}?"id":"(\d{1,20})"/.exec(start)?.[1]
  const name = cleanLine(/"global_name":"([^"\\]{1,100})"/.exec(start)?.[1] ?? '')
  const isKnown = isSnowflake(channelId) && isSnowflake(id)
  return {
    kind: 'message',
    externalId: isKnown ? messageId(channelId, id) : (`unread:${hashOf(raw.key)}` as ExternalId),
    arrivedAt: raw.arrivedAt,
    from: { address: userId ?? UNKNOWN_SENDER, ...(name && { name }) },
    to: [],
    cc: [],
    ...literal(contentIn(start)),
    evidence: [],
    keys: [],
    replyHandle: isKnown && isSnowflake(userId) ? handleOf(raw, channelId, id, userId) : '',
    sender: 'none',
    attachments: [],
    warnings: [WARNING],
  }
}

function handleOf({ meta }: RawEvent, channelId: string, messageId: string, userId: string): string {
  const to = meta?.place === 'dm' ? 'dm' : meta?.place === 'channel' ? 'opened' : 'thread'
  return writeReplyHandle({ to, channelId, messageId, userId })
}

function contentIn(start: string): string {
  const written = /"content":"((?:[^"\\]|\\.){0,4000})"/.exec(start)?.[1] ?? ''
  try {
    return String(JSON.parse(`"${written}"`)).slice(0, TEXT_MAX)
  } catch {
    return ''
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
