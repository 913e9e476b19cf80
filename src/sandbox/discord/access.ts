// The questions every route asks first: is it there, may the bot see it, may it do this here.
import { canSee, MAY, permissionsIn } from './permissions.ts'
import { CHANNEL, type Channel, type Guild, type Message, type Thread } from './records.ts'
import { refuse } from './refusal.ts'
import type { Ask } from './route.ts'
import type { World } from './world.ts'

/** Kinds of channels that have no messages of their own. */
const SILENT: readonly number[] = [CHANNEL.category, CHANNEL.forum, CHANNEL.media]

export function channelOf(world: World, { app, params }: Pick<Ask, 'app' | 'params'>): Channel {
  const channel = world.channels.get(params.channel ?? '')
  const guild = world.guilds.get(channel?.guildId ?? '')
  if (!channel || (channel.guildId === undefined && !channel.recipients.includes(app.id))) return refuse(10003)
  if (guild && !guild.members.has(app.id)) refuse(50001)
  if (!canSee(world, channel, app.id)) refuse(50001)
  return channel
}

export function textChannelOf(world: World, ask: Ask): Channel {
  const channel = channelOf(world, ask)
  if (SILENT.includes(channel.type)) refuse(50008)
  return channel
}

export function threadOf(world: World, ask: Ask): Channel & { thread: Thread } {
  const channel = channelOf(world, ask)
  return isThread(channel) ? channel : refuse(50024)
}

export function isThread(channel: Channel): channel is Channel & { thread: Thread } {
  return channel.thread !== undefined
}

/** An ephemeral message is not there for REST. */
export function messageOf(channel: Channel, id: string | undefined): Message {
  const message = channel.messages.get(id ?? '')
  return message && message.ephemeralFor === undefined ? message : refuse(10008)
}

export function guildOf(world: World, { app, params }: Pick<Ask, 'app' | 'params'>): Guild {
  const guild = world.guilds.get(params.guild ?? '') ?? refuse(10004)
  if (!guild.members.has(app.id)) refuse(50001)
  return guild
}

export function need(world: World, channel: Channel, userId: string, permission: bigint): void {
  if (!may(world, channel, userId, permission)) refuse(50013)
}

export function may(world: World, channel: Channel, userId: string, permission: bigint): boolean {
  return (permissionsIn(world, channel, userId) & permission) === permission
}

/** A sleeping thread only takes messages, and being woken. */
export function needAwake({ thread }: Channel): void {
  if (thread?.archived) refuse(50083)
}

/** Whether this bot may write here now; a direct message needs somebody who takes it. */
export function needSending(world: World, channel: Channel, botId: string) {
  if (channel.guildId === undefined) return needOpenDms(world, channel, botId)
  need(world, channel, botId, channel.thread ? MAY.sendInThreads : MAY.send)
  needUnlocked(world, channel, botId)
}

/** What is locked only moderators wake or write in; an interaction's answer may not wake it either. */
export function needUnlocked(world: World, channel: Channel, botId: string): void {
  if (!channel.thread?.locked || may(world, channel, botId, MAY.manageThreads)) return
  if (channel.thread.archived) refuse(50083, 403)
  refuse(160005)
}

function needOpenDms(world: World, channel: Channel, botId: string) {
  const user = world.users.get(channel.recipients.find((id) => id !== botId) ?? '')
  if (!user || user.isBot || user.blocked.has(botId)) refuse(50007)
  const shared = [...world.guilds.values()].some(({ members }) => members.has(botId) && members.has(user.id))
  if (!shared) refuse(50278)
  if (user.dms === 'closed') refuse(50007)
}
