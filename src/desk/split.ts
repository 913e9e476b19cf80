// "Split": which of the customer's messages become a conversation of their own.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Message } from '../message.ts'
import { split } from '../move.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { listNewest, messageOption } from './customer-message.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { note, plain } from './words.ts'

export const SPLIT = 'split'
const TITLE = 'Split'
/** Slack has room for so many boxes in one group. */
const GROUP = 10
const GROUPS_MAX = 5
const ONE_ONLY = 'There is only one message of the customer here, so there is nothing to split.'

export async function openSplit(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareSplit(tools, click) })
}

async function prepareSplit(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, SPLIT, id)
  if (admission.kind === 'refused') return admission
  // One more than there is room for says that there are more.
  const messages = await listNewest(tools.db, id, GROUP * GROUPS_MAX + 1)
  if (messages.length < 2) return { kind: 'refused', text: ONE_ONLY }
  return await withAbout(tools.db, admission.conversation, splitView(id, admission.desk, messages))
}

export function splitView(conversationId: string, desk: Desk, messages: readonly Message[]): ModalView {
  const meta: FormMeta = { conversationId, at: desk.channel }
  const shown = messages.slice(0, GROUP * GROUPS_MAX)
  const isCut = messages.length > shown.length
  const groups = Array.from({ length: Math.ceil(shown.length / GROUP) }, (_, n) =>
    shown.slice(n * GROUP, (n + 1) * GROUP),
  )
  const says = `What you choose gets a card of its own and waits since it was written. “Join them” on that card takes it back.${isCut ? ` Only the newest ${shown.length} are listed.` : ''}`
  return formView({
    callbackId: SPLIT,
    title: TITLE,
    submit: TITLE,
    meta,
    blocks: [...groups.map((messages, n) => group(messages, n, groups.length > 1)), note(says)],
  })
}

function group(messages: readonly Message[], n: number, isOneOfMany: boolean): KnownBlock {
  const label = n === 0 ? 'Which messages are another matter?' : `Messages ${n * GROUP + 1} and on`
  return {
    type: 'input',
    block_id: blockOf(n),
    optional: isOneOfMany,
    label: plain(label),
    element: { type: 'checkboxes', action_id: 'messages', options: messages.map(messageOption) },
  }
}

const blockOf = (n: number) => `messages-${n}`

async function submitSplit(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, SPLIT, conversationId)
  const refused = (text: string): Outcome => ({ kind: 'errors', blockId: blockOf(0), text })
  if (admission.kind === 'refused') return refused(admission.text)
  const chosen = Array.from({ length: GROUPS_MAX }, (_, n) => view.chosenMany(blockOf(n), 'messages')).flat()
  if (chosen.length === 0) return refused('Choose at least one message.')
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const done = await tools.db.transaction((trx) => split(trx, conversationId, chosen, by))
  if (done.kind === 'refused') return refused(done.reason)
  return { kind: 'close', below: 'closed', late: toldView(TITLE, 'Saved: it has a card of its own now.') }
}

export const splitForm = shortForm(TITLE, submitSplit)
