// What Slack sends when a person clicks, submits or calls: the payload's frame, a fresh trigger, and the wait for an ack.
import type { Ack } from './delivery.ts'
import type { Json } from './json.ts'
import { messageWire } from './message.ts'
import { makeResponseUrl } from './response-url.ts'
import { type ViewRecord, viewWire } from './view-record.ts'
import type { Channel, Ephemeral, Message, User } from './workspace.ts'
import type { World } from './world.ts'

const TOKEN = 'sandbox-verification-token'

export function getUser(world: World, userId: string): User {
  const user = world.workspace.users.get(userId)
  if (!user) throw new Error(`nobody is called ${userId}: add them with addUser first`)
  return user
}

/** Slack names private channels and direct messages in payloads by their kind only. */
function channelName(channel: Channel): string {
  return { channel: channel.name, group: 'privategroup', im: 'directmessage', mpim: channel.name }[channel.kind]
}

export function channelRef(channel: Channel): Json {
  return { id: channel.id, name: channelName(channel) }
}

export function newTrigger(world: World, userId: string, viewId?: string): string {
  const id = `${world.newId('1')}.${world.newId('2')}.${world.newId('t')}`
  world.triggers.set(id, { userId, madeAt: world.clock.now(), used: false, ...(viewId && { viewId }) })
  return id
}

/** What all interaction payloads have in common. */
function frame(world: World, type: string, userId: string, trigger: string | undefined): Json {
  const user = getUser(world, userId)
  const { app } = world
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: app.appId,
    token: TOKEN,
    team: { id: app.teamId, domain: app.teamDomain },
    enterprise: null,
    is_enterprise_install: false,
    ...(trigger && { trigger_id: trigger }),
  }
}

export function isMessage(shown: Message | Ephemeral): shown is Message {
  return 'reactions' in shown
}

export function sendMessageAction(
  world: World,
  userId: string,
  channel: Channel,
  shown: Message | Ephemeral,
  action: Json,
): Promise<Ack> {
  const thread = shown.threadTs && { thread_ts: shown.threadTs }
  const isEphemeral = !isMessage(shown)
  const responseUrl = makeResponseUrl(world, {
    channelId: channel.id,
    userId,
    ts: shown.ts,
    ...(shown.threadTs && { threadTs: shown.threadTs }),
  })
  return world.delivery.interact('interactive', {
    ...frame(world, 'block_actions', userId, newTrigger(world, userId)),
    container: { type: 'message', message_ts: shown.ts, channel_id: channel.id, is_ephemeral: isEphemeral, ...thread },
    channel: channelRef(channel),
    // Of a message only one person sees, Slack sends no content back.
    ...(isMessage(shown) && { message: messageWire(world, shown) }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [action],
  })
}

export function sendViewAction(world: World, record: ViewRecord, action: Json): Promise<Ack> {
  return world.delivery.interact('interactive', {
    ...frame(world, 'block_actions', record.userId, newTrigger(world, record.userId, record.id)),
    container: { type: 'view', view_id: record.id },
    view: viewWire(world, record, { state: true }),
    actions: [action],
  })
}

export function sendSubmission(world: World, record: ViewRecord): Promise<Ack> {
  return world.delivery.interact('interactive', {
    ...frame(world, 'view_submission', record.userId, newTrigger(world, record.userId, record.id)),
    view: viewWire(world, record, { state: true }),
    response_urls: [],
  })
}

export function sendClosed(world: World, record: ViewRecord, isCleared: boolean): Promise<Ack> {
  return world.delivery.interact('interactive', {
    ...frame(world, 'view_closed', record.userId, undefined),
    view: viewWire(world, record, { state: true }),
    is_cleared: isCleared,
  })
}

export function sendSuggestion(
  world: World,
  record: ViewRecord,
  element: { blockId: string; actionId: string; query: string },
): Promise<Ack> {
  return world.delivery.interact('interactive', {
    ...frame(world, 'block_suggestion', record.userId, undefined),
    container: { type: 'view', view_id: record.id },
    view: viewWire(world, record, { state: true }),
    block_id: element.blockId,
    action_id: element.actionId,
    value: element.query,
  })
}

export function sendMessageShortcut(
  world: World,
  userId: string,
  callbackId: string,
  channel: Channel,
  message: Message,
): Promise<Ack> {
  const place = {
    channelId: channel.id,
    userId,
    ts: message.ts,
    ...(message.threadTs && { threadTs: message.threadTs }),
  }
  return world.delivery.interact('interactive', {
    ...frame(world, 'message_action', userId, newTrigger(world, userId)),
    callback_id: callbackId,
    action_ts: actionTs(world),
    message_ts: message.ts,
    channel: channelRef(channel),
    message: messageWire(world, message),
    response_url: makeResponseUrl(world, place),
  })
}

export function sendShortcut(world: World, userId: string, callbackId: string): Promise<Ack> {
  const payload = frame(world, 'shortcut', userId, newTrigger(world, userId))
  return world.delivery.interact('interactive', { ...payload, callback_id: callbackId, action_ts: actionTs(world) })
}

export function sendCommand(
  world: World,
  userId: string,
  channel: Channel,
  command: string,
  text: string,
): Promise<Ack> {
  const user = getUser(world, userId)
  return world.delivery.interact('slash_commands', {
    token: TOKEN,
    team_id: world.app.teamId,
    team_domain: world.app.teamDomain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: world.app.appId,
    is_enterprise_install: 'false',
    response_url: makeResponseUrl(world, { channelId: channel.id, userId }),
    trigger_id: newTrigger(world, userId),
  })
}

export function actionTs(world: World): string {
  return (world.clock.now() / 1000).toFixed(6)
}
