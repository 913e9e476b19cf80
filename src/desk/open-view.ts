// A form opens within the trigger's life, whatever the database does: in full, or empty for a moment.
import type { ModalView } from '@slack/types'
import { loadingView } from './composer-view.ts'
import { type Click, placeOf } from './interaction.ts'
import { within } from './race.ts'
import { replaceView, wordsFor } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { troubleIn } from './view-trouble.ts'
import { whisper } from './whisper.ts'

/** The form for this person, or why they may not have it. */
export type Prepared = { kind: 'view'; view: ModalView } | { kind: 'refused'; text: string }

const UNFILLED = 'The form could not be filled just now. Please try again.'

/** Call it once the click is acknowledged. A click inside a view puts the form above that view. Resolves to whether it is open. */
export async function openView(
  tools: DeskTools,
  { who, triggerId, place: clickedAt, value, view: below }: Click,
  { title, prepare }: { title: string; prepare(): Promise<Prepared> },
): Promise<boolean> {
  const { clock, log, ui, saveWithinMs } = tools
  const place = clickedAt ?? (below && placeOf(below))
  const work = prepare().catch((error: unknown): Prepared => {
    log.error({ form: title, about: value, error: String(error) }, 'desk: a form could not be filled')
    return { kind: 'refused', text: UNFILLED }
  })
  const raced = await within(clock, saveWithinMs, work)
  if (raced.kind === 'done' && raced.value.kind === 'refused') {
    await whisper(tools, who, place, { text: raced.value.text })
    return false
  }
  const view = raced.kind === 'done' && raced.value.kind === 'view' ? raced.value.view : loadingView(title)
  const asked = { trigger_id: triggerId, view }
  const opening = below ? ui.views.push(asked) : ui.views.open(asked)
  const trouble = await troubleIn(log, opening)
  const said = trouble && wordsFor(trouble)
  if (said) await whisper(tools, who, place, said)
  if (raced.kind === 'done') return trouble === undefined
  const prepared = await work
  if (prepared.kind === 'refused') await whisper(tools, who, place, { text: prepared.text })
  if (trouble) return false
  const { view: opened } = await opening
  const shown = prepared.kind === 'view' ? prepared.view : refusedView(title, prepared.text)
  const target = { view_id: opened?.id ?? '', ...(opened?.hash !== undefined && { hash: opened.hash }) }
  await replaceView(tools, who, place, { target, view: shown })
  return prepared.kind === 'view'
}

function refusedView(title: string, text: string): ModalView {
  return { ...loadingView(title), blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }
}
