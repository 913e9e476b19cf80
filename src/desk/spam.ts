// "Mark as spam" and "Not spam": the agent sees what was written, and that nobody will be answered. It can be taken back.
import type { KnownBlock, ModalView } from '@slack/types'
import { markSpam, unmarkSpam } from '../spam.ts'
import { admitTo } from './admission.ts'
import { asked } from './composer-view.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { customerName, type Question, readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import type { CardView } from './view.ts'
import type { Whisper } from './whisper.ts'
import { note } from './words.ts'

export const SPAM = 'spam'
export const NOT_SPAM = 'not_spam'
const TITLE = 'Mark as spam'
const JOINED = 'This conversation was joined to another one. Part them first, or mark that one.'

/** Where it would change something. */
export const canBeSpam = ({ isSpam, state, related }: CardView) => !related?.isJoined && !(isSpam && state === 'closed')

interface SpamMeta extends FormMeta {
  /** The newest message that the agent was shown. */
  upTo: number
}

export async function openSpam(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareSpam(tools, click) })
}

async function prepareSpam(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, SPAM, id)
  if (admission.kind === 'refused') return admission
  if (admission.conversation.merged_into !== null) return { kind: 'refused', text: JOINED }
  return { kind: 'view', view: spamView(await readQuestion(tools.db, id), admission.desk) }
}

/** `isStale`: they wrote while the form was open. */
export function spamView(
  { conversation, identity, waiting, upTo, authors }: Question,
  desk: Desk,
  isStale = false,
): ModalView {
  const meta: SpamMeta = { conversationId: conversation.id, at: desk.channel, upTo }
  const blocks: KnownBlock[] = [
    ...(isStale ? [note('Not done yet: they wrote again since you opened this. Is it spam still?')] : []),
    ...waiting.flatMap((message) => asked(message, authors.get(message.author) ?? customerName(identity))),
    note(
      'The conversation is closed, and nobody is answered. “Not spam” on its card takes this back. If they write again, it comes back by itself.',
    ),
  ]
  return formView({ callbackId: SPAM, title: TITLE, submit: TITLE, meta, blocks })
}

async function submitSpam(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId, upTo } = JSON.parse(view.metadata) as SpamMeta
  const admission = await admitTo(tools, who, SPAM, conversationId)
  const told = (text: string): Outcome => ({ kind: 'update', view: toldView(TITLE, text) })
  if (admission.kind === 'refused') return told(admission.text)
  const by = { agentId: admission.agent.id, upTo, policies: tools.policies }
  const marked = await tools.db.transaction((trx) => markSpam(trx, conversationId, by))
  switch (marked.kind) {
    case 'marked':
      return { kind: 'close', below: 'closed', late: toldView(TITLE, 'Saved: this is spam.') }
    case 'marked-before':
      return told('Somebody has marked it as spam already.')
    case 'joined':
      return told(JOINED)
    case 'stale': {
      const question = await readQuestion(tools.db, conversationId)
      return { kind: 'update', view: spamView(question, admission.desk, true) }
    }
  }
}

export const spamForm = shortForm(TITLE, submitSpam)

/** Resolves to what the person is to hear; undefined when the card says it all. */
export async function takeSpamBack(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, NOT_SPAM, id)
  if (admission.kind === 'refused') return { text: admission.text }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const isDone = await tools.db.transaction((trx) => unmarkSpam(trx, id, by))
  return isDone ? undefined : { text: 'Nobody says that this is spam.' }
}
