// A message's life: its unique ts, how Slack writes it on the wire, and the event everyone hears when it changes.
import { emit } from './events.ts'
import { fileStub, fileWire } from './file-record.ts'
import { compact, type Json } from './json.ts'
import type { Channel, Message } from './workspace.ts'
import type { World } from './world.ts'

const SUBSCRIPTION = { channel: 'message.channels', group: 'message.groups', im: 'message.im', mpim: 'message.mpim' }

const lastMicros = new WeakMap<World, number>()

/** Seconds and six decimals, never the same twice and never going back, even when the clock stands still. */
export function newTs(world: World): string {
  const micros = Math.max(Math.floor(world.clock.now() * 1000), (lastMicros.get(world) ?? 0) + 1)
  lastMicros.set(world, micros)
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`
}

export function addMessage(
  world: World,
  channel: Channel,
  draft: Omit<Message, 'ts' | 'channel' | 'reactions'>,
): Message {
  const message: Message = { ...draft, ts: newTs(world), channel: channel.id, reactions: new Map() }
  const root = message.threadTs ? world.workspace.message(channel.id, message.threadTs) : undefined
  if (root) root.threadTs = root.ts // From its first reply on, a root message carries its own ts as thread_ts.
  world.workspace.put(message)
  emitMessage(world, channel, messageEvent(world, message))
  world.changed()
  return message
}

/** As history, replies and API answers show it. Metadata is shown only to those who ask for all of it. */
export function messageWire(world: World, message: Message, options: { metadata?: boolean } = {}): Json {
  const { app, workspace } = world
  const author = message.user ? workspace.users.get(message.user) : undefined
  const files = message.fileIds?.map((id) => workspace.files.get(id)).filter((file) => file !== undefined)
  return compact({
    type: 'message',
    subtype: message.subtype,
    user: message.user,
    ts: message.ts,
    client_msg_id: message.clientMsgId,
    bot_id: message.botId,
    app_id: message.botId === app.botId ? app.appId : undefined,
    bot_profile: message.botId === app.botId && !message.username ? botProfile(world) : undefined,
    username: message.username,
    icons: message.icons,
    text: message.text,
    team: author?.teamId ?? app.teamId,
    ...(author && author.teamId !== app.teamId && { user_team: author.teamId, source_team: author.teamId }),
    blocks: message.blocks,
    attachments: message.attachments,
    files: files?.map((file) => (isOfOthers(world, message) ? fileStub(file) : fileWire(world, file))),
    edited: message.edited,
    ...threadWire(world, message),
    reactions: reactionsWire(message),
    metadata: options.metadata ? message.metadata : undefined,
  })
}

/** Written by another organisation into a channel that is shared with it. */
function isOfOthers({ app, workspace }: World, { user, channel }: Message): boolean {
  const teamId = workspace.users.get(user ?? '')?.teamId ?? app.teamId
  return teamId !== app.teamId && workspace.channels.get(channel)?.isExtShared === true
}

function threadWire(world: World, message: Message): Json {
  if (!message.threadTs) return {}
  const thread = world.workspace.thread(message.channel, message.threadTs)
  const root = thread.find(({ ts }) => ts === message.threadTs)
  if (root && message.ts !== root.ts) return { thread_ts: root.ts, parent_user_id: root.user ?? root.botId }
  const replies = thread.filter(({ ts }) => ts !== message.threadTs)
  const people = [...new Set(replies.map(({ user, botId }) => user ?? botId))]
  return {
    thread_ts: message.threadTs,
    reply_count: replies.length,
    reply_users_count: people.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: people,
    subscribed: false,
    is_locked: false,
  }
}

function reactionsWire(message: Message): Json[] | undefined {
  if (message.reactions.size === 0) return undefined
  return [...message.reactions].map(([name, users]) => ({ name, users, count: users.length }))
}

function botProfile({ app }: World): Json {
  return {
    id: app.botId,
    app_id: app.appId,
    user_id: app.botUserId,
    name: app.botName,
    deleted: false,
    team_id: app.teamId,
  }
}

/** A message in an event carries no counts of replies and reactions; those belong to history. */
function messageEvent(world: World, message: Message): Json {
  const wire = messageWire(world, message)
  const root = message.threadTs ? world.workspace.message(message.channel, message.threadTs) : undefined
  if (message.subtype === 'thread_broadcast' && root) wire.root = messageWire(world, root)
  return { ...wire, channel: message.channel, event_ts: message.ts }
}

export function emitMessage(world: World, channel: Channel, event: Json): void {
  emit(
    world,
    { ...event, channel: channel.id, channel_type: channel.kind },
    { on: SUBSCRIPTION[channel.kind], channel },
  )
  if (typeof event.text === 'string' && isMentionOfApp(world, channel, event)) {
    emit(world, { ...event, type: 'app_mention' }, { on: 'app_mention', channel })
  }
}

function isMentionOfApp({ app }: World, channel: Channel, event: Json): boolean {
  const isFromApp = event.bot_id === app.botId || event.user === app.botUserId
  const isNew = event.subtype === undefined || event.subtype === 'file_share' || event.subtype === 'thread_broadcast'
  return isNew && !isFromApp && channel.kind !== 'im' && String(event.text).includes(`<@${app.botUserId}>`)
}

/** Changes a message in place and tells everyone, as an edit, our own chat.update and every unfurl do. */
export function changeMessage(
  world: World,
  channel: Channel,
  message: Message,
  change: (message: Message) => void,
): void {
  const previous = messageWire(world, message)
  change(message)
  const ts = newTs(world)
  emitMessage(world, channel, {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    message: messageWire(world, message),
    previous_message: previous,
    ts,
    event_ts: ts,
  })
  world.changed()
}

/** A root message that has replies leaves a tombstone, which Slack announces as a change and not as a deletion. */
export function deleteMessage(world: World, channel: Channel, message: Message): void {
  const hasReplies = world.workspace.thread(channel.id, message.ts).length > 1
  if (hasReplies) changeMessage(world, channel, message, bury)
  else drop(world, channel, message)
}

function drop(world: World, channel: Channel, message: Message): void {
  const previous = messageWire(world, message)
  world.workspace.drop(message)
  const ts = newTs(world)
  const deleted = { subtype: 'message_deleted', hidden: true, deleted_ts: message.ts, previous_message: previous }
  emitMessage(world, channel, { type: 'message', ...deleted, ts, event_ts: ts })
  world.changed()
}

function bury(message: Message): void {
  message.subtype = 'tombstone'
  message.text = 'This message was deleted.'
  message.user = 'USLACKBOT'
  for (const field of ['blocks', 'attachments', 'fileIds', 'botId', 'username', 'metadata', 'edited'] as const) {
    delete message[field]
  }
}
