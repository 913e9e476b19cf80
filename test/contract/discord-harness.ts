// Discord as the contract suite sees it: a server on the stand-in, a customer and a bot of somebody else's.
import { vi } from 'vitest'
import { startDiscord } from '../../src/sandbox/discord/server.ts'
import { timeOf } from '../../src/sandbox/discord/snowflake.ts'
import { configOf, openChannel, outbound } from '../adapters/discord/server.ts'
import type { ChannelHarness } from './channel-contract.ts'

const POST = 'POST /channels/:channel/messages'

/** Where the customer writes. What is written to us directly for the first time while we are away nobody can find: see receiving.test.ts. */
export async function discordHarness(where: 'channel' | 'post'): Promise<ChannelHarness> {
  const discord = await startDiscord({ limits: 'off' })
  const { world, bot } = discord
  const cleo = world.addUser({ name: 'Cleo' })
  const other = world.addBot({ name: 'Robot' })
  const guild = world.addGuild({ name: 'Shop', members: [cleo.id, bot.id, other.id] })
  const help = world.addChannel(guild.id, { name: 'help' })
  const forum = world.addForum(guild.id, { name: 'questions' })
  const post = world.openThread(forum.id, cleo.id, { name: 'My order', text: 'Before you came' })
  await vi.waitUntil(() => Date.now() > timeOf(post.id), { interval: 1 }) // A first start takes in what is written from then on.
  const dm = world.dmChannel(cleo.id, bot.id)
  const place = where === 'post' ? post : help
  const channels = [{ id: help.id, take: 'every', thread: 'reply' } as const]
  const config = { ...configOf(discord), channels, forums: [forum.id] }
  return {
    open: () => openChannel(config),
    async customerWrites(text) {
      world.memberWrites(place.id, cleo.id, text)
    },
    async weWrite(text) {
      world.memberWrites(place.id, bot.id, text)
      world.memberWrites(place.id, other.id, text)
    },
    // The session is gone: the client signs in anew and everything that we look at again is offered again.
    redeliver: async () => discord.gateway.invalidate(false),
    platformNow: () => Date.now(),
    outbound: (id, markdown) => outbound(cleo.id, { id, markdown }),
    nextSend(meets) {
      if (meets === 'temporary') discord.faults.next(POST, { status: 429, retryAfterS: 7 })
      if (meets === 'rejected') world.closeDms(cleo.id)
      if (meets === 'lost') discord.faults.next(POST, { status: 500, stored: true })
    },
    async customerSees() {
      const ours = world.list(dm.id).filter(({ authorId }) => authorId === bot.id)
      return ours.map(({ id, content }) => ({ identity: id, text: content }))
    },
    close: () => discord.stop(),
  }
}
