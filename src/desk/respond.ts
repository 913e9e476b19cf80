// How the desk answers. Commit, then ack; what is not there in time is acked with a view in between and shown when it is.
import type { ViewResponseAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { OpenView, Person, Place } from './interaction.ts'
import { within } from './race.ts'
import type { DeskTools } from './tools.ts'
import { TROUBLE_WORDS, troubleIn, type ViewTrouble } from './view-trouble.ts'
import { type Whisper, whisper } from './whisper.ts'

/** What a submitted view leads to. */
export type Outcome =
  | { kind: 'errors'; blockId: string; text: string }
  | { kind: 'push' | 'update'; view: ModalView; late?: Late }
  /**
   * `late` is shown instead when there is no ack left to close the view with. `below: 'closed'`: what the form was opened
   * from has served, too.
   */
  | { kind: 'close'; late: ModalView; below?: 'closed' }

/** For an outcome that came after the view in between. */
export interface Late {
  /** The view as it should be by now. */
  view?(): Promise<ModalView>
  /** For somebody who has closed the form meanwhile and must still hear of it. */
  said?: Whisper
}

export interface Meanwhile {
  kind: 'push' | 'update'
  view: ModalView
  /** What takes the place of errors at a field, which can only be shown in time. */
  refused(text: string): ModalView
}

export interface Asked {
  who: Person
  view: OpenView
  place: Place | undefined
  ack(answer?: ViewResponseAction): Promise<void>
}

/** Slack applies an ack and an update by different ways: the update must not overtake. */
const OVERTAKE_MS = 400
const TRIES_MAX = 4

/** `work` does not reject: what failed is an outcome too. */
export async function respond(
  tools: DeskTools,
  asked: Asked,
  work: Promise<Outcome>,
  meanwhile: Meanwhile,
): Promise<void> {
  const raced = await within(tools.clock, tools.saveWithinMs, work)
  if (raced.kind === 'done') return await asked.ack(ackOf(raced.value))
  await asked.ack({ response_action: meanwhile.kind, view: meanwhile.view })
  const outcome = await work
  await tools.clock.wait(OVERTAKE_MS)
  const { view, said } = await lateAnswer(outcome, meanwhile)
  const trouble = await updateView(tools, targetOf(asked, meanwhile), view)
  const words = trouble && (said ?? wordsFor(trouble))
  if (words) await whisper(tools, asked.who, asked.place, words)
}

async function lateAnswer(
  outcome: Outcome,
  meanwhile: Meanwhile,
): Promise<{ view: ModalView; said?: Whisper | undefined }> {
  if (outcome.kind === 'errors') return { view: meanwhile.refused(outcome.text) }
  if (outcome.kind === 'close') return { view: outcome.late }
  // If even that fails, what was true a moment ago is better than a form that says "Saving…" for ever.
  const now = await outcome.late?.view?.().catch(() => undefined)
  return { view: now ?? outcome.view, said: outcome.late?.said }
}

function ackOf(outcome: Outcome): ViewResponseAction | undefined {
  if (outcome.kind === 'close') return outcome.below === 'closed' ? { response_action: 'clear' } : undefined
  if (outcome.kind === 'errors') return { response_action: 'errors', errors: { [outcome.blockId]: outcome.text } }
  return { response_action: outcome.kind, view: outcome.view }
}

type Target = { view_id: string; hash?: string } | { external_id: string }

/** A view that we pushed in an ack is known to us only by the name we gave it. */
function targetOf({ view }: Asked, meanwhile: Meanwhile): Target {
  const name = meanwhile.kind === 'push' ? meanwhile.view.external_id : undefined
  return name === undefined ? { view_id: view.id } : { external_id: name }
}

/** A view pushed a moment ago may not be known to Slack yet. */
async function updateView({ ui, clock, log }: DeskTools, target: Target, view: ModalView) {
  for (let tries = 1; ; tries++) {
    const trouble = await troubleIn(log, ui.views.update({ ...target, view }))
    if (trouble === undefined || tries >= TRIES_MAX) return trouble
    const mayPass = trouble === 'failed' || (trouble === 'closed' && 'external_id' in target)
    if (!mayPass) return trouble
    await clock.wait(OVERTAKE_MS)
  }
}

/** Replaces an open view in answer to a click inside it, and says so if Slack would not. */
export async function replaceView(
  tools: DeskTools,
  who: Person,
  place: Place | undefined,
  shown: { target: Target; view: ModalView; said?: Whisper },
): Promise<void> {
  const trouble = await troubleIn(tools.log, tools.ui.views.update({ ...shown.target, view: shown.view }))
  if (trouble === undefined) return
  const said = shown.said ?? wordsFor(trouble)
  if (said) await whisper(tools, who, place, said)
}

/** Nothing for a view that its owner has closed. */
export function wordsFor(trouble: ViewTrouble): Whisper | undefined {
  return trouble === 'closed' ? undefined : { text: TROUBLE_WORDS[trouble] }
}
