// Slack on this machine: a workspace with Slack's rules, which the real SDKs talk to and tests and the demo play in.
import { systemClock } from '../../clock.ts'
import { type Changes, makeChanges } from '../wait.ts'
import { makeUser } from './administration.ts'
import { type Delivery, makeDelivery } from './delivery.ts'
import { type Faults, makeFaults } from './faults.ts'
import { type Installation, makeGrant, makeIdentity, makeInstallation } from './installation.ts'
import { makeLimits } from './limits.ts'
import { makePeople, type People } from './people.ts'
import type { Names } from './read.ts'
import { signedHeaders } from './request.ts'
import { listen } from './routes.ts'
import { makeSocketRoom, type SocketRoom } from './socket.ts'
import type { ViewRecord } from './view-record.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'
import type { AppIdentity, Call, Settings, World } from './world.ts'

const ID_LENGTH = 9

const SETTINGS: Settings = {
  limits: 'enforce',
  history: 'internal',
  shareAfterMs: 200,
  ackMs: 3000,
  retryDelaysMs: [0, 60_000, 300_000],
  messagesTab: true,
  refreshGraceMs: 60_000,
  requestUrl: '',
}

export interface SlackOptions extends Partial<Settings> {
  /** For ts, triggers, rate limits and how long events are kept. Real time by default. */
  clock?: { now(): number }
  /** Waits for acks, retries and shares, as Clock.wait does. Real time by default. */
  wait?(ms: number, signal: AbortSignal): Promise<void>
  port?: number
  botName?: string
  scopes?: readonly string[]
  /** Names of subscriptions, as in a manifest's `bot_events`. */
  events?: readonly string[]
}

export interface SlackStandIn extends People, Installation, Pick<Changes, 'waitFor'> {
  /** For `slackApiUrl`. */
  url: string
  readonly botToken: string
  /** The newest one that the app was given. */
  readonly refreshToken: string
  appToken: string
  signingSecret: string
  /** The headers that make a request Slack's; `at` is when it leaves. */
  sign(body: string, at?: number): Record<string, string>
  app: AppIdentity
  workspace: Workspace
  /** The modal a person has in front. */
  modal(userId: string): ViewRecord | undefined
  home(userId: string): ViewRecord | undefined
  /** Names for ids, for `readBlocks` and its kin. */
  names: Names
  /** May be changed while it runs. */
  settings: Settings
  faults: Faults
  log: readonly Call[]
  /** The calls of one method, oldest first. */
  calls(method: string): Call[]
  events: Delivery['events']
  answers: Delivery['answers']
  redeliver: Delivery['redeliver']
  repeat: Delivery['repeat']
  sockets: Pick<SocketRoom, 'open' | 'disconnect'>
  /** Tears down all sockets without a word. */
  dropSockets(): void
  /** Makes all pending file shares appear now. */
  releaseShares(): void
  stop(): Promise<void>
}

export async function startSlack(options: SlackOptions = {}): Promise<SlackStandIn> {
  const stopping = new AbortController()
  const sockets = makeSocketRoom(() => world)
  const server = await listen(options.port ?? 0, () => world, sockets)
  const world = makeWorld(server.origin, options, sockets, stopping.signal)
  const changes = makeChanges('Slack', () => world.log.map(({ method, outcome }) => `${method} ${outcome}`))
  world.changed = changes.changed
  const { app, grant, workspace, settings, faults, log, delivery } = world
  return {
    ...makePeople(world),
    ...makeInstallation(world),
    waitFor: changes.waitFor,
    url: `${server.origin}/api/`,
    get botToken() {
      return grant.botToken
    },
    get refreshToken() {
      return grant.refreshToken
    },
    appToken: grant.appToken,
    signingSecret: grant.signingSecret,
    sign: (body, at = world.clock.now()) => signedHeaders(world, body, at),
    app,
    workspace,
    modal: (userId) => workspace.modals.get(userId)?.at(-1),
    home: (userId) => workspace.homes.get(userId),
    names: {
      name: (id) => (workspace.users.get(id) ?? workspace.channels.get(id))?.name ?? workspace.groups.get(id)?.handle,
    },
    settings,
    faults,
    log,
    calls: (method) => log.filter((call) => call.method === method),
    events: delivery.events,
    answers: delivery.answers,
    redeliver: delivery.redeliver,
    repeat: delivery.repeat,
    sockets,
    dropSockets: sockets.drop,
    releaseShares() {
      for (const share of [...world.pendingShares]) share()
    },
    async stop() {
      stopping.abort()
      await server.stop()
    },
  }
}

function makeWorld(origin: string, options: SlackOptions, sockets: SocketRoom, stopping: AbortSignal): World {
  const clock = options.clock ?? systemClock()
  const newId = makeIds()
  const app = makeIdentity(newId, options.botName ?? 'deskbell')
  const settings = pickSettings(options)
  const after = makeTimer(options.wait ?? systemClock().wait, stopping)
  const grant = makeGrant(options)
  const changed = () => undefined
  const world: World = {
    origin,
    app,
    grant,
    settings,
    clock,
    after,
    newId,
    socketUrl: sockets.ticket,
    workspace: makeWorkspace(app.botUserId),
    delivery: makeDelivery({ clock, settings, grant, after, changed: () => world.changed() }, sockets),
    limits: makeLimits(clock),
    faults: makeFaults(),
    triggers: new Map(),
    responseUrls: new Map(),
    pendingShares: new Set(),
    log: [],
    changed,
  }
  const bot = makeUser(world, { id: app.botUserId, name: app.botName, isBot: true })
  world.workspace.users.set(bot.id, { ...bot, botId: app.botId })
  return world
}

function pickSettings(options: SlackOptions): Settings {
  const given = Object.entries(options).filter(([name, value]) => name in SETTINGS && value !== undefined)
  return { ...SETTINGS, ...Object.fromEntries(given) }
}

/** Ids count up, so that a run reads the same every time; they look like Slack's. */
function makeIds(): (prefix: string) => string {
  let last = 0
  return (prefix) => {
    last += 1
    return `${prefix}${last.toString(36).toUpperCase().padStart(ID_LENGTH, '0')}`
  }
}

function makeTimer(wait: (ms: number, signal: AbortSignal) => Promise<void>, stopping: AbortSignal): World['after'] {
  return (ms, run) => {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, stopping])
    const later = async () => {
      await wait(ms, signal)
      if (!signal.aborted) run()
    }
    void later() // Nobody waits for a timer; it ends with its time, its cancellation or the stand-in.
    return () => stop.abort()
  }
}
