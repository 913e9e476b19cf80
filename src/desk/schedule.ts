// "Send later…" in the preview, and what can be done about a reply that waits for its time.

import { dropKeptDraft } from '../kept-draft.ts'
import { leaveNow, SCHEDULE_MS, schedule } from '../scheduled.ts'
import { cancelScheduled, findScheduled } from '../scheduled-stop.ts'
import { findOpenWindow } from '../window-record.ts'
import { admitTo } from './admission.ts'
import { hideWriting, openComposer } from './composer.ts'
import { shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { PreviewMeta } from './preview-view.ts'
import type { Outcome } from './respond.ts'
import {
  pastDueView,
  readWhen,
  SCHEDULE_TITLE,
  type ScheduleMeta,
  scheduledView,
  scheduleView,
  TOO_LATE,
  TOO_SOON,
  WHEN,
} from './schedule-view.ts'
import { notSentView, undoButton } from './sending-view.ts'
import { chosenSequel, sequelOf } from './sequel.ts'
import type { DeskTools } from './tools.ts'
import { startFromDraft } from './undo.ts'
import { type Whisper, whisper } from './whisper.ts'

export async function openLater(tools: DeskTools, click: Click): Promise<void> {
  const { view } = click
  if (!view) return
  const asked = JSON.parse(view.metadata) as PreviewMeta
  const meta: ScheduleMeta = { ...asked, after: chosenSequel(view) || asked.after || '' }
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, SCHEDULE_ACTION, meta.conversationId)
    if (admission.kind === 'refused') return admission
    const window = await findOpenWindow(tools.db, meta.conversationId)
    return { kind: 'view', view: scheduleView(meta, tools.clock.now(), window?.due_at) }
  }
  await openView(tools, click, { title: SCHEDULE_TITLE, prepare })
}

const SCHEDULE_ACTION = 'schedule'

async function submitSchedule(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as ScheduleMeta
  const { conversationId, draftId, confirmedSeq } = meta
  const now = tools.clock.now()
  const admission = await admitTo(tools, who, SCHEDULE_ACTION, conversationId)
  if (admission.kind === 'refused') return { kind: 'update', view: notSentView(admission.text, '') }
  const sendAt = meta.sendAt ?? readWhen(view)
  if (sendAt === undefined || sendAt < now + SCHEDULE_MS.min) return atWhen(meta, TOO_SOON)
  if (sendAt > now + SCHEDULE_MS.max) return atWhen(meta, TOO_LATE)
  const by = {
    ...{ agentId: who.id, sendAt, isPastDueKnown: meta.sendAt !== undefined },
    after: sequelOf(meta.after ?? '', sendAt),
    ...(confirmedSeq !== undefined && { confirmedSeq }),
  }
  const result = await tools.db.transaction(async (trx) => {
    const scheduled = await schedule(trx, draftId, by)
    if (scheduled.kind !== 'scheduled') return scheduled
    await dropKeptDraft(trx, { agentId: who.id, conversationId })
    return scheduled
  })
  if (result.kind === 'scheduled') await hideWriting(tools, who, conversationId)
  switch (result.kind) {
    case 'scheduled':
      return { kind: 'update', view: scheduledView(sendAt) }
    case 'past-due':
      return { kind: 'update', view: pastDueView({ ...meta, sendAt }, result.dueAt, now) }
    case 'stale':
      return { kind: 'update', view: toldView(SCHEDULE_TITLE, STALE) }
    case 'redirected':
      return { kind: 'update', view: notSentView('Not scheduled: this conversation belongs to somebody else now.', '') }
    case 'sent-before':
      return { kind: 'update', view: notSentView('You have sent this already. It leaves once.', '') }
    case 'refused':
      return { kind: 'update', view: notSentView(result.reason, '') }
  }
}

const STALE =
  'Not scheduled: something new arrived while you wrote. Close this and press Send to see it, or open Reply again; your text is kept.'

/** The form that asks a second time has no field for it. */
function atWhen({ sendAt }: ScheduleMeta, text: string): Outcome {
  if (sendAt === undefined) return { kind: 'errors', blockId: WHEN, text }
  return { kind: 'update', view: toldView(SCHEDULE_TITLE, text) }
}

export const scheduleForm = shortForm(SCHEDULE_TITLE, submitSchedule)

const GONE: Whisper = { text: 'This reply does not wait any more: the thread says what became of it.' }
const NOT_YOURS: Whisper = {
  text: 'Only whoever wrote it can do this. You can cancel it; then it is their draft again.',
}

/** Resolves to what the person is to hear; undefined when the thread says it. */
export async function sendScheduledNow(tools: DeskTools, { who, value: draftId }: Click): Promise<Whisper | undefined> {
  const row = await findScheduled(tools.db, draftId)
  if (row?.state !== 'waiting') return GONE
  const admission = await admitTo(tools, who, 'scheduled-now', row.conversation_id)
  if (admission.kind === 'refused') return { text: admission.text }
  if (row.agent_id !== who.id) return NOT_YOURS
  const result = await tools.db.transaction((trx) => leaveNow(trx, draftId, admission.desk.undoMs))
  if (!result) return GONE
  if (result.kind !== 'queued') return undefined // The thread tells why it was stopped.
  const text = 'It leaves in a moment.'
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }, undoButton(result.messageId)] }
}

export async function cancelScheduledReply(
  tools: DeskTools,
  { who, value: draftId }: Click,
): Promise<Whisper | undefined> {
  const row = await findScheduled(tools.db, draftId)
  if (row?.state !== 'waiting') return GONE
  const admission = await admitTo(tools, who, 'scheduled-cancel', row.conversation_id)
  if (admission.kind === 'refused') return { text: admission.text }
  const cancelled = await tools.db.transaction((trx) => cancelScheduled(trx, draftId, who.id))
  return cancelled ? undefined : GONE
}

/** It is cancelled, and its text stands in the composer. */
export async function editScheduled(tools: DeskTools, click: Click): Promise<void> {
  const { who, value: draftId, place } = click
  const row = await findScheduled(tools.db, draftId)
  if (row?.state !== 'waiting') return await whisper(tools, who, place, GONE)
  const admission = await admitTo(tools, who, 'scheduled-edit', row.conversation_id)
  if (admission.kind === 'refused') return await whisper(tools, who, place, { text: admission.text })
  if (row.agent_id !== who.id) return await whisper(tools, who, place, NOT_YOURS)
  const start = await startFromDraft(tools, draftId)
  await tools.db.transaction((trx) => cancelScheduled(trx, draftId, who.id))
  await openComposer(tools, click, start)
}
