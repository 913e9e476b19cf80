// What can still be said of an event that could not be read. It looks at the beginning only and never throws.
import { createHash } from 'node:crypto'
import type { ExternalId, InboundMessage, RawEvent } from '../../src/channel.ts'
import { externalIdOf, replyHandleOf, threadKey } from './conversation-key.ts'
import { escapeMarkdown } from './markdown-escape.ts'

const READ_BYTES_MAX = 64 * 1024
const TEXT_MAX = 2000
const WARNING = 'This message could not be read. Open it in Slack to see all of it.'

export function salvage({ key, arrivedAt, body }: RawEvent): InboundMessage {
  const start = new TextDecoder().decode(body.subarray(0, READ_BYTES_MAX)).replaceAll('\0', '').toWellFormed()
  // Its key says where it stands, whatever became of the rest.
  const [, channel, ts] = /^[^/]*\/([A-Z0-9]{2,30})\/(\d{1,12}\.\d{1,9})/.exec(key) ?? []
  const isPlaced = channel !== undefined && ts !== undefined
  const hash = createHash('sha256').update(key).digest('hex')
  const user = /"user":"([UW][A-Z0-9]{1,30})"/.exec(start)?.[1]
  const team = /"(?:user_team|team)":"([TE][A-Z0-9]{1,30})"/.exec(start)?.[1]
  const text = wordsIn(start)
  return {
    kind: 'message',
    externalId: isPlaced ? externalIdOf(channel, ts) : (`unreadable/${hash}` as ExternalId),
    arrivedAt,
    from: { address: `${team ?? 'unknown'}/${user ?? 'unknown'}` },
    to: [],
    cc: [],
    text,
    markdown: escapeMarkdown(text),
    evidence: [],
    keys: isPlaced ? [threadKey(channel, ts)] : [],
    replyHandle: isPlaced ? replyHandleOf({ channel, threadTs: ts }) : '',
    sender: 'none',
    attachments: [],
    warnings: [WARNING],
  }
}

function wordsIn(start: string): string {
  const found = /"text":("(?:[^"\\]|\\.){0,4000}")/.exec(start)?.[1]
  try {
    return found === undefined ? '' : String(JSON.parse(found)).replaceAll('\0', '').slice(0, TEXT_MAX).toWellFormed()
  } catch {
    return ''
  }
}
