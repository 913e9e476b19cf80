// "Ask somebody outside…": a supplier or a lawyer is asked by mail, and answers in the customer's thread, for us alone.
import { type OutboundAttachment, SendError } from '../channel.ts'
import { ask, listConsultations, previewAsking } from '../consultation.ts'
import { getIdentity } from '../contact.ts'
import type { Conversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import type { Message } from '../message.ts'
import { listParts } from '../part.ts'
import { takesPart } from '../participant.ts'
import { escapeMarkdown } from '../template/value.ts'
import { withAbout } from './about.ts'
import { isMailAddress } from './address-input.ts'
import { admitTo } from './admission.ts'
import { channelTo } from './aimed.ts'
import { readFileContent } from './file-content.ts'
import { type FormMeta, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import type { Form } from './listen.ts'
import { findObjection } from './objection.ts'
import { openView, type Prepared } from './open-view.ts'
import {
  FILES_BLOCK,
  OUTSIDE,
  OUTSIDE_PREVIEW,
  OUTSIDE_TITLE,
  type OutsidePreviewMeta,
  outsidePreview,
  outsideView,
  QUOTES_BLOCK,
  SUBJECT_BLOCK,
  TEXT_BLOCK,
  TICKED_MAX,
  TO_BLOCK,
} from './outside-view.ts'
import { newWords } from './question.ts'
import type { Outcome } from './respond.ts'
import { notSentView, savingView, sendingView, tryAgainView } from './sending-view.ts'
import { type Desk, type DeskTools, getDesk } from './tools.ts'

/** Nobody in particular: any mailbox of the desk's does. */
const ANYBODY = { id: '', channelKind: 'email' }
const QUOTE_LENGTH_MAX = 10_000
const USUAL_SUBJECT = 'A question'

export async function openOutside(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, OUTSIDE, click.value)
    if (admission.kind === 'refused') return admission
    const { conversation, desk } = admission
    if ((await channelTo(tools, desk, ANYBODY)) === undefined)
      return { kind: 'view', view: toldView(OUTSIDE_TITLE, NO_MAIL) }
    return await withAbout(tools.db, conversation, await formFor(tools, conversation, desk))
  }
  await openView(tools, click, { title: OUTSIDE_TITLE, prepare })
}

const NO_MAIL = 'This desk has no mailbox, and people outside are asked by mail. Add one to deskbell.yaml.'

async function formFor({ db }: DeskTools, conversation: Conversation, desk: Desk) {
  const [last] = await listConsultations(db, conversation)
  return outsideView({
    meta: { conversationId: conversation.id, at: desk.channel },
    address: last?.address ?? '',
    subject: conversation.subject ?? USUAL_SUBJECT,
    messages: await listSaid(db, conversation),
    files: await listFiles(db, conversation),
  })
}

async function listSaid(db: Reader, { id }: Conversation): Promise<Message[]> {
  return await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', id)
    .where('direction', '=', 'inbound')
    .where('deleted_at', 'is', null)
    .where('held_at', 'is', null)
    .orderBy('seq', 'desc')
    .limit(TICKED_MAX)
    .execute()
}

async function listFiles(db: Reader, { id }: Conversation) {
  return await db
    .selectFrom('attachment')
    .innerJoin('message', 'message.id', 'attachment.message_id')
    .select(['attachment.id', 'attachment.name', 'attachment.bytes', 'attachment.type', 'attachment.message_id'])
    .where('message.conversation_id', '=', id)
    .where('message.direction', '=', 'inbound')
    .where('attachment.removed_at', 'is', null)
    .orderBy('attachment.id', 'desc')
    .limit(TICKED_MAX)
    .execute()
}

const at = (blockId: string, text: string): Outcome => ({ kind: 'errors', blockId, text })

async function submitOutside(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, OUTSIDE, conversationId)
  if (admission.kind === 'refused') return at(TEXT_BLOCK, admission.text)
  const { conversation, desk, agent } = admission
  const address = view.typed(TO_BLOCK, TO_BLOCK).trim().toLowerCase()
  if (!isMailAddress(address)) return at(TO_BLOCK, 'This is no mail address. Write it as carl@example.org.')
  if (await isTheCustomers(tools.db, conversation, address)) return at(TO_BLOCK, THE_CUSTOMERS)
  const typed = view.typed(TEXT_BLOCK, TEXT_BLOCK).trim()
  const objection = findObjection(typed)
  if (objection) return at(TEXT_BLOCK, objection)
  const channel = await channelTo(tools, desk, ANYBODY)
  if (channel === undefined) return at(TO_BLOCK, NO_MAIL)
  try {
    const quotes = await quoted(tools.db, conversation, view.chosenMany(QUOTES_BLOCK, QUOTES_BLOCK))
    const attachments = await taken(tools, conversation, view.chosenMany(FILES_BLOCK, FILES_BLOCK))
    const draftId = tools.newId('m')
    const subject = view.typed(SUBJECT_BLOCK, SUBJECT_BLOCK).replaceAll(/\s+/g, ' ').trim() || USUAL_SUBJECT
    const markdown = [typed, ...quotes].join('\n\n')
    const asking = { conversationId, agent, channel, address, subject, markdown, attachments }
    const { parts } = await previewAsking(tools.db, tools.channelOf(channel), asking, {
      id: draftId,
      now: tools.clock.now(),
    })
    const meta = { draftId, conversationId, at: desk.channel }
    return { kind: 'push', view: outsidePreview(meta, { channel, to: { address } }, parts) }
  } catch (error) {
    if (error instanceof SendError) return at(TEXT_BLOCK, error.message)
    throw error
  }
}

const THE_CUSTOMERS =
  'This is the customer, or somebody who takes part in their conversation. “Reply” on the card writes to them.'

/** Nobody is customer and outsider at once. */
async function isTheCustomers(db: Reader, conversation: Conversation, address: string): Promise<boolean> {
  const identity = await getIdentity(db, conversation.identity_id)
  return identity.address === address || (await takesPart(db, conversation.id, address))
}

/** In quotation marks of the mail's own, so that nobody takes it for our words. */
async function quoted(db: Reader, conversation: Conversation, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const said = (await listSaid(db, conversation)).filter(({ id }) => ids.includes(id)).reverse()
  return said.map((message) => {
    const day = new Date(message.arrived_at).toISOString().slice(0, 10)
    const said = newWords(message).slice(0, QUOTE_LENGTH_MAX).trim().toWellFormed()
    // A link of theirs leads nowhere else than it says.
    const words = said
      .split('\n')
      .map((line) => `> ${escapeMarkdown(line)}`)
      .join('\n')
    return `Our customer wrote on ${day}:\n\n${words}`
  })
}

async function taken(
  tools: DeskTools,
  conversation: Conversation,
  ids: readonly string[],
): Promise<OutboundAttachment[]> {
  const files = ids.length === 0 ? [] : await listFiles(tools.db, conversation)
  const all: OutboundAttachment[] = []
  for (const file of files.filter(({ id }) => ids.includes(id))) {
    const { name, bytes: content } = await readFileContent(tools, file.message_id, file.id)
    all.push({ name, type: file.type, content })
  }
  return all
}

async function submitOutsidePreview(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { draftId, conversationId } = JSON.parse(view.metadata) as OutsidePreviewMeta
  const admission = await admitTo(tools, who, 'ask-outside', conversationId)
  if (admission.kind === 'refused') return { kind: 'update', view: notSentView(admission.text, '') }
  const { undoMs } = getDesk(tools, admission.conversation.desk)
  try {
    const asked = await tools.db.transaction((trx) => ask(trx, draftId, { agentId: admission.agent.id, undoMs }))
    if (asked.kind === 'refused') return { kind: 'update', view: notSentView(asked.reason, '') }
    const [part] = await listParts(tools.db, draftId)
    const to = { address: part?.recipients[0]?.address ?? '' }
    return { kind: 'update', view: sendingView({ channel: 'email', to }, asked) }
  } catch (error) {
    tools.log.error({ draft: draftId, error: String(error) }, 'desk: a question to somebody outside could not be saved')
    const again = { ...tryAgainView(view.metadata, view.blocks), callback_id: OUTSIDE_PREVIEW }
    return { kind: 'update', view: again }
  }
}

export const outsideForm = shortForm(OUTSIDE_TITLE, submitOutside, (view) => view.typed(TEXT_BLOCK, TEXT_BLOCK))

export const outsidePreviewForm: Form = {
  submit: submitOutsidePreview,
  failed: (said) => notSentView(said, ''),
  meanwhile: (view) => ({
    ...{ kind: 'update', view: savingView(view.blocks) },
    refused: (said) => notSentView(said, ''),
  }),
}
