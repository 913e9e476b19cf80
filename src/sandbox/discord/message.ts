// What becomes of messages, whoever writes them: they are kept, they wake threads, and everyone who may hear of it does.
import { compact, type Json } from '../slack/json.ts'
import { type Event, mayReadContent } from './event.ts'
import { type Attachment, type Channel, MESSAGE, type Message } from './records.ts'
import { eventShape, withoutContent } from './shape-message.ts'
import { timeOf } from './snowflake.ts'
import { joinThread, setArchived } from './thread.ts'
import type { World } from './world.ts'

export type Draft = Partial<Omit<Message, 'channelId' | 'at' | 'editedAt'>> & { authorId: string }

export function addMessage(world: World, channel: Channel, draft: Draft): Message {
  // A forum's first message has the id of its thread.
  const id = draft.id ?? world.newId()
  const message: Message = {
    type: MESSAGE.default,
    content: '',
    tts: false,
    flags: 0,
    embeds: [],
    components: [],
    attachments: [],
    mentions: [],
    mentionRoles: [],
    mentionEveryone: false,
    reactions: [],
    pinned: false,
    nonce: undefined,
    snapshots: [],
    stickers: [],
    ...draft,
    id,
    channelId: channel.id,
    at: timeOf(id),
    editedAt: undefined,
  }
  channel.messages.set(id, message)
  if (message.ephemeralFor === undefined) {
    channel.lastMessageId = id
    wakeThread(world, channel, message)
  }
  world.emit(messageEvent(world, 'MESSAGE_CREATE', channel, message))
  return message
}

/** Writing in a thread unarchives it and makes the writer, and whom they mention, members. */
function wakeThread(world: World, channel: Channel, message: Message): void {
  const { thread } = channel
  if (!thread) return
  if (thread.archived) setArchived(world, channel, thread, false)
  if (message.type === MESSAGE.threadStarter) return
  thread.activeAt = world.clock.now()
  thread.totalSent += 1
  thread.messageCount += 1
  const guild = world.guilds.get(channel.guildId ?? '')
  for (const userId of [message.authorId, ...message.mentions]) {
    if (guild?.members.has(userId)) joinThread(world, channel, thread, userId)
  }
}

export function editMessage(
  world: World,
  channel: Channel,
  message: Message,
  changes: Partial<Omit<Message, 'id' | 'channelId'>>,
): void {
  Object.assign(message, changes)
  world.emit(messageEvent(world, 'MESSAGE_UPDATE', channel, message))
}

export function removeMessage(world: World, channel: Channel, message: Message): void {
  forget(channel, [message.id])
  const { id, ephemeralFor } = message
  world.emit({
    name: 'MESSAGE_DELETE',
    channel,
    ...(ephemeralFor !== undefined && message.applicationId !== undefined && { appId: message.applicationId }),
    data: () => compact({ id, channel_id: channel.id, guild_id: channel.guildId }),
  })
}

export function removeMessages(world: World, channel: Channel, ids: readonly string[]): void {
  const gone = ids.filter((id) => channel.messages.has(id))
  forget(channel, gone)
  if (gone.length === 0) return
  world.emit({
    name: 'MESSAGE_DELETE_BULK',
    channel,
    data: () => compact({ ids: gone, channel_id: channel.id, guild_id: channel.guildId }),
  })
}

function forget(channel: Channel, ids: readonly string[]): void {
  for (const id of ids) channel.messages.delete(id)
  if (channel.thread) channel.thread.messageCount = Math.max(0, channel.thread.messageCount - ids.length)
}

export function messageEvent(world: World, name: string, channel: Channel, message: Message): Event {
  return {
    name,
    channel,
    ...(message.ephemeralFor !== undefined && message.applicationId !== undefined && { appId: message.applicationId }),
    data(listener) {
      const shape = eventShape(world, message, listener.app.id)
      return channel.guildId === undefined || mayReadContent(listener) ? shape : withoutContent(shape, listener.app.id)
    },
  }
}

/** A forward keeps what a message said, not who said it. */
export function snapshotOf(shape: Json): Json {
  const kept = ['type', 'content', 'embeds', 'attachments', 'timestamp', 'edited_timestamp', 'flags', 'mentions']
  const more = ['mention_roles', 'sticker_items', 'components']
  return compact(Object.fromEntries([...kept, ...more].map((name) => [name, shape[name]])))
}

export function newAttachment(world: World, file: Omit<Attachment, 'id'>): Attachment {
  return { ...file, name: fileName(file.name), id: world.newId() }
}

/** Discord leaves of a file's name what is safe in a link. */
function fileName(name: string): string {
  return (
    name
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}._-]+/gu, '_')
      .replace(/^_+|_+$/g, '') || 'unknown'
  )
}
