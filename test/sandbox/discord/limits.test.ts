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
