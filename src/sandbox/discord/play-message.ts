// What people do at Discord with messages and threads, as a test or the demo plays them.
import type { Json } from '../slack/json.ts'
import { isThread, may } from './access.ts'
import { directChannel } from './channel.ts'
import { tellTyping } from './channel-routes.ts'
import { mentionsIn } from './mentions.ts'
import { addMessage, editMessage, newAttachment, removeMessage, removeMessages } from './message.ts'
import { canSee, MAY } from './permissions.ts'
import { known } from './play-guild.ts'
import { pollShape } from './poll-form.ts'
import { addReaction, readEmoji, removeReaction } from './reaction-routes.ts'
import { type Attachment, CHANNEL, type Channel, FLAG, MESSAGE, type Message, type Thread } from './records.ts'
import { forwardOf, referenceTo } from './reference.ts'
import { addThread, joinThread, leaveThread, setArchived, updateThread } from './thread.ts'
import type { World } from './world.ts'

export interface PlayedFile {
  name: string
  bytes: Uint8Array
  type?: string
  description?: string
}

export interface Written {
  files?: readonly PlayedFile[]
  /** The message it answers. */
  replyTo?: Message
  /** A reply pings whom it answers unless that is switched off. */
  pingsReplied?: boolean
  /** The message it passes on; its own text is then empty. */
  forwards?: Message
  stickers?: readonly string[]
  poll?: { question: string; answers: readonly string[] }
  /** A voice message of this length. */
  voiceS?: number
  embeds?: readonly Json[]
  flags?: number
  type?: number
}

export interface MessagePlay {
  /** The channel between a person and a bot, opened if need be. */
  dmChannel(userId: string, botId: string): Channel
  memberWrites(channelId: string, userId: string, text: string, more?: Written): Message
  /** A webhook, such as another program's, writes under any name. */
  webhookWrites(channelId: string, name: string, text: string): Message
  edit(message: Message, text: string): void
  /** Discord adds a link's preview: the message changes, and nobody has edited it. */
  preview(message: Message, embed: Json): void
  remove(message: Message): void
  removeMany(channelId: string, messages: readonly Message[]): void
  /** A line that Discord writes itself, such as that somebody joined (7) or pinned something (6). */
  systemWrites(channelId: string, userId: string, type: number): Message
  react(message: Message, userId: string, emoji: string): void
  unreact(message: Message, userId: string, emoji: string): void
  type(channelId: string, userId: string): void
  /** On a message, alone, private, or as a forum's post with its first message. */
  openThread(channelId: string, userId: string, given: NewPlayedThread): Channel & { thread: Thread }
  archive(threadId: string): void
  unarchive(threadId: string): void
  lock(threadId: string): void
  unlock(threadId: string): void
  joinThread(threadId: string, userId: string): void
  leaveThread(threadId: string, userId: string): void
  /** What is in a channel, oldest first. */
  list(channelId: string): Message[]
  channel(channelId: string): Channel
}

export interface NewPlayedThread {
  name: string
  text?: string
  on?: Message
  isPrivate?: boolean
  tags?: string[]
  files?: readonly PlayedFile[]
}

export function makeMessagePlay(world: World): MessagePlay {
  const channelOf = (id: string) => known(world.channels.get(id), `channel ${id}`)
  const threadOf = (id: string) => {
    const channel = channelOf(id)
    return known(isThread(channel) ? channel : undefined, `thread ${id}`)
  }
  const play: MessagePlay = {
    dmChannel: (userId, botId) => directChannel(world, botId, userId),
    memberWrites: (channelId, userId, text, more = {}) => write(world, channelOf(channelId), userId, text, more),
    webhookWrites(channelId, name, text) {
      const webhookId = world.newId()
      return addMessage(world, channelOf(channelId), { authorId: webhookId, webhook: { name }, content: text })
    },
    edit(message, text) {
      const channel = channelOf(message.channelId)
      const said = mentionsIn(world, channel, { authorId: message.authorId, content: text })
      editMessage(world, channel, message, { content: text, ...said, editedAt: world.clock.now() })
    },
    preview: (message, embed) =>
      editMessage(world, channelOf(message.channelId), message, { embeds: [...message.embeds, embed] }),
    remove: (message) => removeMessage(world, channelOf(message.channelId), message),
    removeMany: (channelId, messages) =>
      removeMessages(
        world,
        channelOf(channelId),
        messages.map(({ id }) => id),
      ),
    systemWrites: (channelId, userId, type) => addMessage(world, channelOf(channelId), { authorId: userId, type }),
    react: (message, userId, emoji) =>
      addReaction(world, channelOf(message.channelId), message, readEmoji(emoji), userId),
    unreact: (message, userId, emoji) =>
      removeReaction(world, channelOf(message.channelId), message, readEmoji(emoji), userId),
    type: (channelId, userId) => tellTyping(world, channelOf(channelId), userId),
    openThread: (channelId, userId, given) => open(world, channelOf(channelId), userId, given),
    archive: (id) => setArchived(world, threadOf(id), threadOf(id).thread, true),
    unarchive: (id) => setArchived(world, threadOf(id), threadOf(id).thread, false),
    lock: (id) => setLocked(world, threadOf(id), true),
    unlock: (id) => setLocked(world, threadOf(id), false),
    joinThread: (id, userId) => joinThread(world, threadOf(id), threadOf(id).thread, userId),
    leaveThread: (id, userId) => leaveThread(world, threadOf(id), threadOf(id).thread, userId),
    list: (channelId) => [...channelOf(channelId).messages.values()],
    channel: channelOf,
  }
  return play
}

function write(world: World, channel: Channel, userId: string, text: string, more: Written): Message {
  if (!canSee(world, channel, userId)) throw new Error(`discord stand-in: ${userId} cannot see channel ${channel.id}`)
  if (channel.thread?.locked && !may(world, channel, userId, MAY.manageThreads))
    throw new Error(`discord stand-in: thread ${channel.id} is locked; unlock it first`)
  const { replyTo, forwards } = more
  const repliesTo = more.pingsReplied === false ? undefined : replyTo?.authorId
  return addMessage(world, channel, {
    authorId: userId,
    content: text,
    ...mentionsIn(world, channel, { authorId: userId, content: text, repliesTo }),
    type: more.type ?? (replyTo ? MESSAGE.reply : MESSAGE.default),
    flags: (more.flags ?? 0) | (forwards ? FLAG.hasSnapshot : 0) | (more.voiceS === undefined ? 0 : FLAG.voice),
    attachments: filesOf(world, more),
    embeds: [...(more.embeds ?? [])],
    stickers: (more.stickers ?? []).map((name) => ({ id: world.newId(), name, format_type: 1 })),
    snapshots: forwards ? [forwardOf(world, forwards, userId)] : [],
    ...(more.poll && { poll: pollOf(world, more.poll) }),
    ...(replyTo && { reference: referenceTo(channel, replyTo.id, 0) }),
    ...(forwards && {
      reference: referenceTo(known(world.channels.get(forwards.channelId), 'channel'), forwards.id, 1),
    }),
  })
}

function pollOf(world: World, { question, answers }: NonNullable<Written['poll']>): Json {
  const media = answers.map((text) => ({ text }))
  return pollShape({ text: question }, media, { expiresAt: world.clock.now() + 86_400_000, isMultiple: false })
}

function filesOf(world: World, { files = [], voiceS }: Written): Attachment[] {
  const sent = files.map(({ name, bytes, type = 'application/octet-stream', description }) =>
    newAttachment(world, { name, bytes, type, ...(description !== undefined && { description }) }),
  )
  if (voiceS === undefined) return sent
  const bytes = new TextEncoder().encode('OggS')
  const voice = { name: 'voice-message.ogg', type: 'audio/ogg', bytes, durationS: voiceS, waveform: 'AAAA' }
  return [...sent, newAttachment(world, voice)]
}

function open(world: World, parent: Channel, userId: string, given: NewPlayedThread): Channel & { thread: Thread } {
  const type = given.isPrivate ? CHANNEL.privateThread : CHANNEL.publicThread
  const start = { name: given.name, type, ownerId: userId, tags: given.tags ?? [] }
  const thread = addThread(world, parent, { ...start, ...(given.on && { id: given.on.id }) })
  if (given.on) {
    const reference = referenceTo(parent, given.on.id, 0)
    addMessage(world, thread, { authorId: given.on.authorId, type: MESSAGE.threadStarter, reference })
    editMessage(world, parent, given.on, {})
  }
  if (given.text === undefined) return thread
  const isPost = parent.type === CHANNEL.forum || parent.type === CHANNEL.media
  const said = mentionsIn(world, thread, { authorId: userId, content: given.text })
  const attachments = filesOf(world, { files: given.files ?? [] })
  const message = { authorId: userId, content: given.text, attachments, ...said }
  addMessage(world, thread, { ...message, ...(isPost && { id: thread.id }) })
  return thread
}

function setLocked(world: World, channel: Channel & { thread: Thread }, locked: boolean): void {
  channel.thread.locked = locked
  updateThread(world, channel, channel.thread)
}
