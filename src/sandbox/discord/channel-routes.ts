// The routes of channels: see, change, remove, type in.
import { asJson, asList, type Json } from '../slack/json.ts'
import { channelOf, may, need, needSending, textChannelOf } from './access.ts'
import { removeChannel, tellChannel } from './channel.ts'
import { type Form, makeForm } from './form.ts'
import { MAY } from './permissions.ts'
import type { Channel, Overwrite, Thread } from './records.ts'
import { refuse } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { channelShape } from './shape-channel.ts'
import { fullMemberShape } from './shape-user.ts'
import { ARCHIVE_MINUTES, setArchived, updateThread } from './thread.ts'
import type { World } from './world.ts'

const NAME_MAX = 100
const TOPIC_MAX = 1024
const SLOWMODE_S_MAX = 21_600
export const TAGS_APPLIED_MAX = 5
const TAGS_MAX = 20

export const channelRoutes: Routes = {
  'GET /channels/:channel': {
    run: (world, ask) => channelShape(world, channelOf(world, ask), ask.app.id),
  },
  'PATCH /channels/:channel': {
    run(world, ask) {
      const channel = channelOf(world, ask)
      if (channel.guildId === undefined) refuse(50003)
      if (channel.thread) changeThread(world, channel, channel.thread, ask)
      else changeChannel(world, channel, ask)
      return channelShape(world, channel, ask.app.id)
    },
  },
  'DELETE /channels/:channel': {
    run(world, ask) {
      const channel = channelOf(world, ask)
      // A direct message is only closed: it is there again when somebody writes.
      if (channel.guildId !== undefined) {
        need(world, channel, ask.app.id, channel.thread ? MAY.manageThreads : MAY.manageChannels)
        removeChannel(world, channel)
      }
      return channelShape(world, channel, ask.app.id)
    },
  },
  'POST /channels/:channel/typing': {
    run(world, ask) {
      const channel = textChannelOf(world, ask)
      needSending(world, channel, ask.app.id)
      tellTyping(world, channel, ask.app.id)
    },
  },
}

export function tellTyping(world: World, channel: Channel, userId: string): void {
  const member = world.guilds.get(channel.guildId ?? '')?.members.get(userId)
  const user = world.users.get(userId)
  world.emit({
    name: 'TYPING_START',
    channel,
    data: () => ({
      channel_id: channel.id,
      user_id: userId,
      timestamp: Math.floor(world.clock.now() / 1000),
      ...(channel.guildId !== undefined && { guild_id: channel.guildId }),
      ...(member && user && { member: fullMemberShape(member, user) }),
    }),
  })
}

function changeChannel(world: World, channel: Channel, ask: Ask): void {
  need(world, channel, ask.app.id, MAY.manageChannels)
  const form = makeForm(ask.body)
  const name = form.text('name', { min: 1, max: NAME_MAX })
  const topic = form.text('topic', { max: TOPIC_MAX })
  const slowmodeS = form.integer('rate_limit_per_user', { max: SLOWMODE_S_MAX })
  const tags = form.list('available_tags', { max: TAGS_MAX })?.map((tag) => ({
    id: tag.id('id') ?? world.newId(),
    name: tag.text('name', { min: 1, max: 20, required: true }) ?? '',
    moderated: tag.flag('moderated') ?? false,
  }))
  const overwrites = ask.body.permission_overwrites === undefined ? undefined : readOverwrites(ask.body)
  form.check()
  Object.assign(channel, {
    ...(name !== undefined && { name }),
    ...(ask.body.topic !== undefined && { topic: topic || undefined }),
    ...(slowmodeS !== undefined && { slowmodeS }),
    ...(tags && { tags }),
    ...(overwrites && { overwrites }),
    ...(ask.body.parent_id !== undefined && { parentId: form.id('parent_id') }),
  })
  tellChannel(world, 'CHANNEL_UPDATE', channel)
}

function readOverwrites(body: Json): Overwrite[] {
  return asList(body.permission_overwrites).map((value) => {
    const { id, type, allow, deny } = asJson(value)
    const bits = (given: unknown) => BigInt(/^\d+$/.test(String(given)) ? String(given) : 0)
    return { id: String(id), type: Number(type) === 1 ? 1 : 0, allow: bits(allow), deny: bits(deny) }
  })
}

function changeThread(world: World, channel: Channel, thread: Thread, ask: Ask): void {
  const form = makeForm(ask.body)
  const change = readThreadChange(form)
  form.check()
  needThreadChange(world, channel, thread, ask, change)
  const { name, slowmodeS, archived, ...state } = change
  Object.assign(channel, { ...(name !== undefined && { name }), ...(slowmodeS !== undefined && { slowmodeS }) })
  Object.assign(thread, Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)))
  if (archived !== undefined && archived !== thread.archived) setArchived(world, channel, thread, archived)
  else updateThread(world, channel, thread)
}

type ThreadChange = ReturnType<typeof readThreadChange>

function readThreadChange(form: Form) {
  return {
    name: form.text('name', { min: 1, max: NAME_MAX }),
    slowmodeS: form.integer('rate_limit_per_user', { max: SLOWMODE_S_MAX }),
    archived: form.flag('archived'),
    locked: form.flag('locked'),
    invitable: form.flag('invitable'),
    autoArchiveMinutes: form.integer('auto_archive_duration', { oneOf: ARCHIVE_MINUTES }),
    tags: form.ids('applied_tags', { max: TAGS_APPLIED_MAX }),
  }
}

/** Whoever may write in an unlocked thread may wake it; its owner may do more, a moderator everything. */
function needThreadChange(world: World, channel: Channel, thread: Thread, ask: Ask, change: ThreadChange) {
  if (may(world, channel, ask.app.id, MAY.manageThreads)) {
    if (thread.archived && change.archived !== false && change.locked === undefined) refuse(50083)
    return
  }
  const named = Object.entries(change).filter(([, value]) => value !== undefined)
  const isOnlyWaking = named.every(([name, value]) => name === 'archived' && value === false)
  const isOwner = thread.ownerId === ask.app.id
  if (thread.locked) refuse(50013)
  if (isOnlyWaking) return need(world, channel, ask.app.id, MAY.sendInThreads)
  if (!isOwner || change.locked !== undefined || change.slowmodeS !== undefined) refuse(50013)
  if (thread.archived && change.archived !== false) refuse(50083)
}
