// Threads sleep after a while and wake when somebody writes; private ones show themselves to who is let in.
import { MINUTE } from '../../clock.ts'
import { INTENT } from './intent.ts'
import { CHANNEL, type Channel, type Thread } from './records.ts'
import { threadMemberShape, threadShape } from './shape-channel.ts'
import { fullMemberShape } from './shape-user.ts'
import type { World } from './world.ts'

export const ARCHIVE_MINUTES = [60, 1440, 4320, 10080]
const ACTIVE_MAX = 1000
const LOOK_MS_MIN = 1000

export interface NewThread {
  /** A thread on a message has that message's id. */
  id?: string
  type: number
  name: string
  ownerId: string
  autoArchiveMinutes?: number | undefined
  invitable?: boolean | undefined
  slowmodeS?: number | undefined
  tags?: string[]
}

export function isFull(world: World, guildId: string | undefined): boolean {
  const inGuild = [...world.channels.values()].filter((channel) => channel.guildId === guildId)
  return inGuild.filter(({ thread }) => thread && !thread.archived).length >= ACTIVE_MAX
}

export function addThread(world: World, parent: Channel, start: NewThread): Channel & { thread: Thread } {
  const now = world.clock.now()
  const thread: Thread = {
    ownerId: start.ownerId,
    members: new Map([[start.ownerId, now]]),
    archived: false,
    locked: false,
    invitable: start.invitable ?? true,
    autoArchiveMinutes: start.autoArchiveMinutes ?? parent.defaultAutoArchiveMinutes,
    archiveChangedAt: now,
    activeAt: now,
    createdAt: now,
    messageCount: 0,
    totalSent: 0,
    tags: start.tags ?? [],
  }
  const channel = {
    id: start.id ?? world.newId(),
    type: start.type,
    guildId: parent.guildId,
    name: start.name,
    topic: undefined,
    parentId: parent.id,
    position: 0,
    overwrites: [],
    slowmodeS: start.slowmodeS ?? 0,
    defaultAutoArchiveMinutes: parent.defaultAutoArchiveMinutes,
    recipients: [],
    tags: [],
    requiresTag: false,
    thread,
    lastMessageId: undefined,
    messages: new Map(),
  }
  world.channels.set(channel.id, channel)
  watchIdle(world, channel, thread)
  world.emit({
    name: 'THREAD_CREATE',
    channel,
    data: ({ app }) => ({ ...threadShape(channel, thread, app.id), newly_created: true }),
  })
  return channel
}

export function updateThread(world: World, channel: Channel, thread: Thread): void {
  world.emit({ name: 'THREAD_UPDATE', channel, data: ({ app }) => threadShape(channel, thread, app.id) })
}

export function setArchived(world: World, channel: Channel, thread: Thread, archived: boolean): void {
  const now = world.clock.now()
  Object.assign(thread, { archived, archiveChangedAt: now, ...(!archived && { activeAt: now }) })
  if (!archived) watchIdle(world, channel, thread)
  updateThread(world, channel, thread)
}

/** Archives what nobody has written in for as long as the thread allows. */
export function archiveIdle(world: World): void {
  for (const channel of world.channels.values()) {
    const { thread } = channel
    if (!thread || thread.archived) continue
    if (world.clock.now() >= thread.activeAt + thread.autoArchiveMinutes * MINUTE)
      setArchived(world, channel, thread, true)
  }
}

/** Looks at the thread again when its time is up, and as often as somebody has written in it meanwhile. */
function watchIdle(world: World, channel: Channel, thread: Thread): void {
  const leftMs = thread.activeAt + thread.autoArchiveMinutes * MINUTE - world.clock.now()
  world.after(Math.max(leftMs, LOOK_MS_MIN), () => {
    if (thread.archived || world.channels.get(channel.id) !== channel) return
    archiveIdle(world)
    if (!thread.archived) watchIdle(world, channel, thread)
  })
}

export function joinThread(world: World, channel: Channel, thread: Thread, userId: string): void {
  if (thread.members.has(userId)) return
  const isNewToBot = channel.type === CHANNEL.privateThread && world.apps.has(userId)
  thread.members.set(userId, world.clock.now())
  // A bot that is let into a private thread hears of the thread itself for the first time.
  if (isNewToBot) {
    world.emit({ name: 'THREAD_CREATE', channel, appId: userId, data: () => threadShape(channel, thread, userId) })
  }
  tellMembers(world, channel, thread, { added: userId })
}

export function leaveThread(world: World, channel: Channel, thread: Thread, userId: string): void {
  if (!thread.members.has(userId)) return
  if (channel.type === CHANNEL.privateThread && world.apps.has(userId)) {
    // A bot is told to forget a private thread while it can still see it.
    const { id, guildId, parentId, type } = channel
    const data = () => ({ id, guild_id: guildId, parent_id: parentId, type })
    world.emit({ name: 'THREAD_DELETE', channel, appId: userId, data })
  } else tellMembers(world, channel, thread, { removed: userId })
  thread.members.delete(userId)
}

/** Without the members intent a bot hears only of itself. */
function tellMembers(world: World, channel: Channel, thread: Thread, who: { added?: string; removed?: string }): void {
  const userId = who.added ?? who.removed ?? ''
  world.emit({
    name: 'THREAD_MEMBERS_UPDATE',
    channel,
    data({ app, intents }) {
      if (userId !== app.id && !(intents & INTENT.members)) return undefined
      return {
        id: channel.id,
        guild_id: channel.guildId,
        member_count: thread.members.size,
        ...(who.added !== undefined && { added_members: [addedShape(world, channel, thread, who.added)] }),
        ...(who.removed !== undefined && { removed_member_ids: [who.removed] }),
      }
    },
  })
}

function addedShape(world: World, channel: Channel, thread: Thread, userId: string) {
  const member = world.guilds.get(channel.guildId ?? '')?.members.get(userId)
  const user = world.users.get(userId)
  return {
    ...threadMemberShape(channel.id, thread, userId),
    ...(member && user && { member: fullMemberShape(member, user) }),
    presence: null,
  }
}
