// A small guild for tests of the Discord stand-in: a text channel, a forum, a customer, a moderator, the bot, and real clients.
import { Client, type ClientOptions, DiscordAPIError, Events, GatewayIntentBits, Partials } from 'discord.js'
import { onTestFinished } from 'vitest'
import { type DiscordOptions, type DiscordStandIn, startDiscord } from '../../../src/sandbox/discord/server.ts'

export const USUAL_INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.MessageContent,
]

export async function makePlace(options: DiscordOptions = {}) {
  const discord = await startDiscord({ limits: 'off', ...options })
  onTestFinished(() => discord.stop())
  const { world, bot } = discord
  const cleo = world.addUser({ name: 'Cleo Customer' })
  const mo = world.addUser({ name: 'Mo Moderator' })
  const guild = world.addGuild({ name: 'Shop', ownerId: mo.id, members: [cleo.id, bot.id] })
  const help = world.addChannel(guild.id, { name: 'help' })
  const forum = world.addForum(guild.id, { name: 'questions', tags: ['open', 'solved'] })
  return { discord, world, bot, guild, help, forum, cleo, mo, dm: world.dmChannel(cleo.id, bot.id) }
}

export type Place = Awaited<ReturnType<typeof makePlace>>

/** An unmodified client, logged in and ready. */
export async function logIn(discord: DiscordStandIn, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = makeClient(discord, options)
  const isReady = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(discord.bot.token)
  await isReady
  return client as Client<true>
}

export function makeClient(discord: DiscordStandIn, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: USUAL_INTENTS,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
    ...options,
    rest: { api: discord.api, ...options.rest },
  })
  // Trouble with the connection is what is tested here; without a listener it would end the process.
  client.on(Events.Error, () => undefined)
  onTestFinished(() => client.destroy())
  return client
}

/** Resolves with the arguments of the next event of this name; ask before it happens. */
export function next<T = unknown>(client: Client, event: string): Promise<T> {
  return new Promise((resolve) => client.once(event, (...heard: unknown[]) => resolve(heard[0] as T)))
}

/** What Discord answered when it refused. */
export async function refusal(call: Promise<unknown> | undefined): Promise<DiscordAPIError> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof DiscordAPIError) return thrown
    throw thrown
  }
  throw new Error('Discord accepted what it should have refused')
}
