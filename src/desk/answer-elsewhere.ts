// "Answer elsewhere…": the same question is answered at another address of the same person. What they waited for here ends with it.
import type { ModalView } from '@slack/types'
import type { Aim } from '../aim.ts'
import { channelKind } from '../channel.ts'
import { getIdentity, type KnownIdentity, listIdentities } from '../contact.ts'
import type { Conversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { withAbout } from './about.ts'
import { ADDRESS_BLOCK, addressInput, NO_SUBJECT, readAddress, SUBJECT_BLOCK, subjectInput } from './address-input.ts'
import { admitTo } from './admission.ts'
import { channelTo, isStillTheirs } from './aimed.ts'
import { prepareComposer } from './composer.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { note } from './words.ts'

export const ANSWER_ELSEWHERE = 'answer_elsewhere'
const TITLE = 'Answer elsewhere'

export async function openAnswerElsewhere(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, ANSWER_ELSEWHERE, click.value)
    if (admission.kind === 'refused') return admission
    const { conversation, desk } = admission
    return await withAbout(tools.db, conversation, await elsewhereView(tools, conversation, desk))
  }
  await openView(tools, click, { title: TITLE, prepare })
}

async function elsewhereView(tools: DeskTools, conversation: Conversation, desk: Desk): Promise<ModalView> {
  const others = await listOthers(tools, conversation, desk)
  const meta: FormMeta = { conversationId: conversation.id, at: desk.channel }
  if (others.length === 0) return toldView(TITLE, NONE)
  return formView({
    callbackId: ANSWER_ELSEWHERE,
    title: TITLE,
    submit: 'Write',
    meta,
    blocks: [
      ...addressInput(others),
      subjectInput(
        conversation.subject ?? (await findMailSubject(tools.db, conversation)) ?? '',
        others.every(({ channelKind }) => channelKind === 'email'),
      ),
      note(
        'Once it has arrived there, it counts as the answer to what waits here. What they write back comes into this thread.',
      ),
    ],
  })
}

/** Under which they and we have written by mail in it already. */
async function findMailSubject(db: Reader, { id }: Conversation): Promise<string | undefined> {
  const row = await db
    .selectFrom('message')
    .select('subject')
    .where('conversation_id', '=', id)
    .where('channel_kind', '=', 'email')
    .where('direction', 'in', ['inbound', 'outbound'])
    .where('subject', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.subject ?? undefined
}

const NONE =
  'We know them at no other address that this desk can write to. “Customer…” on the card lets you say who else they are, or write to another address of theirs.'

async function listOthers(tools: DeskTools, conversation: Conversation, desk: Desk): Promise<KnownIdentity[]> {
  const { contactId } = await getIdentity(tools.db, conversation.identity_id)
  const others: KnownIdentity[] = []
  for (const identity of await listIdentities(tools.db, contactId)) {
    const isOther = identity.id !== conversation.identity_id
    if (isOther && (await channelTo(tools, desk, identity)) !== undefined) others.push(identity)
  }
  return others
}

async function submitAnswerElsewhere(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const at = (text: string): Outcome => ({ kind: 'errors', blockId: ADDRESS_BLOCK, text })
  const admission = await admitTo(tools, who, ANSWER_ELSEWHERE, conversationId)
  if (admission.kind === 'refused') return at(admission.text)
  const { identityId, subject } = readAddress(view)
  const channel = await channelTo(tools, admission.desk, await getIdentity(tools.db, identityId))
  if (channel === undefined) return at('This desk has no channel that leads there any more.')
  if (channelKind(channel) === 'email' && subject === '')
    return { kind: 'errors', blockId: SUBJECT_BLOCK, text: NO_SUBJECT }
  const aim: Aim = { identityId, channel, ...(subject !== '' && { subject }) }
  if (!(await isStillTheirs(tools.db, admission, { identityId, aim }))) return at(NOT_THEIRS)
  const prepared = await prepareComposer(tools, who, { conversationId, text: '', aim })
  return prepared.kind === 'refused' ? at(prepared.text) : { kind: 'update', view: prepared.view }
}

const NOT_THEIRS = 'Somebody has said meanwhile that this is not the same person. Close the form and open it again.'

export const answerElsewhereForm = shortForm(TITLE, submitAnswerElsewhere)
