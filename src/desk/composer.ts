// The composer: what an agent needs before them to answer, or why they may not.
import type { Letter } from '../template/letter.ts'
import { admit } from './admission.ts'
import { fits, tooLong } from './body-input.ts'
import { type Composer, type ComposerMeta, composerView } from './composer-view.ts'
import type { Click, Person } from './interaction.ts'
import { advise, letterValue } from './letter-menu.ts'
import { openView, type Prepared } from './open-view.ts'
import { mayUse } from './permission.ts'
import { type Question, readQuestion } from './question.ts'
import { valuesOf } from './recipient-input.ts'
import { type DeskTools, getDesk } from './tools.ts'

export interface Start {
  conversationId: string
  /** Markdown. */
  text: string
  /** The letter the text came from, by its key. */
  letter?: string | undefined
  /** Addresses that had a copy before; without it, whoever is ticked for a start. */
  copies?: readonly string[]
  notice?: string | undefined
  /** The note in the thread the text came from. */
  noteId?: string | undefined
}

/** The composer for this person, or why they may not have it. */
export async function prepareComposer(tools: DeskTools, who: Person, start: Start): Promise<Prepared> {
  const question = await readQuestion(tools.db, start.conversationId)
  const desk = getDesk(tools, question.conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'reply', conversationId: start.conversationId })
  if (admission.kind === 'refused') return admission
  const meta: ComposerMeta = {
    conversationId: question.conversation.id,
    at: desk.channel,
    identityId: question.identity.id,
    seenSeq: question.conversation.seq_last,
    rev: 0,
    ...(start.letter !== undefined && { letter: start.letter }),
    ...(start.noteId !== undefined && { noteId: start.noteId }),
  }
  const offered = await readOffered(tools, question)
  const ticked = start.copies && valuesOf(start.copies, offered.recipients)
  const isFitting = fits(start.text)
  const text = isFitting ? start.text : ''
  const notice = isFitting ? start.notice : tooLong(start.text)
  const letter = findChosen(tools, meta)
  return { kind: 'view', view: composerView({ question, ...offered, ticked, meta, text, letter, notice }) }
}

/** The letter that a composer's text came from, if it is still there. */
export function findChosen(
  tools: Pick<DeskTools, 'letters'>,
  { letter }: Pick<ComposerMeta, 'letter'>,
): Letter | undefined {
  return letter === undefined ? undefined : tools.letters().find((candidate) => letterValue(candidate) === letter)
}

/** What an agent can choose from: recipients, letters, and how much may be added. */
export async function readOffered(
  tools: DeskTools,
  question: Question,
): Promise<Pick<Composer, 'recipients' | 'offered' | 'limits'>> {
  const { conversation } = question
  const { suggested, languages } = await advise(tools.advisor, question)
  return {
    recipients: await tools.recipients(conversation.id),
    offered: { suggested, hasLetters: languages.length > 0 },
    limits: { attachmentBytesMax: bytesMaxOf(tools, conversation.channel), mayRead: await mayUse(tools, 'files:read') },
  }
}

/** The form opens also for a channel that is not configured any more: the preview says so, and the text is kept. */
function bytesMaxOf({ channelOf }: DeskTools, channel: string): number {
  try {
    return channelOf(channel).limits.attachmentBytesMax
  } catch {
    return 0
  }
}

export async function openComposer(tools: DeskTools, click: Click, start: Start): Promise<void> {
  await openView(tools, click, { title: 'Reply', prepare: () => prepareComposer(tools, click.who, start) })
}
