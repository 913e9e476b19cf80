// "Customer…", on a card: what agents know of somebody and may change, in one form.
import { type ContactChange, changeContact } from '../contact-change.ts'
import { findDetailValue } from '../contact-detail.ts'
import { admitTo } from './admission.ts'
import { fingerprint } from './body-input.ts'
import { CUSTOMER, CUSTOMER_TITLE, type CustomerMeta, chosenDetail, customerView } from './customer-view.ts'
import { shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import type { DeskTools } from './tools.ts'

export async function openCustomer(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, CUSTOMER, click.value)
    if (admission.kind === 'refused') return admission
    return { kind: 'view', view: await customerView(tools, await readQuestion(tools.db, click.value), admission.desk) }
  }
  await openView(tools, click, { title: CUSTOMER_TITLE, prepare })
}

async function submitCustomer(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as CustomerMeta
  const admission = await admitTo(tools, who, CUSTOMER, meta.conversationId)
  const atNote = (text: string): Outcome => ({ kind: 'errors', blockId: 'note', text })
  if (admission.kind === 'refused') return atNote(admission.text)
  const { contactId } = (await readQuestion(tools.db, meta.conversationId)).identity
  const change = readChange(view, meta)
  if (Object.keys(change).length === 0) return { kind: 'close', late: toldView(CUSTOMER_TITLE, 'Nothing was changed.') }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const isSaved = await tools.db.transaction(async (trx) => {
    const noted = (await findDetailValue(trx, contactId, 'note')) ?? ''
    if ('note' in change && fingerprint(noted) !== meta.note) return false
    await changeContact(trx, contactId, change, by)
    return true
  })
  if (!isSaved) return atNote(NOTED_MEANWHILE)
  return { kind: 'close', late: toldView(CUSTOMER_TITLE, 'Saved. Their cards show it in a moment.') }
}

const NOTED_MEANWHILE =
  'Somebody has changed this note since you opened the form, and nothing was saved. Copy yours, close the form and open it again.'

/** What nobody touched is left as it is, whatever it is by now. */
function readChange(view: OpenView, meta: CustomerMeta): ContactChange {
  const tier = view.chosen('tier', 'tier') || meta.tier
  const language = view.chosen('language', 'language') || meta.language
  const called = view.typed('called', 'called').trim()
  const note = view.typed('note', 'note').trim()
  return {
    ...(tier !== meta.tier && { tier: chosenDetail(tier) }),
    ...(language !== meta.language && { language: chosenDetail(language) }),
    ...(called !== meta.called && { calledBy: called }),
    ...(fingerprint(note) !== meta.note && { note }),
  }
}

export const customerForm = shortForm(CUSTOMER_TITLE, submitCustomer, (view) => view.typed('note', 'note'))
