// The routes of guilds: what is in them and who.
import { asNumber } from '../slack/json.ts'
import { guildOf } from './access.ts'
import { addChannel } from './channel.ts'
import { makeForm } from './form.ts'
import { INTENT } from './intent.ts'
import { guildPermissions, MAY } from './permissions.ts'
import { CHANNEL, type Guild, type Member } from './records.ts'
import { refuse } from './refusal.ts'
import type { Routes } from './route.ts'
import { channelShape } from './shape-channel.ts'
import { guildShape } from './shape-guild.ts'
import { fullMemberShape, roleShape } from './shape-user.ts'
import type { World } from './world.ts'

const MEMBERS_MAX = 1000
const NAME_MAX = 100
const TOPIC_MAX = 1024

export const guildRoutes: Routes = {
  'GET /guilds/:guild': {
    run(world, ask) {
      const guild = guildOf(world, ask)
      const counts = ask.query.with_counts === 'true' && {
        approximate_member_count: guild.members.size,
        approximate_presence_count: 0,
      }
      return { ...guildShape(guild), ...counts }
    },
  },
  'GET /guilds/:guild/channels': {
    run(world, ask) {
      const guild = guildOf(world, ask)
      const channels = [...world.channels.values()].filter(({ guildId, thread }) => guildId === guild.id && !thread)
      return channels.map((channel) => channelShape(world, channel, ask.app.id))
    },
  },
  'POST /guilds/:guild/channels': {
    status: 201,
    run(world, ask) {
      const guild = guildOf(world, ask)
      needInGuild(guild, ask.app.id, MAY.manageChannels)
      const form = makeForm(ask.body)
      const name = form.text('name', { min: 1, max: NAME_MAX, required: true }) ?? ''
      const type = form.integer('type', { oneOf: [0, 2, 4, 5, 13, 14, 15, 16] }) ?? CHANNEL.text
      const topic = form.text('topic', { max: TOPIC_MAX })
      const parentId = form.id('parent_id')
      form.check()
      return channelShape(world, addChannel(world, guild, { type, name, topic, parentId }), ask.app.id)
    },
  },
  'GET /guilds/:guild/members': {
    run(world, ask) {
      const guild = guildOf(world, ask)
      // The list of all members is for bots that were allowed to know it.
      if (!(ask.app.privileged & INTENT.members)) refuse(50001)
      const form = makeForm(ask.query)
      const after = BigInt(form.id('after') ?? 0)
      form.check()
      const limit = asNumber(ask.query.limit) ?? 1
      const sorted = [...guild.members.values()].sort((a, b) => (BigInt(a.userId) < BigInt(b.userId) ? -1 : 1))
      const found = sorted.filter(({ userId }) => BigInt(userId) > after).slice(0, Math.min(limit, MEMBERS_MAX))
      return found.map((member) => shape(world, member))
    },
  },
  'GET /guilds/:guild/members/search': {
    run(world, ask) {
      const query = (ask.query.query ?? '').toLowerCase()
      const all = [...guildOf(world, ask).members.values()]
      const found = all.filter(({ userId, nick }) =>
        (nick ?? world.users.get(userId)?.username ?? '').toLowerCase().startsWith(query),
      )
      return found.slice(0, asNumber(ask.query.limit) ?? 1).map((member) => shape(world, member))
    },
  },
  'GET /guilds/:guild/members/:user': {
    run: (world, ask) =>
      shape(world, guildOf(world, ask).members.get(ask.params.user ?? '') ?? missing(world, ask.params.user)),
  },
  'GET /guilds/:guild/roles': {
    run(world, ask) {
      const guild = guildOf(world, ask)
      return [...guild.roles.values()].map((role) => roleShape(role, guild))
    },
  },
}

function missing(world: World, userId: string | undefined): never {
  return refuse(world.users.has(userId ?? '') ? 10007 : 10013)
}

function shape(world: World, member: Member) {
  return fullMemberShape(member, world.users.get(member.userId) ?? refuse(10013))
}

function needInGuild(guild: Guild, userId: string, permission: bigint): void {
  const member = guild.members.get(userId)
  if (!member || !(guildPermissions(guild, member) & permission)) refuse(50013)
}
