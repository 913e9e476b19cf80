// The routes of reactions, and what becomes of them.
import { messageOf, need, needAwake, textChannelOf } from './access.ts'
import { MAY } from './permissions.ts'
import type { Channel, Message, Reaction } from './records.ts'
import { refuse } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { fullMemberShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

const KINDS_MAX = 20
const USERS_MAX = 100

export const reactionRoutes: Routes = {
  'PUT /channels/:channel/messages/:message/reactions/:emoji/@me': {
    run(world, ask) {
      const { channel, message } = placeOf(world, ask)
      const emoji = readEmoji(ask.params.emoji ?? '')
      const isNew = !find(message, emoji)
      if (isNew) need(world, channel, ask.app.id, MAY.addReactions | MAY.readHistory)
      if (isNew && message.reactions.length >= KINDS_MAX) refuse(30010)
      addReaction(world, channel, message, emoji, ask.app.id)
    },
  },
  'DELETE /channels/:channel/messages/:message/reactions/:emoji/@me': {
    run(world, ask) {
      const { channel, message } = placeOf(world, ask)
      removeReaction(world, channel, message, readEmoji(ask.params.emoji ?? ''), ask.app.id)
    },
  },
  'DELETE /channels/:channel/messages/:message/reactions/:emoji/:user': {
    run(world, ask) {
      const { channel, message } = placeOf(world, ask)
      need(world, channel, ask.app.id, MAY.manageMessages)
      removeReaction(world, channel, message, readEmoji(ask.params.emoji ?? ''), ask.params.user ?? '')
    },
  },
  'GET /channels/:channel/messages/:message/reactions/:emoji': {
    run(world, ask) {
      const { message } = placeOf(world, ask)
      const users = [...(find(message, readEmoji(ask.params.emoji ?? ''))?.users ?? [])].slice(0, USERS_MAX)
      return users.flatMap((id) => world.users.get(id) ?? []).map(userShape)
    },
  },
}

function placeOf(world: World, ask: Ask): { channel: Channel; message: Message } {
  const channel = textChannelOf(world, ask)
  const message = messageOf(channel, ask.params.message)
  needAwake(channel)
  return { channel, message }
}

/** `name:id` for a guild's own, else the character itself. */
export function readEmoji(text: string): Reaction['emoji'] {
  const own = /^(?:a:)?(\w+):(\d+)$/.exec(text)
  if (own) return { id: own[2] ?? '', name: own[1] ?? '' }
  if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text)) refuse(10014)
  return { id: null, name: text }
}

export function addReaction(
  world: World,
  channel: Channel,
  message: Message,
  emoji: Reaction['emoji'],
  userId: string,
): void {
  const known = find(message, emoji)
  if (known?.users.has(userId)) return
  if (known) known.users.add(userId)
  else message.reactions.push({ emoji, users: new Set([userId]) })
  tell(world, 'MESSAGE_REACTION_ADD', channel, message, emoji, userId)
}

export function removeReaction(
  world: World,
  channel: Channel,
  message: Message,
  emoji: Reaction['emoji'],
  userId: string,
): void {
  const known = find(message, emoji)
  if (!known?.users.delete(userId)) return
  if (known.users.size === 0) message.reactions = message.reactions.filter((reaction) => reaction !== known)
  tell(world, 'MESSAGE_REACTION_REMOVE', channel, message, emoji, userId)
}

function tell(
  world: World,
  name: string,
  channel: Channel,
  message: Message,
  emoji: Reaction['emoji'],
  userId: string,
): void {
  const member = world.guilds.get(channel.guildId ?? '')?.members.get(userId)
  const user = world.users.get(userId)
  const isAdded = name === 'MESSAGE_REACTION_ADD'
  world.emit({
    name,
    channel,
    data: () => ({
      user_id: userId,
      channel_id: channel.id,
      message_id: message.id,
      emoji,
      burst: false,
      type: 0,
      ...(channel.guildId !== undefined && { guild_id: channel.guildId }),
      ...(isAdded && { message_author_id: message.authorId }),
      ...(isAdded && member && user && { member: fullMemberShape(member, user) }),
    }),
  })
}

function find(message: Message, emoji: Reaction['emoji']): Reaction | undefined {
  return message.reactions.find((reaction) =>
    emoji.id ? reaction.emoji.id === emoji.id : reaction.emoji.id === null && reaction.emoji.name === emoji.name,
  )
}
