// The Discord community of the demo: a help channel, a customer, another member, and Tom, who is at home there too.

import type { MovableClock } from '../clock.ts'
import { type DiscordStandIn, startDiscord } from '../discord/server.ts'
import type { Stage } from '../stage.ts'

export const COMMUNITY = 'discord'

export interface Said {
  author: string
  isApp: boolean
  text: string
  at: number
}

/** What stands in the channel, with its thread where it has one. */
export interface Topic extends Said {
  id: string
  hasThread: boolean
  answers: Said[]
}

export interface Community {
  people: readonly { id: string; name: string }[]
  topics(): Topic[]
  /** In the channel, or in the thread of a topic. */
  write(personId: string, text: string, topicId?: string): void
  /** For the program's configuration. */
  settings: Record<string, unknown>
  env: Record<string, string>
  stop(): Promise<void>
}

export async function openCommunity({ colleague }: Stage, clock: MovableClock): Promise<Community> {
  const discord = await startDiscord({ clock, wait: clock.wait })
  const { world, bot } = discord
  const cleo = world.addUser({ name: 'Cleo Adeyemi' })
  const finn = world.addUser({ name: 'Finn Berg' })
  const tom = world.addUser({ name: 'Tom Okafor' })
  const names = new Map([cleo, finn, tom].map(({ id, globalName, username }) => [id, globalName ?? username]))
  const said = ({ authorId, content, at }: Message): Said => {
    const name = names.get(authorId)
    return { author: name ?? 'Deskbell', isApp: name === undefined, text: content, at }
  }
  const members = [cleo.id, finn.id, tom.id, bot.id]
  const guild = world.addGuild({ name: 'Example Shop', members })
  const help = world.addChannel(guild.id, { name: 'help' })
  return {
    people: [
      { id: cleo.id, name: 'Cleo Adeyemi, a customer' },
      { id: finn.id, name: 'Finn Berg, another member' },
      { id: tom.id, name: 'Tom Okafor, an agent' },
    ],
    topics: () =>
      world
        .list(help.id)
        .filter(isWords)
        .map((message) => topicOf(discord, said, message)),
    write: (personId, text, topicId) => void world.memberWrites(topicId ?? help.id, personId, text),
    settings: {
      api_url: discord.api,
      channels: [{ id: help.id, thread: 'at-once' }],
      agents: { [colleague]: tom.id },
    },
    env: { DISCORD_BOT_TOKEN: bot.token },
    stop: discord.stop,
  }
}

type Message = ReturnType<DiscordStandIn['world']['list']>[number]
type Reading = (message: Message) => Said

/** Without what Discord writes itself, such as that a thread was opened. */
const isWords = ({ content }: Message) => content !== ''

/** A thread that was opened on a message has the message's own id. */
function topicOf({ world }: DiscordStandIn, said: Reading, message: Message): Topic {
  let answers: Said[] | undefined
  try {
    answers = world.list(message.id).filter(isWords).map(said)
  } catch {
    answers = undefined // There is no thread.
  }
  return { ...said(message), id: message.id, hasThread: answers !== undefined, answers: answers ?? [] }
}
