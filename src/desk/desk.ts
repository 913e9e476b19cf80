// The desk as the program opens it: the Slack app for agents and leads, or, without tokens, a closed one that says so.
import type { Channel, Intake } from '../channel.ts'
import { type Clock, MINUTE, SECOND } from '../clock.ts'
import type { Db, Tools } from '../db/open.ts'
import type { SearchReader } from '../db/search-thread.ts'
import type { DeskDay } from '../desk-day.ts'
import type { Source } from '../intake-runner.ts'
import { explainPlaces } from '../led.ts'
import { bookSignature, findNewest, listRetired, noteFiles } from '../letter-book.ts'
import type { Log } from '../log.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { Policies } from '../policy.ts'
import { listQueue } from '../queue.ts'
import type { Pace } from '../rate.ts'
import { listRecipientChoices } from '../recipients.ts'
import type { SlackAccess } from '../slack/clients.ts'
import { insist } from '../slack/insist.ts'
import type { SlackRoom } from '../slack/room.ts'
import type { DigestLimits } from '../telling.ts'
import { type LetterBook, openLetters } from '../template/letter-store.ts'
import { explainWindows } from '../why.ts'
import { closedDesk } from './closed.ts'
import type { DeskChannels } from './desk-channels.ts'
import type { DeskEffect } from './effects.ts'
import type { Tending } from './tending.ts'
import type { Desk } from './tools.ts'

export interface OpenDesk {
  /** Where there is a Slack: others may hear in it what is not the desk's. */
  room?: SlackRoom
  /** Whether it has been able to ask who its agents are. */
  knowsAgents(): boolean
  /** Under which its events wait in the intake. */
  channelName: string
  source: Source
  handlers: Record<DeskEffect, Handler>
  /** The pace of the desk's own rate keys. */
  paceOf(rateKey: string): Pace | undefined
  /** Connects in the background; `health` says when it could not. */
  start(intake: Intake): void
  /** `isTold`: the leads have heard of it. A problem that is none yet, but has to be put right some day, is ok. */
  health(): { ok: boolean; problem?: string; isTold?: true }
  /** Says it to this person at once, past the outbox. Rejects when Slack does not take it. */
  tell(person: string, text: string): Promise<void>
  stop(): Promise<void>
}

export interface DeskSettings {
  slack?: SlackAccess
  desks: Record<
    string,
    {
      name: string
      channel: string
      undoMs: number
      leads: string[]
      backup?: string[]
      assign?: 'off' | 'round-robin'
      cap?: number
    }
  >
  templates: { folder: string; language?: string; edit?: 'agents' | 'leads' }
}

export interface DeskOptions extends Tools {
  db: Db
  searching: SearchReader
  channelOf(name: string): Channel
  channelsAt?(desk: string): readonly string[]
  policies: Policies
  limits: DigestLimits
  /** The end of the desk's quiet hours that this instant is in. */
  quietOf(desk: string): Desk['quiet']
  isRestricted(channel: string): boolean
  /** Whether an address is of our own house. */
  isOurs(address: string): boolean
  dayOf(desk: string): DeskDay
  /** Whether it is open at this moment. */
  isOpen?(desk: string): boolean
}

/** Rows of the queue that a command lists. */
const QUEUE_MAX = 15

export const DESK_CHANNEL = 'slack:desk'

/** Slack's SDKs are loaded only when there is a Slack to speak to. */
export async function openDesk(settings: DeskSettings, options: DeskOptions): Promise<OpenDesk> {
  if (!settings.slack) return closedDesk()
  const [
    { slackRoom },
    { deskApp },
    { deskHandlers },
    { paceOf },
    { makePresence },
    { makeDeskChannels },
    { makeTending },
  ] = await Promise.all([
    import('../slack/room.ts'),
    import('./app.ts'),
    import('./handlers.ts'),
    import('./pace.ts'),
    import('./presence.ts'),
    import('./desk-channels.ts'),
    import('./tending.ts'),
  ])
  const letters = await openLetters(settings.templates.folder, {
    ...options,
    book: letterBook(options.db),
    desks: Object.keys(settings.desks),
  })
  const desks = Object.entries(settings.desks).map(([name, desk]): Desk => {
    const quiet = options.quietOf(name)
    return { backup: [], ...desk, name, title: desk.name, ...(quiet && { quiet }) }
  })
  const channels = makeDeskChannels({ ...options, desks, client: () => room.clients.read })
  const room: SlackRoom = slackRoom(settings.slack, { ...options, guard: channels })
  const presence = makePresence({ ...options, read: room.clients.read })
  const { db, policies, clock } = options
  const app = deskApp({
    ...options,
    room,
    desks,
    channels,
    letters: letters.letters,
    shelf: letters,
    letterEditors: settings.templates.edit ?? 'leads',
    ...(settings.templates.language !== undefined && { language: settings.templates.language }),
    explain: async (id) => [...(await explainWindows(db, policies, id, clock.now())), ...(await explainPlaces(db, id))],
    queue: (desk) => listQueue(db, desk, { limit: QUEUE_MAX }),
    recipients: (id) => listRecipientChoices(db, id, options.isOurs),
  })
  app.register()
  return {
    room,
    channelName: DESK_CHANNEL,
    source: app.source,
    handlers: deskHandlers({ ...options, room, desks, presence }),
    paceOf,
    tell: (person, text) => tellAtOnce(room.clients, person, text),
    ...connection(room, { channels, tending: makeTending({ ...options, app, channels, room }) }, options, letters.stop),
  }
}

export function letterBook(db: Db): LetterBook {
  return {
    signature: () => bookSignature(db),
    read: (files, before) =>
      db.transaction(async (trx) => {
        await noteFiles(trx, files, before)
        return { newest: await findNewest(trx), retired: await listRetired(trx) }
      }),
  }
}

/** Our own words only: they are not escaped here. */
async function tellAtOnce({ ui }: SlackRoom['clients'], person: string, text: string): Promise<void> {
  // Slack takes the person's own id as well, and says with the post why that one did not open.
  const opened = await ui.conversations.open({ users: person }).catch(() => undefined)
  await ui.chat.postMessage({ channel: opened?.channel?.id ?? person, text, unfurl_links: false, unfurl_media: false })
}

const RETRY_MS = MINUTE
const SYNC_RETRY_MS = 30 * SECOND
const TEND_MS = MINUTE

/** A refused token must not keep mail from being read: the desk says what is wrong and knocks again. */
function connection(
  room: SlackRoom,
  { channels, tending }: { channels: DeskChannels; tending: Tending },
  { clock, log }: { clock: Clock; log: Log },
  stopLetters: () => void,
): Pick<OpenDesk, 'start' | 'health' | 'stop' | 'knowsAgents'> {
  const stopping = new AbortController()
  let refusal: string | undefined
  let running = Promise.resolve()
  let stopTending: () => void = () => undefined
  const onRefusal = (why: string | undefined) => {
    refusal = why
  }
  const until = (work: () => Promise<void>, retryMs: number) =>
    insist(work, retryMs, { clock, log, stop: stopping.signal, onRefusal })
  return {
    start(intake) {
      running = until(() => room.start(intake), RETRY_MS).then(async () => {
        if (stopping.signal.aborted) return
        await channels.tend()
        stopTending = clock.every(TEND_MS, tending.tend)
        await until(tending.sync, SYNC_RETRY_MS)
      })
    },
    knowsAgents: tending.isSynced,
    health() {
      const [shut] = channels.problems()
      if (shut !== undefined) return { ok: false, problem: shut, isTold: true }
      if (refusal !== undefined) return { ok: false, problem: refusal }
      const [advice] = channels.advice()
      const health = room.health()
      return health.ok && advice !== undefined ? { ok: true, problem: advice } : health
    },
    async stop() {
      stopping.abort()
      stopTending()
      stopLetters()
      await room.stop()
      await running
    },
  }
}
