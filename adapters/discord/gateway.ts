// Discord's gateway: signs in, stays signed in, and hands on every event as it came. Nothing here understands what it says.
import { Client, Events, GatewayIntentBits, Options, Partials, SimpleShardingStrategy } from 'discord.js'
import { atMost, type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import type { DiscordConfig } from './discord-config.ts'
import { pauseMs } from './keeper.ts'
import type { Payload } from './payload.ts'
import { payloadOf } from './payload.ts'

/** Waiting mends neither a token nor a switch in the portal; a person may, and then we come back by ourselves. */
const REFUSED_WAIT_MS = 15 * MINUTE
const CLOSE_MS = 5 * SECOND
const REFUSED_TOKEN =
  'discord: Discord does not know the token; set DISCORD_BOT_TOKEN to the one under "Bot" in the developer portal'
/** The codes after which Discord lets nobody come back. */
const FINAL: Record<number, string> = {
  4004: REFUSED_TOKEN,
  4010: 'discord: Discord refuses the shard; start Deskbell anew',
  4011: 'discord: the bot is in too many servers for one connection; start Deskbell anew',
  4012: 'discord: this version of the gateway is no more; install a newer Deskbell',
  4013: 'discord: Discord refuses what the bot wants to hear; install a newer Deskbell',
  4014: 'discord: the bot may not read messages; switch on "Message Content Intent" under "Bot" in the developer portal',
}
const NOT_REACHED = 'discord: the gateway cannot be reached'

export interface Packet {
  event: string
  payload: Payload
  sequence: number
  shard: number
}

export interface Gateway {
  /** Resolves when it has ended; it tries to be connected until the signal aborts. */
  run(): Promise<void>
  /** Undefined while all is well. */
  problem(): { text: string; isRefused: boolean } | undefined
}

interface Line {
  up: boolean
  problem?: { text: string; isRefused: boolean }
}

export function makeGateway(config: DiscordConfig, tools: GatewayTools): Gateway {
  const { clock, random, log, stop } = tools
  const line: Line = { up: false }
  return {
    async run() {
      for (let failures = 0; !stop.aborted; failures++) {
        const wasUp = await connect(config, tools, line)
        if (stop.aborted) return
        if (wasUp) failures = 0
        log.warn({ channel: config.name }, 'discord: not connected; trying again')
        await clock.wait(line.problem?.isRefused ? REFUSED_WAIT_MS : pauseMs(random, failures), stop)
      }
    },
    problem: () =>
      line.up ? undefined : (line.problem ?? { text: 'discord: not connected yet; wait', isRefused: false }),
  }
}

export interface GatewayTools {
  clock: Clock
  random: Random
  log: Log
  stop: AbortSignal
  hear(packet: Packet): void
}

/** Resolves when this client is of no more use: whether it was ever connected. */
async function connect(config: DiscordConfig, { clock, log, stop, hear }: GatewayTools, line: Line): Promise<boolean> {
  const client = makeClient(config)
  const over = Promise.withResolvers<void>()
  let wasUp = false
  client.on(Events.Raw, (packet: { t: unknown; d: unknown; s: unknown }, shard: number) => {
    const event = typeof packet.t === 'string' ? packet.t : ''
    if (event === 'READY' || event === 'RESUMED') {
      wasUp = true
      line.up = true
      delete line.problem
    }
    if (!stop.aborted) hear({ event, payload: copyOf(packet.d), sequence: Number(packet.s), shard })
  })
  client.on(Events.ShardDisconnect, ({ code }) => {
    const text = FINAL[code] ?? `${NOT_REACHED} (${code}); trying again`
    Object.assign(line, { up: false, problem: { text, isRefused: FINAL[code] !== undefined } })
    over.resolve()
  })
  client.on(Events.ShardReconnecting, () => {
    Object.assign(line, { up: false, problem: { text: `${NOT_REACHED}; trying again`, isRefused: false } })
  })
  // Without a listener an error would end the program.
  client.on(Events.ShardError, (error) => log.warn({ error: error.message }, 'discord: trouble at the gateway'))
  client.on(Events.Error, (error) => log.warn({ error: error.message }, 'discord: trouble in the client'))
  client.login(config.token).catch((error: unknown) => {
    const isToken = Object(error).code === 'TokenInvalid'
    const text = isToken ? REFUSED_TOKEN : `${NOT_REACHED} (${Object(error).message}); trying again`
    Object.assign(line, { up: false, problem: line.problem ?? { text, isRefused: isToken } })
    over.resolve()
  })
  const onStop = () => over.resolve()
  stop.addEventListener('abort', onStop)
  await over.promise
  stop.removeEventListener('abort', onStop)
  line.up = false
  client.removeAllListeners(Events.Raw)
  await atMost(clock, CLOSE_MS, client.destroy())
  return wasUp
}

/** The SDK writes into the payload as soon as we have returned, and what it leaves cannot even be stored. */
function copyOf(data: unknown): Payload {
  return payloadOf(JSON.parse(JSON.stringify(data ?? null)))
}

/** It remembers no messages: we read every event ourselves, and the history where one is missing. */
function makeClient(config: DiscordConfig): Client {
  return new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      // Direct messages come with their words without it.
      ...(isPublic(config) ? [GatewayIntentBits.MessageContent] : []),
    ],
    partials: [Partials.Channel, Partials.Message],
    shards: 'auto',
    allowedMentions: { parse: [], repliedUser: false },
    enforceNonce: true,
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0, ReactionManager: 0 }),
    rest: { api: config.apiUrl.replace(/\/+$/, ''), retries: 0 },
    ws: { buildStrategy: listeningStrategy },
  })
}

type Manager = ConstructorParameters<typeof SimpleShardingStrategy>[0]
/** What the SDK keeps to itself. */
interface Inside {
  shards: ReadonlyMap<number, { connection: { on(event: 'error', listener: () => void): unknown } | null }>
}

/** The SDK stops listening to a connection that it gives up, also to one that is not made yet: its failure would end the program. */
function listeningStrategy(manager: Manager): SimpleShardingStrategy {
  const strategy = new SimpleShardingStrategy(manager)
  const told = 'debug' as Parameters<Manager['on']>[0]
  manager.on(told, (said: { message?: string; shardId: number }) => {
    if (!said.message?.startsWith('Destroying shard')) return
    const { shards } = strategy as unknown as Inside
    shards.get(said.shardId)?.connection?.on('error', () => undefined)
  })
  return strategy
}

function isPublic({ channels, forums, requests, fallback }: DiscordConfig): boolean {
  return channels.length + forums.length > 0 || requests !== undefined || fallback !== undefined
}
