// A click, a command or a filled-in form: it waits three seconds for its answer, and its token works for fifteen minutes.
import { MINUTE } from '../../clock.ts'
import type { Json } from '../slack/json.ts'
import { MAY, permissionsIn } from './permissions.ts'
import type { App, Channel, Message } from './records.ts'
import { channelShape } from './shape-channel.ts'
import { messageShape } from './shape-message.ts'
import { fullMemberShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

export const TOKEN_MS = 15 * MINUTE

export const INTERACTION = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const

export interface Interaction {
  id: string
  token: string
  appId: string
  type: number
  userId: string
  channelId: string
  guildId: string | undefined
  /** What was clicked, typed or filled in. */
  data: Json
  /** The message whose component was used, also by way of a form that it opened. */
  messageId: string | undefined
  /** Of a form that was filled in: the interaction that put it before the person. */
  openedBy: string | undefined
  at: number
  /** What the person sees: still thinking, an answer, a form to fill in, or that it failed. */
  state: 'waiting' | 'deferred' | 'answered' | 'modal' | 'failed'
  isEphemeral: boolean
  /** The first answer, once there is one. */
  replyId: string | undefined
  /** The form put before the person. */
  modal: Json | undefined
  /** What was offered while typing a command. */
  choices: Json[] | undefined
}

export interface Start {
  app: App
  channel: Channel
  userId: string
  type: number
  data: Json
  message?: Message | undefined
  openedBy?: string
}

/** The bot hears of it at once; whoever clicked sees it fail when no answer comes in time. */
export function startInteraction(world: World, start: Start): Interaction {
  const { app, channel, userId, type, message } = start
  const id = world.newId()
  const interaction: Interaction = {
    id,
    token: `${Buffer.from(`interaction:${id}`).toString('base64url')}${'A'.repeat(60)}`,
    appId: app.id,
    type,
    userId,
    channelId: channel.id,
    guildId: channel.guildId,
    data: start.data,
    messageId: message?.id,
    openedBy: start.openedBy,
    at: world.clock.now(),
    state: 'waiting',
    isEphemeral: false,
    replyId: undefined,
    modal: undefined,
    choices: undefined,
  }
  world.interactions.set(id, interaction)
  world.emit({
    name: 'INTERACTION_CREATE',
    appId: app.id,
    isOwn: true,
    ...(channel.guildId !== undefined && { guildId: channel.guildId }),
    data: () => interactionShape(world, interaction, start),
  })
  world.after(world.settings.interactionMs, () => {
    if (interaction.state !== 'waiting') return
    interaction.state = 'failed'
    world.changed()
  })
  return interaction
}

function interactionShape(world: World, interaction: Interaction, { app, channel, data, message }: Start) {
  const { id, token, type, userId, guildId } = interaction
  const user = world.users.get(userId)
  const member = world.guilds.get(guildId ?? '')?.members.get(userId)
  const permissions = String(permissionsIn(world, channel, userId))
  return {
    id,
    application_id: app.id,
    type,
    token,
    version: 1,
    data,
    channel_id: channel.id,
    channel: { ...channelShape(world, channel, app.id), permissions },
    ...(guildId !== undefined && { guild_id: guildId, guild: { id: guildId, locale: 'en-US', features: [] } }),
    ...(user && (member ? { member: { ...fullMemberShape(member, user), permissions } } : { user: userShape(user) })),
    ...(message && { message: messageShape(world, message, app.id) }),
    app_permissions: String(permissionsIn(world, channel, app.id) | MAY.embed | MAY.attach | MAY.mentionEveryone),
    locale: 'en-US',
    ...(guildId !== undefined && { guild_locale: 'en-US' }),
    entitlements: [],
    authorizing_integration_owners: { '0': guildId ?? '0' },
    context: guildId === undefined ? 1 : 0,
    attachment_size_limit: world.settings.fileBytesMax,
  }
}
