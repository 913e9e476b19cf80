import { DiscordAPIError, Events, HTTPError, type SendableChannels } from 'discord.js'
import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { ask } from './bare.ts'
import { logIn, makePlace, next, refusal } from './place.ts'

const ROUTE = 'POST /channels/:channel/messages'

async function makeWriter(rest: object = {}) {
  const place = await makePlace()
  const client = await logIn(place.discord, { rest })
  const channel = (await client.channels.fetch(place.help.id)) as SendableChannels
  return { ...place, client, channel, texts: () => place.world.list(place.help.id).map(({ content }) => content) }
}

test('a 500 that stored the message leaves one message where the retry carries its nonce', async () => {
  const { discord, channel, texts } = await makeWriter()
  discord.faults.next(ROUTE, { status: 500, stored: true }, 2)
  await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true })
  expect(texts()).toEqual(['once'])
  const bodies = discord.calls(ROUTE).map(({ body, status }) => [body.nonce, body.enforce_nonce, status])
  expect(bodies).toEqual([
    ['n1', true, 500],
    ['n1', true, 500],
    ['n1', true, 200],
  ])
})

test('without a nonce the same trouble makes a second message', async () => {
  const { discord, channel, texts } = await makeWriter()
  discord.faults.next(ROUTE, { status: 502, stored: true })
  await channel.send('twice')
  expect(texts()).toEqual(['twice', 'twice'])
})

test('a 500 without storing and an answer that is lost are tried again', async () => {
  const { discord, channel, texts } = await makeWriter()
  discord.faults.next(ROUTE, { status: 503 })
  discord.faults.next(ROUTE, { reset: true, stored: true })
  await channel.send({ content: 'at last', nonce: 'n2', enforceNonce: true })
  expect(texts()).toEqual(['at last'])
  expect(discord.calls(ROUTE).map(({ body, outcome }) => [body.nonce, outcome])).toEqual([
    ['n2', '503'],
    ['n2', 'reset stored'],
    ['n2', 'ok'],
  ])
})

test('an answer that is lost with its connection reaches the caller, who cannot know', async () => {
  const { discord, channel, texts } = await makeWriter()
  discord.faults.next(ROUTE, { close: true, stored: true })
  await expect(channel.send('perhaps')).rejects.toThrow('other side closed')
  expect(texts()).toEqual(['perhaps'])
})

test('trouble that lasts reaches the caller', async () => {
  const { discord, channel, texts } = await makeWriter({ retries: 0 })
  discord.faults.always(ROUTE, { status: 500 })
  await expect(channel.send('never')).rejects.toBeInstanceOf(HTTPError)
  discord.faults.clear()
  discord.faults.next(ROUTE, { hang: true })
  channel.client.rest.options.timeout = 20
  await expect(channel.send('lost')).rejects.toThrow('aborted')
  expect(texts()).toEqual([])
})

test('any of Discord’s refusals can be ordered', async () => {
  const { discord, channel } = await makeWriter()
  for (const [code, status] of [
    [20009, 400],
    [240000, 400],
    [40003, 403],
  ] as const) {
    discord.faults.next(ROUTE, { code })
    const refused = await refusal(channel.send('x'))
    expect(refused).toBeInstanceOf(DiscordAPIError)
    expect([refused.code, refused.status]).toEqual([code, status])
  }
})

test('an answer that is late is right all the same', async () => {
  const clock = manualClock()
  const { discord, help } = await makePlace({ clock, wait: clock.wait })
  discord.faults.next(ROUTE, { delayMs: 30_000 })
  let isAnswered = false
  const sent = ask(discord, 'POST', `/channels/${help.id}/messages`, { content: 'slow' }).then((answer) => {
    isAnswered = true
    return answer
  })
  await discord.waitFor(() => discord.calls(ROUTE)[0]?.status === 200, 'the call')
  expect(isAnswered).toBe(false)
  await clock.advance(30_000)
  expect((await sent).body.content).toBe('slow')
})

test('a client whose heartbeats are no longer acknowledged leaves the zombie and resumes', async () => {
  const { discord, world, dm, cleo } = await makePlace({ heartbeatMs: 300 })
  const client = await logIn(discord)
  const resumed = next(client, Events.ShardResume)
  discord.faults.deafen(true)
  await next(client, Events.ShardReconnecting)
  discord.faults.deafen(false)
  await resumed
  const heard = next<{ content: string }>(client, Events.MessageCreate)
  world.memberWrites(dm.id, cleo.id, 'there again')
  expect((await heard).content).toBe('there again')
})

test('a token that is no longer good ends a client’s calls', async () => {
  const { discord, channel, bot } = await makeWriter()
  bot.token = 'a new one'
  expect(await refusal(channel.send('x'))).toMatchObject({ status: 401 })
  // The client has forgotten its token and does not even ask any more.
  await expect(channel.send('y')).rejects.toThrow('token')
  expect(discord.calls(ROUTE)).toHaveLength(1)
})
