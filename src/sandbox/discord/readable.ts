// A message as REST shows it to one application, which may lack the right to read what is not meant for it.
import { INTENT } from './intent.ts'
import type { App, Message } from './records.ts'
import { messageShape, withoutContent } from './shape-message.ts'
import type { World } from './world.ts'

export function readableShape(world: World, app: App, message: Message) {
  const shape = {
    ...messageShape(world, message, app.id),
    ...(world.settings.nonceInHistory && message.nonce !== undefined && { nonce: message.nonce }),
  }
  const isDirect = world.channels.get(message.channelId)?.guildId === undefined
  return isDirect || app.privileged & INTENT.content ? shape : withoutContent(shape, app.id)
}
