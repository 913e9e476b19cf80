// Registering the commands as an operator does, with the real program.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startDiscord } from '../../src/sandbox/discord/server.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

async function makeBot(token?: string) {
  const discord = await startDiscord({ limits: 'off' })
  onTestFinished(() => discord.stop())
  const guild = discord.world.addGuild({ name: 'Shop', members: [discord.bot.id] })
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-discord-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const desks = { main: { channel: 'C0123ABCDEF', leads: ['U0123ABCDEF'] } }
  await writeFile(join(folder, 'deskbell.yaml'), JSON.stringify({ desks, discord: { api_url: discord.api } }))
  const env = { PATH: process.env.PATH, DISCORD_BOT_TOKEN: token ?? discord.bot.token }
  const run = async (...words: string[]) => {
    const child = spawn(process.execPath, [CLI, 'discord', ...words], { cwd: folder, env })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)))
    const [code] = await once(child, 'close')
    return { code, said }
  }
  return { discord, guild, run }
}

test('the commands are registered everywhere, or in one server, and doing it again makes no second ones', async () => {
  const { discord, guild, run } = await makeBot()
  const names = () => [...discord.bot.commands.values()].map(({ name, guildId }) => [name, guildId]).sort()
  const first = await run('register', guild.id)
  expect(first).toEqual({ code: 0, said: 'Discord knows these commands now: support, Open a conversation.\n' })
  await run('register', guild.id)
  expect(names()).toEqual([
    ['Open a conversation', guild.id],
    ['support', guild.id],
  ])
  expect((await run('register')).code).toBe(0)
  expect(names()).toHaveLength(4)
})

test('a token that Discord does not know, and a word that is no verb, are told with what to do', async () => {
  const { run } = await makeBot('not.the.token')
  expect(await run('register')).toEqual({ code: 1, said: expect.stringMatching(/set DISCORD_BOT_TOKEN/) })
  expect(await run('regster')).toEqual({
    code: 2,
    said: expect.stringMatching(/^Usage: npm run deskbell -- discord register/),
  })
})
