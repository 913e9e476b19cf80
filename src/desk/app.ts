// The interactive half of the desk: which click, choice and form leads where. This is also the edge where failures are caught.
import type { App, BlockAction, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import type { Channel } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Db } from '../db/open.ts'
import type { Source } from '../intake-runner.ts'
import type { Log } from '../log.ts'
import type { Policies } from '../policy.ts'
import type { SlackRoom } from '../slack/room.ts'
import type { Letter } from '../template/letter.ts'
import { syncAgents } from './agents.ts'
import { openComposer } from './composer.ts'
import { submitComposer } from './composer-submit.ts'
import { COMPOSER, LETTER_ACTION, readComposer } from './composer-view.ts'
import { type Click, clickOf, type OpenView, type Person, placeOf, shortcutOf, submissionOf } from './interaction.ts'
import { chooseLetter } from './letter-choice.ts'
import { deskSource } from './notes.ts'
import { decideParked, PARKED_ACTIONS, type ParkedAction } from './parked.ts'
import { PREVIEW } from './preview-view.ts'
import { within } from './race.ts'
import { type Meanwhile, type Outcome, replaceView, respond } from './respond.ts'
import { submitPreview } from './sending.ts'
import {
  EDIT_AGAIN_ACTION,
  noPreviewView,
  notSentView,
  preparingView,
  savingView,
  UNDO_ACTION,
  UNDONE,
} from './sending-view.ts'
import { SEND_TO_CUSTOMER, sendToCustomer } from './shortcut.ts'
import { takeConversation } from './take.ts'
import type { Desk, DeskTools } from './tools.ts'
import { EDITING, editAgain, editAgainFrom, undoReply } from './undo.ts'
import { type Whisper, whisper } from './whisper.ts'

export interface DeskAppOptions {
  db: Db
  clock: Clock
  log: Log
  room: Pick<SlackRoom, 'app' | 'clients' | 'self'>
  desks: readonly Desk[]
  channelOf(name: string): Channel
  policies: Policies
  letters(): readonly Letter[]
  /** What is not committed by then is acknowledged with a view in between. */
  saveWithinMs?: number
}

export interface DeskApp {
  /** Puts the listeners on the room's app. Call once, before the room starts. */
  register(): void
  /** For the events that wait in the intake. */
  source: Source
  /** Call once the room has started. Rejects when Slack cannot be asked. */
  syncAgents(): Promise<void>
}

const SAVE_WITHIN_MS = 800
const FAILED = 'That did not work just now. Please try again.'

export function deskApp({ room, saveWithinMs, ...options }: DeskAppOptions): DeskApp {
  const tools: DeskTools = {
    ...options,
    newId: options.db.newId,
    ui: room.clients.ui,
    read: room.clients.read,
    self: room.self,
    saveWithinMs: saveWithinMs ?? SAVE_WITHIN_MS,
  }
  return {
    register: () => registerAll(room.app, tools),
    source: deskSource(tools) as Source,
    async syncAgents() {
      for (const desk of tools.desks) await syncAgents(tools, desk)
    },
  }
}

function registerAll(app: App, tools: DeskTools): void {
  onClick(app, tools, 'take', (click, ack) => commitThenAck(tools, click, ack, takeConversation(tools, click)))
  for (const action of Object.keys(PARKED_ACTIONS) as ParkedAction[]) {
    onClick(app, tools, action, (click, ack) => commitThenAck(tools, click, ack, decideParked(tools, click, action)))
  }
  onClick(app, tools, 'reply', async (click, ack) => {
    await ack()
    await openComposer(tools, click, { conversationId: click.value, text: '' })
  })
  onClick(app, tools, LETTER_ACTION, async (click, ack) => {
    await ack()
    if (click.view) await chooseLetter(tools, click, click.view)
  })
  onClick(app, tools, UNDO_ACTION, (click, ack) => clickUndo(tools, click, ack))
  onClick(app, tools, EDIT_AGAIN_ACTION, async (click, ack) => {
    await ack()
    await editAgainFrom(tools, click)
  })
  onSubmit(app, tools, COMPOSER, (who, view) => submitComposer(tools, who, view), preparing(tools))
  onSubmit(app, tools, PREVIEW, (who, view) => submitPreview(tools, who, view), saving)
  onSubmit(
    app,
    tools,
    UNDONE,
    (who, view) => editAgain(tools, who, view),
    () => EDITING,
  )
  app.shortcut({ callback_id: SEND_TO_CUSTOMER, type: 'message_action' }, async ({ body, ack }) => {
    if (body.type !== 'message_action') return await ack()
    const shortcut = shortcutOf(body)
    await ack()
    await sendToCustomer(tools, shortcut).catch((error: unknown) => tellFailure(tools, shortcut, error))
  })
}

type Ack = () => Promise<void>

function onClick(app: App, tools: DeskTools, actionId: string, run: (click: Click, ack: Ack) => Promise<void>): void {
  app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ body, ack }) => {
    const click = clickOf(body)
    let isAcked = false
    const once = async () => {
      if (!isAcked) await ack()
      isAcked = true
    }
    await run(click, once).catch((error: unknown) => tellFailure(tools, click, error))
    await once()
  })
}

async function tellFailure(tools: DeskTools, { who, place, view }: Click, error: unknown): Promise<void> {
  tools.log.error({ person: who.id, error: String(error) }, 'desk: a click led nowhere')
  await whisper(tools, who, place ?? (view && placeOf(view)), { text: FAILED })
}

/** Commit, then ack, then say what came of it. */
async function commitThenAck(
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

async function clickUndo(tools: DeskTools, click: Click, ack: Ack): Promise<void> {
  const work = undoReply(tools, click)
  await within(tools.clock, tools.saveWithinMs, work)
  await ack()
  const { view, said } = await work
  const { place } = click
  if (!click.view) return await whisper(tools, click.who, place, said)
  await replaceView(tools, click.who, undefined, { target: { view_id: click.view.id }, view, said })
}

function onSubmit(
  app: App,
  tools: DeskTools,
  callbackId: string,
  run: (who: Person, view: OpenView) => Promise<Outcome>,
  meanwhile: (view: OpenView) => Meanwhile,
): void {
  app.view<ViewSubmitAction>({ callback_id: callbackId, type: 'view_submission' }, async ({ body, ack }) => {
    const { who, view } = submissionOf(body)
    const work = run(who, view).catch((error: unknown): Outcome => {
      tools.log.error({ person: who.id, view: callbackId, error: String(error) }, 'desk: a form led nowhere')
      return { kind: 'update', view: notSentView(FAILED, '') }
    })
    const answer = { who, view, place: placeOf(view), ack: async (said?: ViewResponseAction) => ack(said) }
    await respond(tools, answer, work, meanwhile(view))
  })
}

function preparing({ newId }: DeskTools): (view: OpenView) => Meanwhile {
  return (view) => {
    const { text } = readComposer(view)
    const refused = (said: string) => noPreviewView(said, text)
    return { kind: 'push', view: preparingView(newId('view'), text), refused }
  }
}

function saving(view: OpenView): Meanwhile {
  return { kind: 'update', view: savingView(view.blocks), refused: (said) => notSentView(said, '') }
}
