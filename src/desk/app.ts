// The interactive half of the desk: which click, choice and form leads where. This is also the edge where failures are caught.
import type { App } from '@slack/bolt'
import type { Channel } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Db } from '../db/open.ts'
import { type SearchReader, sharing } from '../db/search-thread.ts'
import type { Source } from '../intake-runner.ts'
import type { Log } from '../log.ts'
import type { Policies } from '../policy.ts'
import { listRecipientChoices } from '../recipients.ts'
import type { SlackRoom } from '../slack/room.ts'
import type { Letter } from '../template/letter.ts'
import { CLICKS } from './actions.ts'
import { makeAdvisor } from './advisor.ts'
import { syncAgents } from './agents.ts'
import { onCommand } from './command.ts'
import type { DeskChannels } from './desk-channels.ts'
import { onTurn } from './find.ts'
import { CLOSINGS, FORMS } from './forms.ts'
import { homeSource } from './home-source.ts'
import { shortcutOf } from './interaction.ts'
import { onJoinChoice } from './join-choice.ts'
import { onLetterFind } from './letter-list-click.ts'
import { onLetterSearch } from './letter-search.ts'
import { onClick, onClosed, onSubmit, onUnknownForm, tellFailure } from './listen.ts'
import { deskSource } from './notes.ts'
import { SEND_TO_CUSTOMER, sendToCustomer } from './shortcut.ts'
import type { Desk, DeskTools, LetterShelf } from './tools.ts'

export interface DeskAppOptions {
  db: Db
  clock: Clock
  log: Log
  room: Pick<SlackRoom, 'app' | 'clients' | 'self'>
  desks: readonly Desk[]
  channels?: DeskChannels
  channelOf(name: string): Channel
  channelsAt?(desk: string): readonly string[]
  policies: Policies
  letters(): readonly Letter[]
  /** Without it letters can be read, and not be changed. */
  shelf?: LetterShelf
  letterEditors?: DeskTools['letterEditors']
  /** For customers whose language we do not know. */
  language?: string
  isOpen?(desk: string): boolean
  explain: DeskTools['explain']
  queue: DeskTools['queue']
  recipients?: DeskTools['recipients']
  /** The program's own connection unless given. */
  searching?: SearchReader
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

export function deskApp({ room, saveWithinMs, ...options }: DeskAppOptions): DeskApp {
  const tools: DeskTools = {
    recipients: (id) => listRecipientChoices(options.db, id),
    searching: sharing(options.db),
    shelf: noShelf,
    letterEditors: 'leads',
    language: 'en',
    ...options,
    advisor: makeAdvisor({ language: 'en', ...options }),
    newId: options.db.newId,
    ui: room.clients.ui,
    read: room.clients.read,
    self: room.self,
    saveWithinMs: saveWithinMs ?? SAVE_WITHIN_MS,
  }
  return {
    register: () => registerAll(room.app, tools),
    source: homeSource(deskSource(tools) as Source) as Source,
    async syncAgents() {
      const failures: unknown[] = []
      // One desk's trouble must not leave the others without their agents.
      for (const desk of tools.desks) await syncAgents(tools, desk).catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}

const noShelf: LetterShelf = {
  retired: () => [],
  broken: () => [],
  asChosen: () => undefined,
  textOf: () => undefined,
  async check() {
    throw new Error('letters cannot be changed here')
  },
  shared: () => new Map(),
  write: async () => 'kept',
  look: async () => undefined,
}

function registerAll(app: App, tools: DeskTools): void {
  for (const [action, run] of Object.entries(CLICKS)) onClick(app, tools, action, run)
  for (const [callbackId, form] of Object.entries(FORMS)) onSubmit(app, tools, callbackId, form)
  onUnknownForm(app, new Set(Object.keys(FORMS)))
  for (const [callbackId, run] of Object.entries(CLOSINGS)) onClosed(app, tools, callbackId, run)
  onCommand(app, tools)
  onTurn(app, tools)
  onLetterSearch(app, tools)
  onJoinChoice(app, tools)
  onLetterFind(app, tools)
  app.shortcut({ callback_id: SEND_TO_CUSTOMER, type: 'message_action' }, async ({ body, ack }) => {
    if (body.type !== 'message_action') return await ack()
    const shortcut = shortcutOf(body)
    await ack()
    await sendToCustomer(tools, shortcut).catch((error: unknown) => tellFailure(tools, shortcut, error))
  })
}
