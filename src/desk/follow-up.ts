// "Promise or reminder…": what was promised or is to be done, until when and for whom; and what became of it.
import type { KnownBlock, ModalView } from '@slack/types'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import type { Conversation } from '../conversation.ts'
import { endFollowUp, type FollowUp, findFollowUp, makeFollowUp, postpone } from '../follow-up.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type Agent, listAgents } from './agents.ts'
import { lineOf } from './follow-up-view.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import type { MoreEntry } from './more.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { instant, note, paragraph, plain, word } from './words.ts'

export const FOLLOW_UP = 'follow_up'
export const FOLLOW_UP_POSTPONE = 'follow_up_later'
const TITLE = 'Promise or reminder'
const LATER_TITLE = 'Postpone'
const TEXT_LENGTH_MAX = 600
const AHEAD_MAX = 365 * DAY
const PEOPLE_MAX = 99
const NAME_LENGTH = 75
/** Whoever has the conversation, now and later. */
const OWNER = 'owner'

const KINDS = [
  { value: 'promise', label: 'A promise to the customer' },
  { value: 'reminder', label: 'A reminder for us' },
] as const

export const followUpEntry: MoreEntry = {
  action: FOLLOW_UP,
  label: 'Promise or reminder',
  says: 'What we promised or have to do, and until when. Whoever has the conversation is reminded.',
  isOffered: ({ related }) => !related?.isJoined,
  run: { kind: 'form', open: openFollowUp },
}

async function openFollowUp(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, FOLLOW_UP, click.value)
    if (admission.kind === 'refused') return admission
    const { conversation, desk } = admission
    const agents = await listAgents(tools.db, desk.name)
    return await withAbout(tools.db, conversation, followUpView(conversation, desk, agents, tools.clock.now()))
  }
  await openView(tools, click, { title: TITLE, prepare })
}

export function followUpView(
  { id, owner_id }: Conversation,
  desk: Desk,
  agents: readonly Agent[],
  now: number,
): ModalView {
  const kinds = KINDS.map(({ value, label }) => ({ text: plain(label), value }))
  const [first] = kinds
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: 'kind',
      label: plain('What is it?'),
      element: { type: 'radio_buttons', action_id: 'kind', options: kinds, ...(first && { initial_option: first }) },
    },
    {
      type: 'input',
      block_id: 'text',
      label: plain('What did we promise, or what is to be done?'),
      element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: TEXT_LENGTH_MAX },
    },
    timeField('Until when?', wholeHour(now + DAY)),
    personField(owner_id !== null, agents),
    note(
      'The customer is told nothing. The reminder comes in time. A promise that is not marked as kept by then counts as broken.',
    ),
  ]
  const meta: FormMeta = { conversationId: id, at: desk.channel }
  return formView({ callbackId: FOLLOW_UP, title: TITLE, submit: 'Save', meta, blocks })
}

function timeField(label: string, at: number): KnownBlock {
  return {
    type: 'input',
    block_id: 'due',
    label: plain(label),
    element: { type: 'datetimepicker', action_id: 'due', initial_date_time: Math.floor(at / 1000) },
  }
}

const wholeHour = (at: number) => Math.ceil(at / HOUR) * HOUR

function personField(isOwned: boolean, agents: readonly Agent[]): KnownBlock {
  const owner = {
    text: plain(isOwned ? 'Whoever has the conversation' : 'Whoever will have the conversation'),
    value: OWNER,
  }
  const people = agents
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
    .slice(0, PEOPLE_MAX)
    .map(({ id, name }) => ({ text: plain(shorten(name, NAME_LENGTH)), value: id }))
  return {
    type: 'input',
    block_id: 'for',
    label: plain('Who sees to it?'),
    element: { type: 'static_select', action_id: 'for', options: [owner, ...people], initial_option: owner },
  }
}

async function submitFollowUp(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, FOLLOW_UP, conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'text', text: admission.text }
  const text = textIn(view)
  if (text === '')
    return { kind: 'errors', blockId: 'text', text: 'Write a few words, so that everybody knows what it is.' }
  const dueAt = readDue(view, tools.clock.now())
  if (typeof dueAt === 'string') return { kind: 'errors', blockId: 'due', text: dueAt }
  const kind = view.chosen('kind', 'kind') === 'reminder' ? 'reminder' : 'promise'
  const chosen = view.chosen('for', 'for')
  const person = chosen === OWNER || chosen === '' ? undefined : chosen
  if (person !== undefined && !(await listAgents(tools.db, admission.desk.name)).some(({ id }) => id === person))
    return { kind: 'errors', blockId: 'for', text: 'They are not at this desk any more. Choose somebody else.' }
  const made = { kind, text, by: admission.agent.id, for: person, dueAt } as const
  await tools.db.transaction((trx) => makeFollowUp(trx, admission.conversation, made))
  const said = [word(kind === 'promise' ? 'Saved. Promised until ' : 'Saved. Reminder for '), instant(dueAt), word('.')]
  return { kind: 'close', late: toldView(TITLE, said) }
}

function textIn(view: OpenView): string {
  return view.typed('text', 'text').trim()
}

/** Or what is wrong with it. */
function readDue(view: OpenView, now: number): number | string {
  const at = view.chosenTime('due', 'due')
  if (at === undefined) return 'Choose a day and a time.'
  if (at < now + MINUTE) return 'That time is over. Choose one to come.'
  return at > now + AHEAD_MAX ? 'That is more than a year away. Choose a sooner time.' : at
}

export const followUpForm = shortForm(TITLE, submitFollowUp, textIn)

/** The conversation it is about, for somebody who may see to it. */
async function admitToFollowUp(tools: DeskTools, who: Person, id: string) {
  const followUp = await findFollowUp(tools.db, id)
  if (!followUp) return { kind: 'refused' as const, text: 'This promise is gone.' }
  const admission = await admitTo(tools, who, FOLLOW_UP, followUp.conversation_id)
  return admission.kind === 'refused' ? admission : { ...admission, followUp }
}

/** Resolves to what the person is to hear; undefined when the post itself says it. */
export const endBy =
  (as: 'kept' | 'dropped') =>
  async (tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> => {
    const admission = await admitToFollowUp(tools, who, id)
    if (admission.kind === 'refused') return { text: admission.text }
    const ended = await tools.db.transaction((trx) => endFollowUp(trx, id, admission.agent.id, as))
    return ended.kind === 'done' ? undefined : { text: overWords(ended) }
  }

function overWords({ as, by }: { as: 'kept' | 'dropped'; by: string }): string {
  return `<@${by}> has marked this as ${as === 'kept' ? 'done' : 'dropped'} already.`
}

interface LaterMeta extends FormMeta {
  followUp: string
}

export async function openPostpone(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitToFollowUp(tools, click.who, click.value)
    if (admission.kind === 'refused') return admission
    const { followUp, desk, conversation } = admission
    if (followUp.ended_as !== null) return { kind: 'refused', text: overWords(endOf(followUp)) }
    return await withAbout(tools.db, conversation, postponeView(followUp, desk, tools.clock.now()))
  }
  await openView(tools, click, { title: LATER_TITLE, prepare })
}

function endOf({ ended_as, ended_by, by }: FollowUp): { as: 'kept' | 'dropped'; by: string } {
  return { as: ended_as ?? 'dropped', by: ended_by ?? by }
}

export function postponeView(followUp: FollowUp, desk: Desk, now: number): ModalView {
  const { id, conversation_id, kind } = followUp
  const meta: LaterMeta = { conversationId: conversation_id, at: desk.channel, followUp: id }
  const say = kind === 'promise' ? [note('The customer knows of the time from before: tell them of the new one.')] : []
  const blocks = [paragraph(lineOf(followUp, now, '')), timeField('Until when?', wholeHour(now + DAY)), ...say]
  return formView({ callbackId: FOLLOW_UP_POSTPONE, title: LATER_TITLE, submit: 'Postpone', meta, blocks })
}

async function submitPostpone(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { followUp: id } = JSON.parse(view.metadata) as LaterMeta
  const admission = await admitToFollowUp(tools, who, id)
  if (admission.kind === 'refused') return { kind: 'update', view: toldView(LATER_TITLE, admission.text) }
  const dueAt = readDue(view, tools.clock.now())
  if (typeof dueAt === 'string') return { kind: 'errors', blockId: 'due', text: dueAt }
  const moved = await tools.db.transaction((trx) => postpone(trx, id, admission.agent.id, dueAt))
  if (moved.kind === 'done-before') {
    const said = [{ type: 'user' as const, user_id: moved.by }, word(' has seen to this already.')]
    return { kind: 'update', view: toldView(LATER_TITLE, said) }
  }
  return { kind: 'close', late: toldView(LATER_TITLE, [word('Postponed until '), instant(dueAt), word('.')]) }
}

export const postponeForm = shortForm(LATER_TITLE, submitPostpone)
