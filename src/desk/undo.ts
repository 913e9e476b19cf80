// Undo, and what follows it: the text is offered again, for what was taken back is usually put right and sent.
import type { ModalView } from '@slack/types'
import type { Selectable } from 'kysely'
import { getConversation } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import type { DraftTable } from '../db/schema.ts'
import { keepDraft } from '../kept-draft.ts'
import { getMessage, type Message } from '../message.ts'
import { listParts } from '../part.ts'
import { takeBack } from '../reply-undo.ts'
import { admit } from './admission.ts'
import { openComposer, prepareComposer, type Start, showWriting } from './composer.ts'
import { loadingView } from './composer-view.ts'
import { shownName } from './file-name.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import type { Outcome } from './respond.ts'
import { editAgainButton, notSentView, tooLateView, type UndoneMeta, undoneView } from './sending-view.ts'
import { type DeskTools, getDesk } from './tools.ts'
import { troubleIn } from './view-trouble.ts'
import type { Whisper } from './whisper.ts'

/** The same news for a view and for a word. */
export interface UndoAnswer {
  view: ModalView
  said: Whisper
}

export async function undoReply(tools: DeskTools, { who, value: messageId }: Click): Promise<UndoAnswer> {
  const message = await getMessage(tools.db, messageId)
  const conversation = await getConversation(tools.db, message.conversation_id)
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'undo', conversationId: conversation.id })
  if (admission.kind === 'refused') return refused(admission.text)
  const result = await tools.db.transaction(async (trx) => {
    const taken = await takeBack(trx, messageId, who.id)
    if (taken.kind === 'undone') await keepTakenBack(trx, message, who)
    return taken
  })
  if (result.kind === 'refused') return refused('Only whoever sent a reply can take it back.')
  if (result.kind === 'too-late') return { view: tooLateView(), said: { text: TOO_LATE } }
  // What was written for somebody outside has no place in the customer's composer.
  if (message.direction === 'note') return { view: notSentView(UNDONE, result.markdown), said: { text: UNDONE } }
  const meta = { conversationId: conversation.id, at: desk.channel, messageId }
  const blocks = [
    { type: 'section' as const, text: { type: 'mrkdwn' as const, text: UNDONE } },
    editAgainButton(messageId),
  ]
  return { view: undoneView(meta, result.markdown), said: { text: UNDONE, blocks } }
}

/** Until it is sent again, or they start afresh. */
export async function keepTakenBack(trx: Trx, message: Message, who: Pick<Person, 'id'>): Promise<void> {
  const { id, conversation_id: conversationId, markdown, template } = message
  const draft = await trx.selectFrom('draft').select(['composer', 'note_id']).where('id', '=', id).executeTakeFirst()
  const written = {
    composer: draft?.composer ?? id,
    letter: template ?? undefined,
    noteId: draft?.note_id ?? undefined,
  }
  await keepDraft(trx, { agentId: who.id, conversationId }, { ...written, markdown, answers: {} })
}

const UNDONE = 'Taken back. Nothing was sent.'
const TOO_LATE = 'Too late to take it back: this reply has left already.'

function refused(text: string): UndoAnswer {
  return { view: notSentView(text, ''), said: { text } }
}

/** "Edit again" in the view: the composer lies below it and gets the text; where it does not, it takes the view's place. */
export async function editAgain(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { messageId } = JSON.parse(view.metadata) as UndoneMeta
  const start = await startAgain(tools, messageId)
  // A composer that lies below has its files still.
  const kept = view.below === undefined ? start : { ...start, notice: undefined }
  const prepared = await prepareComposer(tools, who, kept)
  if (prepared.kind === 'refused') return { kind: 'update', view: notSentView(prepared.text, '') }
  await showWriting(tools, who, start.conversationId)
  if (view.below === undefined) return { kind: 'update', view: prepared.view }
  const trouble = await troubleIn(tools.log, tools.ui.views.update({ view_id: view.below, view: prepared.view }))
  return trouble ? { kind: 'update', view: prepared.view } : { kind: 'close', late: prepared.view }
}

export const EDITING = {
  kind: 'update',
  view: loadingView(),
  refused: (text: string) => notSentView(text, ''),
} as const

/** The same from a message, where Undo was pressed after the form was gone. */
export async function editAgainFrom(tools: DeskTools, click: Click): Promise<void> {
  await openComposer(tools, click, await startAgain(tools, click.value))
}

const NAMED_MAX = 10

const subjectOf = ([part]: readonly { subject?: string }[]) => (part?.subject ? { subject: part.subject } : {})

async function startAgain({ db }: DeskTools, messageId: string): Promise<Start> {
  const message = await getMessage(db, messageId)
  const draft = await db.selectFrom('draft').selectAll().where('id', '=', messageId).executeTakeFirst()
  const { composer = null, note_id = null, channel = null, identity_id = '' } = draft ?? {}
  return await startFrom(db, { ...message, composer, note_id, channel, identity_id })
}

/** The same for what was never sent. */
export async function startFromDraft({ db }: DeskTools, draftId: string): Promise<Start> {
  return await startFrom(
    db,
    await db.selectFrom('draft').selectAll().where('id', '=', draftId).executeTakeFirstOrThrow(),
  )
}

type Written = Pick<
  Selectable<DraftTable>,
  'id' | 'conversation_id' | 'markdown' | 'template' | 'composer' | 'note_id' | 'channel' | 'identity_id'
>

async function startFrom(db: Reader, written: Written): Promise<Start> {
  const parts = await listParts(db, written.id)
  const names = parts.flatMap(({ attachments }) => attachments ?? [])
  const copies = parts.flatMap(({ recipients }) => recipients).map(({ address }) => address)
  const shown = names.slice(0, NAMED_MAX).map(({ name }) => shownName(name))
  return {
    ...{ conversationId: written.conversation_id, text: written.markdown, copies },
    letter: written.template ?? undefined,
    notice: names.length === 0 ? undefined : `Add the files again: ${shown.join(', ')}.`,
    noteId: written.note_id ?? undefined,
    composer: written.composer ?? written.id,
    ...(written.channel && { aim: { identityId: written.identity_id, channel: written.channel, ...subjectOf(parts) } }),
  }
}
