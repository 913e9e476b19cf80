// What people do with a bot's buttons, menus, commands and forms.
import { asFlag, everyJson, type Json } from '../slack/json.ts'
import { INTERACTION, type Interaction, startInteraction } from './interaction.ts'
import { canSee } from './permissions.ts'
import { type FormValues, fillForm, resolveIds } from './play-form.ts'
import { known } from './play-guild.ts'
import { readableShape } from './readable.ts'
import type { App, Channel, Command, Message } from './records.ts'
import type { World } from './world.ts'

const BUTTON = 2
const STRING_SELECT = 3

export interface InteractionPlay {
  /** Clicks a button of a message. */
  press(userId: string, message: Message, customId: string): Interaction
  /** Picks values of a menu. */
  select(userId: string, message: Message, customId: string, values: readonly string[]): Interaction
  /** Fills in the form that an interaction was answered with, by custom id. */
  submit(interaction: Interaction, values: FormValues): Interaction
  /** Types a command. */
  command(userId: string, channelId: string, name: string, options?: Record<string, unknown>): Interaction
  /** Types part of an option of a command. */
  typeOption(userId: string, channelId: string, name: string, option: string, typed: string): Interaction
  /** Picks a command from the menu of a message or of a person. */
  menu(userId: string, channelId: string, name: string, target: { message: Message } | { userId: string }): Interaction
  /** The first answer to an interaction, as the person sees it. */
  answerTo(interaction: Interaction): Message | undefined
}

export function makeInteractionPlay(world: World): InteractionPlay {
  const channelOf = (id: string) => known(world.channels.get(id), `channel ${id}`)

  function use(userId: string, message: Message, customId: string, values?: readonly string[]): Interaction {
    const channel = channelOf(message.channelId)
    const isHidden = message.ephemeralFor !== undefined && message.ephemeralFor !== userId
    if (isHidden || !canSee(world, channel, userId))
      throw new Error(`discord stand-in: ${userId} cannot see that message`)
    const all = [...everyJson(message.components)]
    const component = known(
      all.find((item) => item.custom_id === customId),
      `component ${customId} in that message`,
    )
    if (asFlag(component.disabled)) throw new Error(`discord stand-in: ${customId} is disabled`)
    if ((component.type === BUTTON) !== (values === undefined))
      throw new Error(`discord stand-in: ${customId} is of another kind`)
    const app = known(world.apps.get(message.applicationId ?? message.authorId), 'bot behind that message')
    const resolved = values && component.type !== STRING_SELECT ? { resolved: resolveIds(world, channel, values) } : {}
    const used = { custom_id: customId, component_type: component.type, id: component.id }
    const data = { ...used, ...(values && { values }), ...resolved }
    return startInteraction(world, { app, channel, userId, type: INTERACTION.component, data, message })
  }

  function type(userId: string, channelId: string, name: string, options: Json[], kind: number): Interaction {
    const channel = channelOf(channelId)
    const { app, command } = findCommand(world, channel, name, 1)
    const { id, guildId } = command
    const data = { id, name, type: 1, options, ...(guildId !== undefined && { guild_id: guildId }) }
    return startInteraction(world, { app, channel, userId, type: kind, data })
  }

  return {
    press: (userId, message, customId) => use(userId, message, customId),
    select: (userId, message, customId, values) => use(userId, message, customId, values),
    submit(interaction, values) {
      const { userId, appId, messageId } = interaction
      const modal = known(interaction.modal, 'form before that person')
      interaction.modal = undefined
      const channel = channelOf(interaction.channelId)
      const app = known(world.apps.get(appId), `bot ${appId}`)
      const message = channel.messages.get(messageId ?? '')
      const data = fillForm(world, channel, appId, modal, values)
      return startInteraction(world, {
        app,
        channel,
        userId,
        type: INTERACTION.modal,
        data,
        message,
        openedBy: interaction.id,
      })
    },
    command(userId, channelId, name, options = {}) {
      const given = Object.entries(options).map(([option, value]) => ({ name: option, type: kindOf(value), value }))
      return type(userId, channelId, name, given, INTERACTION.command)
    },
    typeOption: (userId, channelId, name, option, typed) =>
      type(userId, channelId, name, [{ name: option, type: 3, value: typed, focused: true }], INTERACTION.autocomplete),
    menu(userId, channelId, name, target) {
      const channel = channelOf(channelId)
      const { app, command } = findCommand(world, channel, name, 'message' in target ? 3 : 2)
      const data = { id: command.id, name, type: command.type, ...resolve(world, app, channel, target) }
      return startInteraction(world, { app, channel, userId, type: INTERACTION.command, data })
    },
    answerTo: ({ channelId, replyId }) => channelOf(channelId).messages.get(replyId ?? ''),
  }
}

function findCommand(world: World, channel: Channel, name: string, type: number): { app: App; command: Command } {
  for (const app of world.apps.values()) {
    const fitting = [...app.commands.values()].filter((command) => command.name === name && command.type === type)
    const command =
      fitting.find(({ guildId }) => guildId === channel.guildId) ?? fitting.find(({ guildId }) => guildId === undefined)
    if (command) return { app, command }
  }
  return known<never>(undefined, `command ${name} registered here`)
}

/** The target of a menu command is told whole: that is how a bot may read a message it otherwise may not. */
function resolve(world: World, app: App, channel: Channel, target: { message: Message } | { userId: string }): Json {
  if ('message' in target) {
    const { id } = target.message
    const shape = readableShape(world, { ...app, privileged: -1 }, target.message)
    return { target_id: id, resolved: { messages: { [id]: shape } } }
  }
  const { id } = known(world.users.get(target.userId), `user ${target.userId}`)
  return { target_id: id, resolved: resolveIds(world, channel, [id]) }
}

function kindOf(value: unknown): number {
  if (typeof value === 'boolean') return 5
  return typeof value === 'number' ? (Number.isInteger(value) ? 4 : 10) : 3
}
