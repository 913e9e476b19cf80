// "Correct…" and "Take back…", on a reply in the thread.
import { type Channel, SendError } from '../channel.ts'
import { getIdentity } from '../contact.ts'
import { askRetraction, findWay, listStanding, previewCorrection, sendCorrection } from '../correction.ts'
import { getMessage } from '../message.ts'
import { countVersions } from '../version.ts'
import { admitTo } from './admission.ts'
import { fits, readBody, readMentioned, tooLong } from './body-input.ts'
import {
  type Abilities,
  CORRECT,
  CORRECTED,
  CORRECTION_PREVIEW,
  type Correcting,
  type CorrectMeta,
  correctionPreview,
  correctView,
  RETRACT,
} from './correct-view.ts'
import { shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import type { Form } from './listen.ts'
import { objectToLetter } from './objection.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import { preparingView } from './sending-view.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

const TITLE = 'Correct'
const GONE = 'There is nothing to correct any more: the reply is gone, or was never seen by the customer.'
const STALE = 'Somebody else has changed this reply meanwhile, or is about to. Look at the thread, then start again.'

/** Of a channel that is not configured any more: nothing. */
export function abilitiesOf(channelOf: (name: string) => Channel, name: string): Abilities {
  try {
    const { revise, retract } = channelOf(name)
    return { revise: revise !== undefined, retract: retract !== undefined }
  } catch {
    return { revise: false, retract: false }
  }
}

export async function openCorrect(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareCorrect(tools, click) })
}

async function prepareCorrect(tools: DeskTools, { who, value: messageId }: Click): Promise<Prepared> {
  const message = await getMessage(tools.db, messageId)
  const admission = await admitTo(tools, who, CORRECT, message.conversation_id)
  if (admission.kind === 'refused') return admission
  if ((await listStanding(tools.db, message)).length === 0) return { kind: 'refused', text: GONE }
  if (!fits(message.markdown)) return { kind: 'refused', text: tooLong(message.markdown) }
  const meta: CorrectMeta = {
    ...{ messageId, conversationId: message.conversation_id, at: admission.desk.channel },
    seenVersions: await countVersions(tools.db, messageId),
  }
  return { kind: 'view', view: correctView(await correcting(tools, meta), message.markdown) }
}

async function correcting({ db }: DeskTools, meta: CorrectMeta): Promise<Correcting> {
  const message = await getMessage(db, meta.messageId)
  const { identity_id } = await db
    .selectFrom('conversation')
    .select('identity_id')
    .where('id', '=', message.conversation_id)
    .executeTakeFirstOrThrow()
  return { meta, channel: await findWay(db, message), to: await getIdentity(db, identity_id) }
}

const textOf = (view: OpenView) => readBody(view, CORRECTED).markdown
const metaOf = (view: OpenView) => JSON.parse(view.metadata) as CorrectMeta

async function submitCorrect(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const atText = (text: string): Outcome => ({ kind: 'errors', blockId: 'text', text })
  const { markdown, objections } = readBody(view, CORRECTED, await readMentioned(tools.db, view, CORRECTED))
  const meta = metaOf(view)
  const admission = await admitTo(tools, who, CORRECT, meta.conversationId)
  const objection = admission.kind === 'refused' ? admission.text : (objections[0] ?? objectToLetter(markdown))
  if (objection) return atText(objection)
  try {
    const correctionId = tools.newId('m')
    const shown = await correcting(tools, { ...meta, correctionId })
    const request = { ...meta, agentId: who.id, markdown }
    const at = { id: correctionId, now: tools.clock.now() }
    const parts = await previewCorrection(tools.db, tools.channelOf(shown.channel), request, at)
    return { kind: 'push', view: correctionPreview(shown, parts) }
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    return atText(`No preview could be made: ${error.message}`)
  }
}

async function submitPreview(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { correctionId = '', conversationId } = metaOf(view)
  const admission = await admitTo(tools, who, CORRECT, conversationId)
  const told = (text: string): Outcome => ({ kind: 'update', view: toldView(TITLE, text) })
  if (admission.kind === 'refused') return told(admission.text)
  const { kind } = await tools.db.transaction((trx) => sendCorrection(trx, correctionId, who.id))
  return told({ queued: 'Saved. The thread shows what becomes of it.', stale: STALE, gone: GONE }[kind])
}

/** The form stays below the preview, so that nothing typed is lost. */
const correctForm: Form = {
  submit: submitCorrect,
  meanwhile: (view, { newId }) => ({
    kind: 'push',
    view: preparingView(newId('view'), textOf(view)),
    refused: (said) => toldView(TITLE, said, textOf(view)),
  }),
  failed: (said, view) => toldView(TITLE, said, textOf(view)),
}

export const CORRECT_FORMS: Record<string, Form> = {
  [CORRECT]: correctForm,
  [CORRECTION_PREVIEW]: shortForm(TITLE, submitPreview),
}

/** Slack has asked already whether they mean it. Undefined when the entry says it all. */
export async function takeReplyBack(tools: DeskTools, { who, value: messageId }: Click): Promise<Whisper | undefined> {
  const { conversation_id: id } = await getMessage(tools.db, messageId)
  const admission = await admitTo(tools, who, RETRACT, id)
  if (admission.kind === 'refused') return { text: admission.text }
  const { kind } = await tools.db.transaction((trx) => askRetraction(trx, messageId, who.id))
  return kind === 'queued' ? undefined : { text: kind === 'gone' ? GONE : STALE }
}
