// What an administrator can do to people and channels of the workspace.
import { eventTs } from './conversations.ts'
import { emit } from './events.ts'
import { getUser } from './interaction.ts'
import type { Json } from './json.ts'
import type { NewChannel, NewUser, People } from './people.ts'
import * as play from './play.ts'
import { userWire } from './users.ts'
import type { Channel, User, UserGroup } from './workspace.ts'
import type { World } from './world.ts'

export function makeAdministration(world: World) {
  const { workspace } = world
  return {
    addTeam(name: string): string {
      const id = world.newId('T')
      workspace.teams.set(id, name)
      return id
    },
    addUser(user: NewUser): User {
      const added = makeUser(world, user)
      workspace.users.set(added.id, added)
      world.changed()
      return added
    },
    changeUser(userId: string, change: Partial<Omit<User, 'id'>>): void {
      const user = Object.assign(getUser(world, userId), change)
      emit(world, { type: 'user_change', user: userWire(world, user), event_ts: eventTs(world) }, { on: 'user_change' })
    },
    addChannel(channel: NewChannel): Channel {
      const added = makeChannel(world, channel)
      for (const member of added.members) getUser(world, member)
      workspace.channels.set(added.id, added)
      world.changed()
      return added
    },
    addGroup(handle: string, users: readonly string[]): UserGroup {
      const group = { id: world.newId('S'), handle, users: users.map((id) => getUser(world, id).id) }
      workspace.groups.set(group.id, group)
      return group
    },
    archive(place: string, isArchived = true): void {
      const channel = play.getChannel(world, place)
      channel.isArchived = isArchived
      announce(world, channel, isArchived ? 'archive' : 'unarchive', { channel: channel.id })
    },
    rename(place: string, name: string): void {
      const channel = play.getChannel(world, place)
      channel.name = name
      announce(world, channel, 'rename', {
        channel: { id: channel.id, name, created: Math.floor(channel.createdAt / 1000) },
      })
    },
    renumber(place: string): string {
      const channel = play.getChannel(world, place)
      const old = channel.id
      channel.id = world.newId('C')
      workspace.channels.delete(old)
      workspace.channels.set(channel.id, channel)
      workspace.move(old, channel.id)
      const ids = { old_channel_id: old, new_channel_id: channel.id }
      const event = { type: 'channel_id_changed', ...ids, event_ts: eventTs(world) }
      emit(world, event, { on: event.type, channel })
      return channel.id
    },
    deleteChannel(place: string): void {
      const channel = play.getChannel(world, place)
      announce(world, channel, 'deleted', { channel: channel.id })
      workspace.channels.delete(channel.id)
      world.changed()
    },
    publish(place: string, isPublic = true): void {
      play.getChannel(world, place).kind = isPublic ? 'channel' : 'group'
    },
    share(place: string, isExtShared = true): void {
      const channel = play.getChannel(world, place)
      channel.isExtShared = isExtShared
      const type = isExtShared ? 'channel_shared' : 'channel_unshared'
      emit(world, { type, channel: channel.id, event_ts: eventTs(world) }, { on: type, channel })
    },
  } satisfies Partial<People>
}

/** Slack's older events name private channels `group_...`. */
function announce(world: World, channel: Channel, what: string, more: Json): void {
  const type = `${channel.kind === 'group' ? 'group' : 'channel'}_${what}`
  emit(world, { type, ...more, event_ts: eventTs(world) }, { on: type, channel })
  world.changed()
}

export function makeUser(world: World, user: NewUser): User {
  return {
    id: user.id ?? world.newId('U'),
    name: user.name,
    realName: user.realName ?? user.name,
    ...(user.email && { email: user.email }),
    teamId: user.teamId ?? world.app.teamId,
    tz: user.tz ?? 'UTC',
    isGuest: user.isGuest ?? false,
    isBot: user.isBot ?? false,
    ...(user.isBot && { botId: world.newId('B') }),
    isDeactivated: false,
    isAway: false,
  }
}

function makeChannel(world: World, channel: NewChannel): Channel {
  return {
    id: channel.id ?? world.newId('C'),
    name: channel.name.replace(/^#/, ''),
    kind: channel.isPrivate ? 'group' : 'channel',
    members: new Set(channel.members ?? []),
    isArchived: false,
    isExtShared: channel.isExtShared ?? false,
    isPendingExtShared: false,
    isRestricted: false,
    createdAt: world.clock.now(),
  }
}
