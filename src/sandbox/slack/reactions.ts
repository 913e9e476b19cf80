// Emoji on messages, by people and by the app: each person once per emoji, and everyone hears of it.
import { type Answer, isRefusal, type Methods, type Refusal, refuse } from './answer.ts'
import { canSee, eventTs } from './conversations.ts'
import { emit } from './events.ts'
import { asText, type Json } from './json.ts'
import { messageWire } from './message.ts'
import type { Channel, Message } from './workspace.ts'
import type { World } from './world.ts'

const EMOJI_PER_MESSAGE_MAX = 23

interface Place {
  channel: Channel
  message: Message
}

function findItem(world: World, args: Json): Place | Refusal {
  const ts = asText(args.timestamp)
  if (args.channel === undefined || ts === undefined) return refuse('no_item_specified')
  const channel = world.workspace.channels.get(asText(args.channel) ?? '')
  if (!channel || !canSee(world, channel)) return refuse('channel_not_found')
  if (!/^\d+\.\d{6}$/.test(ts)) return refuse('bad_timestamp')
  const message = world.workspace.message(channel.id, ts)
  return message ? { channel, message } : refuse('message_not_found')
}

/** Slack's error code, or undefined when the reaction is there now. */
export function addReaction(
  world: World,
  { channel, message }: Place,
  userId: string,
  name: string,
): string | undefined {
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) return 'invalid_name'
  if (channel.isArchived) return 'is_archived'
  const users = message.reactions.get(name) ?? []
  if (users.includes(userId)) return 'already_reacted'
  if (users.length === 0 && message.reactions.size >= EMOJI_PER_MESSAGE_MAX) return 'too_many_emoji'
  message.reactions.set(name, [...users, userId])
  announce(world, 'reaction_added', { channel, message }, userId, name)
  return undefined
}

export function removeReaction(
  world: World,
  { channel, message }: Place,
  userId: string,
  name: string,
): string | undefined {
  const users = message.reactions.get(name) ?? []
  if (!users.includes(userId)) return 'no_reaction'
  const rest = users.filter((id) => id !== userId)
  if (rest.length > 0) message.reactions.set(name, rest)
  else message.reactions.delete(name)
  announce(world, 'reaction_removed', { channel, message }, userId, name)
  return undefined
}

function announce(world: World, type: string, { channel, message }: Place, user: string, reaction: string): void {
  const item = { type: 'message', channel: channel.id, ts: message.ts }
  const event = { type, user, reaction, item, item_user: message.user ?? message.botId, event_ts: eventTs(world) }
  emit(world, event, { on: type, channel })
  world.changed()
}

function change(act: typeof addReaction): (world: World, args: Json) => Answer {
  return (world, args) => {
    const place = findItem(world, args)
    if (isRefusal(place)) return place
    const error = act(world, place, world.app.botUserId, asText(args.name) ?? '')
    return error ? refuse(error) : { ok: true }
  }
}

function get(world: World, args: Json): Answer {
  const place = findItem(world, args)
  if (isRefusal(place)) return place
  return { ok: true, type: 'message', channel: place.channel.id, message: messageWire(world, place.message) }
}

const WRITE = { token: 'bot', scope: 'reactions:write', required: ['name'] } as const

export const reactionMethods: Methods = {
  'reactions.add': { ...WRITE, tier: 3, run: change(addReaction) },
  'reactions.remove': { ...WRITE, tier: 2, run: change(removeReaction) },
  'reactions.get': { tier: 3, token: 'bot', scope: 'reactions:read', run: get },
}
