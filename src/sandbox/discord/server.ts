// Discord on this machine: guilds, people and bots with Discord's rules, which any library talks to and tests and the demo play in.
import { MINUTE, SECOND, systemClock } from '../../clock.ts'
import { type Changes, makeChanges } from '../wait.ts'
import { type Faults, makeFaults } from './faults.ts'
import { type Gateway, makeGateway } from './gateway.ts'
import { makeLimits } from './limits.ts'
import { LINK_MS } from './link.ts'
import { listen } from './listener.ts'
import { type GuildPlay, makeGuildPlay, type NewBot } from './play-guild.ts'
import { type InteractionPlay, makeInteractionPlay } from './play-interaction.ts'
import { type MessagePlay, makeMessagePlay } from './play-message.ts'
import type { App } from './records.ts'
import { snowflakes } from './snowflake.ts'
import type { Call, Settings, World } from './world.ts'

const MIB = 1024 * 1024

const SETTINGS: Settings = {
  limits: 'enforce',
  invalidMax: 10_000,
  heartbeatMs: 41_250,
  resumeMs: 3 * MINUTE,
  resumeEventsMax: 1000,
  nonceMs: 3 * MINUTE,
  linkMs: LINK_MS,
  nonceInHistory: false,
  interactionMs: 3 * SECOND,
  fileBytesMax: 10 * MIB,
  requestBytesMax: 25 * MIB,
}

export interface DiscordOptions extends Partial<Settings> {
  /** For ids, timestamps, rate limits, links and how long sessions last. Real time by default. */
  clock?: { now(): number }
  /** Waits for interactions, late answers and late frames, as Clock.wait does. Real time by default. */
  wait?(ms: number, signal: AbortSignal): Promise<void>
  port?: number
  bot?: Partial<NewBot>
}

export interface DiscordStandIn extends Pick<Changes, 'waitFor'> {
  /** For discord.js: `new Client({ rest: { api } })`. */
  api: string
  /** The one bot that is there from the beginning; `world.addBot` makes more. */
  bot: App
  /** What people do. */
  world: GuildPlay & MessagePlay & InteractionPlay
  gateway: Omit<Gateway, 'upgrade'>
  faults: Faults
  /** May be changed while it runs. */
  settings: Settings
  /** How many refused calls count towards Discord's ban at present. */
  invalidCount(): number
  /** No link handed out so far is good any more. */
  expireLinks(): void
  log: readonly Call[]
  /** The calls of one route, oldest first: `POST /channels/:channel/messages`. */
  calls(route: string): Call[]
  stop(): Promise<void>
}

export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordStandIn> {
  const stopping = new AbortController()
  const gateway = makeGateway(() => world)
  const server = await listen(options.port ?? 0, () => world, gateway)
  const world = makeWorld(server.origin, options, gateway, stopping.signal)
  const changes = makeChanges('Discord', () => world.log.map(({ route, outcome }) => `${route} ${outcome}`))
  world.changed = changes.changed
  const play = { ...makeGuildPlay(world), ...makeMessagePlay(world), ...makeInteractionPlay(world) }
  return {
    waitFor: changes.waitFor,
    api: `${server.origin}/api`,
    bot: play.addBot({ name: 'Deskbell', ...options.bot }),
    world: play,
    gateway,
    faults: world.faults,
    settings: world.settings,
    invalidCount: world.limits.invalidCount,
    expireLinks() {
      world.linkKey += '.'
    },
    log: world.log,
    calls: (route) => world.log.filter((call) => call.route === route),
    async stop() {
      stopping.abort()
      await server.stop()
    },
  }
}

function makeWorld(origin: string, options: DiscordOptions, gateway: Gateway, stopping: AbortSignal): World {
  const clock = options.clock ?? systemClock()
  const settings = pickSettings(options)
  return {
    origin,
    clock,
    settings,
    after: makeTimer(options.wait ?? systemClock().wait, stopping),
    afterReal: makeTimer(systemClock().wait, stopping),
    newId: snowflakes(clock),
    users: new Map(),
    guilds: new Map(),
    channels: new Map(),
    apps: new Map(),
    interactions: new Map(),
    uploads: new Map(),
    emit: (event) => gateway.sessions.emit(event),
    limits: makeLimits(clock, settings),
    faults: makeFaults(),
    linkKey: 'the key of the stand-in',
    log: [],
    changed: () => undefined,
  }
}

function pickSettings(options: DiscordOptions): Settings {
  const given = Object.entries(options).filter(([name, value]) => name in SETTINGS && value !== undefined)
  return { ...SETTINGS, ...Object.fromEntries(given) }
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
