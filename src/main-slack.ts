// Customers in Slack, put together: on the desk's own app and sockets, or on an app of their own where the configuration has one.
import { readFile } from 'node:fs/promises'
import type { Channel, Intake } from './channel.ts'
import { MINUTE } from './clock.ts'
import { type AppVariables, customersApp, DESK_APP } from './config/slack-app.ts'
import type { Config, SlackApp } from './config.ts'
import type { Db, Tools } from './db/open.ts'
import type { OpenDesk } from './desk/desk.ts'
import type { Instance } from './instance.ts'
import { intakeOf } from './intake.ts'
import type { Pace } from './rate.ts'
import { getSigningKey } from './setting.ts'
import type { SlackAccess } from './slack/clients.ts'
import { type Door, makeDoor } from './slack/door.ts'
import type { insist as Insist } from './slack/insist.ts'
import type { SlackRoom } from './slack/room.ts'
import { type Rotation, slackRotation } from './slack-rotation.ts'

/** Of the desk's app, and of those that customers have for themselves, by name. */
export interface SlackAccesses {
  slack?: SlackAccess
  customers: Map<string, SlackAccess>
}

type RotationTools = Tools & { db: Db; instance: Pick<Instance, 'id'> }

/** Tokens that come from files are read again while the program runs: whoever renews one need not restart it. */
export async function slackAccess(config: Config, tools: RotationTools): Promise<SlackAccesses> {
  const doors = new Map<string, Door>()
  const doorAt = (at: { host: string; port: number }) => {
    const key = `${at.host} ${at.port}`
    const door = doors.get(key) ?? makeDoor(at)
    doors.set(key, door)
    return door
  }
  const make = async (app: SlackApp, name: string, variables: AppVariables): Promise<SlackAccess> => {
    const { tokenFiles = {}, rotation, requests, ...access } = app
    const renewed = rotation && (await makeRotation({ ...config, app, rotation, name, variables }, tools))
    const isFixed = Object.keys(tokenFiles).length === 0 && !renewed
    return {
      ...access,
      ...{ botTokenName: variables.bot, appTokenName: variables.app },
      ...(requests && { requests: { ...requests, signingSecretName: variables.signing, door: doorAt(requests) } }),
      ...(!isFixed && { reread: () => readAgain(app, renewed) }),
    }
  }
  const customers = new Map<string, SlackAccess>()
  for (const [key, { app }] of Object.entries(config.slackCustomers)) {
    if (app) customers.set(key, await make(app, `slack:${key}`, customersApp(key)))
  }
  return { ...(config.slack && { slack: await make(config.slack, 'slack', DESK_APP) }), customers }
}

/** What is renewed goes before what is written, as long as it can be renewed. */
async function readAgain({ botToken: first, tokenFiles = {} }: SlackApp, renewed: Rotation | undefined) {
  const botToken = await renewed?.token() // First: what Slack answers is kept, whatever becomes of a file.
  const [written, appToken] = await Promise.all([readToken(tokenFiles.bot), readToken(tokenFiles.app)])
  const problem = renewed?.problem()
  const isNewer = written !== undefined && written !== first && problem !== undefined
  const now = renewed && !isNewer ? botToken : written
  return {
    ...(now !== undefined && { botToken: now }),
    ...(appToken !== undefined && { appToken }),
    ...(problem !== undefined && { problem }),
  }
}

interface Rotating extends Pick<Config, 'secret'> {
  app: SlackApp
  rotation: NonNullable<SlackApp['rotation']>
  name: string
  variables: AppVariables
}

async function makeRotation(
  { app, rotation, name, variables, secret }: Rotating,
  { instance, ...tools }: RotationTools,
): Promise<Rotation> {
  const { refreshToken: first, ...client } = rotation
  const { exchangeToken } = await import('./slack/exchange-token.ts')
  return slackRotation({
    ...tools,
    name,
    owner: instance.id,
    signingKey: await getSigningKey(tools.db, secret),
    given: async () => (await readToken(app.tokenFiles?.refresh).catch(() => undefined)) ?? first,
    exchange: (token) => exchangeToken({ ...client, apiUrl: app.apiUrl }, token, tools.log),
    fix: (code) => fixOf(code, variables),
  })
}

function fixOf(code: string, { bot, refresh, clientId, clientSecret }: AppVariables): string {
  if (code === 'invalid_client_id') return `Set ${clientId} to the Client ID of the Slack app.`
  if (code === 'bad_client_secret') return `Set ${clientSecret} to the Client Secret of the Slack app.`
  return `At api.slack.com/apps open "OAuth & Permissions", install the app again, and set ${bot} and ${refresh} to what it shows there.`
}

/** Half a file, or an empty one, is no token. */
async function readToken(path: string | undefined): Promise<string | undefined> {
  const text = path === undefined ? '' : (await readFile(path, 'utf8')).trim()
  return /^(xoxb-|xoxe\.xoxb-|xoxe-|xapp-)[\w.-]+$/.test(text) ? text : undefined
}

/** The adapter keeps each channel's pace; this keeps all of them together below what Slack takes from one workspace. */
const PACE: Pace = { minMs: 200, concurrencyMax: 4 }

/** Together less than the three seconds in which Slack wants to hear that an event was kept. */
const WAIT_MS = 100
const WAITS_MAX = 20

export interface SlackChannelTools extends Tools {
  db: Db
  desk: Pick<OpenDesk, 'room' | 'knowsAgents'>
}

export interface MadeChannel {
  channel: Channel
  desk: string
  make(): Channel
}

export interface SlackPlaces {
  channels: [string, MadeChannel][]
  /** Connects the apps that customers have for themselves, in the background. */
  start(): void
  stop(): Promise<void>
}

/** While the tokens are refused, nobody's place is up: it is tried anew so often. */
const RETRY_MS = MINUTE

/**
 * Slack gives an event to any instance that it reaches: each keeps what it is given, and only one reads back. The same holds for
 * replies: whichever instance sends one needs the token as it is now.
 */
export async function slackChannels(
  config: Config,
  own: ReadonlyMap<string, SlackAccess>,
  tools: SlackChannelTools,
): Promise<SlackPlaces> {
  const all = Object.entries(config.slackCustomers)
  const opened: ReturnType<typeof openOwn>[] = []
  if (all.length === 0) return { channels: [], start: () => undefined, stop: async () => undefined }
  const [{ slackChannel }, { makeReceiver }, { slackRoom }, { insist }] = await Promise.all([
    import('../adapters/slack/channel.ts'),
    import('../adapters/slack/receiver.ts'),
    import('./slack/room.ts'),
    import('./slack/insist.ts'),
  ])
  const isAtDesk = (user: string) => isAtSomeDesk(config, tools, user)
  const shared = { ...tools, isAtDesk, attachmentBytesMax: config.limits.attachmentBytesMax }
  const channels = all.map(([key, { desk, app: _app, ...customers }]): [string, MadeChannel] => {
    const name = `slack:${key}`
    const access = own.get(key)
    const ours = access && openOwn(slackRoom(access, tools), insist, tools)
    if (ours) opened.push(ours)
    const room = ours?.room ?? tools.desk.room
    if (!room) throw new Error(`${name} needs the desk's app; set SLACK_BOT_TOKEN and SLACK_APP_TOKEN`)
    const settings = { ...customers, name, ...(access && { botTokenName: customersApp(key).bot }) }
    const { clients, self } = room
    const receiver = makeReceiver(settings, { ...shared, clients, self }, intakeOf(tools.db, name))
    room.hear(receiver)
    const problem = ours?.problem
    const make = () => slackChannel(settings, { ...shared, shared: { room, receiver, ...(problem && { problem }) } })
    return [name, { channel: make(), desk, make }]
  })
  return {
    channels,
    start() {
      for (const each of opened) each.start()
    },
    stop: async () => void (await Promise.all(opened.map((each) => each.stop()))),
  }
}

/** What no receiver wants, such as direct messages where there are to be none. */
const NOWHERE: Intake = { keep: async () => undefined, readCursor: async () => undefined }

function openOwn(room: SlackRoom, insist: typeof Insist, { clock, log }: Pick<Tools, 'clock' | 'log'>) {
  const stopping = new AbortController()
  let refusal: string | undefined
  let running = Promise.resolve()
  const onRefusal = (why: string | undefined) => {
    refusal = why
  }
  return {
    room,
    problem(): string | undefined {
      const { ok, problem } = room.health()
      return refusal ?? (ok ? undefined : problem)
    },
    start() {
      running = insist(() => room.start(NOWHERE), RETRY_MS, { clock, log, stop: stopping.signal, onRefusal })
    },
    async stop() {
      stopping.abort()
      await room.stop()
      await running
    },
  }
}

/**
 * Right after the start it takes a moment until the agents are known. Rejects where it takes longer than Slack waits: Slack then
 * tells again, and nobody's note has become a customer's question.
 */
async function isAtSomeDesk(config: Config, tools: SlackChannelTools, user: string, waits = 0): Promise<boolean> {
  const { db, desk, clock } = tools
  const named = Object.values(config.desks).some(({ leads, backup }) => leads.includes(user) || backup.includes(user))
  if (named) return true
  const row = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', user)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (row || desk.knowsAgents()) return row !== undefined
  if (waits >= WAITS_MAX) throw new Error('it is not known yet who works at the desks')
  await clock.wait(WAIT_MS)
  return await isAtSomeDesk(config, tools, user, waits + 1)
}

/** Undefined for the keys of others. */
export function slackPaceOf(rateKey: string): Pace | undefined {
  return rateKey.startsWith('send:slack:') ? PACE : undefined
}
