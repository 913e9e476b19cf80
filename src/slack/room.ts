// Where the program and Slack meet: one app, four clients and two sockets. It keeps what Slack tells us and understands none of it.
import type { App } from '@slack/bolt'
import type { Intake } from '../channel.ts'
import { atMost, type Clock, SECOND } from '../clock.ts'
import type { Random } from '../id.ts'
import type { Log } from '../log.ts'
import { boltApp } from './bolt-app.ts'
import { type SlackAccess, type SlackClients, slackClients } from './clients.ts'
import { type Endpoint, listenToSlack } from './endpoint.ts'
import { type Audience, envelopeHandler, type HandleEnvelope, type Incoming } from './envelope.ts'
import type { Guard } from './guard.ts'
import { makeKeeper } from './keeper.ts'
import { openLine } from './line.ts'
import { makeSignIn, type SignIn } from './sign-in.ts'
import { superviseSockets } from './socket.ts'

export interface Self {
  teamId: string
  /** Of the organisation that has several workspaces, where there is one. */
  enterpriseId?: string
  botUserId: string
  botId: string
  /** What the installed app may do, as far as Slack has told. */
  scopes?: readonly string[]
}

export interface SlackRoom {
  /** Only clicks, views, shortcuts and commands reach its listeners; events wait in the intake. */
  app: App
  clients: SlackClients
  /** Empty until `start` has resolved. */
  self: Self
  /** Call before `start`. What this audience wants is kept by it, and not in the intake `start` is given. */
  hear(audience: Audience): void
  /** Resolves when `self` is known, which needs no socket; or when `stop` was called. */
  known: Promise<void>
  /**
   * Resolves once a socket is up, or we listen; from then on it reconnects by itself. Rejects with a sentence when Slack refuses
   * the tokens; while Slack cannot be reached it goes on trying.
   */
  start(intake: Intake): Promise<void>
  health(): RoomHealth
  /** How often the app was let in again after Slack had refused it, or taken it for removed. */
  signIns(): number
  /** On which port Slack's requests are awaited. */
  port(): number | undefined
  /** No event is kept after this resolves. */
  stop(): Promise<void>
}

export interface RoomHealth {
  ok: boolean
  /** How many sockets are up; where Slack comes to us, one while we listen. */
  sockets: number
  lastReceivedAt?: number
  /** What is wrong and what to do, in a sentence. */
  problem?: string
}

export interface RoomTools {
  clock: Clock
  random: Random
  log: Log
  /** Stands before every call. */
  guard?: Guard
}

/** How often it is asked whether a token is good again, or another one is there. */
const TEND_MS = 20 * SECOND

/** A token that is being renewed at the end is waited for so long: two exchanges that time out. */
const RENEWED_MS = 20 * SECOND

export function slackRoom(access: SlackAccess, tools: RoomTools): SlackRoom {
  const { clock, log } = tools
  const self: Self = { teamId: '', botUserId: '', botId: '' }
  const bearer = { token: access.botToken }
  const clients: SlackClients = slackClients(access, log, {
    bearer,
    guard: watching(tools.guard, (error) => signIn.refused(error)),
  })
  const bear = (token: string) => {
    bearer.token = token
    // Files are fetched with it, past the client's own calls.
    for (const client of Object.values(clients)) Object.assign(client, { token })
  }
  const signIn = makeSignIn(access, { ...tools, read: clients.read, self, bear })
  const app = boltApp(access, self, log)
  const stopping = new AbortController()
  const known = Promise.withResolvers<void>()
  const audiences: Audience[] = []
  let sockets: Incoming | undefined
  let endpoint: Endpoint | undefined
  let lastReceivedAt: number | undefined
  let stopTending: () => void = () => undefined
  return {
    app,
    clients,
    self,
    hear: (audience) => void audiences.push(audience),
    known: known.promise,
    async start(intake) {
      await app.init()
      await signIn.learn(stopping.signal)
      known.resolve()
      if (stopping.signal.aborted) return
      stopTending()
      stopTending = clock.every(TEND_MS, signIn.tend)
      const handle = envelopeHandler({ app, keeper: makeKeeper(intake, clock), audiences, self, clock, log })
      const hear: HandleEnvelope = async (envelope) => {
        if (stopping.signal.aborted) return // Not acknowledged: Slack gives it to another socket, or to us later.
        lastReceivedAt = clock.now()
        signIn.hear(envelope.body)
        await handle(envelope)
      }
      endpoint = access.requests && listenToSlack(access.requests, { clock, log, handle: hear })
      sockets = endpoint ?? openSockets(access, signIn, hear, tools)
      await sockets.firstUp.catch(async (error: unknown) => {
        await sockets?.stop()
        throw error
      })
    },
    health() {
      const up = sockets?.up() ?? 0
      const received = lastReceivedAt !== undefined && { lastReceivedAt }
      const refused = signIn.problem()
      if (refused !== undefined) return { ok: false, sockets: up, ...received, problem: refused }
      if (up > 0) return { ok: true, sockets: up, ...received }
      const problem = sockets?.problem()?.message ?? 'slack: no socket is open yet; wait'
      return { ok: false, sockets: 0, ...received, problem }
    },
    signIns: signIn.times,
    port: () => endpoint?.port(),
    async stop() {
      stopping.abort()
      stopTending()
      known.resolve()
      await sockets?.stop()
      await atMost(clock, RENEWED_MS, signIn.idle())
    },
  }
}

function openSockets(access: SlackAccess, signIn: SignIn, hear: HandleEnvelope, tools: RoomTools): Incoming {
  const open = async () => {
    const appToken = signIn.appToken()
    if (appToken === undefined) throw new Error('slack: there is neither an app token nor an address for requests')
    return await openLine({ ...access, appToken }, hear, tools)
  }
  return superviseSockets({ ...tools, open, tokenName: access.appTokenName })
}

/** Whatever is refused is looked at, whoever asked. */
function watching(guard: Guard | undefined, onRefused: (error: unknown) => void): Guard {
  return {
    before: async (method, asked) => (guard ? await guard.before(method, asked) : asked),
    async refused(method, asked, error) {
      onRefused(error)
      return guard ? await guard.refused(method, asked, error) : error
    },
  }
}
