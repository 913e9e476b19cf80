// A message event: something new, a person's edit, or a deletion, each with a key that all its copies share.
import { type Fields, fieldsOf, listOf, numberOf, textOf, wordOf } from './field.ts'

interface Said {
  /**
   * The same for every copy of the same thing: Slack repeats deliveries, and tells of a mention twice under two event
   * ids.
   */
  key: string
  team: string
  channel: string
  ts: string
  /** The root's ts, for a message inside a thread. */
  threadTs?: string
  user?: string
  /** Set when an app wrote it. */
  botId?: string
}

export interface NewMessage extends Said {
  kind: 'message'
  /** In Slack's encoding; `plainText` reads it. */
  text: string
  subtype?: string
  /** When it was said, epoch milliseconds. */
  at: number
  files: EventFile[]
  /** The channel is shared with another organisation. */
  isShared: boolean
}

/** A person's edit. What Slack changes by itself, such as the preview of a link, is `other`. */
export interface ChangedMessage extends Said {
  kind: 'message-changed'
  text: string
  previousText: string
}

export interface DeletedMessage extends Said {
  kind: 'message-deleted'
}

export interface EventFile {
  id: string
  name: string
  type: string
  bytes: number
}

/** Said about a message and not by anybody: joins, topics, pins. */
const SAYING = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message', 'bot_message'])

export function parseMessage(event: Fields, body: Fields): NewMessage | ChangedMessage | DeletedMessage | undefined {
  const subtype = wordOf(event.subtype)
  if (subtype === 'message_changed') return changed(event, body)
  if (subtype === 'message_deleted') return deleted(event, body)
  if (!SAYING.has(subtype)) return undefined
  const said = saidOf(event, event, body)
  if (!said) return undefined
  return {
    kind: 'message',
    ...said,
    text: textOf(event.text) ?? '',
    ...(subtype !== undefined && { subtype }),
    at: Math.floor(Number(said.ts) * 1000),
    files: listOf(event.files).map(fileOf),
    isShared: body.is_ext_shared_channel === true,
  }
}

function changed(event: Fields, body: Fields): ChangedMessage | DeletedMessage | undefined {
  const now = fieldsOf(event.message)
  const before = fieldsOf(event.previous_message)
  // Deleting a message that has replies arrives as a change into a tombstone.
  if (textOf(now.subtype) === 'tombstone') return deletedFrom(event, before, body)
  const editedTs = textOf(fieldsOf(now.edited).ts)
  const text = textOf(now.text) ?? ''
  const previousText = textOf(before.text) ?? ''
  const isEdit = editedTs !== textOf(fieldsOf(before.edited).ts) || text !== previousText
  const said = saidOf(event, now, body, `/edit/${editedTs ?? textOf(event.ts) ?? ''}`)
  return isEdit && said ? { kind: 'message-changed', ...said, text, previousText } : undefined
}

function deleted(event: Fields, body: Fields): DeletedMessage | undefined {
  const before = { ...fieldsOf(event.previous_message), ts: event.deleted_ts }
  return deletedFrom(event, before, body)
}

function deletedFrom(event: Fields, before: Fields, body: Fields): DeletedMessage | undefined {
  const said = saidOf(event, before, body, '/deleted')
  return said && { kind: 'message-deleted', ...said }
}

function saidOf(event: Fields, about: Fields, body: Fields, suffix = ''): Said | undefined {
  const channel = textOf(event.channel)
  const ts = textOf(about.ts)
  if (channel === undefined || ts === undefined || !/^\d{1,12}\.\d{1,9}$/.test(ts)) return undefined
  const team = textOf(body.team_id) ?? ''
  const threadTs = wordOf(about.thread_ts)
  const user = wordOf(about.user)
  const botId = wordOf(about.bot_id)
  return {
    key: `${team}/${channel}/${ts}${suffix}`,
    team,
    channel,
    ts,
    ...(threadTs !== undefined && threadTs !== ts && { threadTs }),
    ...(user !== undefined && { user }),
    ...(botId !== undefined && { botId }),
  }
}

function fileOf(file: Fields): EventFile {
  return {
    id: textOf(file.id) ?? '',
    name: textOf(file.name) ?? 'file',
    type: textOf(file.mimetype) ?? 'application/octet-stream',
    bytes: numberOf(file.size) ?? 0,
  }
}
