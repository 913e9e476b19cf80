// The routes of threads: begin one on a message, alone or as a forum's post, join it, leave it, list them.
import { asNumber } from '../slack/json.ts'
import { channelOf, guildOf, may, messageOf, need, needAwake, textChannelOf, threadOf } from './access.ts'
import { TAGS_APPLIED_MAX } from './channel-routes.ts'
import { type Form, makeForm } from './form.ts'
import { addMessage, editMessage } from './message.ts'
import { composeMessage } from './message-routes.ts'
import { canSee, MAY } from './permissions.ts'
import { readableShape } from './readable.ts'
import { CHANNEL, type Channel, MESSAGE, type Thread } from './records.ts'
import { referenceTo } from './reference.ts'
import { refuse } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { isForum, threadMemberShape, threadShape } from './shape-channel.ts'
import { fullMemberShape } from './shape-user.ts'
import { ARCHIVE_MINUTES, addThread, isFull, joinThread, leaveThread } from './thread.ts'
import type { World } from './world.ts'

const NAME_MAX = 100
const LISTED_MAX = 100
const SLOWMODE_S_MAX = 21_600
const THREADS: readonly number[] = [CHANNEL.announcementThread, CHANNEL.publicThread, CHANNEL.privateThread]

export const threadRoutes: Routes = {
  'POST /channels/:channel/messages/:message/threads': { status: 201, run: startOnMessage },
  'POST /channels/:channel/threads': {
    status: 201,
    run(world, ask) {
      const channel = channelOf(world, ask)
      return isForum(channel) ? post(world, channel, ask) : startAlone(world, channel, ask)
    },
  },
  'GET /channels/:channel/thread-members': {
    run(world, ask) {
      const { id, thread } = threadOf(world, ask)
      return [...thread.members.keys()].map((userId) => threadMemberShape(id, thread, userId))
    },
  },
  'GET /channels/:channel/thread-members/:user': {
    run(world, ask) {
      const { id, guildId, thread } = threadOf(world, ask)
      const userId = userOf(ask)
      if (!thread.members.has(userId)) refuse(10007)
      const member = world.guilds.get(guildId ?? '')?.members.get(userId)
      const user = world.users.get(userId)
      const more = ask.query.with_member === 'true' && member && user ? { member: fullMemberShape(member, user) } : {}
      return { ...threadMemberShape(id, thread, userId), ...more }
    },
  },
  'PUT /channels/:channel/thread-members/:user': {
    run(world, ask) {
      const channel = threadOf(world, ask)
      needAwake(channel)
      const userId = userOf(ask)
      if (userId !== ask.app.id) need(world, channel, ask.app.id, MAY.sendInThreads)
      if (!world.guilds.get(channel.guildId ?? '')?.members.has(userId)) refuse(10007)
      joinThread(world, channel, channel.thread, userId)
    },
  },
  'DELETE /channels/:channel/thread-members/:user': {
    run(world, ask) {
      const channel = threadOf(world, ask)
      needAwake(channel)
      const userId = userOf(ask)
      const isOwners = channel.type === CHANNEL.privateThread && channel.thread.ownerId === ask.app.id
      if (userId !== ask.app.id && !isOwners) need(world, channel, ask.app.id, MAY.manageThreads)
      leaveThread(world, channel, channel.thread, userId)
    },
  },
  'GET /guilds/:guild/threads/active': {
    run(world, ask) {
      const guild = guildOf(world, ask)
      const inGuild = [...world.channels.values()].filter(({ guildId }) => guildId === guild.id)
      const threads = visible(world, inGuild, ask).filter(({ thread }) => !thread.archived)
      return {
        threads: threads.map((channel) => shape(channel, ask)),
        members: memberships(threads, ask),
        has_more: false,
      }
    },
  },
  'GET /channels/:channel/threads/archived/public': {
    run: (world, ask) => archived(world, ask, ({ type }) => type !== CHANNEL.privateThread),
  },
  'GET /channels/:channel/threads/archived/private': {
    run(world, ask) {
      need(world, channelOf(world, ask), ask.app.id, MAY.manageThreads)
      return archived(world, ask, ({ type }) => type === CHANNEL.privateThread)
    },
  },
  'GET /channels/:channel/users/@me/threads/archived/private': {
    run: (world, ask) =>
      archived(world, ask, ({ type, thread }) => type === CHANNEL.privateThread && thread.members.has(ask.app.id)),
  },
}

function startOnMessage(world: World, ask: Ask): unknown {
  const channel = textChannelOf(world, ask)
  const message = messageOf(channel, ask.params.message)
  if (channel.type !== CHANNEL.text && channel.type !== CHANNEL.announcement) refuse(50024)
  need(world, channel, ask.app.id, MAY.createPublicThreads)
  if (world.channels.has(message.id)) refuse(160004)
  const form = makeForm(ask.body)
  const start = readStart(form)
  form.check()
  if (isFull(world, channel.guildId)) refuse(160006)
  const type = channel.type === CHANNEL.announcement ? CHANNEL.announcementThread : CHANNEL.publicThread
  const thread = addThread(world, channel, { ...start, id: message.id, type, ownerId: ask.app.id })
  const reference = referenceTo(channel, message.id, 0)
  addMessage(world, thread, { authorId: message.authorId, type: MESSAGE.threadStarter, reference })
  // The message now shows its thread; nobody has edited it.
  editMessage(world, channel, message, {})
  return shape(thread, ask)
}

function startAlone(world: World, channel: Channel, ask: Ask): unknown {
  if (channel.type !== CHANNEL.text && channel.type !== CHANNEL.announcement) refuse(50024)
  const form = makeForm(ask.body)
  const start = readStart(form)
  // Discord makes a private thread of what has no type.
  const type = form.integer('type', { oneOf: THREADS }) ?? CHANNEL.privateThread
  const invitable = form.flag('invitable')
  form.check()
  const isPrivate = type === CHANNEL.privateThread
  need(world, channel, ask.app.id, isPrivate ? MAY.createPrivateThreads : MAY.createPublicThreads)
  if (isFull(world, channel.guildId)) refuse(160006)
  const thread = addThread(world, channel, { ...start, type, invitable, ownerId: ask.app.id })
  if (!isPrivate) {
    const reference = { type: 0 as const, channelId: thread.id, ...(thread.guildId && { guildId: thread.guildId }) }
    addMessage(world, channel, { authorId: ask.app.id, type: MESSAGE.threadCreated, content: start.name, reference })
  }
  return shape(thread, ask)
}

/** A forum's post is a thread and its first message in one; the message has the thread's id. */
function post(world: World, forum: Channel, ask: Ask): unknown {
  need(world, forum, ask.app.id, MAY.send)
  const form = makeForm(ask.body)
  const start = readStart(form)
  const tags = form.ids('applied_tags', { max: TAGS_APPLIED_MAX }) ?? []
  const message = form.object('message')
  if (!message) form.fault('message', 'BASE_TYPE_REQUIRED', 'This field is required')
  form.check()
  const known = tags.filter((id) => forum.tags.some((tag) => tag.id === id && mayTag(world, forum, ask, tag.moderated)))
  if (forum.requiresTag && known.length === 0) refuse(40067)
  if (isFull(world, forum.guildId)) refuse(160006)
  const draft = composeMessage(world, forum, { ...ask, body: message?.raw ?? {} })
  const thread = addThread(world, forum, { ...start, tags: known, type: CHANNEL.publicThread, ownerId: ask.app.id })
  const first = addMessage(world, thread, { ...draft, id: thread.id })
  return { ...shape(thread, ask), message: readableShape(world, ask.app, first) }
}

function mayTag(world: World, forum: Channel, ask: Ask, isModerated: boolean): boolean {
  return !isModerated || may(world, forum, ask.app.id, MAY.manageThreads)
}

function readStart(form: Form) {
  return {
    name: form.text('name', { min: 1, max: NAME_MAX, required: true }) ?? '',
    autoArchiveMinutes: form.integer('auto_archive_duration', { oneOf: ARCHIVE_MINUTES }),
    slowmodeS: form.integer('rate_limit_per_user', { max: SLOWMODE_S_MAX }),
  }
}

function archived(world: World, ask: Ask, isAsked: (channel: Channel & { thread: Thread }) => boolean): unknown {
  const parent = channelOf(world, ask)
  need(world, parent, ask.app.id, MAY.readHistory)
  const limit = Math.min(asNumber(ask.query.limit) ?? LISTED_MAX, LISTED_MAX)
  const before = ask.query.before === undefined ? Number.POSITIVE_INFINITY : Date.parse(ask.query.before)
  const under = [...world.channels.values()].filter(({ parentId }) => parentId === parent.id)
  const found = visible(world, under, ask)
    .filter((channel) => channel.thread.archived && isAsked(channel) && channel.thread.archiveChangedAt < before)
    .sort((a, b) => b.thread.archiveChangedAt - a.thread.archiveChangedAt)
  const threads = found.slice(0, limit)
  const has_more = found.length > limit
  return { threads: threads.map((channel) => shape(channel, ask)), members: memberships(threads, ask), has_more }
}

function visible(world: World, channels: readonly Channel[], ask: Ask): (Channel & { thread: Thread })[] {
  return channels.filter(
    (channel): channel is Channel & { thread: Thread } =>
      channel.thread !== undefined && canSee(world, channel, ask.app.id),
  )
}

function memberships(threads: readonly (Channel & { thread: Thread })[], { app }: Ask) {
  const joined = threads.filter(({ thread }) => thread.members.has(app.id))
  return joined.map(({ id, thread }) => threadMemberShape(id, thread, app.id))
}

function shape(channel: Channel & { thread: Thread }, { app }: Ask) {
  return threadShape(channel, channel.thread, app.id)
}

function userOf({ app, params }: Ask): string {
  return params.user === '@me' ? app.id : (params.user ?? '')
}
