// Which conversation a message of Discord's belongs to, and where its answer goes.
import type { Evidence, InboundMessage } from '../../src/channel.ts'
import { dmKey, groupKey, messageKey, threadKey } from './external-id.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'
import type { Notes } from './raw-event.ts'
import { writeReplyHandle } from './reply-handle.ts'
import { isSnowflake } from './snowflake.ts'

export function conversationOf(
  message: Payload,
  { place }: Notes,
): Pick<InboundMessage, 'evidence' | 'keys' | 'group' | 'replyHandle'> {
  const id = textOf(message.id)
  const channelId = textOf(message.channel_id)
  const userId = textOf(payloadOf(message.author).id)
  const referred = referredBy(message)
  const about = { channelId, messageId: id, userId }
  if (place === 'dm') {
    const here = dmKey(channelId)
    return {
      evidence: [...referred, { by: 'place', key: here }],
      keys: [messageKey(id), here],
      replyHandle: writeReplyHandle({ to: 'dm', ...about }),
    }
  }
  if (place === 'channel') {
    return {
      evidence: referred,
      // The thread that an answer will open here.
      keys: [messageKey(id), threadKey(id)],
      ...(referred.length === 0 && { group: groupKey(channelId, userId) }),
      replyHandle: writeReplyHandle({ to: 'opened', ...about }),
    }
  }
  const here = threadKey(channelId)
  return {
    evidence: [{ by: 'thread', key: here }],
    keys: [messageKey(id), here],
    replyHandle: writeReplyHandle({ to: 'thread', ...about }),
  }
}

/** Whoever answers a question of somebody else's at the top of a channel stands in its thread, though that is not opened yet. */
export function threadOfAnswered(message: Payload): Evidence[] {
  const { message_id: id } = payloadOf(message.message_reference)
  return isSnowflake(id) ? [{ by: 'thread', key: threadKey(id) }] : []
}

const REPLY = 19

function referredBy(message: Payload): Evidence[] {
  const { message_id: id } = payloadOf(message.message_reference)
  return message.type === REPLY && isSnowflake(id) ? [{ by: 'reference', key: messageKey(id) }] : []
}
