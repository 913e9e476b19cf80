// What a test or the demo arranges: people, bots, guilds, roles and channels, and what happens to them.
import { DAY } from '../../clock.ts'
import { addChannel, type NewChannel, removeChannel, tellChannel } from './channel.ts'
import { addGuild, addMember, addRole, changeMember, removeMember, tellRole, tellWhole, withAccess } from './guild.ts'
import { PRIVILEGED } from './intent.ts'
import { USUAL } from './permissions.ts'
import { type App, CHANNEL, type Channel, type Guild, type Member, type Role, type User } from './records.ts'
import type { World } from './world.ts'

const STARTS_A_DAY = 1000

export interface GuildPlay {
  addUser(given: { name: string; username?: string; isBot?: boolean }): User
  /** People change their names. */
  rename(userId: string, name: string): void
  addBot(given: NewBot): App
  /** The bots and people named are its members. */
  addGuild(given: { name: string; id?: string; ownerId?: string; members?: readonly string[] }): Guild
  /** A bot is invited with these permissions, in a role of its own. */
  join(
    guildId: string,
    userId: string,
    more?: { nick?: string; roles?: readonly string[]; permissions?: bigint },
  ): Member
  leave(guildId: string, userId: string): void
  changeMember(guildId: string, userId: string, changes: { nick?: string; roles?: readonly string[] }): void
  addRole(guildId: string, given: Partial<Role> & { name: string }): Role
  changeRole(guildId: string, roleId: string, changes: Partial<Omit<Role, 'id'>>): void
  addChannel(guildId: string, given: Partial<NewChannel> & { name: string }): Channel
  addForum(guildId: string, given: { name: string; tags?: readonly string[]; requiresTag?: boolean }): Channel
  changeChannel(channelId: string, changes: Partial<Omit<Channel, 'id' | 'guildId' | 'type' | 'messages'>>): void
  removeChannel(channelId: string): void
  /** The guild cannot be reached until `outageEnds`. */
  outage(guildId: string): void
  outageEnds(guildId: string): void
  /** From now on direct messages to this person are refused (50007). */
  closeDms(userId: string): void
  openDms(userId: string): void
  block(userId: string, botId: string): void
  unblock(userId: string, botId: string): void
}

export interface NewBot {
  name: string
  token?: string
  /** Privileged intents switched on in the portal; all of them by default. */
  privileged?: number
  /** How many shards Discord recommends. */
  shards?: number
  maxConcurrency?: number
  startsADay?: number
}

export function makeGuildPlay(world: World): GuildPlay {
  const guild = (id: string) => known(world.guilds.get(id), `guild ${id}`)
  const user = (id: string) => known(world.users.get(id), `user ${id}`)
  const member = (guildId: string, id: string) => known(guild(guildId).members.get(id), `member ${id}`)
  const play: GuildPlay = {
    addUser: (given) => newUser(world, given),
    rename(userId, name) {
      user(userId).globalName = name
      for (const { id, members } of world.guilds.values()) {
        if (members.has(userId)) changeMember(world, guild(id), member(id, userId), {})
      }
    },
    addBot: (given) => newBot(world, given),
    addGuild({ members = [], ownerId, ...given }) {
      const owner = ownerId ?? newUser(world, { name: 'Owner' }).id
      const made = addGuild(world, { ...given, ownerId: owner })
      for (const id of members) play.join(made.id, id)
      return made
    },
    join(guildId, userId, { nick, roles = [], permissions } = {}) {
      const own = world.apps.get(userId)
      const role =
        own && addRole(world, guild(guildId), { name: own.name, permissions: permissions ?? USUAL, botId: own.id })
      return addMember(world, guild(guildId), user(userId).id, {
        nick,
        roles: new Set([...roles, ...(role ? [role.id] : [])]),
      })
    },
    leave: (guildId, userId) => removeMember(world, guild(guildId), userId),
    changeMember(guildId, userId, { nick, roles }) {
      const changes = { ...(nick !== undefined && { nick }), ...(roles && { roles: new Set(roles) }) }
      changeMember(world, guild(guildId), member(guildId, userId), changes)
    },
    addRole: (guildId, given) => addRole(world, guild(guildId), given),
    changeRole(guildId, roleId, changes) {
      const role = known(guild(guildId).roles.get(roleId), `role ${roleId}`)
      withAccess(world, guild(guildId), () => Object.assign(role, changes))
      tellRole(world, guild(guildId), 'GUILD_ROLE_UPDATE', role)
    },
    addChannel: (guildId, given) => addChannel(world, guild(guildId), { type: CHANNEL.text, ...given }),
    addForum: (guildId, { tags = [], ...given }) =>
      addChannel(world, guild(guildId), {
        ...given,
        type: CHANNEL.forum,
        tags: tags.map((name) => ({ id: world.newId(), name, moderated: false })),
      }),
    changeChannel(channelId, changes) {
      const channel = known(world.channels.get(channelId), `channel ${channelId}`)
      withAccess(world, guild(channel.guildId ?? ''), () => Object.assign(channel, changes))
      tellChannel(world, 'CHANNEL_UPDATE', channel)
    },
    removeChannel: (channelId) => removeChannel(world, known(world.channels.get(channelId), `channel ${channelId}`)),
    outage(guildId) {
      const data = () => ({ id: guildId, unavailable: true })
      world.emit({ name: 'GUILD_DELETE', guildId, data })
      guild(guildId).isUnavailable = true
    },
    outageEnds(guildId) {
      guild(guildId).isUnavailable = false
      for (const id of world.apps.keys()) if (guild(guildId).members.has(id)) tellWhole(world, guild(guildId), id)
    },
    closeDms: (userId) => void Object.assign(user(userId), { dms: 'closed' }),
    openDms: (userId) => void Object.assign(user(userId), { dms: 'open' }),
    block: (userId, botId) => void user(userId).blocked.add(botId),
    unblock: (userId, botId) => void user(userId).blocked.delete(botId),
  }
  return play
}

function newUser(world: World, given: { name: string; username?: string; isBot?: boolean }, id = world.newId()): User {
  const username = given.username ?? given.name.toLowerCase().replace(/[^a-z0-9._]+/g, '.')
  const isBot = given.isBot ?? false
  const user: User = {
    id,
    username,
    globalName: isBot ? undefined : given.name,
    isBot,
    dms: 'open',
    blocked: new Set(),
  }
  world.users.set(id, user)
  return user
}

function newBot(world: World, given: NewBot): App {
  const id = world.newId()
  newUser(world, { name: given.name, username: given.name, isBot: true }, id)
  const total = given.startsADay ?? STARTS_A_DAY
  const app: App = {
    id,
    name: given.name,
    // A real token begins with the bot's id in base 64; libraries read it there.
    token: given.token ?? `${Buffer.from(id).toString('base64url')}.sandbox.${'x'.repeat(27)}`,
    privileged: given.privileged ?? PRIVILEGED,
    shards: given.shards ?? 1,
    maxConcurrency: given.maxConcurrency ?? 1,
    identifies: { left: total, total, resetAt: world.clock.now() + DAY },
    commands: new Map(),
  }
  world.apps.set(id, app)
  return app
}

export function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`discord stand-in: there is no ${what}; add it first`)
  return value
}
