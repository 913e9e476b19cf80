// The edge between Slack's listeners and the desk: everything is acknowledged in time, and failures are caught here.
import type { App, BlockAction, ViewClosedAction, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { toldView } from './form.ts'
import { type Click, clickOf, type OpenView, type Person, placeOf, submissionOf } from './interaction.ts'
import { within } from './race.ts'
import { type Meanwhile, type Outcome, respond } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { type Whisper, whisper } from './whisper.ts'

export type OnClosed = (tools: DeskTools, who: Person, view: OpenView) => Promise<void>
export type Ack = () => Promise<void>
export type OnClick = (tools: DeskTools, click: Click, ack: Ack) => Promise<void>

export const FAILED = 'That did not work just now. Please try again.'

export function onClick(app: App, tools: DeskTools, actionId: string, run: OnClick): void {
  app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ body, ack }) => {
    const click = clickOf(body)
    let isAcked = false
    const once = async () => {
      if (!isAcked) await ack()
      isAcked = true
    }
    await run(tools, click, once).catch(async (error: unknown) => {
      await once() // Telling it may take long.
      await tellFailure(tools, click, error)
    })
    await once()
  })
}

export async function tellFailure(tools: DeskTools, { who, place, view }: Click, error: unknown): Promise<void> {
  tools.log.error({ person: who.id, error: String(error) }, 'desk: a click led nowhere')
  await whisper(tools, who, place ?? (view && placeOf(view)), { text: FAILED })
}

/** Commit, then ack, then say what came of it. */
export async function commitThenAck(
  tools: DeskTools,
  click: Click,
  ack: Ack,
  work: Promise<Whisper | undefined>,
): Promise<void> {
  await within(tools.clock, tools.saveWithinMs, work)
  await ack()
  const said = await work
  if (said) await whisper(tools, click.who, click.place, said)
}

export const committing =
  (work: (tools: DeskTools, click: Click) => Promise<Whisper | undefined>): OnClick =>
  (tools, click, ack) =>
    commitThenAck(tools, click, ack, work(tools, click))

/** Opens or fills something: Slack hears at once that we have heard. */
export const opening =
  (work: (tools: DeskTools, click: Click) => Promise<void>): OnClick =>
  async (tools, click, ack) => {
    await ack()
    await work(tools, click)
  }

/** A form that was left. Nobody waits for an answer, and Slack tells it once. */
export function onClosed(app: App, tools: DeskTools, callbackId: string, run: OnClosed): void {
  app.view<ViewClosedAction>({ callback_id: callbackId, type: 'view_closed' }, async ({ body, ack }) => {
    const { who, view } = submissionOf(body)
    const work = run(tools, who, view).catch((error: unknown) =>
      tools.log.error({ person: who.id, view: callbackId, error: String(error) }, 'desk: a form was closed in vain'),
    )
    await within(tools.clock, tools.saveWithinMs, work)
    await ack()
    await work
  })
}

/** A form: what it leads to, what stands there while that is being saved, and what when it could not be. */
export interface Form {
  submit(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome>
  meanwhile(view: OpenView, tools: DeskTools): Meanwhile
  failed(said: string, view: OpenView): ModalView
}

const UNKNOWN_FORM =
  'This form was opened by another version of Deskbell, which this one does not know. Nothing was saved; please open it again.'

/** The program was renewed while somebody had it open. */
export function onUnknownForm(app: App, known: ReadonlySet<string>): void {
  app.view<ViewSubmitAction>({ type: 'view_submission' }, async ({ body, ack }) => {
    if (known.has(body.view.callback_id)) return
    await ack({ response_action: 'update', view: toldView('Please try again', UNKNOWN_FORM) })
  })
}

export function onSubmit(app: App, tools: DeskTools, callbackId: string, form: Form): void {
  app.view<ViewSubmitAction>({ callback_id: callbackId, type: 'view_submission' }, async ({ body, ack }) => {
    const { who, view } = submissionOf(body)
    const work = form.submit(tools, who, view).catch((error: unknown): Outcome => {
      tools.log.error({ person: who.id, view: callbackId, error: String(error) }, 'desk: a form led nowhere')
      return { kind: 'update', view: form.failed(FAILED, view) }
    })
    const answer = { who, view, place: placeOf(view), ack: async (said?: ViewResponseAction) => ack(said) }
    await respond(tools, answer, work, form.meanwhile(view, tools))
  })
}
