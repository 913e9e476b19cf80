import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { manualClock } from '../../setup/clock.ts'
import { comesBack, connect, makeDesk, makeWeb, refusal } from './desk.ts'

const SILENT = () => undefined

function eventIds(heard: { body: { [field: string]: unknown } }[]) {
  return heard.map(({ body }) => body.event_id)
}

test('a client is greeted, hears an event and acks it', async () => {
  const { slack, desk, ana } = await makeDesk()
  const heard: { body: { [field: string]: unknown } }[] = []
  await connect(slack, async (envelope) => {
    heard.push(envelope)
    await envelope.ack()
  })
  const ts = slack.say(ana, desk, 'hello')
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the ack')
  expect(heard[0]?.body).toMatchObject({
    type: 'event_callback',
    team_id: slack.app.teamId,
    event: { type: 'message', user: ana, text: 'hello', ts, channel: desk, channel_type: 'group' },
    authorizations: [{ user_id: slack.app.botUserId }],
  })
})

test('an event that is not acked comes again at once, after a minute and after five, and then no more', async () => {
  const clock = manualClock()
  const { slack, desk, ana } = await makeDesk({ clock, wait: clock.wait })
  const retries: (number | undefined)[] = []
  await connect(slack, (envelope) => void retries.push(envelope.retry_num))
  slack.say(ana, desk, 'hello')
  for (const [seen, ms] of [
    [1, 3000],
    [2, 3000 + 60_000],
    [3, 3000 + 300_000],
    [4, 3000],
  ] as const) {
    await slack.waitFor(() => retries.length === seen, `delivery ${seen}`)
    await clock.advance(ms)
  }
  expect(retries).toEqual([0, 1, 2, 3])
  expect(slack.events.map(({ state }) => state)).toEqual(['lost'])
})

test('an ack that comes too late does not count', async () => {
  const clock = manualClock()
  const { slack, desk, ana } = await makeDesk({ clock, wait: clock.wait })
  const acks: (() => Promise<void>)[] = []
  await connect(slack, ({ ack }) => void acks.push(() => ack()))
  slack.say(ana, desk, 'hello')
  await slack.waitFor(() => acks.length === 1, 'the first delivery')
  await clock.advance(3000)
  await slack.waitFor(() => acks.length === 2, 'the retry')
  await acks[0]?.()
  await acks[1]?.()
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the ack of the retry')
  expect(slack.events[0]?.deliveries).toHaveLength(2)
})

test('each envelope goes to exactly one of the open sockets, and all of them get their turn', async () => {
  const { slack, desk, ana } = await makeDesk()
  const byClient = [0, 0, 0]
  const clients = byClient.map((_zero, index) =>
    connect(slack, async ({ ack }) => {
      byClient[index] = (byClient[index] ?? 0) + 1
      await ack()
    }),
  )
  await Promise.all(clients)
  for (let count = 1; count <= 9; count += 1) slack.say(ana, desk, String(count))
  await slack.waitFor(
    () => slack.events.length === 9 && slack.events.every(({ state }) => state === 'acked'),
    'nine acks',
  )
  expect(byClient).toEqual([3, 3, 3])
})

test('what happens while no socket is open is delivered, as a retry, once one opens', async () => {
  const { slack, desk, ana } = await makeDesk()
  slack.say(ana, desk, 'anybody there?')
  expect(slack.events[0]?.state).toBe('waiting')
  const retries: (number | undefined)[] = []
  await connect(slack, async ({ ack, retry_num }) => {
    retries.push(retry_num)
    await ack()
  })
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the ack')
  expect(retries).toEqual([1])
})

test('after ten minutes without a socket Slack has forgotten', async () => {
  const clock = manualClock()
  const { slack, desk, ana } = await makeDesk({ clock })
  slack.say(ana, desk, 'anybody there?')
  await clock.advance(10 * 60_000)
  await connect(slack)
  expect(slack.events[0]?.state).toBe('lost')
})

test('a process that dies before its ack hears the event again when it is back', async () => {
  const { slack, desk, ana } = await makeDesk()
  await connect(slack, SILENT).then((client) => {
    slack.say(ana, desk, 'hello')
    return client.disconnect()
  })
  await slack.waitFor(() => slack.events[0]?.state === 'waiting', 'the failed delivery')
  await connect(slack)
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the second delivery')
})

test('Slack delivers again what was acked, or what is still open, when a test asks for it', async () => {
  const { slack, desk, ana } = await makeDesk()
  const heard: { body: { [field: string]: unknown } }[] = []
  await connect(slack, async (envelope) => {
    heard.push(envelope)
    if (heard.length > 1) await envelope.ack()
  })
  slack.say(ana, desk, 'hello')
  await slack.waitFor(() => heard.length === 1, 'the first delivery')
  expect(slack.redeliver()).toBe(1)
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the ack')
  slack.repeat(slack.events[0]?.id ?? '')
  await slack.waitFor(() => heard.length === 3, 'the repetition')
  expect(new Set(eventIds(heard)).size).toBe(1)
})

test('a refresh of one of two sockets loses neither events nor clicks', async () => {
  const { slack, desk, ana } = await makeDesk()
  const heard: unknown[] = []
  const client = () =>
    connect(slack, async (envelope) => {
      if (envelope.type === 'events_api') heard.push((envelope.body.event as { text?: string }).text)
      await envelope.ack()
    })
  const clients = await Promise.all([client(), client()])
  const [first = 0] = slack.sockets.open()
  const back = Promise.race(clients.map(comesBack))
  slack.say(ana, desk, 'before')
  slack.sockets.disconnect('refresh_requested', first)
  slack.say(ana, desk, 'during')
  expect((await slack.shortcut(ana, 'find')).kind).toBe('acked')
  await back
  expect(slack.sockets.open()).not.toContain(first)
  slack.say(ana, desk, 'after')
  await slack.waitFor(() => slack.events.every(({ state }) => state === 'acked'), 'all acks')
  expect(heard.sort()).toEqual(['after', 'before', 'during'])
})

test('a socket that was asked to leave gets nothing new, even if it stays', async () => {
  const { slack, desk, ana } = await makeDesk()
  const { url = '' } = await makeWeb({ url: slack.url, botToken: slack.appToken }).apps.connections.open()
  const heard: string[] = []
  const stubborn = new WebSocket(url)
  stubborn.on('message', (data) => heard.push(JSON.parse(String(data)).type))
  await slack.waitFor(() => heard.length === 1, 'the greeting')
  slack.sockets.disconnect('warning')
  slack.say(ana, desk, 'anybody there?')
  await slack.waitFor(() => heard.length === 2, 'the request to leave')
  expect([heard, slack.events[0]?.state]).toEqual([['hello', 'disconnect'], 'waiting'])
})

test('a click while no socket is open is lost, and the person sees it', async () => {
  const { slack, ana } = await makeDesk()
  expect(await slack.shortcut(ana, 'find')).toEqual({ kind: 'unacked', reason: 'no socket is open' })
  const client = await connect(slack)
  expect((await slack.shortcut(ana, 'find')).kind).toBe('acked')
  const back = comesBack(client)
  slack.dropSockets()
  await slack.waitFor(() => slack.sockets.open().length === 0, 'the loss')
  expect(await slack.shortcut(ana, 'find')).toMatchObject({ reason: 'no socket is open' })
  await back
  expect((await slack.shortcut(ana, 'find')).kind).toBe('acked')
})

test('an interaction is never retried, and three seconds are all it gets', async () => {
  const clock = manualClock()
  const { slack, ana } = await makeDesk({ clock, wait: clock.wait })
  let seen = 0
  await connect(slack, () => {
    seen += 1
  })
  const click = slack.shortcut(ana, 'find')
  await slack.waitFor(() => seen === 1, 'the click')
  await clock.advance(3000)
  expect(await click).toEqual({ kind: 'unacked', reason: 'not acked in 3 s' })
  expect([slack.redeliver(), seen]).toEqual([0, 1])
})

test('the eleventh socket is sent away', async () => {
  const { slack } = await makeDesk()
  const app = makeWeb({ url: slack.url, botToken: slack.appToken })
  const open = async () => {
    const { url = '' } = await app.apps.connections.open()
    const socket = new WebSocket(url)
    return new Promise<{ type: string; reason?: string }>((resolve) => {
      socket.once('message', (data) => resolve(JSON.parse(String(data))))
    })
  }
  for (let count = 1; count <= 10; count += 1) expect((await open()).type).toBe('hello')
  expect(await open()).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
})

test('a socket URL works once', async () => {
  const { slack } = await makeDesk()
  const { url = '' } = await makeWeb({ url: slack.url, botToken: slack.appToken }).apps.connections.open()
  const outcome = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url)
      socket.once('message', () => resolve('hello'))
      socket.once('error', (error) => resolve(error.message))
    })
  expect(await outcome()).toBe('hello')
  expect(await outcome()).toContain('401')
  expect((await refusal(makeWeb({ url: slack.url, botToken: 'xapp-no' }).apps.connections.open())).error).toBe(
    'invalid_auth',
  )
})

test('pings of a client are answered', async () => {
  const { slack } = await makeDesk()
  const { url = '' } = await makeWeb({ url: slack.url, botToken: slack.appToken }).apps.connections.open()
  const socket = new WebSocket(url)
  const pong = new Promise<string>((resolve) => {
    socket.once('pong', (data) => resolve(String(data)))
  })
  socket.once('open', () => socket.ping('are you there'))
  expect(await pong).toBe('are you there')
})
