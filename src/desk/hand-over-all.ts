// Whoever goes away can hand over all who wait for them at once, with one line that each next agent finds in the thread.
import type { KnownBlock, ModalView } from '@slack/types'
import { assign } from '../assign.ts'
import { listWaitingOf, WAITING_MAX } from '../away.ts'
import type { Reader } from '../db/open.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import { findAway } from '../stand-in.ts'
import { admitTo } from './admission.ts'
import { nameOf } from './agents.ts'
import { objectTo } from './away-rule.ts'
import { oneLine, shortName } from './card.ts'
import { shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { type Inline, instant, note, paragraph, plain, word } from './words.ts'

export const HAND_OVER_ALL = 'hand_over_all'
const TITLE = 'Hand over'
const SHOWN_MAX = 10
const SUBJECT_LENGTH = 60
const NOTE_LENGTH_MAX = 2000

interface Going {
  at: string
  standIn: string | undefined
  /** Until when they are away. */
  until: number
}

/** From the word that answers `/desk away 2h`. */
export async function openHandOverAll(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const now = tools.clock.now()
    const away = await findAway(tools.db, click.who.id, now)
    const waiting = await readWaiting(tools.db, click.who.id)
    if (waiting.length === 0) return { kind: 'refused', text: NOBODY }
    const going = { at: click.place?.channel ?? '', standIn: away?.standIn, until: away?.until ?? now }
    return { kind: 'view', view: handOverAllView(waiting, going) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

const NOBODY = 'None of your customers waits for an answer.'

export interface Waiting {
  name: string | undefined
  address: string
  subject: string | undefined
  dueAt: number
}

/** Those of this agent's customers who wait, as the form names them. */
export async function readWaiting(db: Reader, agentId: string): Promise<Waiting[]> {
  const waiting = await listWaitingOf(db, agentId)
  if (waiting.length === 0) return []
  const ids = [...new Set(waiting.map(({ identity_id }) => identity_id))]
  const people = await db.selectFrom('identity').select(['id', 'name', 'address']).where('id', 'in', ids).execute()
  return waiting.map(({ identity_id, subject, due_at }) => {
    const who = people.find(({ id }) => id === identity_id)
    return {
      ...{ name: who?.name ?? undefined, address: who?.address ?? '' },
      ...{ subject: subject ?? undefined, dueAt: due_at },
    }
  })
}

export function handOverAllView(waiting: readonly Waiting[], { at, standIn, until }: Going): ModalView {
  const person = standIn === undefined ? {} : { initial_user: standIn }
  const blocks: KnownBlock[] = [
    paragraph([
      word('You are away until '),
      instant(until),
      word(`. ${waiting.length === 1 ? 'One of your customers waits' : `${waiting.length} of your customers wait`}:`),
      ...listWords(waiting),
    ]),
    {
      type: 'input',
      block_id: 'to',
      label: plain('Hand them over to whom?'),
      element: { type: 'users_select', action_id: 'to', placeholder: plain('Choose a colleague'), ...person },
    },
    {
      type: 'input',
      block_id: 'note',
      label: plain('What must they know?'),
      hint: plain('It stands in each thread, for colleagues only: so customers need not say it again.'),
      element: { type: 'plain_text_input', action_id: 'note', multiline: true, max_length: NOTE_LENGTH_MAX },
    },
    note('Or keep them: then whoever stands in for you is called when they write, and they stay yours.'),
  ]
  return {
    ...{ type: 'modal', callback_id: HAND_OVER_ALL, title: plain(TITLE) },
    ...{ submit: plain('Hand over'), close: plain('Keep them') },
    private_metadata: JSON.stringify({ at }),
    blocks,
  }
}

function listWords(waiting: readonly Waiting[]): Inline[] {
  const shown = waiting.slice(0, SHOWN_MAX)
  const lines = shown.flatMap(({ subject, dueAt, ...who }): Inline[] => {
    const about = subject === undefined ? '' : ` · ${shorten(oneLine(subject), SUBJECT_LENGTH)}`
    return [
      word(`
• ${shortName(who)}${about} · due `),
      instant(dueAt),
    ]
  })
  return waiting.length > shown.length
    ? [
        ...lines,
        word(`
and ${waiting.length - shown.length} more`),
      ]
    : lines
}

async function submitHandOverAll(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { id: by } = who
  const to = view.chosenPerson('to', 'to')
  const text = noteIn(view)
  const objection = await objectTo(tools, who, to)
  if (objection !== undefined) return { kind: 'errors', blockId: 'to', text: objection }
  if (text === '') return { kind: 'errors', blockId: 'note', text: 'Write a line or two for whoever takes over.' }
  let done = 0
  for (const { id } of await listWaitingOf(tools.db, by)) {
    const admission = await admitTo(tools, who, 'assign', id)
    if (admission.kind === 'refused') return { kind: 'errors', blockId: 'to', text: admission.text }
    const how = { by, to, seenOwner: by, note: text }
    const assigned = await tools.db.transaction((trx) => assign(trx, id, how))
    if (assigned.kind === 'assigned') done += 1
  }
  const left = (await listWaitingOf(tools.db, by)).length
  if (done === 0 && left > 0)
    return { kind: 'errors', blockId: 'to', text: 'They are not at the desk of these customers. Choose somebody else.' }
  const name = escapeMrkdwn(await nameOf(tools.db, to))
  const kept =
    left === 0 ? '' : ` ${left} stay yours: ${name} is not at their desk, or they were more than ${WAITING_MAX}.`
  return {
    kind: 'update',
    view: toldView(
      TITLE,
      `Handed over to ${name}: ${done === 1 ? 'one conversation' : `${done} conversations`}.${kept} When you are back, type /desk back.`,
    ),
  }
}

function noteIn(view: OpenView): string {
  return view.typed('note', 'note').trim()
}

export const handOverAllForm = shortForm(TITLE, submitHandOverAll, noteIn)
