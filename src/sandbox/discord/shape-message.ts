// Messages in Discord's words: alone for REST, with guild and member for the gateway, and without content for bots that may not read.
import { imageSize } from './image-size.ts'
import { metadataShape } from './interaction-metadata.ts'
import { linkTo } from './link.ts'
import { type Attachment, CHANNEL, FLAG, MESSAGE, type Message, type Reaction } from './records.ts'
import { threadShape } from './shape-channel.ts'
import { memberShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

export function messageShape(world: World, message: Message, viewerId: string, depth = 1) {
  const author = world.users.get(message.authorId)
  // A forum's first message has its thread's id too, but lies within it.
  const named = world.channels.get(message.id)
  const thread = named?.parentId === message.channelId ? named : undefined
  const { reference } = message
  const interaction = world.interactions.get(message.interactionId ?? '')
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    content: message.content,
    author: author ? userShape(author) : strangeAuthor(message),
    ...(message.webhook && { webhook_id: message.authorId }),
    timestamp: isoTime(message.at),
    edited_timestamp: message.editedAt === undefined ? null : isoTime(message.editedAt),
    tts: message.tts,
    flags: message.flags | (thread?.thread ? FLAG.hasThread : 0),
    mention_everyone: message.mentionEveryone,
    mention_roles: message.mentionRoles,
    mentions: message.mentions.flatMap((id) => mentionShape(world, id)),
    attachments: message.attachments.map((attachment) => attachmentShape(world, attachment, message.channelId)),
    embeds: message.embeds,
    components: message.components,
    pinned: message.pinned,
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map((reaction) => reactionShape(reaction, viewerId)),
    }),
    ...(message.applicationId !== undefined && { application_id: message.applicationId }),
    ...(message.stickers.length > 0 && { sticker_items: message.stickers }),
    ...(message.poll && { poll: message.poll }),
    ...(reference && { message_reference: referenceShape(reference) }),
    ...(message.snapshots.length > 0 && {
      message_snapshots: message.snapshots.map((snapshot) => ({ message: snapshot })),
    }),
    ...(reference?.type === 0 &&
      depth > 0 &&
      refersToMessage(message) && {
        referenced_message: referencedShape(world, message, viewerId),
      }),
    ...(thread?.thread && { thread: threadShape(thread, thread.thread, viewerId) }),
    ...(interaction && { interaction_metadata: metadataShape(world, interaction) }),
  }
}

/** Replies show what they answer, or null when that is gone. */
function referencedShape(world: World, message: Message, viewerId: string): object | null {
  const found = world.channels.get(message.reference?.channelId ?? '')?.messages.get(message.reference?.messageId ?? '')
  return found ? messageShape(world, found, viewerId, 0) : null
}

function refersToMessage({ type }: Message): boolean {
  return type === MESSAGE.reply || type === MESSAGE.threadStarter
}

function referenceShape(reference: NonNullable<Message['reference']>) {
  return {
    type: reference.type,
    channel_id: reference.channelId,
    ...(reference.messageId !== undefined && { message_id: reference.messageId }),
    ...(reference.guildId !== undefined && { guild_id: reference.guildId }),
  }
}

function mentionShape(world: World, id: string) {
  const user = world.users.get(id)
  return user ? [userShape(user)] : []
}

export function attachmentShape(world: World, attachment: Attachment, placeId: string, room: '' | 'ephemeral-' = '') {
  const url = linkTo(world, attachment, placeId, room)
  const size = imageSize(attachment.bytes)
  return {
    id: attachment.id,
    filename: attachment.name,
    size: attachment.bytes.length,
    url,
    proxy_url: url.replace(world.origin, `${world.origin}/media`),
    content_type: attachment.type,
    content_scan_version: 0,
    ...(size && size),
    ...(attachment.description !== undefined && { description: attachment.description }),
    ...(attachment.durationS !== undefined && { duration_secs: attachment.durationS }),
    ...(attachment.waveform !== undefined && { waveform: attachment.waveform }),
    ...(attachment.flags !== undefined && { flags: attachment.flags }),
  }
}

function reactionShape({ emoji, users }: Reaction, viewerId: string) {
  const me = users.has(viewerId)
  return {
    emoji,
    count: users.size,
    count_details: { burst: 0, normal: users.size },
    burst_colors: [],
    me,
    me_burst: false,
  }
}

/** What the gateway adds in a guild. An ephemeral message names none. */
export function eventShape(world: World, message: Message, viewerId: string) {
  const channel = world.channels.get(message.channelId)
  const guild = message.ephemeralFor === undefined ? world.guilds.get(channel?.guildId ?? '') : undefined
  const member = guild?.members.get(message.authorId)
  const shape = messageShape(world, message, viewerId)
  return {
    ...shape,
    channel_type: channel?.type ?? CHANNEL.dm,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(guild && { guild_id: guild.id, mentions: shape.mentions.map((user) => withMember(user)) }),
    ...(member && { member: memberShape(member) }),
  }

  function withMember<T extends { id: string }>(user: T) {
    const mentioned = guild?.members.get(user.id)
    return mentioned ? { ...user, member: memberShape(mentioned) } : user
  }
}

/** Without the privileged intent, content is there only where the bot is addressed, speaks itself, or is written to directly. */
export function withoutContent<T extends { author: { id: string }; mentions: { id: string }[] }>(
  shape: T,
  botId: string,
): T {
  const isItsOwn = shape.author.id === botId || shape.mentions.some(({ id }) => id === botId)
  if (isItsOwn) return shape
  const {
    poll: _poll,
    message_snapshots: _snapshots,
    ...rest
  } = shape as T & { poll?: object; message_snapshots?: object }
  return { ...rest, content: '', embeds: [], attachments: [], components: [] } as unknown as T
}

/** A webhook, or somebody whose account is gone. */
function strangeAuthor({ authorId, webhook }: Message) {
  const username = webhook?.name ?? 'Deleted User'
  const shape = { id: authorId, username, globalName: undefined, isBot: webhook !== undefined, dms: 'open' as const }
  return { ...userShape({ ...shape, blocked: new Set() }), discriminator: '0000' }
}

/** Discord writes microseconds and an offset. */
function isoTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000+00:00')
}
