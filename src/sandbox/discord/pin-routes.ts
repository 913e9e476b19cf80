// The routes of pins: what a channel keeps in sight.
import { messageOf, need, needAwake, textChannelOf } from './access.ts'
import { addMessage, editMessage } from './message.ts'
import { MAY } from './permissions.ts'
import { readableShape } from './readable.ts'
import { type Channel, MESSAGE, type Message } from './records.ts'
import { referenceTo } from './reference.ts'
import { refuse } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import type { World } from './world.ts'

const PINS_MAX = 250

const pin: Routes[string] = {
  run(world, ask) {
    const { channel, message } = placeOf(world, ask)
    if (message.pinned) return
    if (pinsOf(channel).length >= PINS_MAX) refuse(30003)
    setPinned(world, channel, message, true)
    const reference = referenceTo(channel, message.id, 0)
    addMessage(world, channel, { authorId: ask.app.id, type: MESSAGE.pinned, reference })
  },
}

const unpin: Routes[string] = {
  run(world, ask) {
    const { channel, message } = placeOf(world, ask)
    if (message.pinned) setPinned(world, channel, message, false)
  },
}

export const pinRoutes: Routes = {
  'GET /channels/:channel/messages/pins': {
    run(world, ask) {
      const pins = pinsOf(textChannelOf(world, ask))
      const items = pins.map((message) => ({
        pinned_at: new Date(message.at).toISOString(),
        message: readableShape(world, ask.app, message),
      }))
      return { items, has_more: false }
    },
  },
  'PUT /channels/:channel/messages/pins/:message': pin,
  'DELETE /channels/:channel/messages/pins/:message': unpin,
  // Older libraries know these.
  'GET /channels/:channel/pins': {
    run: (world, ask) => pinsOf(textChannelOf(world, ask)).map((message) => readableShape(world, ask.app, message)),
  },
  'PUT /channels/:channel/pins/:message': pin,
  'DELETE /channels/:channel/pins/:message': unpin,
}

function placeOf(world: World, ask: Ask): { channel: Channel; message: Message } {
  const channel = textChannelOf(world, ask)
  needAwake(channel)
  if (channel.guildId !== undefined) need(world, channel, ask.app.id, MAY.pin)
  return { channel, message: messageOf(channel, ask.params.message) }
}

function pinsOf(channel: Channel): Message[] {
  return [...channel.messages.values()].filter(({ pinned }) => pinned).toReversed()
}

function setPinned(world: World, channel: Channel, message: Message, pinned: boolean): void {
  editMessage(world, channel, message, { pinned })
  const { id, guildId } = channel
  const last_pin_timestamp = new Date(world.clock.now()).toISOString()
  const data = () => ({ channel_id: id, last_pin_timestamp, ...(guildId !== undefined && { guild_id: guildId }) })
  world.emit({ name: 'CHANNEL_PINS_UPDATE', channel, data })
}
