// Where an answer goes. It travels through the core as text that only this folder reads.
import { isSnowflake } from './snowflake.ts'

export type ReplyHandle =
  /** Into this direct message channel. */
  | { to: 'dm'; channelId: string; messageId?: string; userId: string }
  /** Into this thread, post or private thread. */
  | { to: 'thread'; channelId: string; messageId?: string; userId: string }
  /** Into the thread of this message, which may not be there yet. */
  | { to: 'opened'; channelId: string; messageId: string; userId: string }

export function writeReplyHandle(handle: ReplyHandle): string {
  return JSON.stringify(handle)
}

/** Undefined for what is no handle of ours: then the person is written to directly. */
export function readReplyHandle(text: string): ReplyHandle | undefined {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return undefined
  }
  const { to, channelId, messageId, userId } = Object(data) as Record<string, unknown>
  if (!isSnowflake(channelId) || !isSnowflake(userId)) return undefined
  const ids = { channelId, userId, ...(isSnowflake(messageId) && { messageId }) }
  if (to === 'dm' || to === 'thread') return { to, ...ids }
  return to === 'opened' && isSnowflake(messageId) ? { to, channelId, userId, messageId } : undefined
}
