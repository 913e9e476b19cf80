// "No reply needed": the agent sees what the customer wrote last and says why it needs no answer.
import type { KnownBlock, ModalView } from '@slack/types'
import { WAIVE_REASONS, WAIVE_WORDS, type WaiveReason } from '../fact.ts'
import { waive } from '../waive.ts'
import { findOpenWindow } from '../window-record.ts'
import { admitTo } from './admission.ts'
import { asked } from './composer-view.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { customerName, type Question, readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { note, plain } from './words.ts'

export const WAIVE = 'waive'
const TITLE = 'No reply needed'
const NOBODY_WAITS = 'Nothing to do: this customer is not waiting for an answer any more.'

interface WaiveMeta extends FormMeta {
  /** The newest message of the customer that the agent was shown. */
  upTo: number
}

export async function openWaive(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareWaive(tools, click) })
}

async function prepareWaive(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, 'waive', id)
  if (admission.kind === 'refused') return admission
  if (!(await findOpenWindow(tools.db, id))) return { kind: 'refused', text: NOBODY_WAITS }
  return { kind: 'view', view: waiveView(await readQuestion(tools.db, id), admission.desk) }
}

/** `isStale`: they wrote while the form was open. */
function waiveView(
  { conversation, identity, waiting, upTo, authors }: Question,
  desk: Desk,
  isStale = false,
): ModalView {
  const meta: WaiveMeta = { conversationId: conversation.id, at: desk.channel, upTo }
  const news = 'Not done yet: the customer wrote again since you opened this. Does that need no reply either?'
  return formView({
    callbackId: WAIVE,
    title: TITLE,
    submit: TITLE,
    meta,
    blocks: [
      ...(isStale ? [note(news)] : []),
      ...waiting.flatMap((message) => asked(message, authors.get(message.author) ?? customerName(identity))),
      reasonMenu(),
      note('The customer hears nothing. If they write again, they wait for an answer again.'),
    ],
  })
}

function reasonMenu(): KnownBlock {
  const options = WAIVE_REASONS.map((reason) => ({ text: plain(WAIVE_WORDS[reason]), value: reason }))
  return {
    type: 'input',
    block_id: 'reason',
    label: plain('Why does this need no reply?'),
    element: { type: 'static_select', action_id: 'reason', placeholder: plain('Choose a reason'), options },
  }
}

async function submitWaive(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId, upTo } = JSON.parse(view.metadata) as WaiveMeta
  const admission = await admitTo(tools, who, 'waive', conversationId)
  const atReason = (text: string): Outcome => ({ kind: 'errors', blockId: 'reason', text })
  if (admission.kind === 'refused') return atReason(admission.text)
  const reason = readReason(view)
  if (!reason) return atReason('Choose one of the reasons.')
  const waiver = { agentId: admission.agent.id, reason, upTo, policies: tools.policies }
  const waived = await tools.db.transaction((trx) => waive(trx, conversationId, waiver))
  switch (waived.kind) {
    case 'waived':
      return { kind: 'close', late: toldView(TITLE, 'Saved: this needs no reply.') }
    case 'nothing-waits':
      return { kind: 'update', view: toldView(TITLE, NOBODY_WAITS) }
    case 'stale': {
      const question = await readQuestion(tools.db, conversationId)
      return { kind: 'update', view: waiveView(question, admission.desk, true) }
    }
  }
}

function readReason(view: OpenView): WaiveReason | undefined {
  return WAIVE_REASONS.find((reason) => reason === view.chosen('reason', 'reason'))
}

export const waiveForm = shortForm(TITLE, submitWaive)
