import type { SendableChannels } from 'discord.js'
import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { ask } from './bare.ts'
import { logIn, makePlace } from './place.ts'

const ROUTE = 'POST /channels/:channel/messages'

test('a channel takes five messages in five seconds; headers say how many are left and until when', async () => {
  const clock = manualClock()
  const { discord, help, dm } = await makePlace({ clock, limits: 'enforce' })
  const send = (channel = help.id) => ask(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' })
  const left: (string | null)[] = []
  for (let count = 0; count < 5; count += 1) left.push((await send()).headers.get('x-ratelimit-remaining'))
  expect(left).toEqual(['4', '3', '2', '1', '0'])
  await clock.advance(2000)
  const refused = await send()
  expect([refused.status, refused.body]).toEqual([
    429,
    { message: 'You are being rate limited.', retry_after: 3, global: false },
  ])
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '3',
    'x-ratelimit-limit': '5',
    'x-ratelimit-reset-after': '3.000',
    'x-ratelimit-scope': 'user',
    'x-ratelimit-bucket': expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  // Another channel has a bucket of its own.
  expect((await send(dm.id)).status).toBe(200)
  await clock.advance(3000)
  expect((await send()).status).toBe(200)
})

test('fifty calls a second is the end for everything but interactions', async () => {
  const clock = manualClock()
  const { discord, world, cleo } = await makePlace({ clock, limits: 'enforce' })
  const statuses: number[] = []
  for (let count = 0; count < 51; count += 1) {
    const channel = world.dmChannel(world.addUser({ name: `user ${count}` }).id, discord.bot.id)
    statuses.push((await ask(discord, 'GET', `/channels/${channel.id}`)).status)
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(50)
  const refused = await ask(discord, 'GET', `/users/${cleo.id}`)
  expect(refused.body).toMatchObject({ global: true })
  expect(refused.headers.get('x-ratelimit-global')).toBe('true')
  expect((await ask(discord, 'POST', '/interactions/1/x/callback', { type: 4 })).status).toBe(404)
  await clock.advance(1000)
  expect((await ask(discord, 'GET', `/users/${cleo.id}`)).status).toBe(200)
})

test('who goes on after being refused is no longer answered', async () => {
  const clock = manualClock()
  const { discord, help } = await makePlace({ clock, limits: 'enforce', invalidMax: 3 })
  for (let count = 0; count < 3; count += 1) await ask(discord, 'GET', `/users/@me`, undefined, 'nonsense')
  expect(discord.invalidCount()).toBe(3)
  const banned = await ask(discord, 'GET', `/channels/${help.id}`)
  expect([banned.status, banned.body]).toEqual([429, 'error code: 1015'])
  await clock.advance(10 * 60_000)
  expect((await ask(discord, 'GET', `/channels/${help.id}`)).status).toBe(200)
})

test('an unmodified client waits out a 429 and sends once', async () => {
  const { discord, world, help } = await makePlace()
  const client = await logIn(discord)
  const channel = (await client.channels.fetch(help.id)) as SendableChannels
  discord.faults.next(ROUTE, { status: 429, retryAfterS: 1 })
  await channel.send('patience')
  expect(world.list(help.id).map(({ content }) => content)).toEqual(['patience'])
  expect(discord.calls(ROUTE).map(({ status }) => status)).toEqual([429, 200])
})

test('what is shared with others is no invalid request', async () => {
  const { discord, help } = await makePlace()
  discord.faults.next('GET /channels/:channel', { status: 429, retryAfterS: 1, scope: 'shared' })
  const refused = await ask(discord, 'GET', `/channels/${help.id}`)
  expect(refused.headers.get('x-ratelimit-scope')).toBe('shared')
  expect(discord.invalidCount()).toBe(0)
})

test('opening direct messages with one stranger after the other is stopped, with acquaintances it is not', async () => {
  const clock = manualClock()
  const { discord, world, cleo } = await makePlace({ clock, limits: 'enforce' })
  const open = async (recipient: string) => {
    await clock.advance(1000)
    const { status, body } = await ask(discord, 'POST', '/users/@me/channels', { recipient_id: recipient })
    return [status, body.code ?? 'ok']
  }
  const strangers = Array.from({ length: 41 }, (_zero, index) => world.addUser({ name: `stranger ${index}` }).id)
  for (const stranger of strangers.slice(0, 40)) expect(await open(stranger)).toEqual([200, 'ok'])
  expect(await open(strangers[40] ?? '')).toEqual([403, 40003])
  expect(await open(cleo.id)).toEqual([200, 'ok'])
})

test('old messages are edited a few times in a row and then not for a while', async () => {
  const clock = manualClock()
  const { discord, help } = await makePlace({ clock, limits: 'enforce' })
  const { body } = await ask(discord, 'POST', `/channels/${help.id}/messages`, { content: 'draft' })
  const edit = async (content: string) => {
    const path = `/channels/${help.id}/messages/${body.id}`
    const { status, body: said, headers } = await ask(discord, 'PATCH', path, { content })
    return [status, said.code ?? 'ok', headers.get('retry-after')]
  }
  await clock.advance(60 * 60_000 + 1)
  for (const content of ['1', '2', '3']) expect(await edit(content)).toEqual([200, 'ok', null])
  expect(await edit('4')).toEqual([429, 30046, '1'])
  await clock.advance(20_000)
  expect(await edit('4')).toEqual([200, 'ok', null])
})
