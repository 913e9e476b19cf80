// The one answer an interaction gets: within three seconds, once, and of a kind that fits it.
import { jsonList } from '../slack/json.ts'
import { needUnlocked } from './access.ts'
import { type Form, makeForm } from './form.ts'
import { INTERACTION, type Interaction } from './interaction.ts'
import { addMessage, type Draft, editMessage } from './message.ts'
import { changeMessage, composeMessage } from './message-routes.ts'
import { readModal } from './modal-form.ts'
import { type Channel, FLAG, MESSAGE, type Message } from './records.ts'
import { referenceTo } from './reference.ts'
import { refuse, refuseField } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import { messageShape } from './shape-message.ts'
import type { World } from './world.ts'

const CALLBACK = { message: 4, deferredMessage: 5, deferredUpdate: 6, update: 7, choices: 8, modal: 9 } as const
const CHOICES_MAX = 25

export const interactionRoutes: Routes = {
  'POST /interactions/:interaction/:token/callback': {
    auth: 'none',
    run(world, ask) {
      const interaction = waitingInteraction(world, ask)
      const app = world.apps.get(interaction.appId) ?? refuse(10062)
      const type = readType(interaction, makeForm(ask.body))
      const data = makeForm(ask.body).object('data')
      answer(world, interaction, type, { ...ask, app, body: data?.raw ?? {} })
      if (ask.query.with_response !== 'true') return undefined
      return answered(world, interaction, type)
    },
  },
}

function waitingInteraction(world: World, { params }: Ask): Interaction {
  const interaction = world.interactions.get(params.interaction ?? '')
  if (!interaction || interaction.token !== params.token) return refuse(10062)
  if (interaction.state !== 'waiting' && interaction.state !== 'failed') refuse(40060)
  const isLate = world.clock.now() - interaction.at > world.settings.interactionMs
  return isLate || interaction.state === 'failed' ? refuse(10062) : interaction
}

/** Which kinds of answer fit which kind of interaction. */
function readType(interaction: Interaction, form: Form): number {
  const hasMessage = interaction.messageId !== undefined
  const fitting =
    interaction.type === INTERACTION.autocomplete
      ? [CALLBACK.choices]
      : [
          CALLBACK.message,
          CALLBACK.deferredMessage,
          ...(hasMessage ? [CALLBACK.deferredUpdate, CALLBACK.update] : []),
          ...(interaction.type === INTERACTION.modal ? [] : [CALLBACK.modal]),
        ]
  if (!form.has('type')) refuseField('type', 'BASE_TYPE_REQUIRED', 'This field is required')
  const type = form.integer('type', { oneOf: fitting })
  form.check()
  return type ?? 0
}

function answer(world: World, interaction: Interaction, type: number, ask: Ask): void {
  const channel = world.channels.get(interaction.channelId) ?? refuse(10003)
  const form = makeForm(ask.body)
  if (type === CALLBACK.message || type === CALLBACK.deferredMessage) needUnlocked(world, channel, ask.app.id)
  if (type === CALLBACK.modal) {
    const modal = readModal(form)
    form.check()
    Object.assign(interaction, { state: 'modal', modal })
  } else if (type === CALLBACK.choices) {
    form.list('choices', { max: CHOICES_MAX })
    form.check()
    Object.assign(interaction, { state: 'answered', choices: jsonList(ask.body.choices) })
  } else if (type === CALLBACK.message) {
    const draft = composeMessage(world, channel, ask)
    reply(world, interaction, channel, draft, Boolean(draft.flags && draft.flags & FLAG.ephemeral))
    interaction.state = 'answered'
  } else if (type === CALLBACK.deferredMessage) {
    const isEphemeral = ((form.integer('flags') ?? 0) & FLAG.ephemeral) !== 0
    reply(world, interaction, channel, { authorId: ask.app.id, flags: FLAG.loading }, isEphemeral)
    interaction.state = 'deferred'
  } else {
    const message = channel.messages.get(interaction.messageId ?? '') ?? refuse(10008)
    if (type === CALLBACK.update) changeMessage(world, channel, message, ask)
    Object.assign(interaction, { replyId: message.id, state: type === CALLBACK.update ? 'answered' : 'deferred' })
  }
}

function reply(world: World, interaction: Interaction, channel: Channel, draft: Draft, isEphemeral: boolean): void {
  const message = addAnswer(world, interaction, channel, {
    ...draft,
    ...kindOfAnswer(interaction, channel),
    ...(isEphemeral && { ephemeralFor: interaction.userId, flags: (draft.flags ?? 0) | FLAG.ephemeral }),
  })
  Object.assign(interaction, { replyId: message.id, isEphemeral })
}

/** Commands' answers are of their own kind; what comes of a message's component answers that message. */
function kindOfAnswer({ type, data, messageId }: Interaction, channel: Channel): Pick<Draft, 'type' | 'reference'> {
  if (type === INTERACTION.command) return { type: data.type === 1 ? MESSAGE.command : MESSAGE.menuCommand }
  if (messageId === undefined) return { type: MESSAGE.default }
  return { type: MESSAGE.reply, reference: referenceTo(channel, messageId, 0) }
}

/** A message that says which interaction it comes from. */
export function addAnswer(world: World, interaction: Interaction, channel: Channel, draft: Draft): Message {
  return addMessage(world, channel, { ...draft, applicationId: interaction.appId, interactionId: interaction.id })
}

/** What was promised to come becomes the answer: nobody counts that as an edit. */
export function fillAnswer(world: World, channel: Channel, message: Message, draft: Draft): void {
  const { flags: _flags, authorId: _authorId, type: _type, id: _id, ...said } = draft
  editMessage(world, channel, message, { ...said, flags: message.flags & ~FLAG.loading })
}

function answered(world: World, interaction: Interaction, type: number) {
  const { id, replyId, isEphemeral, channelId, appId } = interaction
  const message = world.channels.get(channelId)?.messages.get(replyId ?? '')
  const isLoading = type === CALLBACK.deferredMessage
  const showsMessage = type === CALLBACK.message || type === CALLBACK.update
  return {
    interaction: {
      id,
      type: interaction.type,
      ...(replyId !== undefined && {
        response_message_id: replyId,
        response_message_loading: isLoading,
        response_message_ephemeral: isEphemeral,
      }),
    },
    ...(message && showsMessage && { resource: { type, message: messageShape(world, message, appId) } }),
  }
}
