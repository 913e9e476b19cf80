// What becomes of channels: they are made, changed and removed, and whoever may hear of it does.
import { CHANNEL, type Channel, type Guild } from './records.ts'
import { channelShape } from './shape-channel.ts'
import type { World } from './world.ts'

const DAY_MINUTES = 1440

export type NewChannel = Pick<Channel, 'type' | 'name'> &
  Partial<Omit<Channel, 'id' | 'guildId' | 'messages' | 'thread'>>

export function addChannel(world: World, guild: Guild, given: NewChannel): Channel {
  const channel = blankChannel(world.newId(), { ...given, guildId: guild.id })
  world.channels.set(channel.id, channel)
  tellChannel(world, 'CHANNEL_CREATE', channel)
  return channel
}

export function blankChannel(
  id: string,
  given: Pick<Channel, 'type' | 'name' | 'guildId'> & Partial<Channel>,
): Channel {
  return {
    topic: undefined,
    parentId: undefined,
    position: 0,
    overwrites: [],
    slowmodeS: 0,
    defaultAutoArchiveMinutes: DAY_MINUTES,
    recipients: [],
    tags: [],
    requiresTag: false,
    lastMessageId: undefined,
    messages: new Map(),
    ...given,
    id,
  }
}

/** Of a guild's channels every bot in it hears, whether it may look inside or not. */
export function tellChannel(
  world: World,
  name: 'CHANNEL_CREATE' | 'CHANNEL_UPDATE' | 'CHANNEL_DELETE',
  channel: Channel,
): void {
  if (channel.guildId === undefined) return
  world.emit({ name, guildId: channel.guildId, data: ({ app }) => channelShape(world, channel, app.id) })
}

export function removeChannel(world: World, channel: Channel): void {
  if (channel.thread) {
    const { id, guildId, parentId, type } = channel
    world.emit({ name: 'THREAD_DELETE', channel, data: () => ({ id, guild_id: guildId, parent_id: parentId, type }) })
  }
  world.channels.delete(channel.id)
  for (const thread of world.channels.values())
    if (thread.parentId === channel.id && thread.thread) world.channels.delete(thread.id)
  if (!channel.thread) tellChannel(world, 'CHANNEL_DELETE', channel)
}

/** The one channel two people have with each other. */
export function findDirect(world: World, botId: string, userId: string): Channel | undefined {
  return [...world.channels.values()].find(
    ({ type, recipients }) => type === CHANNEL.dm && recipients.includes(botId) && recipients.includes(userId),
  )
}

export function directChannel(world: World, botId: string, userId: string): Channel {
  const known = findDirect(world, botId, userId)
  if (known) return known
  const channel = blankChannel(world.newId(), {
    type: CHANNEL.dm,
    name: '',
    guildId: undefined,
    recipients: [botId, userId],
  })
  world.channels.set(channel.id, channel)
  return channel
}
