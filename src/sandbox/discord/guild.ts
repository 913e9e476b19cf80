// What becomes of guilds and their members, told to the bots that are in them.

import { INTENT } from './intent.ts'
import { canSee, USUAL } from './permissions.ts'
import { CHANNEL, type Channel, type Guild, type Member, type Role } from './records.ts'
import { threadMemberShape, threadShape } from './shape-channel.ts'
import { wholeGuildShape } from './shape-guild.ts'
import { fullMemberShape, roleShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

export function addGuild(world: World, given: { id?: string; name: string; ownerId: string }): Guild {
  // Each in its own instant, so that several guilds fall to several shards.
  const id = given.id ?? world.newId({ ownInstant: true })
  const everyone: Role = { id, name: '@everyone', permissions: USUAL, position: 0, mentionable: false }
  const guild = { ...given, id, roles: new Map([[id, everyone]]), members: new Map(), isUnavailable: false }
  world.guilds.set(id, guild)
  addMember(world, guild, given.ownerId)
  return guild
}

export function addMember(
  world: World,
  guild: Guild,
  userId: string,
  more: Partial<Omit<Member, 'userId'>> = {},
): Member {
  const known = guild.members.get(userId)
  if (known) return known
  const member: Member = { userId, nick: undefined, roles: new Set(), joinedAt: world.clock.now(), ...more }
  guild.members.set(userId, member)
  const user = world.users.get(userId)
  if (world.apps.has(userId)) tellWhole(world, guild, userId)
  if (user) {
    const data = () => ({ ...fullMemberShape(member, user), guild_id: guild.id })
    world.emit({ name: 'GUILD_MEMBER_ADD', guildId: guild.id, data })
  }
  return member
}

/** The guild as GUILD_CREATE tells it to one bot: on joining it, and when an outage ends. */
export function tellWhole(world: World, guild: Guild, botId: string): void {
  world.emit({
    name: 'GUILD_CREATE',
    guildId: guild.id,
    appId: botId,
    data({ intents }) {
      const withMembers = (intents & INTENT.members) !== 0 && (intents & INTENT.presences) !== 0
      return wholeGuildShape(world, guild, botId, withMembers)
    },
  })
}

export function removeMember(world: World, guild: Guild, userId: string): void {
  const user = world.users.get(userId)
  if (world.apps.has(userId)) {
    world.emit({ name: 'GUILD_DELETE', guildId: guild.id, appId: userId, data: () => ({ id: guild.id }) })
  }
  guild.members.delete(userId)
  for (const { guildId, thread } of world.channels.values()) if (guildId === guild.id) thread?.members.delete(userId)
  if (!user) return
  const data = () => ({ guild_id: guild.id, user: userShape(user) })
  world.emit({ name: 'GUILD_MEMBER_REMOVE', guildId: guild.id, data })
}

export function changeMember(
  world: World,
  guild: Guild,
  member: Member,
  changes: Partial<Omit<Member, 'userId'>>,
): void {
  withAccess(world, guild, () => Object.assign(member, changes))
  const user = world.users.get(member.userId)
  if (!user) return
  const data = () => ({ ...fullMemberShape(member, user), guild_id: guild.id })
  const isBot = world.apps.has(member.userId)
  world.emit({ name: 'GUILD_MEMBER_UPDATE', guildId: guild.id, data })
  // A bot hears of its own membership without the members intent.
  if (isBot) {
    const isOwn = ({ intents }: { intents: number }) => (intents & INTENT.members ? undefined : data())
    world.emit({ name: 'GUILD_MEMBER_UPDATE', guildId: guild.id, appId: member.userId, isOwn: true, data: isOwn })
  }
}

export function addRole(world: World, guild: Guild, given: Partial<Role> & { name: string }): Role {
  const role = { permissions: 0n, position: guild.roles.size, mentionable: false, ...given, id: world.newId() }
  guild.roles.set(role.id, role)
  tellRole(world, guild, 'GUILD_ROLE_CREATE', role)
  return role
}

export function tellRole(
  world: World,
  guild: Guild,
  name: 'GUILD_ROLE_CREATE' | 'GUILD_ROLE_UPDATE',
  role: Role,
): void {
  world.emit({ name, guildId: guild.id, data: () => ({ guild_id: guild.id, role: roleShape(role, guild) }) })
}

/** Who can see a channel after a change and could not before is told of the threads in it. */
export function withAccess(world: World, guild: Guild, change: () => unknown): void {
  const parents = [...world.channels.values()].filter(({ guildId, thread, type }) => {
    return guildId === guild.id && !thread && type !== CHANNEL.category
  })
  const bots = [...world.apps.keys()].filter((id) => guild.members.has(id))
  const before = new Set(
    bots.flatMap((id) => parents.filter((channel) => canSee(world, channel, id)).map((c) => `${id} ${c.id}`)),
  )
  change()
  for (const botId of bots) {
    const gained = parents.filter((c) => canSee(world, c, botId) && !before.has(`${botId} ${c.id}`))
    if (gained.length > 0) syncThreads(world, guild, botId, gained)
  }
}

function syncThreads(world: World, guild: Guild, botId: string, gained: readonly Channel[]): void {
  const ids = gained.map(({ id }) => id)
  const threads = [...world.channels.values()].flatMap((channel) => {
    const { thread, parentId } = channel
    if (!thread || thread.archived || !ids.includes(parentId ?? '') || !canSee(world, channel, botId)) return []
    return [{ channel, thread }]
  })
  world.emit({
    name: 'THREAD_LIST_SYNC',
    guildId: guild.id,
    appId: botId,
    data: () => ({
      guild_id: guild.id,
      channel_ids: ids,
      threads: threads.map(({ channel, thread }) => threadShape(channel, thread, botId)),
      members: threads
        .filter(({ thread }) => thread.members.has(botId))
        .map(({ channel, thread }) => threadMemberShape(channel.id, thread, botId)),
    }),
  })
}
