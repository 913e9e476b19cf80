// Every post and every card update of ours comes back as an event. They tell us nothing, and kept they would pile up
// copies of what customers wrote. What others do to our messages, such as deleting a card, is news.
import { fieldsOf } from './field.ts'
import type { Self } from './room.ts'

const NEW_MESSAGE = new Set<unknown>([undefined, 'bot_message', 'file_share', 'thread_broadcast'])

export function isOwnEcho(body: Record<string, unknown>, self: Pick<Self, 'botId' | 'botUserId'>): boolean {
  if (self.botId === '') return false
  const event = fieldsOf(body.event)
  if (event.type !== 'message') return false
  if (event.subtype === 'message_changed') {
    const message = fieldsOf(event.message)
    return message.bot_id === self.botId && message.subtype !== 'tombstone'
  }
  // What it puts into a channel as a file can come without the bot's id.
  const isOurs = event.bot_id === self.botId || (event.bot_id === undefined && event.user === self.botUserId)
  return isOurs && NEW_MESSAGE.has(event.subtype)
}
