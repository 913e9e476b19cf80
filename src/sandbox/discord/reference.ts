// What a message refers to: the one it answers, or the one it passes on.
import { asFlag, asJson, type Json } from '../slack/json.ts'
import { may } from './access.ts'
import type { Form } from './form.ts'
import { snapshotOf } from './message.ts'
import { canSee, MAY } from './permissions.ts'
import { type Channel, MESSAGE, type Message } from './records.ts'
import { refuse, refuseField } from './refusal.ts'
import { messageShape } from './shape-message.ts'
import type { World } from './world.ts'

const FORWARD = 1
const ANSWERABLE: readonly number[] = [MESSAGE.default, MESSAGE.reply, MESSAGE.command, MESSAGE.menuCommand]

export interface Referred {
  reference: Message['reference']
  /** Whom a reply pings unless told otherwise. */
  repliesTo: string | undefined
  snapshots: Json[]
}

export function readReference(world: World, channel: Channel, botId: string, form: Form): Referred {
  const nothing: Referred = { reference: undefined, repliesTo: undefined, snapshots: [] }
  const given = form.object('message_reference')
  if (!given) return nothing
  const messageId = given.id('message_id', { required: true }) ?? ''
  const type = given.integer('type', { oneOf: [0, FORWARD] }) ?? 0
  form.check()
  const place = world.channels.get(given.id('channel_id') ?? channel.id)
  const found = place?.messages.get(messageId)
  if (type === FORWARD) return forward(world, place, found, botId)
  if (!may(world, channel, botId, MAY.readHistory)) refuse(160002)
  if (!found || place !== channel) {
    // The sender may prefer a plain message to none.
    if (given.has('fail_if_not_exists') && !asFlag(given.raw.fail_if_not_exists)) return nothing
    return refuseField('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
  }
  if (!ANSWERABLE.includes(found.type)) {
    refuseField('message_reference', 'REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE', 'Cannot reply to a system message')
  }
  return { ...nothing, reference: referenceTo(channel, messageId, 0), repliesTo: found.authorId }
}

function forward(world: World, place: Channel | undefined, found: Message | undefined, viewerId: string): Referred {
  if (!place || !canSee(world, place, viewerId)) refuse(50001)
  if (!found) return refuseField('message_reference', 'MESSAGE_FORWARD_UNKNOWN', 'Unknown message')
  return {
    reference: referenceTo(place, found.id, FORWARD),
    repliesTo: undefined,
    snapshots: [forwardOf(world, found, viewerId)],
  }
}

/** A forward of a forward shows the first message again. */
export function forwardOf(world: World, message: Message, viewerId: string): Json {
  return (
    message.snapshots[0] ??
    asJson(JSON.parse(JSON.stringify(snapshotOf({ ...messageShape(world, message, viewerId) }))))
  )
}

export function referenceTo(channel: Channel, messageId: string, type: 0 | 1): NonNullable<Message['reference']> {
  return { type, messageId, channelId: channel.id, ...(channel.guildId !== undefined && { guildId: channel.guildId }) }
}
