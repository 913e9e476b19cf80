// Where the program and Slack meet: one app, four clients and two sockets. It keeps what Slack tells us and understands none of it.
import type { App } from '@slack/bolt'
import type { Intake, SendError } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../id.ts'
import type { Log } from '../log.ts'
import { boltApp } from './bolt-app.ts'
import { type SlackAccess, type SlackClients, slackClients } from './clients.ts'
import { type Endpoint, listenToSlack } from './endpoint.ts'
import { type Audience, envelopeHandler, type HandleEnvelope, type Incoming } from './envelope.ts'
import { fieldsOf } from './field.ts'
import type { Guard } from './guard.ts'
import { makeKeeper } from './keeper.ts'
import { openLine } from './line.ts'
import { pauseMs } from './pause.ts'
import { superviseSockets } from './socket.ts'
import { troubleOf } from './trouble.ts'

export interface Self {
  teamId: string
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

export function slackRoom(access: SlackAccess, tools: RoomTools): SlackRoom {
  const { clock, log } = tools
  const clients = slackClients(access, log, tools.guard)
  const self: Self = { teamId: '', botUserId: '', botId: '' }
  const app = boltApp(access, self, log)
  const stopping = new AbortController()
  const known = Promise.withResolvers<void>()
  const audiences: Audience[] = []
  let sockets: Incoming | undefined
  let endpoint: Endpoint | undefined
  let signIn: SendError | undefined
  let lastReceivedAt: number | undefined
  let withdrawn = false
  return {
    app,
    clients,
    self,
    hear: (audience) => void audiences.push(audience),
    known: known.promise,
    async start(intake) {
      await app.init()
      await learnSelf({ ...clients, tokenName: access.botTokenName }, self, tools, stopping.signal, (trouble) => {
        signIn = trouble
      })
      known.resolve()
      if (stopping.signal.aborted) return
      const handle = envelopeHandler({ app, keeper: makeKeeper(intake, clock), audiences, self, clock, log })
      const hear: HandleEnvelope = async (envelope) => {
        if (stopping.signal.aborted) return // Not acknowledged: Slack gives it to another socket, or to us later.
        lastReceivedAt = clock.now()
        if (isWithdrawal(envelope.body)) withdrawn = true
        await handle(envelope)
      }
      endpoint = access.requests && listenToSlack(access.requests, { clock, log, handle: hear })
      sockets = endpoint ?? openSockets(access, hear, tools)
      await sockets.firstUp.catch(async (error: unknown) => {
        await sockets?.stop()
        throw error
      })
    },
    health() {
      const up = sockets?.up() ?? 0
      const received = lastReceivedAt !== undefined && { lastReceivedAt }
      if (withdrawn) return { ok: false, sockets: up, ...received, problem: WITHDRAWN }
      if (up > 0) return { ok: true, sockets: up, ...received }
      const trouble = sockets?.problem() ?? signIn
      return { ok: false, sockets: 0, ...received, problem: trouble?.message ?? 'slack: no socket is open yet; wait' }
    },
    port: () => endpoint?.port(),
    async stop() {
      stopping.abort()
      known.resolve()
      await sockets?.stop()
    },
  }
}

function openSockets({ appToken, ...access }: SlackAccess, hear: HandleEnvelope, tools: RoomTools): Incoming {
  if (appToken === undefined) throw new Error('slack: there is neither an app token nor an address for requests')
  const open = () => openLine({ ...access, appToken }, hear, tools)
  return superviseSockets({ ...tools, open, tokenName: access.appTokenName })
}

const WITHDRAWN = 'slack: the app was removed or its token revoked; install it again and set SLACK_BOT_TOKEN'

function isWithdrawal({ event }: Record<string, unknown>): boolean {
  const { type } = fieldsOf(event)
  return type === 'tokens_revoked' || type === 'app_uninstalled'
}

/** Goes on trying while Slack cannot be reached; throws when it refuses the token. */
async function learnSelf(
  { read, tokenName }: SlackClients & { tokenName: string | undefined },
  self: Self,
  { clock, random, log }: RoomTools,
  stop: AbortSignal,
  onTrouble: (trouble: SendError) => void,
): Promise<void> {
  for (let failures = 1; !stop.aborted; failures++) {
    try {
      const who = await read.auth.test()
      Object.assign(self, { teamId: who.team_id ?? '', botUserId: who.user_id ?? '', botId: who.bot_id ?? '' })
      const scopes = who.response_metadata?.scopes
      if (scopes) self.scopes = scopes
      return
    } catch (error) {
      const trouble = troubleOf(error, 'sign in', tokenName)
      if (trouble.failure.kind === 'temporary' && trouble.failure.account) throw trouble
      onTrouble(trouble)
      log.warn({ error: trouble.message }, 'slack: cannot sign in; trying again')
      await clock.wait(pauseMs(random, failures), stop)
    }
  }
}
