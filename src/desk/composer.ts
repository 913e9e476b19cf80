// The composer: what an agent needs before them to answer, or why they may not.

import type { Aim } from '../aim.ts'
import { channelKind } from '../channel.ts'
import { findCurrent } from '../evidence.ts'
import { dropKeptDraft, findKeptDraft } from '../kept-draft.ts'
import type { Letter } from '../template/letter.ts'
import { listWriting, startWriting, stopWriting } from '../writing.ts'
import { admit } from './admission.ts'
import { nameOf } from './agents.ts'
import { readAimed, readRecipients } from './aimed.ts'
import { fits, markIn, tooLong } from './body-input.ts'
import { type Composer, type ComposerMeta, composerView, readMeta } from './composer-view.ts'
import { type Click, type Person, placeOf } from './interaction.ts'
import { listLeftOut } from './letter-broken.ts'
import { advise, letterValue } from './letter-menu.ts'
import { openView, type Prepared } from './open-view.ts'
import { mayUse } from './permission.ts'
import { type Question, wayWords } from './question.ts'
import { valuesOf } from './recipient-input.ts'
import { replaceView } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'
import { whisper } from './whisper.ts'

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
  /** What they had begun before is not wanted any more. */
  isAfresh?: boolean
  /** The form the text was written in before: what is kept of it is replaced by what is made of it here. */
  composer?: string | undefined
  /** For a form that takes another one's place: see `ComposerMeta`. */
  rev?: number
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
  const kept = await findKept(tools, who, start)
  const begin = kept ? { ...start, text: kept.markdown, letter: kept.letter, noteId: kept.noteId } : start
  const meta: ComposerMeta = {
    conversationId: question.conversation.id,
    composer: kept?.composer ?? start.composer ?? tools.newId('view'),
    at: desk.channel,
    identityId: question.identity.id,
    seenSeq: question.conversation.seq_last,
    rev: start.rev ?? 0,
    ...aimed,
    ...(begin.letter !== undefined && { letter: begin.letter }),
    ...(begin.noteId !== undefined && { noteId: begin.noteId }),
    ...(kept?.inserted !== undefined && { inserted: kept.inserted }),
  }
  const offered = await readOffered(tools, question, who)
  // What was typed here before has room here again; what is too much of it is said when it is to leave.
  const isFitting = kept !== undefined || fits(begin.text)
  return {
    kind: 'view',
    view: composerView({
      ...{ question, ...offered, meta, letter: findChosen(tools, meta) },
      text: isFitting ? begin.text : '',
      notice: isFitting ? (start.notice ?? otherWay(question)) : tooLong(begin.text),
      ticked: kept?.ticked ?? (start.copies && valuesOf(start.copies, offered.recipients)),
      ...(kept && { keptAt: kept.keptAt, answers: kept.answers }),
      others: await nameOthers(tools, who, start.conversationId),
    }),
  }
}

/** Whoever brings a text with them writes that one. */
async function findKept({ db, clock }: DeskTools, who: Person, start: Start) {
  const isBare = start.text === '' && start.letter === undefined && start.noteId === undefined && !start.aim
  if (!isBare || start.isAfresh) return undefined
  return await findKeptDraft(db, { agentId: who.id, conversationId: start.conversationId }, clock.now())
}

/** Colleagues who have a composer open at this moment. */
export async function nameOthers({ db, clock }: DeskTools, who: Person, conversationId: string): Promise<string[]> {
  const writing = await listWriting(db, conversationId)
  const others = writing.filter(({ agentId, until }) => agentId !== who.id && until > clock.now())
  return await Promise.all(others.map(({ agentId }) => nameOf(db, agentId)))
}

/** They were asked back where they are not any more. */
function otherWay({ conversation, waiting }: Question): string | undefined {
  const last = waiting.at(-1)
  if (!last || last.channel_kind === channelKind(conversation.channel)) return undefined
  return `They wrote last ${wayWords(last.channel_kind)}. “Answer elsewhere”, under More… in the card’s menu, answers there.`
}

/** The letter that a composer's text came from, if it is still there. */
export function findChosen(
  { letters, shelf }: Pick<DeskTools, 'letters' | 'shelf'>,
  { letter, inserted }: Pick<ComposerMeta, 'letter' | 'inserted'>,
): Letter | undefined {
  // What was retired meanwhile is still the letter that this text came from; and as it was, if it has changed since.
  const now = [...letters(), ...shelf.retired()].find((candidate) => letterValue(candidate) === letter)
  const mark = markIn(inserted)
  return mark === undefined || now?.mark === mark ? now : (shelf.asChosen(mark) ?? now)
}

/** What an agent can choose from: recipients, letters, and how much may be added. */
export async function readOffered(
  tools: DeskTools,
  question: Question,
  who: Person,
): Promise<Pick<Composer, 'recipients' | 'offered' | 'limits'>> {
  const { conversation } = question
  const { suggested, languages } = await advise(tools.advisor, question)
  return {
    recipients: await readRecipients(tools, question),
    offered: { suggested, hasLetters: languages.length > 0, broken: await listLeftOut(tools, who, conversation.desk) },
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
  const { who } = click
  let { conversationId } = start
  const isOpen = await openView(tools, click, {
    title: 'Reply',
    async prepare() {
      conversationId = (await findCurrent(tools.db, start.conversationId)).id // Joined to another, it is answered there.
      const prepared = await prepareComposer(tools, who, { ...start, conversationId })
      if (prepared.kind === 'view') await showWriting(tools, who, conversationId)
      return prepared
    },
  })
  if (!isOpen) await hideWriting(tools, who, conversationId)
}

/** Begins it, or is a sign of it. Nothing that a person waits for hangs on it. */
export async function showWriting({ db, log }: DeskTools, who: Person, conversationId: string): Promise<void> {
  await db
    .transaction((trx) => startWriting(trx, conversationId, who.id))
    .catch((error: unknown) => log.warn({ person: who.id, error: String(error) }, 'desk: nobody hears who is writing'))
}

/** In a transaction of its own: whoever closes the form meanwhile asks for the same card, and one would wait for the other. */
export async function hideWriting({ db, log }: DeskTools, who: Person, conversationId: string): Promise<void> {
  await db
    .transaction((trx) => stopWriting(trx, conversationId, who.id))
    .catch((error: unknown) => log.warn({ person: who.id, error: String(error) }, 'desk: somebody seems to write'))
}

/** "Start afresh": what they had begun is deleted, and the form is empty. */
export async function startAfresh(tools: DeskTools, { who, view, value: conversationId }: Click): Promise<void> {
  if (!view) return
  const { rev, aim } = readMeta(view)
  const start = { conversationId, text: '', isAfresh: true, rev: rev + 1, aim }
  const prepared = await prepareComposer(tools, who, start)
  const place = placeOf(view)
  if (prepared.kind === 'refused') return await whisper(tools, who, place, { text: prepared.text })
  await tools.db.transaction((trx) => dropKeptDraft(trx, { agentId: who.id, conversationId }))
  await replaceView(tools, who, place, {
    target: { view_id: view.id, ...(view.hash !== '' && { hash: view.hash }) },
    view: prepared.view,
  })
}
