// The commands that people see in Discord, and the form that the first one opens. `deskbell discord register` tells Discord of them.
import { type Api, ask, askList } from './api.ts'
import { textOf } from './payload.ts'
import { QUESTION_FIELD, SUBJECT_FIELD } from './request.ts'
import { troubleOf } from './trouble.ts'

export const SUPPORT_COMMAND = 'support'
export const ADOPT_COMMAND = 'Open a conversation'
const FORM_ID = 'deskbell:support'
const SUBJECT_MAX = 100
const QUESTION_MAX = 2000
const CHAT_INPUT = 1
const ON_MESSAGE = 3
const IN_SERVERS = 0
const MANAGE_MESSAGES = '8192'

const COMMANDS = [
  {
    name: SUPPORT_COMMAND,
    type: CHAT_INPUT,
    description: 'Ask our support something, in private',
    contexts: [IN_SERVERS],
  },
  // Discord hides it from those who may not manage messages; who is one of us is checked all the same.
  { name: ADOPT_COMMAND, type: ON_MESSAGE, default_member_permissions: MANAGE_MESSAGES, contexts: [IN_SERVERS] },
]

/** Everywhere, or in one server, where they appear at once. Resolves to their names. Throws `SendError`. */
export async function registerCommands(api: Api, guildId?: string): Promise<string[]> {
  try {
    const { id } = await ask(api, 'GET', '/applications/@me')
    const where = guildId === undefined ? '' : `/guilds/${guildId}`
    const path = `/applications/${textOf(id)}${where}/commands` as const
    await api.call('PUT', path, { body: COMMANDS })
    const known = await askList(api, path, undefined)
    return known.map(({ name }) => textOf(name))
  } catch (error) {
    throw troubleOf(error, { what: 'register the commands', isRepeatable: true })
  }
}

const ROW = 1
const TEXT_INPUT = 4
const SHORT = 1
const PARAGRAPH = 2

/** Only the person it was opened for may send it. */
export function supportForm(userId: string) {
  const field = (id: string, label: string, style: number, max: number) => ({
    type: ROW,
    components: [{ type: TEXT_INPUT, custom_id: id, label, style, required: true, min_length: 1, max_length: max }],
  })
  return {
    custom_id: `${FORM_ID}:${userId}`,
    title: 'Ask our support',
    components: [
      field(SUBJECT_FIELD, 'What is it about?', SHORT, SUBJECT_MAX),
      field(QUESTION_FIELD, 'Your question', PARAGRAPH, QUESTION_MAX),
    ],
  }
}

export function isSupportForm(customId: string, userId: string): boolean {
  return customId === `${FORM_ID}:${userId}`
}
