// A reply for later, as people see it: the form that asks when, and what the thread says of it until then.
import type { Button, KnownBlock, ModalView } from '@slack/types'
import { DAY, HOUR } from '../clock.ts'
import type { ScheduledReply } from '../scheduled-stop.ts'
import { formView } from './form.ts'
import type { OpenView } from './interaction.ts'
import type { Content } from './post.ts'
import type { PreviewMeta } from './preview-view.ts'
import { closing } from './sending-view.ts'
import { instant, note, paragraph, plain, quote, word } from './words.ts'

export const SEND_LATER = 'send_later'
export const SCHEDULE = 'schedule'
export const SCHEDULE_TITLE = 'Send later'
export const WHEN = 'when'

export interface ScheduleMeta extends PreviewMeta {
  /** Chosen before, and past the due time: sending the form again says that this is known. */
  sendAt?: number
}

export function laterButton(meta: PreviewMeta): KnownBlock {
  const button: Button = {
    ...{ type: 'button', action_id: SEND_LATER, text: plain('Send later…'), value: meta.draftId },
  }
  return { type: 'actions', elements: [button] }
}

export function scheduleView(meta: ScheduleMeta, now: number, dueAt: number | undefined): ModalView {
  const suggested = Math.ceil((now + HOUR) / HOUR) * HOUR
  return formView({
    ...{ callbackId: SCHEDULE, title: SCHEDULE_TITLE, submit: 'Schedule', meta },
    blocks: [
      {
        type: 'input',
        block_id: WHEN,
        label: plain('When should it leave?'),
        hint: plain('In your own time, within the next 90 days.'),
        element: { type: 'datetimepicker', action_id: WHEN, initial_date_time: suggested / 1000 },
      },
      ...(dueAt === undefined ? [] : [paragraph([word(dueWords(dueAt, now)), instant(dueAt), word('.')])]),
      note(
        'It does not leave if the customer writes or a colleague answers before that: then it is your draft again. Until it leaves, their waiting time runs on, and so do reminders.',
      ),
    ],
  })
}

export function dueWords(dueAt: number, now: number): string {
  return now < dueAt ? 'The answer is due ' : 'The answer is overdue since '
}

export function pastDueView(meta: ScheduleMeta & { sendAt: number }, dueAt: number, now: number): ModalView {
  return formView({
    ...{ callbackId: SCHEDULE, title: 'Past the due time', submit: 'Schedule anyway', meta },
    blocks: [
      paragraph([
        ...[word('Not scheduled yet. '), word(dueWords(dueAt, now)), instant(dueAt), word(', and this would leave ')],
        ...[instant(meta.sendAt), word('.')],
      ]),
      note('The customer waits until then, and reminders go out meanwhile.'),
    ],
  })
}

export function scheduledView(sendAt: number): ModalView {
  return closing('Scheduled', [
    paragraph([
      word('Leaves '),
      instant(sendAt),
      word('. The thread has buttons to send it now, edit it or cancel it.'),
    ]),
  ])
}

export function readWhen(view: OpenView): number | undefined {
  return view.chosenTime(WHEN, WHEN)
}

export const SCHEDULED_ACTIONS = { now: 'scheduled_now', edit: 'scheduled_edit', cancel: 'scheduled_cancel' } as const

/** The post in the thread, whatever has become of it. */
export function renderScheduled(row: ScheduledReply, preview: string): Content {
  const by = { type: 'user' as const, user_id: row.agent_id }
  if (row.state !== 'waiting') {
    const said = ENDED[row.state]
    return {
      text: said,
      blocks: [
        paragraph([
          word('⏰ The reply that '),
          by,
          word(' had scheduled for '),
          instant(row.send_at),
          word(` ${said}`),
        ]),
      ],
    }
  }
  const button = (action_id: string, label: string): Button => {
    return { type: 'button', action_id, text: plain(label), value: row.draft_id }
  }
  return {
    text: 'A reply is scheduled.',
    blocks: [
      paragraph([word('⏰ Reply scheduled for '), instant(row.send_at), word(' by '), by, word('. It says:')]),
      quote(preview),
      {
        type: 'actions',
        elements: [
          ...[button(SCHEDULED_ACTIONS.now, 'Send now'), button(SCHEDULED_ACTIONS.edit, 'Edit…')],
          button(SCHEDULED_ACTIONS.cancel, 'Cancel'),
        ],
      },
    ],
  }
}

const ENDED: Record<Exclude<ScheduledReply['state'], 'waiting'>, string> = {
  sent: 'is on its way.',
  stopped: 'was not sent.',
  cancelled: 'was cancelled. Nothing was sent.',
}

export const STOPPED: Record<NonNullable<ScheduledReply['because']>, string> = {
  customer: 'the customer wrote before it left',
  colleague: 'somebody else answered before it left',
  'not-allowed': 'its author is not at this desk any more',
  moved: 'the conversation belongs to somebody else now',
  joined: 'the conversation was joined to another one, or parted from it',
}

/** Bounds of what may be chosen, in words for the field. */
export const TOO_SOON = 'Choose a time that is at least a minute ahead.'
export const TOO_LATE = `Choose a time within the next ${(90 * DAY) / DAY} days.`
