// "Assign" and "Hand over": to whom, and, when somebody has it already, what the next one must know.
import type { KnownBlock, ModalView } from '@slack/types'
import { putAllotment } from '../allot.ts'
import { type Assigned, assign } from '../assign.ts'
import { type Conversation, lockConversation } from '../conversation.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type Agent, listAgents, listAway } from './agents.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { note, paragraph, plain, word } from './words.ts'

export const ASSIGN = 'assign'
const TITLE = 'Assign'
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75
const NOTE_LENGTH_MAX = 2000
/** In place of a colleague: who that is, is found out once the form is saved. */
const NEXT = 'next'

interface AssignMeta extends FormMeta {
  /** Who had it when the form opened. */
  owner?: string
}

export async function openAssign(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareAssign(tools, click) })
}

async function prepareAssign(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, 'assign', id)
  if (admission.kind === 'refused') return admission
  const { conversation, desk } = admission
  if (conversation.state === 'closed') return { kind: 'refused', text: CLOSED }
  const agents = (await listAgents(tools.db, desk.name)).filter(({ id }) => id !== conversation.owner_id)
  if (agents.length === 0) return { kind: 'refused', text: 'There is nobody else at this desk to give it to.' }
  const away = await listAway(tools.db, desk.name, tools.clock.now())
  return await withAbout(tools.db, conversation, assignView(conversation, desk, agents.map(nameAway(away))))
}

/** Giving a customer to somebody who is away should be a decision. */
const nameAway = (away: ReadonlySet<string>) => (agent: Agent) =>
  away.has(agent.id) ? { ...agent, name: `${shorten(agent.name, OPTION_LENGTH_MAX - AWAY.length)}${AWAY}` } : agent
const AWAY = ' (away)'

const CLOSED = 'This conversation is closed. Reopen it first.'

function assignView({ id, owner_id }: Conversation, desk: Desk, agents: readonly Agent[]): ModalView {
  const meta: AssignMeta = { conversationId: id, at: desk.channel, ...(owner_id !== null && { owner: owner_id }) }
  return formView({
    callbackId: ASSIGN,
    title: owner_id === null ? TITLE : 'Hand over',
    submit: owner_id === null ? 'Assign' : 'Hand over',
    meta,
    blocks: [ownerLine(owner_id), ...agentMenu(agents, owner_id === null), noteField(owner_id !== null)],
  })
}

function ownerLine(owner: string | null): KnownBlock {
  if (owner === null) return paragraph([word('Nobody has this conversation yet.')])
  return paragraph([{ type: 'user', user_id: owner }, word(' has this conversation now.')])
}

function agentMenu(agents: readonly Agent[], isFree: boolean): KnownBlock[] {
  const sorted = agents.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
  const people = sorted.slice(0, isFree ? OPTIONS_MAX - 1 : OPTIONS_MAX).map(({ id, name }) => ({
    text: plain(shorten(name, OPTION_LENGTH_MAX)),
    value: id,
  }))
  const options = isFree ? [{ text: plain('Whoever is next'), value: NEXT }, ...people] : people
  const hidden = agents.length - people.length
  const more = `Slack’s menu has room for ${OPTIONS_MAX} people; ${hidden} more are at this desk. They can press “Take”.`
  return [
    {
      type: 'input',
      block_id: 'to',
      label: plain('To whom?'),
      element: { type: 'static_select', action_id: 'to', placeholder: plain('Choose a colleague'), options },
    },
    ...(hidden > 0 ? [note(more)] : []),
  ]
}

function noteField(isRequired: boolean): KnownBlock {
  return {
    type: 'input',
    block_id: 'note',
    label: plain('What was asked, tried and promised?'),
    hint: plain('It stands in the thread, for colleagues only: so the customer need not say it again.'),
    optional: !isRequired,
    element: { type: 'plain_text_input', action_id: 'note', multiline: true, max_length: NOTE_LENGTH_MAX },
  }
}

async function submitAssign(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId, owner } = JSON.parse(view.metadata) as AssignMeta
  const admission = await admitTo(tools, who, 'assign', conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'to', text: admission.text }
  const to = view.chosen('to', 'to')
  if (to === NEXT && owner === undefined) return await giveToNext(tools, admission.conversation, admission.agent.id)
  const assignment = { by: admission.agent.id, to, seenOwner: owner, note: noteIn(view) }
  const assigned = await tools.db.transaction((trx) => assign(trx, conversationId, assignment))
  return outcomeOf(assigned, assignment)
}

/** Who is there is asked of Slack behind the form; the card and the thread say who it was. */
async function giveToNext(tools: DeskTools, conversation: Conversation, by: string): Promise<Outcome> {
  const { owner_id: owner } = await tools.db.transaction(async (trx) => {
    const current = await lockConversation(trx, conversation.id)
    if (current.owner_id === null) await putAllotment(trx, current, by)
    return current
  })
  if (owner !== null) return { kind: 'update', view: changedView(owner, '') }
  const said = 'Saved: it goes to whoever is there and has waited longest for one. The thread says who that is.'
  return { kind: 'close', late: toldView(TITLE, said) }
}

function noteIn(view: OpenView): string {
  return view.typed('note', 'note').trim()
}

function outcomeOf(assigned: Assigned, { to, note }: { to: string; note: string }): Outcome {
  switch (assigned.kind) {
    case 'assigned': {
      const done = [word('Saved: '), { type: 'user' as const, user_id: to }, word(' has this conversation now.')]
      return { kind: 'close', late: toldView(TITLE, done) }
    }
    case 'changed':
      return { kind: 'update', view: changedView(assigned.owner, note) }
    case 'theirs':
      return { kind: 'errors', blockId: 'to', text: 'They have it already.' }
    case 'not-an-agent':
      return { kind: 'errors', blockId: 'to', text: 'They are not at this desk any more. Choose somebody else.' }
    case 'note-missing':
      return { kind: 'errors', blockId: 'note', text: 'Write a line or two for whoever takes over.' }
    case 'closed':
      return { kind: 'update', view: toldView(TITLE, CLOSED, note) }
  }
}

function changedView(owner: string | undefined, note: string): ModalView {
  const who = owner === undefined ? word('nobody') : { type: 'user' as const, user_id: owner }
  const said = [
    word('Nothing was changed. Somebody was faster: '),
    who,
    word(' has this conversation now. Open Assign again if it should still go to somebody else.'),
  ]
  return toldView(TITLE, said, note)
}

export const assignForm = shortForm(TITLE, submitAssign, noteIn)
