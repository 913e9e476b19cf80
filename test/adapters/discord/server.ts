// A small server on the stand-in, an intake in memory that keeps like the real one, and channels of ours that listen there.
import { onTestFinished, vi } from 'vitest'
import { type DiscordConfig, discordChannel } from '../../../adapters/discord/channel.ts'
import type {
  Channel,
  ExternalId,
  InboundEvent,
  InboundMessage,
  Intake,
  OutboundMessage,
  Progress,
  RawEvent,
} from '../../../src/channel.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import type { Random } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { type DiscordOptions, type DiscordStandIn, startDiscord } from '../../../src/sandbox/discord/server.ts'

const CLOCK = systemClock()
/** Comes back at once: no test waits for a backoff unless it says so. */
const EAGER: Random = { bytes: (count) => new Uint8Array(count), fraction: () => 0.001 }

export interface MemoryIntake extends Intake {
  /** In the order kept, each key once. */
  readonly rows: RawEvent[]
  cursors: Map<string, string>
  keeps: number
  /** What the next calls of `keep` do before anything is stored. */
  before: (raws: RawEvent[]) => Promise<void>
}

export function memoryIntake(): MemoryIntake {
  const keys = new Set<string>()
  const intake: MemoryIntake = {
    rows: [],
    cursors: new Map(),
    keeps: 0,
    before: async () => undefined,
    async keep(raws, cursor) {
      intake.keeps++
      await intake.before(raws)
      for (const raw of raws) {
        if (keys.has(raw.key)) continue
        keys.add(raw.key)
        intake.rows.push(raw)
      }
      if (cursor) intake.cursors.set(cursor.key, cursor.value)
    },
    readCursor: async (key) => intake.cursors.get(key),
  }
  return intake
}

export type Server = Awaited<ReturnType<typeof makeServer>>

export async function makeServer(options: DiscordOptions = {}, intake = memoryIntake()) {
  const discord = await startDiscord({ limits: 'off', ...options })
  onTestFinished(() => discord.stop())
  const { world, bot } = discord
  const cleo = world.addUser({ name: 'Cleo Customer' })
  const max = world.addUser({ name: 'Max Member' })
  const zoe = world.addUser({ name: 'Zoe Agent' })
  const guild = world.addGuild({ name: 'Shop', members: [cleo.id, max.id, zoe.id, bot.id] })
  const help = world.addChannel(guild.id, { name: 'help' })
  const lobby = world.addChannel(guild.id, { name: 'lobby' })
  const forum = world.addForum(guild.id, { name: 'questions', tags: ['billing', 'urgent'] })
  const dm = world.dmChannel(cleo.id, bot.id)
  const settings: Partial<DiscordConfig> = {
    channels: [{ id: help.id, take: 'every', thread: 'reply' }],
    forums: [forum.id],
    tagPriorities: { billing: 'high' },
  }
  const open = (overrides: Partial<DiscordConfig> = {}, clock: Clock = CLOCK) => {
    const channel = openChannel({ ...configOf(discord), ...settings, ...overrides }, clock)
    onTestFinished(() => channel.stop())
    return channel
  }
  const channelOf = open({})
  return {
    ...{ discord, world, bot, cleo, max, zoe, guild, help, lobby, forum, dm, intake, open },
    /** Opens and starts one that is connected. */
    async start(overrides?: Partial<DiscordConfig>, clock?: Clock) {
      const channel = open(overrides, clock)
      await channel.start(intake)
      return channel
    },
    /** What the intake holds, read as the core reads it. */
    events: (overrides?: Partial<DiscordConfig>) => eventsIn(overrides ? open(overrides) : channelOf, intake),
  }
}

export async function eventsIn(channel: Channel, intake: MemoryIntake): Promise<InboundEvent[]> {
  const events: InboundEvent[] = []
  for (const raw of [...intake.rows]) events.push(...(await channel.parse(raw)))
  return events
}

export function messagesOf(events: readonly InboundEvent[]): InboundMessage[] {
  const seen = new Set<ExternalId>()
  return events.flatMap((event) => {
    if (event.kind !== 'message' || seen.has(event.externalId)) return []
    seen.add(event.externalId)
    return [event]
  })
}

export function textsOf(events: readonly InboundEvent[]): string[] {
  return messagesOf(events).map(({ text }) => text)
}

export function openChannel(config: DiscordConfig, clock: Clock = CLOCK) {
  return discordChannel(config, { clock, random: EAGER, log: silentLog })
}

export function configOf(discord: Pick<DiscordStandIn, 'api' | 'bot'>): DiscordConfig {
  return {
    name: 'discord',
    token: discord.bot.token,
    apiUrl: discord.api,
    directMessages: true,
    channels: [],
    forums: [],
    tagPriorities: {},
    agents: {},
    staffRoles: [],
    helperRoles: [],
    trustedBots: [],
  }
}

export function outbound(userId: string, message: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    id: 'm_01k0abcdefghj',
    conversationToken: '0123456789abcdefghjkmnpqrs',
    agentName: 'Zoë',
    to: [{ address: userId }],
    cc: [],
    markdown: 'It is on its way.',
    at: Date.UTC(2026, 4, 1, 12),
    ...message,
  }
}

/** As the composer does it: the answer to this message. */
export function answerTo(message: InboundMessage, reply: Partial<OutboundMessage> = {}): OutboundMessage {
  const { replyHandle, text, arrivedAt, from } = message
  return outbound(from.address, { answers: { replyHandle, text, arrivedAt, from }, ...reply })
}

export function progress(startedAt = 0): Progress & { accepted: Map<number, ExternalId> } {
  const accepted = new Map<number, ExternalId>()
  return { startedAt, accepted, accept: async (index, id) => void accepted.set(index, id) }
}

/** Resolves when it holds; fails the test when it does not within the time a person would wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 20_000, interval: 5 })
}
