// The whole program with a Discord section: from the file and the environment to conversations, and again after a restart.
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { startDeskbell } from '../src/main.ts'
import { startDiscord } from '../src/sandbox/discord/server.ts'
import { eachDatabase } from './setup/database.ts'
import { until } from './setup/until.ts'

eachDatabase((_, fresh) => {
  test('the program hears Discord as soon as it is configured, and after a restart what was written meanwhile', async () => {
    const discord = await startDiscord({ limits: 'off' })
    onTestFinished(() => discord.stop())
    const { world, bot } = discord
    const cleo = world.addUser({ name: 'Cleo' })
    const guild = world.addGuild({ name: 'Shop', members: [cleo.id, bot.id] })
    const help = world.addChannel(guild.id, { name: 'help' })
    const settings = {
      desks: { main: { channel: 'C0123ABCDEF', leads: ['U0123ABCDEF'] } },
      discord: { api_url: discord.api, channels: [{ id: help.id }] },
    }
    const yaml = { path: 'deskbell.yaml', text: JSON.stringify(settings) }
    const read = readConfig({ yaml, env: { DISCORD_BOT_TOKEN: bot.token } })
    if ('faults' in read) throw new Error(renderFaults(read.faults))
    const config = { ...read.config, database: await fresh() }
    const start = async () => {
      const deskbell = await startDeskbell(config, { clock: systemClock(), random: systemRandom(), log: silentLog })
      await until(() => discord.gateway.connected().length === 1, 'the connection')
      return deskbell
    }
    const first = await start()
    world.memberWrites(help.id, cleo.id, 'Where is my order?')
    const texts = async (deskbell: typeof first) =>
      (await deskbell.db.selectFrom('message').select('text').orderBy('id').execute()).map(({ text }) => text)
    await until(async () => (await texts(first)).length === 1, 'the question')
    const [conversation] = await first.db.selectFrom('conversation').select(['channel', 'desk']).execute()
    expect(conversation).toEqual({ channel: 'discord', desk: 'main' })
    expect(first.problems().filter((problem) => problem.startsWith('discord:'))).toEqual([])
    await first.stop()
    await until(() => discord.gateway.connected().length === 0, 'the end of the connection')
    world.memberWrites(help.id, cleo.id, 'Hello?')
    const second = await start()
    try {
      await until(async () => (await texts(second)).length === 2, 'what was written meanwhile')
      expect(await texts(second)).toEqual(['Where is my order?', 'Hello?'])
    } finally {
      await second.stop() // Before its database goes.
    }
  })
})
