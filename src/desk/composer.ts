// The composer, opened in time whatever the database does: in full, or empty for a moment.
import type { ModalView } from '@slack/types'
import { admit } from './agents.ts'
import { BODY_LENGTH_MAX, type ComposerMeta, composerView, lettersFor, loadingView } from './composer-view.ts'
import type { Click, Person } from './interaction.ts'
import { readQuestion } from './question.ts'
import { within } from './race.ts'
import { replaceView, wordsFor } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'
import { troubleIn } from './view-trouble.ts'
import { whisper } from './whisper.ts'

export interface Start {
  conversationId: string
  text: string
  /** The letter the text came from, by its key. */
  letter?: string | undefined
  notice?: string | undefined
}

export type Prepared = { kind: 'view'; view: ModalView } | { kind: 'refused'; text: string }

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

/** Opens the composer within the trigger's life: with everything in it, or empty for a moment. */
export async function openComposer(tools: DeskTools, { who, triggerId, place }: Click, start: Start): Promise<void> {
  const { clock, log, ui, saveWithinMs } = tools
  const work = prepareComposer(tools, who, start).catch((error: unknown): Prepared => {
    log.error({ conversation: start.conversationId, error: String(error) }, 'desk: a composer could not be filled')
    return { kind: 'refused', text: 'The form could not be filled just now. Please try again.' }
  })
  const raced = await within(clock, saveWithinMs, work)
  if (raced.kind === 'done' && raced.value.kind === 'refused')
    return await whisper(tools, who, place, { text: raced.value.text })
  const view = raced.kind === 'done' && raced.value.kind === 'view' ? raced.value.view : loadingView()
  const opening = ui.views.open({ trigger_id: triggerId, view })
  const trouble = await troubleIn(log, opening)
  const said = trouble && wordsFor(trouble)
  if (said) await whisper(tools, who, place, said)
  if (raced.kind === 'done') return
  const prepared = await work
  if (prepared.kind === 'refused') await whisper(tools, who, place, { text: prepared.text })
  if (trouble) return
  const { view: opened } = await opening
  const shown = prepared.kind === 'view' ? prepared.view : refusedView(prepared.text)
  const target = { view_id: opened?.id ?? '', ...(opened?.hash !== undefined && { hash: opened.hash }) }
  await replaceView(tools, who, place, { target, view: shown })
}

function refusedView(text: string): ModalView {
  const loading = loadingView()
  return { ...loading, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }
}
