// The list behind "Join with": open conversations of the desk, this person's own first, or what is found by the words typed.
import type { App, ViewOutput } from '@slack/bolt'
import type { Option } from '@slack/types'
import { type Conversation, getConversation } from '../conversation.ts'
import { listOpen } from '../open-list.ts'
import { type Listed, search } from '../search.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { admitTo } from './admission.ts'
import { oneLine } from './card.ts'
import type { FormMeta } from './form.ts'
import type { Person } from './interaction.ts'
import { channelWord, customerName } from './question.ts'
import { within } from './race.ts'
import type { DeskTools } from './tools.ts'
import { plain } from './words.ts'

export const JOIN_CHOICE = 'join_choice'
const OPTIONS_MAX = 20
const FOUND_MAX = 60
const OPTION_LENGTH_MAX = 75

export function onJoinChoice(app: App, tools: DeskTools): void {
  app.options<'block_suggestion'>({ action_id: JOIN_CHOICE }, async ({ body, ack }) => {
    const who = { id: body.user.id, teamId: body.user.team_id }
    const work = listChoices(tools, who, body.view, body.value).catch((error: unknown) => {
      tools.log.error({ person: who.id, error: String(error) }, 'desk: no list of conversations could be made')
      return []
    })
    const raced = await within(tools.clock, tools.saveWithinMs, work)
    await ack({ options: raced.kind === 'done' ? raced.value : [] })
  })
}

async function listChoices(
  tools: DeskTools,
  who: Person,
  view: ViewOutput | undefined,
  typed: string,
): Promise<Option[]> {
  if (!view) return []
  const { conversationId } = JSON.parse(view.private_metadata) as FormMeta
  const admission = await admitTo(tools, who, 'join_with', conversationId)
  if (admission.kind === 'refused') return []
  const conversation = await getConversation(tools.db, conversationId)
  const found =
    typed.trim() === ''
      ? await listOpen(tools.searching, conversation, OPTIONS_MAX)
      : await find(tools, conversation, typed)
  return found
    .filter((one) => one.conversationId !== conversationId)
    .slice(0, OPTIONS_MAX)
    .map(optionOf)
}

/** Of closed ones only those that are found by their words, too: a matter may come back. */
async function find(tools: DeskTools, { desk }: Conversation, typed: string): Promise<Listed[]> {
  const found = await search(tools.searching, { typed, desks: [desk], skip: 0, limit: FOUND_MAX })
  return (found?.hits ?? []).filter(({ isSpam, isJoined }) => !isSpam && !isJoined)
}

function optionOf(one: Listed): Option {
  const about = oneLine(one.subject ?? '')
  const who = oneLine(customerName(one))
  return {
    text: plain(shorten(about === '' ? who : `${who}: ${about}`, OPTION_LENGTH_MAX)),
    description: plain(
      shorten(`${channelWord(one.channelKind)}, ${one.state === 'closed' ? 'closed' : 'open'}`, OPTION_LENGTH_MAX),
    ),
    value: one.conversationId,
  }
}
