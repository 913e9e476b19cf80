// Which submitted form leads where, and what stands in its place while that is being saved.
import { ANSWER_ELSEWHERE, answerElsewhereForm } from './answer-elsewhere.ts'
import { ASSIGN, assignForm } from './assign.ts'
import { AWAY, awayForm } from './away-form.ts'
import { CALLED_BY, calledByForm } from './called-by.ts'
import { closeComposer } from './composer-close.ts'
import { submitComposer } from './composer-submit.ts'
import { COMPOSER, readComposer } from './composer-view.ts'
import { CORRECT_FORMS } from './correct.ts'
import { COUNTS, countsForm } from './counts.ts'
import { customerForm } from './customer.ts'
import { CUSTOMER } from './customer-view.ts'
import { DESK_MOVE, deskMoveForm } from './desk-move.ts'
import { FOLLOW_UP, FOLLOW_UP_POSTPONE, followUpForm, postponeForm } from './follow-up.ts'
import { HAND_OVER_ALL, handOverAllForm } from './hand-over-all.ts'
import type { OpenView } from './interaction.ts'
import { JOIN_WITH, joinForm } from './join-form.ts'
import { LABEL, labelForm } from './label.ts'
import { EDIT_LETTER, editLetterForm } from './letter-edit.ts'
import { SAVE_LETTER, saveLetterForm } from './letter-new.ts'
import type { Form, OnClosed } from './listen.ts'
import { outsideForm, outsidePreviewForm } from './outside.ts'
import { OUTSIDE, OUTSIDE_PREVIEW } from './outside-view.ts'
import { PERSON, personForm } from './person.ts'
import { PREVIEW } from './preview-view.ts'
import type { Meanwhile } from './respond.ts'
import { scheduleForm } from './schedule.ts'
import { SCHEDULE } from './schedule-view.ts'
import { submitPreview } from './sending.ts'
import { noPreviewView, notSentView, preparingView, savingView, UNDONE } from './sending-view.ts'
import { SNOOZE, snoozeForm } from './snooze.ts'
import { SPAM, spamForm } from './spam.ts'
import { SPLIT, splitForm } from './split.ts'
import type { DeskTools } from './tools.ts'
import { EDITING, editAgain } from './undo.ts'
import { WAIVE, waiveForm } from './waive.ts'
import { WRITE_TO, writeToForm } from './write-to.ts'

const failed = (said: string) => notSentView(said, '')

export const FORMS: Record<string, Form> = {
  [COMPOSER]: { submit: submitComposer, meanwhile: preparing, failed },
  [PREVIEW]: { submit: submitPreview, meanwhile: saving, failed },
  [UNDONE]: { submit: editAgain, meanwhile: () => EDITING, failed },
  [WAIVE]: waiveForm,
  [ASSIGN]: assignForm,
  [SNOOZE]: snoozeForm,
  [CALLED_BY]: calledByForm,
  [SAVE_LETTER]: saveLetterForm,
  [EDIT_LETTER]: editLetterForm,
  ...CORRECT_FORMS,
  [CUSTOMER]: customerForm,
  [OUTSIDE]: outsideForm,
  [OUTSIDE_PREVIEW]: outsidePreviewForm,
  [WRITE_TO]: writeToForm,
  [ANSWER_ELSEWHERE]: answerElsewhereForm,
  [PERSON]: personForm,
  [AWAY]: awayForm,
  [HAND_OVER_ALL]: handOverAllForm,
  [COUNTS]: countsForm,
  [LABEL]: labelForm,
  [SPAM]: spamForm,
  [SPLIT]: splitForm,
  [DESK_MOVE]: deskMoveForm,
  [JOIN_WITH]: joinForm,
  [SCHEDULE]: scheduleForm,
  [FOLLOW_UP]: followUpForm,
  [FOLLOW_UP_POSTPONE]: postponeForm,
}

/** What is done when one of these is closed without being sent. */
export const CLOSINGS: Record<string, OnClosed> = { [COMPOSER]: closeComposer }

function preparing(view: OpenView, { newId }: DeskTools): Meanwhile {
  const { text } = readComposer(view)
  const refused = (said: string) => noPreviewView(said, text)
  return { kind: 'push', view: preparingView(newId('view'), text), refused }
}

function saving(view: OpenView): Meanwhile {
  return { kind: 'update', view: savingView(view.blocks), refused: failed }
}
