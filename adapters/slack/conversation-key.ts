// The names by which messages and conversations are known again. They are made and read here and nowhere else.
import type { ConversationKey, ExternalId } from '../../src/channel.ts'

const TS = /^\d{1,12}\.\d{1,9}$/

/** A channel's id is unique in all of Slack, and a ts within its channel. */
export function externalIdOf(channel: string, ts: string): ExternalId {
  return `${channel}/${ts}` as ExternalId
}

/** A file shows itself under a ts that Slack does not tell. */
export function fileIdOf(id: string): ExternalId {
  return `file:${id}` as ExternalId
}

export type Sent = { kind: 'message'; channel: string; ts: string } | { kind: 'file'; id: string }

export function readExternalId(id: ExternalId): Sent | undefined {
  if (id.startsWith('file:')) return { kind: 'file', id: id.slice('file:'.length) }
  const [channel = '', ts = ''] = id.split('/')
  return channel !== '' && TS.test(ts) ? { kind: 'message', channel, ts } : undefined
}

export function threadKey(channel: string, threadTs: string): ConversationKey {
  return `thread:${channel}/${threadTs}` as ConversationKey
}

/** A direct message: one person and we are alone there. */
export function placeKey(channel: string): ConversationKey {
  return `place:${channel}` as ConversationKey
}

export function groupKey(channel: string, author: string): ConversationKey {
  return `group:${channel}/${author}` as ConversationKey
}

/** Where an answer belongs. It travels through the core as text that only this folder reads. */
export interface ReplyPlace {
  channel: string
  threadTs?: string
}

export function replyHandleOf(place: ReplyPlace): string {
  return JSON.stringify(place)
}

/** Checked again, however old it is and whoever wrote it. */
export function readReplyHandle(text: string): ReplyPlace | undefined {
  try {
    const { channel, threadTs } = JSON.parse(text) as Partial<ReplyPlace>
    if (typeof channel !== 'string' || !/^[A-Z0-9]{2,30}$/.test(channel)) return undefined
    return { channel, ...(typeof threadTs === 'string' && TS.test(threadTs) && { threadTs }) }
  } catch {
    return undefined
  }
}
