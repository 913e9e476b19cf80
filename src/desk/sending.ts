// Send, pressed on a preview: what it leads to, however often it is pressed and whatever happened meanwhile.
import { getIdentity, type Identity } from '../contact.ts'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { dropKeptDraft } from '../kept-draft.ts'
import type { Message } from '../message.ts'
import { listParts } from '../part.ts'
import { type SendResult, send } from '../reply.ts'
import { findReplyUndoEnd, restartUndo } from '../reply-undo.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { admit } from './admission.ts'
import { nameOf } from './agents.ts'
import { hideWriting } from './composer.ts'
import type { OpenView, Person } from './interaction.ts'
import { type PreviewMeta, type Shown, staleView } from './preview-view.ts'
import { customerName, nameOfWriter } from './question.ts'
import type { Outcome } from './respond.ts'
import { notSentView, sendingView, sentBeforeView, tryAgainView, undoButton } from './sending-view.ts'
import { chosenSequel, sequelOf } from './sequel.ts'
import { type Desk, type DeskTools, getDesk } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Never rejects: what could not be saved can be pressed again, and leaves once. */
export async function submitPreview(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const asked = JSON.parse(view.metadata) as PreviewMeta
  // What was put in between has no field for it any more.
  const after = chosenSequel(view) || asked.after
  const meta: PreviewMeta = { ...asked, ...(after !== undefined && { after }) }
  try {
    return await sendDraft(tools, who, meta)
  } catch (error) {
    tools.log.error({ draft: meta.draftId, error: String(error) }, 'desk: a reply could not be saved')
    return { kind: 'update', view: tryAgainView(JSON.stringify(meta), view.blocks) }
  }
}

async function sendDraft(tools: DeskTools, who: Person, meta: PreviewMeta): Promise<Outcome> {
  const { db } = tools
  const draft = await readDraft(db, meta)
  // Where the draft belongs decides who may send it, whatever the form says.
  const conversation = await getConversation(db, draft?.conversationId ?? meta.conversationId)
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'send', conversationId: conversation.id })
  if (admission.kind === 'refused') return { kind: 'update', view: notSentView(admission.text, draft?.text ?? '') }
  const { confirmedSeq } = meta
  const sender = {
    ...{ agentId: who.id, undoMs: desk.undoMs, after: sequelOf(meta.after ?? '', tools.clock.now()) },
    ...(confirmedSeq !== undefined && { confirmedSeq }),
  }
  const result = await db.transaction(async (trx) => {
    const sent = await send(trx, meta.draftId, sender)
    if (sent.kind === 'queued') await dropKeptDraft(trx, { agentId: who.id, conversationId: conversation.id })
    return sent
  })
  if (result.kind === 'refused') return { kind: 'update', view: notSentView(result.reason, draft?.text ?? '') }
  if (result.kind === 'queued') await hideWriting(tools, who, conversation.id)
  if (!draft) throw new Error(`draft ${meta.draftId} was sent and is not there`)
  return await outcomeOf(tools, desk, draft, result)
}

interface Draft extends Shown {
  conversationId: string
  identity: Identity
  text: string
  /** At another address than the conversation's. */
  isAimed: boolean
}

async function readDraft(db: Reader, meta: PreviewMeta): Promise<Draft | undefined> {
  const draft = await db.selectFrom('draft').selectAll().where('id', '=', meta.draftId).executeTakeFirst()
  if (!draft) return undefined
  const conversation = await getConversation(db, draft.conversation_id)
  const identity = await getIdentity(db, draft.identity_id)
  const { address, name } = identity
  const parts = await listParts(db, draft.id)
  return {
    meta,
    conversationId: conversation.id,
    channel: draft.channel ?? conversation.channel,
    to: { address, name },
    parts,
    text: draft.markdown,
    identity,
    isAimed: draft.channel !== null,
  }
}

type Decided = Exclude<SendResult, { kind: 'refused' }>

async function outcomeOf(tools: DeskTools, desk: Desk, draft: Draft, result: Decided): Promise<Outcome> {
  switch (result.kind) {
    case 'queued':
      return {
        kind: 'update',
        view: sendingView(draft, result, draft.meta.after),
        late: {
          view: () => startUndoNow(tools, desk, draft, result.messageId),
          said: onItsWay(draft, result.messageId),
        },
      }
    case 'sent-before': {
      const dueAt = await findReplyUndoEnd(tools.db, result.messageId)
      const { messageId } = result
      const view =
        dueAt === undefined ? sentBeforeView(draft) : sendingView(draft, { messageId, dueAt }, draft.meta.after)
      return { kind: 'update', view, late: { said: onItsWay(draft, messageId) } }
    }
    case 'stale': {
      const meta = { ...draft.meta, confirmedSeq: result.seenSeq }
      const recipients = draft.isAimed ? undefined : await tools.recipients(draft.meta.conversationId)
      const view = staleView({ ...draft, meta, recipients }, await nameAuthors(tools.db, draft, result.news))
      const text = `Your reply to ${called(draft)} was not sent: something new arrived while you wrote. Open Reply again.`
      return { kind: 'update', view, late: { said: { text } } }
    }
    case 'redirected':
      return { kind: 'update', view: notSentView(MOVED, draft.text), late: { said: { text: MOVED } } }
  }
}

const MOVED =
  'Not sent: this conversation now belongs to somebody else than the preview said. Open Reply again to see whom.'

/** The undo time counts from when it is shown, and saving took long. */
async function startUndoNow({ db }: DeskTools, desk: Desk, draft: Draft, messageId: string) {
  const dueAt = await db.transaction((trx) => restartUndo(trx, messageId, desk.undoMs))
  return dueAt === undefined ? sentBeforeView(draft) : sendingView(draft, { messageId, dueAt }, draft.meta.after)
}

function onItsWay(draft: Draft, messageId: string): Whisper {
  const text = `Your reply to ${called(draft)} is saved and leaves in a moment.`
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }, undoButton(messageId)] }
}

function called({ to }: Draft): string {
  return escapeMrkdwn(customerName(to))
}

async function nameAuthors(db: Reader, { identity }: Draft, news: readonly Message[]) {
  const named: { message: Message; author: string }[] = []
  for (const message of news) {
    const author =
      message.direction === 'inbound' ? await nameOfWriter(db, message, identity) : await nameOf(db, message.author)
    named.push({ message, author })
  }
  return named
}
