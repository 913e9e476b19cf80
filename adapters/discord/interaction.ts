// Commands, forms and buttons: each is answered within Discord's three seconds, and what a person asks is kept before they are told so.
import { atMost, type Clock, SECOND } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import type { Api } from './api.ts'
import { judgeAuthor, type People } from './author.ts'
import { ADOPT_COMMAND, isSupportForm, SUPPORT_COMMAND, supportForm } from './commands.ts'
import { type Payload, payloadOf, textOf, textsOf } from './payload.ts'
import { askerOf } from './request.ts'

const COMMAND = 2
const FORM = 5
const SAY = 4
const THINK = 5
const SHOW_FORM = 9
const ONLY_FOR_THEM = 64
/** Discord gives three seconds; after this the person sees that we are at work. */
const PATIENCE_MS = 1.5 * SECOND

const WORDS = {
  unknown: 'This is not in use any more.',
  notYours: 'This form was opened for somebody else. Use /support yourself.',
  notStaff: 'Only staff can open a conversation.',
  noCustomer: 'Nobody waits for an answer to this message: it is by one of us or by a bot.',
  adopted: 'Opened. The team sees it now.',
  broken: 'This did not work. Please try again.',
}

export interface InteractionTools {
  api: Api
  people: People
  clock: Clock
  log: Log
  /** Keeps what somebody asked and sees to the rest; resolves to what to tell them. */
  request(interaction: Payload): Promise<string>
  /** Keeps the message that staff chose. */
  adopt(interaction: Payload): Promise<void>
}

export async function answerInteraction(tools: InteractionTools, interaction: Payload): Promise<void> {
  const say = answerOf(tools, interaction)
  try {
    await decide(tools, interaction, say)
  } catch (error) {
    tools.log.warn({ error: String(Object(error).message ?? error) }, 'discord: an interaction could not be answered')
    await say.text(WORDS.broken).catch(() => undefined) // Nobody listens there any more.
  }
}

async function decide(tools: InteractionTools, interaction: Payload, say: Answer): Promise<void> {
  const data = payloadOf(interaction.data)
  const userId = textOf(askerOf(interaction).id)
  if (interaction.type === COMMAND && data.name === SUPPORT_COMMAND) return await say.form(supportForm(userId))
  if (interaction.type === COMMAND && data.name === ADOPT_COMMAND) return await adopt(tools, interaction, say)
  if (interaction.type !== FORM) return await say.text(WORDS.unknown)
  const customId = textOf(data.custom_id)
  if (!customId.startsWith('deskbell:')) return await say.text(WORDS.unknown)
  if (!isSupportForm(customId, userId)) return await say.text(WORDS.notYours)
  await say.after(tools.request(interaction))
}

async function adopt(tools: InteractionTools, interaction: Payload, say: Answer): Promise<void> {
  const { people } = tools
  const top = { isPublic: true, isTop: true }
  const member = payloadOf(interaction.member)
  const by = { id: textOf(payloadOf(member.user).id), isSelf: false, isMachine: false, roles: textsOf(member.roles) }
  if (judgeAuthor(by, top, people).who !== 'staff') return await say.text(WORDS.notStaff)
  const data = payloadOf(interaction.data)
  const message = payloadOf(payloadOf(payloadOf(data.resolved).messages)[textOf(data.target_id)])
  const author = payloadOf(message.author)
  const isMachine = author.bot === true || textOf(message.webhook_id) !== ''
  const writer = { id: textOf(author.id), isSelf: author.id === interaction.application_id, isMachine, roles: [] }
  if (judgeAuthor(writer, top, people).who !== 'customer') return await say.text(WORDS.noCustomer)
  await say.after(tools.adopt(interaction).then(() => WORDS.adopted))
}

interface Answer {
  text(content: string): Promise<void>
  form(data: object): Promise<void>
  /** At once where it is quick; else they see that we are at work, and then what came of it. */
  after(work: Promise<string>): Promise<void>
}

/** Each is seen by the person alone. */
function answerOf({ api, clock }: InteractionTools, interaction: Payload): Answer {
  const { id, token, application_id: appId } = interaction
  let isThinking = false
  const reply = (type: number, data: object) =>
    api.call('POST', `/interactions/${textOf(id)}/${textOf(token)}/callback`, { body: { type, data }, auth: false })
  const text = async (content: string) => {
    const body = { content, allowed_mentions: { parse: [] } }
    if (!isThinking) await reply(SAY, { ...body, flags: ONLY_FOR_THEM })
    else {
      const path = `/webhooks/${textOf(appId)}/${textOf(token)}/messages/@original` as const
      await api.call('PATCH', path, { body, auth: false })
    }
  }
  return {
    text,
    form: async (data) => void (await reply(SHOW_FORM, data)),
    async after(work) {
      let isDone = false
      const done = work.finally(() => {
        isDone = true
      })
      done.catch(() => undefined) // It is awaited below.
      await atMost(
        clock,
        PATIENCE_MS,
        done.catch(() => undefined),
      )
      if (!isDone) {
        await reply(THINK, { flags: ONLY_FOR_THEM })
        isThinking = true
      }
      await text(await done)
    },
  }
}
