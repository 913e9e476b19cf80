// "Needs an answer or not": which of a customer's messages wait for one. A person knows better than a letter's headers.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Message } from '../message.ts'
import { countsNow, reclassify } from '../reclassify.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { listNewest, messageOption } from './customer-message.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { note, plain } from './words.ts'

export const COUNTS = 'counts'
const TITLE = 'Needs an answer?'
/** Slack has room for so many boxes in one group. */
const MESSAGES_MAX = 10

interface CountsMeta extends FormMeta {
  /** The messages that were shown, and which of them waited. */
  shown: string[]
  counting: string[]
}

export async function openCounts(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareCounts(tools, click) })
}

async function prepareCounts(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, COUNTS, id)
  if (admission.kind === 'refused') return admission
  const messages = await listNewest(tools.db, id, MESSAGES_MAX)
  if (messages.length === 0) return { kind: 'refused', text: 'Nobody has written anything here yet.' }
  const counting: string[] = []
  for (const message of messages) if (await countsNow(tools.db, id, message.id)) counting.push(message.id)
  return await withAbout(tools.db, admission.conversation, countsView(id, admission.desk, messages, counting))
}

export function countsView(
  conversationId: string,
  desk: Desk,
  messages: readonly Message[],
  counting: string[],
): ModalView {
  const meta: CountsMeta = { conversationId, at: desk.channel, shown: messages.map(({ id }) => id), counting }
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: 'messages',
      optional: true,
      label: plain('Tick the messages that need an answer'),
      element: {
        type: 'checkboxes',
        action_id: 'messages',
        options: messages.map(messageOption),
        ...(counting.length > 0 && {
          initial_options: messages.filter(({ id }) => counting.includes(id)).map(messageOption),
        }),
      },
    },
    note(
      'Newest first. Leave out what needs none, such as what a machine sent. The waiting time counts from when a message came.',
    ),
  ]
  return formView({ callbackId: COUNTS, title: TITLE, submit: 'Save', meta, blocks })
}

async function submitCounts(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId, shown, counting } = JSON.parse(view.metadata) as CountsMeta
  const admission = await admitTo(tools, who, COUNTS, conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'messages', text: admission.text }
  const ticked = view.chosenMany('messages', 'messages')
  const changed = shown.filter((id) => ticked.includes(id) !== counting.includes(id))
  const by = { agentId: admission.agent.id, policies: tools.policies }
  await tools.db.transaction(async (trx) => {
    for (const id of changed) await reclassify(trx, id, ticked.includes(id), by)
  })
  return { kind: 'close', below: 'closed', late: toldView(TITLE, 'Saved.') }
}

export const countsForm = shortForm(TITLE, submitCounts)
