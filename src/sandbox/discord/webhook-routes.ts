// What follows an interaction's answer: for a quarter of an hour its token writes, reads, changes and takes back.
import { needUnlocked } from './access.ts'
import { type Interaction, TOKEN_MS } from './interaction.ts'
import { addAnswer, fillAnswer } from './interaction-routes.ts'
import { removeMessage } from './message.ts'
import { changeMessage, composeMessage } from './message-routes.ts'
import { type Channel, FLAG, type Message } from './records.ts'
import { refuse } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { messageShape } from './shape-message.ts'
import type { World } from './world.ts'

export const webhookRoutes: Routes = {
  'POST /webhooks/:webhook/:token': {
    auth: 'none',
    run(world, ask) {
      const { interaction, channel, asked } = placeOf(world, ask)
      const first = channel.messages.get(interaction.replyId ?? '')
      needUnlocked(world, channel, asked.app.id)
      const draft = composeMessage(world, channel, asked)
      // The first follow-up to "thinking" takes its place.
      if (first && first.flags & FLAG.loading) {
        fill(world, interaction, channel, first, draft)
        return messageShape(world, first, interaction.appId)
      }
      const isEphemeral = ((draft.flags ?? 0) & FLAG.ephemeral) !== 0
      const more = isEphemeral ? { ephemeralFor: interaction.userId } : {}
      const message = addAnswer(world, interaction, channel, { ...draft, ...more })
      return messageShape(world, message, interaction.appId)
    },
  },
  'GET /webhooks/:webhook/:token/messages/:message': {
    auth: 'none',
    run(world, ask) {
      const { interaction, channel } = placeOf(world, ask)
      return messageShape(world, messageOf(channel, interaction, ask), interaction.appId)
    },
  },
  'PATCH /webhooks/:webhook/:token/messages/:message': {
    auth: 'none',
    run(world, ask) {
      const { interaction, channel, asked } = placeOf(world, ask)
      const message = messageOf(channel, interaction, ask)
      if (message.flags & FLAG.loading) {
        fill(world, interaction, channel, message, composeMessage(world, channel, asked))
      } else changeMessage(world, channel, message, asked)
      return messageShape(world, message, interaction.appId)
    },
  },
  'DELETE /webhooks/:webhook/:token/messages/:message': {
    auth: 'none',
    run(world, ask) {
      const { interaction, channel } = placeOf(world, ask)
      removeMessage(world, channel, messageOf(channel, interaction, ask))
    },
  },
}

function fill(
  world: World,
  interaction: Interaction,
  channel: Channel,
  message: Message,
  draft: Parameters<typeof fillAnswer>[3],
): void {
  fillAnswer(world, channel, message, draft)
  interaction.state = 'answered'
}

function placeOf(world: World, ask: Ask): { interaction: Interaction; channel: Channel; asked: Ask } {
  const { webhook, token } = ask.params
  const app = world.apps.get(webhook ?? '') ?? refuse(10015)
  const found = [...world.interactions.values()].find((interaction) => interaction.token === token)
  if (!found || found.appId !== app.id) return refuse(50027)
  if (world.clock.now() - found.at > TOKEN_MS) refuse(50027)
  // Before its answer an interaction has no webhook.
  if (found.state === 'waiting' || found.state === 'failed') refuse(10015)
  const channel = world.channels.get(found.channelId) ?? refuse(10003)
  return { interaction: found, channel, asked: { ...ask, app } }
}

/** Only what this interaction said, or the message it was about. */
function messageOf(channel: Channel, interaction: Interaction, { params }: Ask): Message {
  const id = params.message === '@original' ? interaction.replyId : params.message
  const message = channel.messages.get(id ?? '')
  const isOurs = message?.interactionId === interaction.id || id === interaction.messageId
  return message && isOurs ? message : refuse(10008)
}
