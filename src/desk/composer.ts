// The composer: what an agent needs before them to answer, or why they may not.
import { admit } from './admission.ts'
import { BODY_LENGTH_MAX, type ComposerMeta, composerView, lettersFor } from './composer-view.ts'
import type { Click, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { readQuestion } from './question.ts'
import { type DeskTools, getDesk } from './tools.ts'

export interface Start {
  conversationId: string
  text: string
  /** The letter the text came from, by its key. */
  letter?: string | undefined
  notice?: string | undefined
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
  }
  const letters = lettersFor(tools.letters(), question.conversation.channel)
  const fits = start.text.length <= BODY_LENGTH_MAX
  const text = fits ? start.text : ''
  return { kind: 'view', view: composerView({ question, meta, text, letters, notice: fits ? start.notice : TOO_LONG }) }
}

export const TOO_LONG = 'This text is longer than the 3,000 characters that fit here. Send it in two replies.'

export async function openComposer(tools: DeskTools, click: Click, start: Start): Promise<void> {
  await openView(tools, click, { title: 'Reply', prepare: () => prepareComposer(tools, click.who, start) })
}
