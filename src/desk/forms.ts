// Which submitted form leads where, and what stands in its place while that is being saved.
import { ASSIGN, assignForm } from './assign.ts'
import { AWAY, awayForm } from './away-form.ts'
import { CALLED_BY, calledByForm } from './called-by.ts'
import { submitComposer } from './composer-submit.ts'
import { COMPOSER, readComposer } from './composer-view.ts'
import { CORRECT_FORMS } from './correct.ts'
import { FOLLOW_UP, FOLLOW_UP_POSTPONE, followUpForm, postponeForm } from './follow-up.ts'
import { HAND_OVER_ALL, handOverAllForm } from './hand-over-all.ts'
import type { OpenView } from './interaction.ts'
import type { Form } from './listen.ts'
import { PERSON, personForm } from './person.ts'
import { PREVIEW } from './preview-view.ts'
import type { Meanwhile } from './respond.ts'
import { submitPreview } from './sending.ts'
import { noPreviewView, notSentView, preparingView, savingView, UNDONE } from './sending-view.ts'
import { SNOOZE, snoozeForm } from './snooze.ts'
import type { DeskTools } from './tools.ts'
import { EDITING, editAgain } from './undo.ts'
import { WAIVE, waiveForm } from './waive.ts'

const failed = (said: string) => notSentView(said, '')

export const FORMS: Record<string, Form> = {
  [COMPOSER]: { submit: submitComposer, meanwhile: preparing, failed },
  [PREVIEW]: { submit: submitPreview, meanwhile: saving, failed },
  [UNDONE]: { submit: editAgain, meanwhile: () => EDITING, failed },
  [WAIVE]: waiveForm,
  [ASSIGN]: assignForm,
  [SNOOZE]: snoozeForm,
  [CALLED_BY]: calledByForm,
  ...CORRECT_FORMS,
  [PERSON]: personForm,
  [AWAY]: awayForm,
  [HAND_OVER_ALL]: handOverAllForm,
  [FOLLOW_UP]: followUpForm,
  [FOLLOW_UP_POSTPONE]: postponeForm,
}

function preparing(view: OpenView, { newId }: DeskTools): Meanwhile {
  const { text } = readComposer(view)
  const refused = (said: string) => noPreviewView(said, text)
  return { kind: 'push', view: preparingView(newId('view'), text), refused }
}

function saving(view: OpenView): Meanwhile {
  return { kind: 'update', view: savingView(view.blocks), refused: failed }
}
