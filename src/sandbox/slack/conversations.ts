// Conversations: which channels the bot can see, who is in them, joining and opening direct messages.
import { type Answer, isRefusal, type Methods, missingScope, type Refusal, refuse } from './answer.ts'
import { emit } from './events.ts'
import { asFlag, asText, type Json } from './json.ts'
import { addMessage } from './message.ts'
import { page } from './page.ts'
import type { Channel } from './workspace.ts'
import type { World } from './world.ts'

const SCOPE_PREFIX = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' }
const TYPES: Record<string, Channel['kind']> = {
  public_channel: 'channel',
  private_channel: 'group',
  im: 'im',
  mpim: 'mpim',
}
const OPEN_USERS_MAX = 8

/** A channel the token may look at: a private one it is not in does not exist for it. */
export function visibleChannel(world: World, id: unknown, access: 'read' | 'history'): Channel | Refusal {
  const channel = world.workspace.channels.get(asText(id) ?? '')
  if (!channel) return refuse('channel_not_found')
  const scope = `${SCOPE_PREFIX[channel.kind]}:${access}`
  if (!world.grant.scopes.has(scope)) return missingScope(world, scope)
  return canSee(world, channel) ? channel : refuse('channel_not_found')
}

export function canSee(world: World, channel: Channel): boolean {
  return channel.kind === 'channel' || channel.members.has(world.app.botUserId)
}

export function openDm(world: World, users: readonly string[]): Channel {
  const members = new Set([world.app.botUserId, ...users])
  const isSame = (channel: Channel) =>
    channel.members.size === members.size && [...members].every((id) => channel.members.has(id))
  const direct = [...world.workspace.channels.values()].filter(({ kind }) => kind === 'im' || kind === 'mpim')
  const same = direct.find(isSame)
  if (same) return same
  const kind = users.length === 1 ? 'im' : 'mpim'
  const id = world.newId(kind === 'im' ? 'D' : 'G')
  const base = { isArchived: false, isExtShared: false, isPendingExtShared: false, isRestricted: false }
  const channel: Channel = {
    id,
    name: kind === 'im' ? '' : `mpdm-${id}`,
    kind,
    members,
    ...base,
    createdAt: world.clock.now(),
  }
  world.workspace.channels.set(id, channel)
  return channel
}

/** Someone enters: the channel says so in a message, and apps hear of it twice. */
export function enter(world: World, channel: Channel, userId: string, inviter?: string): void {
  if (channel.members.has(userId)) return
  channel.members.add(userId)
  addMessage(world, channel, { user: userId, text: `<@${userId}> has joined the channel`, subtype: 'channel_join' })
  const event = {
    type: 'member_joined_channel',
    user: userId,
    channel: channel.id,
    channel_type: channelLetter(channel),
  }
  emit(world, { ...event, team: teamOf(world, userId), inviter, event_ts: eventTs(world) }, { on: event.type, channel })
}

export function exit(world: World, channel: Channel, userId: string): void {
  if (!channel.members.has(userId)) return
  const event = { type: 'member_left_channel', user: userId, channel: channel.id, channel_type: channelLetter(channel) }
  emit(world, { ...event, team: teamOf(world, userId), event_ts: eventTs(world) }, { on: event.type, channel })
  channel.members.delete(userId)
  if (userId !== world.app.botUserId) return
  const type = channel.kind === 'group' ? 'group_left' : 'channel_left'
  emit(world, { type, channel: channel.id, actor_id: userId, event_ts: eventTs(world) }, { on: type })
}

function channelLetter(channel: Channel): string {
  return channel.kind === 'group' ? 'G' : 'C'
}

function teamOf(world: World, userId: string): string {
  return world.workspace.users.get(userId)?.teamId ?? world.app.teamId
}

export function eventTs(world: World): string {
  return (world.clock.now() / 1000).toFixed(6)
}

export function channelWire(world: World, channel: Channel): Json {
  const { app } = world
  const other = [...channel.members].find((id) => id !== app.botUserId)
  const common = { id: channel.id, created: Math.floor(channel.createdAt / 1000), is_archived: channel.isArchived }
  if (channel.kind === 'im') return { ...common, is_im: true, is_org_shared: false, user: other, priority: 0 }
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind !== 'mpim',
    is_group: channel.kind === 'group',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'channel',
    is_general: false,
    is_shared: channel.isExtShared,
    is_org_shared: false,
    is_ext_shared: channel.isExtShared,
    is_pending_ext_shared: channel.isPendingExtShared,
    pending_shared: [],
    context_team_id: app.teamId,
    creator: other,
    is_member: channel.members.has(app.botUserId),
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}

function info(world: World, args: Json): Answer {
  const channel = visibleChannel(world, args.channel, 'read')
  if (isRefusal(channel)) return channel
  const count = asFlag(args.include_num_members) && { num_members: channel.members.size }
  return { ok: true, channel: { ...channelWire(world, channel), ...count } }
}

function list(world: World, args: Json): Answer {
  const kinds = (asText(args.types) ?? 'public_channel').split(',').map((type) => TYPES[type.trim()])
  const known = kinds.filter((kind) => kind !== undefined)
  if (known.length < kinds.length) return refuse('invalid_types')
  const lacking = known.map((kind) => `${SCOPE_PREFIX[kind]}:read`).find((scope) => !world.grant.scopes.has(scope))
  if (lacking) return missingScope(world, lacking)
  const visible = [...world.workspace.channels.values()].filter(
    (channel) =>
      known.includes(channel.kind) && canSee(world, channel) && !(asFlag(args.exclude_archived) && channel.isArchived),
  )
  return page(args, visible, 'channels', (channel) => channelWire(world, channel))
}

function members(world: World, args: Json): Answer {
  const channel = visibleChannel(world, args.channel, 'read')
  return isRefusal(channel) ? channel : page(args, [...channel.members], 'members', (id) => id)
}

function open(world: World, args: Json): Answer {
  const { grant, workspace, app } = world
  if (args.channel !== undefined) {
    const channel = workspace.channels.get(asText(args.channel) ?? '')
    return channel
      ? { ok: true, no_op: true, already_open: true, channel: { id: channel.id } }
      : refuse('channel_not_found')
  }
  const ids = (asText(args.users) ?? '').split(',').filter((id) => id !== '')
  if (ids.length === 0) return refuse('users_list_not_supplied')
  if (ids.length > OPEN_USERS_MAX) return refuse('too_many_users')
  const scope = ids.length === 1 ? 'im:write' : 'mpim:write'
  if (!grant.scopes.has(scope)) return missingScope(world, scope)
  const users = ids.map((id) => workspace.users.get(id))
  if (users.some((user) => !user || user.id === app.botUserId)) return refuse('user_not_found')
  if (users.some((user) => user?.isDeactivated)) return refuse('user_disabled')
  const before = workspace.channels.size
  const channel = openDm(world, ids)
  const existed = workspace.channels.size === before && { no_op: true, already_open: true }
  return { ok: true, ...existed, channel: asFlag(args.return_im) ? channelWire(world, channel) : { id: channel.id } }
}

function join(world: World, args: Json): Answer {
  const channel = world.workspace.channels.get(asText(args.channel) ?? '')
  if (!channel || channel.kind === 'group') return refuse('channel_not_found')
  if (channel.kind !== 'channel') return refuse('method_not_supported_for_channel_type')
  if (channel.isArchived) return refuse('is_archived')
  enter(world, channel, world.app.botUserId)
  return { ok: true, channel: channelWire(world, channel) }
}

export const conversationMethods: Methods = {
  'conversations.info': { tier: 3, token: 'bot', required: ['channel'], run: info },
  'conversations.list': { tier: 2, token: 'bot', run: list },
  'conversations.members': { tier: 4, token: 'bot', required: ['channel'], run: members },
  'conversations.open': { tier: 3, token: 'bot', run: open },
  'conversations.join': { tier: 3, token: 'bot', scope: 'channels:join', required: ['channel'], run: join },
}
