// The chat.* methods: where an app may post, what it may change, and whose messages it may touch.
import { type Answer, isRefusal, type Methods, type Refusal, refuse, refuseBecause } from './answer.ts'
import { isMismatch, readContent, readCostume } from './content.ts'
import { canSee, openDm } from './conversations.ts'
import { asFlag, asText, type Json } from './json.ts'
import { addMessage, changeMessage, deleteMessage, messageWire, newTs } from './message.ts'
import type { Channel, Message } from './workspace.ts'
import type { World } from './world.ts'

/** A channel by id or name, or the direct message with a person by their id. */
function postTarget(world: World, value: unknown): Channel | Refusal {
  const { workspace, grant, settings } = world
  const name = asText(value) ?? ''
  const isPerson = workspace.users.has(name) && name !== world.app.botUserId
  const channel = isPerson ? openDm(world, [name]) : (workspace.channels.get(name) ?? workspace.channelNamed(name))
  if (!channel || !canSee(world, channel)) return refuse('channel_not_found')
  if (channel.isArchived) return refuse('is_archived')
  if (channel.kind === 'im' && !settings.messagesTab) return refuse('messages_tab_disabled')
  const isMember = channel.members.has(world.app.botUserId) || grant.scopes.has('chat:write.public')
  if (!isMember) return refuse('not_in_channel')
  return channel.isRestricted ? refuse('restricted_action') : channel
}

/** The root of the thread to post into. A reply is no root, and a deleted root without replies is gone. */
export function threadRoot(world: World, channel: Channel, value: unknown): Message | Refusal | undefined {
  const ts = asText(value)
  if (ts === undefined || ts === '') return undefined
  if (!/^\d+\.\d{6}$/.test(ts)) return refuseBecause('invalid_thread_ts', [`${ts} is not a valid thread_ts`])
  const root = world.workspace.message(channel.id, ts)
  if (!root) return refuse('thread_not_found')
  return root.threadTs && root.threadTs !== root.ts ? refuse('cannot_reply_to_message') : root
}

function postMessage(world: World, args: Json): Answer {
  const channel = postTarget(world, args.channel)
  if (isRefusal(channel)) return channel
  const content = readContent(world, args, 'post')
  if (isRefusal(content)) return content
  const root = threadRoot(world, channel, args.thread_ts)
  if (isRefusal(root)) return root
  const costume = readCostume(world, args)
  const isBroadcast = root !== undefined && asFlag(args.reply_broadcast)
  const { metadata, ...shown } = content
  const message = addMessage(world, channel, {
    ...shown,
    botId: world.app.botId,
    ...(costume ? { ...costume, subtype: 'bot_message' } : { user: world.app.botUserId }),
    ...(metadata && { metadata }),
    ...(root && { threadTs: root.ts }),
    ...(isBroadcast && { subtype: 'thread_broadcast' }),
  })
  return { ok: true, channel: channel.id, ts: message.ts, message: messageWire(world, message) }
}

/** One of the app's own messages, or why it may not be touched. */
function ownMessage(world: World, args: Json, error: string): { channel: Channel; message: Message } | Refusal {
  const channel = world.workspace.channels.get(asText(args.channel) ?? '')
  if (!channel || !canSee(world, channel)) return refuse('channel_not_found')
  const message = world.workspace.message(channel.id, asText(args.ts) ?? '')
  if (!message || message.subtype === 'tombstone') return refuse('message_not_found')
  return message.botId === world.app.botId ? { channel, message } : refuse(error)
}

function update(world: World, args: Json): Answer {
  const own = ownMessage(world, args, 'cant_update_message')
  if (isRefusal(own)) return own
  const { channel, message } = own
  if (channel.isArchived) return refuse('is_inactive')
  const content = readContent(world, args, 'update')
  if (isRefusal(content)) return content
  if (isMismatch(message.blocks, content.blocks)) return refuse('block_mismatch')
  const editedTs = newTs(world)
  changeMessage(world, channel, message, () => {
    const { metadata, ...shown } = content
    // Metadata that is not mentioned stays; blocks that are not mentioned are gone.
    delete message.blocks
    delete message.attachments
    if (metadata === null) delete message.metadata
    Object.assign(message, shown, metadata && { metadata }, { edited: { user: world.app.botId, ts: editedTs } })
  })
  const wire = messageWire(world, message)
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text, message: wire }
}

function remove(world: World, args: Json): Answer {
  const own = ownMessage(world, args, 'cant_delete_message')
  if (isRefusal(own)) return own
  deleteMessage(world, own.channel, own.message)
  return { ok: true, channel: own.channel.id, ts: own.message.ts }
}

function postEphemeral(world: World, args: Json): Answer {
  const channel = postTarget(world, args.channel)
  if (isRefusal(channel)) return channel
  const user = asText(args.user) ?? ''
  if (!channel.members.has(user)) return refuse('user_not_in_channel')
  const content = readContent(world, args, 'ephemeral')
  if (isRefusal(content)) return content
  const root = threadRoot(world, channel, args.thread_ts)
  if (isRefusal(root)) return root
  const { text, blocks } = content
  const thread = root && { threadTs: root.ts }
  const ephemeral = { ts: newTs(world), channel: channel.id, user, text, ...(blocks && { blocks }), ...thread }
  world.workspace.ephemerals.push(ephemeral)
  return { ok: true, message_ts: ephemeral.ts }
}

function getPermalink(world: World, args: Json): Answer {
  const channel = world.workspace.channels.get(asText(args.channel) ?? '')
  if (!channel || !canSee(world, channel)) return refuse('channel_not_found')
  const message = world.workspace.message(channel.id, asText(args.message_ts) ?? '')
  if (!message) return refuse('message_not_found')
  const isReply = message.threadTs && message.threadTs !== message.ts
  const query = isReply ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : ''
  const permalink = `${world.origin}/archives/${channel.id}/p${message.ts.replace('.', '')}${query}`
  return { ok: true, channel: channel.id, permalink }
}

const WRITE = { token: 'bot', scope: 'chat:write' } as const
const CONTENT = ['blocks', 'attachments', 'metadata'] as const

export const chatMethods: Methods = {
  'chat.postMessage': { ...WRITE, tier: 'post', required: ['channel'], json: CONTENT, run: postMessage },
  'chat.update': { ...WRITE, tier: 3, required: ['channel', 'ts'], json: CONTENT, run: update },
  'chat.delete': { ...WRITE, tier: 3, required: ['channel', 'ts'], run: remove },
  'chat.postEphemeral': { ...WRITE, tier: 4, required: ['channel', 'user'], json: CONTENT, run: postEphemeral },
  'chat.getPermalink': { tier: 'special', token: 'bot', required: ['channel', 'message_ts'], run: getPermalink },
}
