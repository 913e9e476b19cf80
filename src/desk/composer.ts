// The composer: what an agent needs before them to answer, or why they may not.
import type { Aim } from '../aim.ts'
import { channelKind } from '../channel.ts'
import type { Letter } from '../template/letter.ts'
import { admit } from './admission.ts'
import { readAimed, readRecipients } from './aimed.ts'
import { BODY_LENGTH_MAX, type Composer, type ComposerMeta, composerView } from './composer-view.ts'
import type { Click, Person } from './interaction.ts'
import { advise, letterValue } from './letter-menu.ts'
import { openView, type Prepared } from './open-view.ts'
import { mayUse } from './permission.ts'
import { type Question, wayWords } from './question.ts'
import { valuesOf } from './recipient-input.ts'
import { type DeskTools, getDesk } from './tools.ts'

export interface Start {
  conversationId: string
  text: string
  /** The letter the text came from, by its key. */
  letter?: string | undefined
  /** Addresses that had a copy before; without it, whoever is ticked for a start. */
  copies?: readonly string[]
  notice?: string | undefined
  /** The note in the thread the text came from. */
  noteId?: string | undefined
  /** Unless it goes where the conversation's customer asked. */
  aim?: Aim | undefined
}

/** The composer for this person, or why they may not have it. */
export async function prepareComposer(tools: DeskTools, who: Person, start: Start): Promise<Prepared> {
  const aimed = start.aim && { aim: start.aim }
  const question = await readAimed(tools.db, { conversationId: start.conversationId, ...aimed })
  const desk = getDesk(tools, question.conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'reply', conversationId: start.conversationId })
  if (admission.kind === 'refused') return admission
  const meta: ComposerMeta = {
    conversationId: question.conversation.id,
    at: desk.channel,
    identityId: question.identity.id,
    seenSeq: question.conversation.seq_last,
    rev: 0,
    ...aimed,
    ...(start.letter !== undefined && { letter: start.letter }),
    ...(start.noteId !== undefined && { noteId: start.noteId }),
  }
  const offered = await readOffered(tools, question)
  const fits = start.text.length <= BODY_LENGTH_MAX
  const text = fits ? start.text : ''
  const ticked = start.copies && valuesOf(start.copies, offered.recipients)
  const notice = fits ? (start.notice ?? otherWay(question)) : TOO_LONG
  const letter = findChosen(tools, meta)
  return { kind: 'view', view: composerView({ question, ...offered, ticked, meta, text, letter, notice }) }
}

/** They were asked back where they are not any more. */
function otherWay({ conversation, waiting }: Question): string | undefined {
  const last = waiting.at(-1)
  if (!last || last.channel_kind === channelKind(conversation.channel)) return undefined
  return `They wrote last ${wayWords(last.channel_kind)}. “Answer elsewhere…”, under More… in the card’s menu, answers there.`
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
    recipients: await readRecipients(tools, question),
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

export const TOO_LONG = 'This text is longer than the 3,000 characters that fit here. Send it in two replies.'

export async function openComposer(tools: DeskTools, click: Click, start: Start): Promise<void> {
  await openView(tools, click, { title: 'Reply', prepare: () => prepareComposer(tools, click.who, start) })
}
