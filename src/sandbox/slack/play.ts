// What a person does in channels: write, edit, delete, react, open the app's home, call a command or a shortcut.
import { compose } from './compose.ts'
import { enter, eventTs, openDm } from './conversations.ts'
import type { Ack } from './delivery.ts'
import { emit } from './events.ts'
import { makeFile } from './file-record.ts'
import { postFiles } from './files.ts'
import { getUser, sendCommand, sendMessageShortcut, sendShortcut } from './interaction.ts'
import { asText, isJson, type Json } from './json.ts'
import { addMessage, changeMessage, deleteMessage, newTs } from './message.ts'
import { addReaction, removeReaction } from './reactions.ts'
import { answerInto } from './response-url.ts'
import { viewWire } from './view-record.ts'
import type { Channel, Message } from './workspace.ts'
import type { World } from './world.ts'

export interface TypedFile {
  name: string
  bytes: Uint8Array
  /** It lies at another provider, at this address. */
  externalUrl?: string
}

/** A channel by id, `#name`, or by the id of a person or the bot: then it is the direct message with the app. */
export function getChannel(world: World, place: string, userId?: string): Channel {
  const { workspace, app } = world
  if (place === app.botUserId && userId) return openDm(world, [userId])
  const found = workspace.channels.get(place) ?? workspace.channelNamed(place) ?? workspace.dm(place)
  if (!found) throw new Error(`there is no channel ${place}: add it with addChannel first`)
  return found
}

export function getMessage(world: World, channel: Channel, ts: string): Message {
  const message = world.workspace.message(channel.id, ts)
  if (!message) throw new Error(`there is no message ${ts} in ${channel.name || channel.id}`)
  return message
}

function placeOf(world: World, userId: string, place: string): Channel {
  const channel = getChannel(world, place, userId)
  getUser(world, userId)
  if (!channel.members.has(userId))
    throw new Error(`${userId} is not in ${channel.name || channel.id}: let them join first`)
  if (channel.isArchived) throw new Error(`${channel.name} is archived: nobody can write there`)
  return channel
}

/** Writes a message and returns its ts. */
export function say(
  world: World,
  userId: string,
  place: string,
  typed: string,
  options: { threadTs?: string; files?: TypedFile[]; isBroadcast?: boolean } = {},
): string {
  const channel = placeOf(world, userId, place)
  const user = getUser(world, userId)
  const thread = options.threadTs && { threadTs: getMessage(world, channel, options.threadTs).ts }
  const { text, blocks } = compose(world, typed)
  const draft = { text, user: userId, ...(blocks.length > 0 && { blocks }), ...thread }
  // Only what a person's own client sent has a client_msg_id; another app's bot has a bot id instead.
  const origin = user.botId ? { botId: user.botId } : { clientMsgId: crypto.randomUUID() }
  if (options.files?.length) {
    const files = options.files.map((file) => makeFile(world, { ...file, userId }))
    return postFiles(world, channel, files, { ...draft, ...origin }).ts
  }
  const subtype = options.isBroadcast && thread ? { subtype: 'thread_broadcast' } : {}
  return addMessage(world, channel, { ...draft, ...origin, ...subtype }).ts
}

/** `/me waves`: the person is told of in the third person. */
export function emote(world: World, userId: string, place: string, typed: string): string {
  const channel = placeOf(world, userId, place)
  return addMessage(world, channel, { text: compose(world, typed).text, user: userId, subtype: 'me_message' }).ts
}

/** A line that Slack itself puts into the channel: a topic, a pin, a call. */
export function remark(world: World, userId: string, place: string, subtype: string, text: string): string {
  return addMessage(world, placeOf(world, userId, place), { text, user: userId, subtype }).ts
}

export function edit(world: World, userId: string, place: string, ts: string, typed: string): void {
  const channel = placeOf(world, userId, place)
  const message = ownMessage(world, userId, channel, ts)
  changeMessage(world, channel, message, () => {
    Object.assign(message, compose(world, typed), { edited: { user: userId, ts: newTs(world) } })
  })
}

export function remove(world: World, userId: string, place: string, ts: string): void {
  const channel = placeOf(world, userId, place)
  deleteMessage(world, channel, ownMessage(world, userId, channel, ts))
}

function ownMessage(world: World, userId: string, channel: Channel, ts: string): Message {
  const message = getMessage(world, channel, ts)
  if (message.user !== userId) throw new Error(`message ${ts} is not by ${userId}: people change only their own`)
  return message
}

export function react(world: World, userId: string, place: string, ts: string, name: string): void {
  const channel = placeOf(world, userId, place)
  const error = addReaction(world, { channel, message: getMessage(world, channel, ts) }, userId, name)
  if (error) throw new Error(`${userId} cannot react with ${name}: ${error}`)
}

export function unreact(world: World, userId: string, place: string, ts: string, name: string): void {
  const channel = placeOf(world, userId, place)
  const error = removeReaction(world, { channel, message: getMessage(world, channel, ts) }, userId, name)
  if (error) throw new Error(`${userId} cannot take ${name} back: ${error}`)
}

/** Slack fetched a link and shows a preview: the message changes, and nobody edited it. */
export function unfurl(world: World, place: string, ts: string, preview: { url: string; title: string }): void {
  const channel = getChannel(world, place)
  const message = getMessage(world, channel, ts)
  const attachment = {
    id: 1,
    from_url: preview.url,
    original_url: preview.url,
    title: preview.title,
    fallback: preview.title,
  }
  changeMessage(world, channel, message, () => {
    message.attachments = [...(message.attachments ?? []), attachment]
  })
}

export function join(world: World, userId: string, place: string, inviter?: string): void {
  getUser(world, userId)
  enter(world, getChannel(world, place), userId, inviter)
}

export function openHome(world: World, userId: string, tab: 'home' | 'messages' = 'home'): void {
  getUser(world, userId)
  const channel = openDm(world, [userId])
  const home = world.workspace.homes.get(userId)
  const view = home && tab === 'home' ? { view: viewWire(world, home, { state: true }) } : {}
  const event = { type: 'app_home_opened', user: userId, channel: channel.id, tab, ...view, event_ts: eventTs(world) }
  emit(world, event, { on: 'app_home_opened' })
}

/** With a message, a message shortcut from its menu; without one, a global shortcut. */
export function shortcut(world: World, userId: string, callbackId: string, place?: string, ts?: string): Promise<Ack> {
  if (place === undefined || ts === undefined) return sendShortcut(world, userId, callbackId)
  const channel = visibleTo(world, userId, place)
  return sendMessageShortcut(world, userId, callbackId, channel, getMessage(world, channel, ts))
}

/** A public channel can be looked at, and its buttons clicked, by anyone who is no guest; a private one by members. */
export function visibleTo(world: World, userId: string, place: string): Channel {
  const channel = getChannel(world, place, userId)
  const user = getUser(world, userId)
  const isOpen = channel.kind === 'channel' && !user.isGuest
  if (!isOpen && !channel.members.has(userId)) throw new Error(`${userId} cannot see ${channel.name || channel.id}`)
  return channel
}

/** Slash commands exist in channels, never in threads. What the ack says is shown to the caller alone. */
export async function command(world: World, userId: string, place: string, name: string, text: string): Promise<Ack> {
  const channel = visibleTo(world, userId, place)
  const ack = await sendCommand(world, userId, channel, name, text)
  if (ack.kind === 'acked' && hasContent(ack.payload)) answerInto(world, { channelId: channel.id, userId }, ack.payload)
  world.changed()
  return ack
}

function hasContent(payload: Json): boolean {
  return asText(payload.text) !== undefined || (Array.isArray(payload.blocks) && payload.blocks.every(isJson))
}
