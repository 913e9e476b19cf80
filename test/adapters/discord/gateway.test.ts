import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { makeServer, textsOf, until } from './server.ts'

test('a token that Discord does not know is told with where to find the right one', async () => {
  const server = await makeServer()
  const channel = server.open({ token: 'not.the.token' })
  const started = channel.start(server.intake)
  await until(() => channel.health().isRefused === true)
  expect(channel.health()).toMatchObject({ ok: false, problem: expect.stringMatching(/DISCORD_BOT_TOKEN/) })
  await channel.stop()
  await started
})

test('an intent that is off in the portal is told by its name there, and one look is enough', async () => {
  const server = await makeServer({ bot: { privileged: 0 } })
  const channel = server.open()
  const started = channel.start(server.intake)
  await until(() => channel.health().isRefused === true)
  expect(channel.health()).toMatchObject({ ok: false, problem: expect.stringMatching(/Message Content Intent/) })
  expect(server.discord.calls('GET /gateway/bot')).toHaveLength(1)
  await channel.stop()
  await started
})

test('when Discord lets the bot sign in no more today, that is said, and it is not tried', async () => {
  const server = await makeServer({ bot: { startsADay: 1 } })
  await (await server.start()).stop()
  const channel = server.open()
  const started = channel.start(server.intake)
  await until(() => channel.health().problem?.includes('session') ?? false)
  expect(server.bot.identifies.left).toBe(0)
  await channel.stop()
  await started
})

test('for direct messages alone no intent has to be switched on', async () => {
  const server = await makeServer({ bot: { privileged: 0 } })
  const channel = await server.start({ channels: [], forums: [] })
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Hello?')
  await until(() => server.intake.rows.length === 1)
  expect(textsOf(await server.events())).toEqual(['Hello?'])
  expect(channel.health().ok).toBe(true)
})

test('a lost connection shows, and shows no more once it is back', async () => {
  const server = await makeServer()
  const channel = await server.start()
  expect(channel.health().ok).toBe(true)
  server.discord.faults.always('GET /gateway/bot', { status: 503 })
  server.discord.gateway.close(4000)
  await until(() => !channel.health().ok)
  expect(channel.health()).toMatchObject({ problem: expect.stringMatching(/cannot be reached/) })
  server.discord.faults.clear()
  await until(() => channel.health().ok)
})

test('a connection that fails after it was given up ends nothing', async () => {
  const sockets: Duplex[] = []
  const limits = { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 }
  const silent = createServer((_, response) => {
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ url, shards: 1, session_start_limit: limits }))
  })
  silent.on('upgrade', (_, socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const server = await makeServer()
  const channel = server.open({ apiUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/api` })
  const started = channel.start(server.intake)
  await until(() => sockets.length === 1)
  await channel.stop()
  await started
  const closed = sockets.map((socket) => once(socket, 'close'))
  for (const socket of sockets) (socket as Socket).resetAndDestroy()
  await Promise.all(closed)
  await new Promise((resolve) => silent.close(resolve))
})

test('Discord that cannot be reached at the start is tried until it can', async () => {
  const server = await makeServer()
  server.discord.faults.next('GET /gateway/bot', { status: 503 }, 3)
  const channel = await server.start()
  expect(channel.health().ok).toBe(true)
})

test('several shards are one channel', async () => {
  const server = await makeServer({ bot: { shards: 3, maxConcurrency: 3 } })
  await server.start()
  server.world.memberWrites(server.help.id, server.cleo.id, 'in a channel')
  server.world.memberWrites(server.dm.id, server.cleo.id, 'directly')
  await until(() => server.intake.rows.length === 2)
  expect(textsOf(await server.events()).sort()).toEqual(['directly', 'in a channel'])
})

test('a channel that is hidden from the bot is told by its id', async () => {
  const server = await makeServer()
  server.discord.faults.always('GET /channels/:channel/messages', { code: 50001 })
  const channel = await server.start()
  await until(() => channel.health().problem !== undefined)
  expect(channel.health().problem).toContain(server.help.id)
  server.world.memberWrites(server.help.id, server.cleo.id, 'heard all the same')
  await until(() => server.intake.rows.length === 1)
})

test('while the store refuses, that is what health says', async () => {
  const server = await makeServer()
  const channel = await server.start()
  server.intake.before = async () => {
    throw new Error('disk full')
  }
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Hello?')
  await until(() => channel.health().problem !== undefined)
  expect(channel.health().problem).toMatch(/cannot be stored/)
  server.intake.before = async () => undefined
  await until(() => channel.health().ok && server.intake.rows.length === 1)
})
