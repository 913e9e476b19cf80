// "Another desk": where a conversation belongs that came to the wrong one, and what its people must know.
import type { KnownBlock, ModalView } from '@slack/types'
import { type DeskMoved, moveToDesk } from '../desk-move.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { quietEnd } from './page-post.ts'
import type { Outcome } from './respond.ts'
import { type Desk, type DeskTools, deskTitle } from './tools.ts'
import type { CardView } from './view.ts'
import { note, plain } from './words.ts'

export const DESK_MOVE = 'desk_move'
const TITLE = 'To another desk'
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75
const NOTE_LENGTH_MAX = 2000

interface DeskMoveMeta extends FormMeta {
  /** Where it was when the form opened. */
  from: string
}

const WRONG: Record<Exclude<DeskMoved, 'moved'>, string> = {
  'here-already': 'It is at that desk already.',
  'note-missing': 'Write a line or two for the people there.',
  closed: 'This conversation is closed. Reopen it first.',
  joined: 'This conversation was joined to another one. Move that one, or part them first.',
  sending: 'A reply is on its way. Wait until it has arrived.',
}

/** One desk alone has nowhere to give anything to. */
export const canMove = ({ state, related }: CardView, { desks }: DeskTools) =>
  desks.length > 1 && state !== 'closed' && !related?.isJoined

export async function openDeskMove(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareMove(tools, click) })
}

async function prepareMove(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, DESK_MOVE, id)
  if (admission.kind === 'refused') return admission
  const { desk, conversation } = admission
  if (conversation.state === 'closed') return { kind: 'refused', text: WRONG.closed }
  const others = tools.desks.filter(({ name }) => name !== desk.name).slice(0, OPTIONS_MAX)
  if (others.length === 0) return { kind: 'refused', text: 'There is no other desk.' }
  return await withAbout(
    tools.db,
    conversation,
    moveView({ conversationId: id, at: desk.channel, from: desk.name }, others),
  )
}

export function moveView(meta: DeskMoveMeta, others: readonly Desk[]): ModalView {
  const options = others.map((desk) => ({
    text: plain(shorten(deskTitle(desk), OPTION_LENGTH_MAX)),
    value: desk.name,
  }))
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: 'to',
      label: plain('To which desk?'),
      element: { type: 'static_select', action_id: 'to', placeholder: plain('Choose a desk'), options },
    },
    {
      type: 'input',
      block_id: 'note',
      label: plain('What was asked, tried and promised?'),
      hint: plain('It stands in the thread there, for colleagues only: so the customer need not say it again.'),
      element: { type: 'plain_text_input', action_id: 'note', multiline: true, max_length: NOTE_LENGTH_MAX },
    },
    note(
      'Everything that was said goes along, notes too. Nobody has it there yet, and the waiting time runs on. The card here only says where it went.',
    ),
  ]
  return formView({ callbackId: DESK_MOVE, title: TITLE, submit: 'Move', meta, blocks })
}

async function submitMove(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId, from } = JSON.parse(view.metadata) as DeskMoveMeta
  const admission = await admitTo(tools, who, DESK_MOVE, conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'to', text: admission.text }
  const told = (text: string): Outcome => ({ kind: 'update', view: toldView(TITLE, text, noteIn(view)) })
  if (admission.desk.name !== from) return told('Nothing was changed: somebody has moved it already.')
  const to = tools.desks.find(({ name }) => name === view.chosen('to', 'to'))
  if (!to) return { kind: 'errors', blockId: 'to', text: 'Choose one of the desks.' }
  const quietUntil = await quietEnd(tools, to, conversationId, tools.clock.now())
  const said = { by: admission.agent.id, note: noteIn(view), policies: tools.policies }
  const move = { ...said, to: to.name, leads: to.leads, quietUntil }
  const moved = await tools.db.transaction((trx) => moveToDesk(trx, conversationId, move))
  if (moved === 'moved')
    return { kind: 'close', below: 'closed', late: toldView(TITLE, `Saved: ${deskTitle(to)} has it now.`) }
  if (moved === 'note-missing') return { kind: 'errors', blockId: 'note', text: WRONG[moved] }
  if (moved === 'here-already') return { kind: 'errors', blockId: 'to', text: WRONG[moved] }
  return moved === 'sending' ? { kind: 'errors', blockId: 'to', text: WRONG[moved] } : told(WRONG[moved])
}

function noteIn(view: OpenView): string {
  return view.typed('note', 'note').trim()
}

export const deskMoveForm = shortForm(TITLE, submitMove, noteIn)
