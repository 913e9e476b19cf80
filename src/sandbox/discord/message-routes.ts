// The routes of messages: read, write, edit, take back.
import { DAY } from '../../clock.ts'
import { asList, asNumber } from '../slack/json.ts'
import { channelOf, may, messageOf, need, needAwake, needSending, textChannelOf } from './access.ts'
import { makeForm } from './form.ts'
import { OLD_MS } from './limits.ts'
import { mentionsIn } from './mentions.ts'
import { addMessage, type Draft, editMessage, removeMessage, removeMessages } from './message.ts'
import { needPartPermissions, needSubstance, readSaid, settable } from './message-form.ts'
import { MAY } from './permissions.ts'
import { readableShape } from './readable.ts'
import { type Channel, FLAG, MESSAGE, type Message } from './records.ts'
import { readReference } from './reference.ts'
import { refuse, refuseField } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { snowflakeAt } from './snowflake.ts'
import type { World } from './world.ts'

const PAGE_MAX = 100
const PAGE_USUAL = 50
const BULK_AGE_MS = 14 * DAY

export const messageRoutes: Routes = {
  'GET /channels/:channel/messages': { run: listMessages },
  'GET /channels/:channel/messages/:message': {
    run(world, ask) {
      const channel = textChannelOf(world, ask)
      need(world, channel, ask.app.id, MAY.readHistory)
      return readableShape(world, ask.app, messageOf(channel, ask.params.message))
    },
  },
  'POST /channels/:channel/messages': {
    run(world, ask) {
      const channel = textChannelOf(world, ask)
      needSending(world, channel, ask.app.id)
      return withNonce(readableShape(world, ask.app, sendMessage(world, channel, ask)), ask)
    },
  },
  'PATCH /channels/:channel/messages/:message': {
    run(world, ask) {
      const channel = textChannelOf(world, ask)
      const message = messageOf(channel, ask.params.message)
      needAwake(channel)
      if (message.authorId !== ask.app.id) return suppressEmbeds(world, channel, message, ask)
      needEditing(world, message)
      changeMessage(world, channel, message, ask)
      return readableShape(world, ask.app, message)
    },
  },
  'DELETE /channels/:channel/messages/:message': {
    run(world, ask) {
      const channel = textChannelOf(world, ask)
      const message = messageOf(channel, ask.params.message)
      needAwake(channel)
      if (message.authorId !== ask.app.id) needModerator(world, channel, ask)
      if (message.type === MESSAGE.threadStarter) refuse(50021)
      removeMessage(world, channel, message)
    },
  },
  'POST /channels/:channel/messages/bulk-delete': {
    run(world, ask) {
      const channel = channelOf(world, ask)
      if (channel.guildId === undefined) refuse(50003)
      need(world, channel, ask.app.id, MAY.manageMessages)
      const ids = [...new Set(asList(ask.body.messages).map(String))]
      if (ids.length < 2 || ids.length > PAGE_MAX) refuse(50016)
      const oldest = snowflakeAt(world.clock.now() - BULK_AGE_MS)
      if (ids.some((id) => /^\d+$/.test(id) && BigInt(id) < oldest)) refuse(50034)
      removeMessages(world, channel, ids)
    },
  },
}

function listMessages(world: World, ask: Ask): unknown {
  const channel = textChannelOf(world, ask)
  const { query } = ask
  const limit = query.limit === undefined ? PAGE_USUAL : (asNumber(query.limit) ?? 0)
  if (!(limit >= 1 && limit <= PAGE_MAX)) {
    refuseField('limit', 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${PAGE_MAX}.`)
  }
  const form = makeForm(query)
  for (const name of ['before', 'after', 'around']) form.id(name)
  form.check()
  // Without the permission to read history a channel looks empty.
  if (!may(world, channel, ask.app.id, MAY.readHistory)) return []
  const all = [...channel.messages.values()].filter(({ ephemeralFor }) => ephemeralFor === undefined)
  return page(all, query, limit)
    .toReversed()
    .map((message) => readableShape(world, ask.app, message))
}

/** Oldest first: what lies next to the given id, or the newest. */
function page(all: readonly Message[], query: Record<string, string>, limit: number): Message[] {
  const { before, after, around } = query
  const isOlder = ({ id }: Message, than: string) => BigInt(id) < BigInt(than)
  if (around !== undefined) {
    const half = Math.floor(limit / 2)
    const older = all.filter((message) => isOlder(message, around)).slice(-half)
    return [...older, ...all.filter((message) => !isOlder(message, around)).slice(0, half + 1)]
  }
  if (after !== undefined) return all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit)
  return all.filter((message) => before === undefined || isOlder(message, before)).slice(-limit)
}

/** Sends it, unless its nonce says that it was sent before. */
export function sendMessage(world: World, channel: Channel, ask: Ask, more: Partial<Message> = {}): Message {
  const { nonce, enforce_nonce } = ask.body
  const twin = enforce_nonce === true ? sameNonce(world, channel, ask.app.id, nonce) : undefined
  return twin ?? addMessage(world, channel, { ...composeMessage(world, channel, ask), ...more })
}

/** What a bot's message must be before it is one; for threads and interactions too. */
export function composeMessage(world: World, channel: Channel, ask: Ask): Draft {
  const said = readSaid(world, ask.body, ask.files)
  needPartPermissions(world, channel, ask.app.id, said)
  const { reference, repliesTo, snapshots } = readReference(world, channel, ask.app.id, makeForm(ask.body))
  const message = {
    content: said.content ?? '',
    embeds: said.embeds ?? [],
    components: said.components ?? [],
    attachments: said.files,
    ...(said.poll && { poll: said.poll }),
  }
  if (snapshots.length === 0) needSubstance(message)
  return {
    ...message,
    ...mentionsIn(world, channel, { authorId: ask.app.id, content: message.content, allowed: said.allowed, repliesTo }),
    authorId: ask.app.id,
    type: reference?.type === 0 ? MESSAGE.reply : MESSAGE.default,
    flags: settable(said.flags) | (snapshots.length > 0 ? FLAG.hasSnapshot : 0),
    tts: said.tts,
    nonce: said.nonce,
    snapshots,
    ...(reference && { reference }),
  }
}

function sameNonce(world: World, channel: Channel, botId: string, nonce: unknown): Message | undefined {
  if (nonce === undefined || nonce === null) return undefined
  const since = world.clock.now() - world.settings.nonceMs
  return [...channel.messages.values()].find(
    (message) => message.authorId === botId && String(message.nonce) === String(nonce) && message.at >= since,
  )
}

/** Fields that are absent stay; `null` empties them. Mentions are read anew, by default all of them. */
export function changeMessage(world: World, channel: Channel, message: Message, ask: Ask): void {
  const said = readSaid(world, ask.body, ask.files, message)
  const { kept } = said
  const stays = kept === undefined ? message.attachments : message.attachments.filter(({ id }) => kept.includes(id))
  const changed = {
    content: ask.body.content === undefined ? message.content : (said.content ?? ''),
    embeds: ask.body.embeds === undefined ? message.embeds : (said.embeds ?? []),
    components: ask.body.components === undefined ? message.components : (said.components ?? []),
    attachments: [...stays, ...said.files],
    ...(message.poll && { poll: message.poll }),
  }
  needSubstance(changed)
  const { authorId, reference } = message
  const replied = reference?.type === 0 ? channel.messages.get(reference.messageId ?? '')?.authorId : undefined
  editMessage(world, channel, message, {
    ...changed,
    ...mentionsIn(world, channel, { authorId, content: changed.content, allowed: said.allowed, repliesTo: replied }),
    flags: said.flags === undefined ? message.flags : settable(said.flags) | (message.flags & ~FLAG.suppressEmbeds),
    editedAt: world.clock.now(),
  })
}

function needEditing(world: World, { at, channelId }: Message): void {
  const isOld = world.clock.now() - at > OLD_MS
  if (isOld && world.settings.limits === 'enforce' && !world.limits.allows('old-edit', channelId)) refuse(30046)
}

/** All one may change of another's message. */
function suppressEmbeds(world: World, channel: Channel, message: Message, ask: Ask): unknown {
  const isOnlyFlags = Object.keys(ask.body).every((name) => name === 'flags' || name === 'allowed_mentions')
  if (!isOnlyFlags || !may(world, channel, ask.app.id, MAY.manageMessages)) refuse(50005)
  const flags = (message.flags & ~FLAG.suppressEmbeds) | ((asNumber(ask.body.flags) ?? 0) & FLAG.suppressEmbeds)
  editMessage(world, channel, message, { flags })
  return readableShape(world, ask.app, message)
}

function needModerator(world: World, channel: Channel, ask: Ask): void {
  if (channel.guildId === undefined) refuse(50003)
  need(world, channel, ask.app.id, MAY.manageMessages)
}

function withNonce<T extends object>(shape: T, { body }: Ask): T {
  return body.nonce === undefined ? shape : { ...shape, nonce: body.nonce }
}
