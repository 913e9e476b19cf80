// "Snooze": until when the conversation stays out of the lists. Past the due time the agent confirms that they know.
import type { KnownBlock, ModalView } from '@slack/types'
import { DAY, HOUR } from '../clock.ts'
import { snooze } from '../snooze.ts'
import { findOpenWindow } from '../window-record.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import { dueWords } from './schedule-view.ts'
import type { DeskTools } from './tools.ts'
import { instant, note, paragraph, plain, word } from './words.ts'

export const SNOOZE = 'snooze'
const TITLE = 'Snooze'
const CLOSED = 'This conversation is closed; it is in no list.'

export const SPANS = [
  { value: '1h', label: '1 hour', ms: HOUR },
  { value: '3h', label: '3 hours', ms: 3 * HOUR },
  { value: '1d', label: '1 day, until this time tomorrow', ms: DAY },
  { value: '3d', label: '3 days', ms: 3 * DAY },
] as const

interface SnoozeMeta extends FormMeta {
  /** Chosen before, and past the due time: sending the form again says that this is known. */
  until?: number
}

export async function openSnooze(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareSnooze(tools, click) })
}

async function prepareSnooze(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, 'snooze', id)
  if (admission.kind === 'refused') return admission
  const { conversation, desk } = admission
  if (conversation.state === 'closed') return { kind: 'refused', text: CLOSED }
  const meta = { conversationId: id, at: desk.channel }
  const view = formView({
    ...{ callbackId: SNOOZE, title: TITLE, submit: 'Snooze', meta },
    blocks: [...choice(), ...dueLine(await findOpenWindow(tools.db, id), tools.clock.now()), note(RUNS_ON)],
  })
  return await withAbout(tools.db, conversation, view)
}

function choice(): KnownBlock[] {
  const options = SPANS.map(({ value, label }) => ({ text: plain(label), value }))
  return [
    {
      type: 'input',
      block_id: 'span',
      label: plain('For how long?'),
      element: { type: 'radio_buttons', action_id: 'span', options },
    },
  ]
}

const RUNS_ON =
  'It leaves the lists until then, or until the customer writes. Their waiting time runs on, and so do reminders.'

function dueLine(window: { due_at: number } | undefined, now: number): KnownBlock[] {
  return window ? [paragraph([word(dueWords(window.due_at, now)), instant(window.due_at), word('.')])] : []
}

async function submitSnooze(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as SnoozeMeta
  const { conversationId } = meta
  const admission = await admitTo(tools, who, 'snooze', conversationId)
  if (admission.kind === 'refused') return { kind: 'update', view: toldView(TITLE, admission.text) }
  const until = meta.until ?? readUntil(view, tools.clock.now())
  if (until === undefined) return { kind: 'errors', blockId: 'span', text: 'Choose for how long.' }
  const how = { by: admission.agent.id, until, isPastDueKnown: meta.until !== undefined }
  const snoozed = await tools.db.transaction((trx) => snooze(trx, conversationId, how))
  switch (snoozed.kind) {
    case 'snoozed':
      return { kind: 'close', late: toldView(TITLE, [word('Snoozed until '), instant(until), word('.')]) }
    case 'past-due':
      return { kind: 'update', view: pastDueView({ ...meta, until }, snoozed.dueAt, tools.clock.now()) }
    case 'closed':
      return { kind: 'update', view: toldView(TITLE, CLOSED) }
  }
}

function readUntil(view: OpenView, now: number): number | undefined {
  const span = SPANS.find(({ value }) => value === view.chosen('span', 'span'))
  return span && now + span.ms
}

function pastDueView(meta: SnoozeMeta & { until: number }, dueAt: number, now: number): ModalView {
  return formView({
    callbackId: SNOOZE,
    title: 'Past the due time',
    submit: 'Snooze anyway',
    meta,
    blocks: [
      paragraph([
        word('Not snoozed yet. '),
        word(dueWords(dueAt, now)),
        instant(dueAt),
        word(', and the conversation would come back '),
        instant(meta.until),
        word('.'),
      ]),
      note('The customer’s waiting time runs on, and reminders go out meanwhile.'),
    ],
  })
}

export const snoozeForm = shortForm(TITLE, submitSnooze)
