// How Discord's messages are named in the core, and what leads a later one back to its conversation. Made and read here only.
import { createHash } from 'node:crypto'
import type { ConversationKey, ExternalId } from '../../src/channel.ts'
import { isSnowflake } from './snowflake.ts'

/** The channel is part of it: without it Discord finds no message. */
export function messageId(channelId: string, id: string): ExternalId {
  return `${channelId}/${id}` as ExternalId
}

export function readMessageId(externalId: ExternalId): { channelId: string; id: string } | undefined {
  const [channelId, id, ...rest] = externalId.split('/')
  return isSnowflake(channelId) && isSnowflake(id) && rest.length === 0 ? { channelId, id } : undefined
}

export function editId(of: ExternalId, editedAt: number): ExternalId {
  return `${of}/edit:${editedAt}` as ExternalId
}

export function deletionId(of: ExternalId): ExternalId {
  return `${of}/deleted` as ExternalId
}

/** What was asked for with the slash command is no message of Discord's. */
export function requestId(interactionId: string): ExternalId {
  return `request:${interactionId}` as ExternalId
}

export function dmKey(channelId: string): ConversationKey {
  return `dm:${channelId}` as ConversationKey
}

/** A thread that is opened at a message gets the message's id, so the key is known before there is a thread. */
export function threadKey(threadId: string): ConversationKey {
  return `thread:${threadId}` as ConversationKey
}

export function messageKey(id: string): ConversationKey {
  return `message:${id}` as ConversationKey
}

export function nonceKey(nonce: string): ConversationKey {
  return `nonce:${nonce}` as ConversationKey
}

export function groupKey(channelId: string, authorId: string): ConversationKey {
  return `group:${channelId}:${authorId}` as ConversationKey
}

const NONCE_HASH_LENGTH = 20

/** At most 25 characters, which is all that Discord takes; the same for the same part, for ever. */
export function nonceOf(ourMessageId: string, part: number): string {
  const hash = createHash('sha256').update(ourMessageId).digest('base64url').slice(0, NONCE_HASH_LENGTH)
  return `${hash}.${part}`
}
