// Channels and threads in Discord's words.
import { CHANNEL, type Channel, type Thread } from './records.ts'
import { userShape } from './shape-user.ts'
import type { World } from './world.ts'

const MEMBERS_COUNTED_MAX = 50

export function channelShape(world: Pick<World, 'users'>, channel: Channel, viewerId: string) {
  if (channel.thread) return threadShape(channel, channel.thread, viewerId)
  return channel.guildId === undefined ? dmShape(world, channel, viewerId) : guildChannelShape(channel, channel.guildId)
}

/** Shows the other side only. */
function dmShape(world: Pick<World, 'users'>, channel: Channel, viewerId: string) {
  const recipients = channel.recipients.filter((id) => id !== viewerId).flatMap((id) => world.users.get(id) ?? [])
  return {
    id: channel.id,
    type: CHANNEL.dm,
    last_message_id: channel.lastMessageId ?? null,
    recipients: recipients.map(userShape),
    flags: 0,
  }
}

function guildChannelShape(channel: Channel, guildId: string) {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: guildId,
    name: channel.name,
    topic: channel.topic ?? null,
    position: channel.position,
    parent_id: channel.parentId ?? null,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: String(allow),
      deny: String(deny),
    })),
    nsfw: false,
    rate_limit_per_user: channel.slowmodeS,
    last_message_id: channel.lastMessageId ?? null,
    last_pin_timestamp: null,
    default_auto_archive_duration: channel.defaultAutoArchiveMinutes,
    flags: channel.requiresTag ? 1 << 4 : 0,
    ...(isForum(channel) && {
      available_tags: channel.tags.map((tag) => ({ ...tag, emoji_id: null, emoji_name: null })),
      default_reaction_emoji: null,
      default_sort_order: null,
      default_forum_layout: 0,
    }),
  }
}

export function threadShape(channel: Channel, thread: Thread, viewerId: string) {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId ?? '',
    parent_id: channel.parentId ?? '',
    owner_id: thread.ownerId,
    name: channel.name,
    last_message_id: channel.lastMessageId ?? null,
    last_pin_timestamp: null,
    message_count: thread.messageCount,
    total_message_sent: thread.totalSent,
    member_count: Math.min(thread.members.size, MEMBERS_COUNTED_MAX),
    rate_limit_per_user: channel.slowmodeS,
    flags: 0,
    applied_tags: thread.tags,
    thread_metadata: {
      archived: thread.archived,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: new Date(thread.archiveChangedAt).toISOString(),
      create_timestamp: new Date(thread.createdAt).toISOString(),
      locked: thread.locked,
      ...(channel.type === CHANNEL.privateThread && { invitable: thread.invitable }),
    },
    ...(thread.members.has(viewerId) && { member: threadMemberShape(channel.id, thread, viewerId) }),
  }
}

export function threadMemberShape(threadId: string, thread: Thread, userId: string) {
  return {
    id: threadId,
    user_id: userId,
    join_timestamp: new Date(thread.members.get(userId) ?? thread.createdAt).toISOString(),
    flags: 0,
  }
}

export function isForum(channel: Channel): boolean {
  return channel.type === CHANNEL.forum || channel.type === CHANNEL.media
}
