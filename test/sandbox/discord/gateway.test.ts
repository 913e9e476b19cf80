import { createInflate, createZstdDecompress } from 'node:zlib'
import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { ALL_INTENTS, ask, dial, dialIn, identity } from './bare.ts'
import { makePlace } from './place.ts'

const CONTENT = 1 << 15
const MEMBERS = 1 << 1

test('a bare socket is greeted, acknowledged and told of its guild with everything in it', async () => {
  const { discord, guild, help, forum, world, cleo, bot } = await makePlace()
  const thread = world.openThread(help.id, cleo.id, { name: 'a question' })
  const line = await dial(discord)
  expect((await line.hearsOp(10)).d.heartbeat_interval).toBe(41_250)
  line.send(1, null)
  await line.hearsOp(11)
  line.send(2, identity(discord))
  const ready = await line.hearsEvent('READY')
  expect(ready).toMatchObject({
    op: 0,
    s: 1,
    d: {
      v: 10,
      user: { id: bot.id, bot: true },
      guilds: [{ id: guild.id, unavailable: true }],
      application: { id: bot.id },
    },
  })
  expect(ready.d.resume_gateway_url).toContain(new URL(discord.api).host)
  const whole = await line.hearsEvent('GUILD_CREATE')
  expect(whole.d.channels.map(({ id }: { id: string }) => id)).toEqual([help.id, forum.id])
  expect(whole.d.threads.map(({ id }: { id: string }) => id)).toEqual([thread.id])
  // Without the privileged intents a bot is told of no member but itself.
  expect(whole.d.members.map(({ user }: { user: { id: string } }) => user.id)).toEqual([bot.id])
  expect(whole.d.member_count).toBe(3)
})

test.each([
  ['a token nobody issued', { token: 'nonsense' }, 4004],
  ['intents that do not exist', { intents: 1 << 30 }, 4013],
  ['a privileged intent that is not switched on', { intents: ALL_INTENTS | MEMBERS }, 4014],
  ['a shard beyond its number', { shard: [2, 2] }, 4010],
])('%s ends the connection for good', async (_name, more, code) => {
  const { discord } = await makePlace({ bot: { privileged: CONTENT } })
  const line = await dial(discord)
  line.send(2, identity(discord, more))
  expect(await line.onClose).toBe(code)
})

test.each([
  ['what is no JSON', '{', 4002],
  ['more than 4096 bytes', JSON.stringify({ op: 1, d: 'x'.repeat(4096) }), 4002],
  ['an opcode that does not exist', JSON.stringify({ op: 99, d: null }), 4001],
  ['a question before identifying', JSON.stringify({ op: 8, d: {} }), 4003],
])('%s ends the connection', async (_name, text, code) => {
  const { discord } = await makePlace()
  const line = await dial(discord)
  line.socket.send(text)
  expect(await line.onClose).toBe(code)
})

test('identifying twice and an old version of the gateway are refused', async () => {
  const { discord } = await makePlace()
  const line = await dialIn(discord)
  line.send(2, identity(discord))
  expect(await line.onClose).toBe(4005)
  const old = await dial(discord, '?v=6')
  expect(await old.onClose).toBe(4012)
})

test('more than 120 sends in a minute end the connection', async () => {
  const { discord } = await makePlace({ limits: 'enforce' })
  const line = await dialIn(discord)
  for (let count = 0; count < 119; count += 1)
    line.send(3, { status: 'online', afk: false, since: null, activities: [] })
  line.send(1, null)
  expect(await line.onClose).toBe(4008)
})

test('a second session within five seconds is told to try again, and the day has so many starts', async () => {
  const clock = manualClock()
  const { discord } = await makePlace({ limits: 'enforce', clock, wait: clock.wait, bot: { startsADay: 3 } })
  await dialIn(discord)
  const hasty = await dial(discord)
  hasty.send(2, identity(discord))
  expect((await hasty.hearsOp(9)).d).toBe(false)
  await clock.advance(5000)
  await dialIn(discord)
  const { body } = await ask(discord, 'GET', '/gateway/bot')
  expect(body.session_start_limit).toMatchObject({ total: 3, remaining: 0, max_concurrency: 1 })
  await clock.advance(5000)
  const tooMany = await dial(discord)
  tooMany.send(2, identity(discord))
  expect(await tooMany.onClose).toBe(4004)
})

test('who stays silent for too long is let go, and who is asked for a heartbeat hears so', async () => {
  const { discord } = await makePlace({ heartbeatMs: 300 })
  const line = await dialIn(discord)
  discord.gateway.askHeartbeat()
  await line.hearsOp(1)
  expect(await line.onClose).toBe(4009)
})

test('the clock of the stand-in may be moved by a day without anybody losing the connection', async () => {
  const clock = manualClock()
  const { discord, world, dm, cleo } = await makePlace({ clock, wait: clock.wait })
  const line = await dialIn(discord)
  await clock.advance(24 * 60 * 60_000)
  world.memberWrites(dm.id, cleo.id, 'good morning')
  await line.hearsEvent('MESSAGE_CREATE')
  expect(line.isOpen()).toBe(true)
})

test('without the intent a message comes without its content, unless it is meant for the bot', async () => {
  const { discord, world, help, cleo, dm, bot } = await makePlace()
  const line = await dialIn(discord, { intents: ALL_INTENTS & ~CONTENT })
  const file = { name: 'a.txt', bytes: new TextEncoder().encode('a') }
  world.memberWrites(help.id, cleo.id, 'not for you', { files: [file] })
  world.memberWrites(help.id, cleo.id, `<@${bot.id}> for you`)
  world.memberWrites(dm.id, cleo.id, 'only for you', { files: [file] })
  await discord.waitFor(() => line.events('MESSAGE_CREATE').length === 3, 'three messages')
  const [withheld, mentioned, direct] = line.events('MESSAGE_CREATE').map(({ d }) => d)
  expect(withheld).toMatchObject({ content: '', attachments: [], author: { id: cleo.id } })
  expect(mentioned.content).toContain('for you')
  expect(direct).toMatchObject({ content: 'only for you', attachments: [{ filename: 'a.txt' }] })
  expect(direct.guild_id).toBeUndefined()
  expect(direct.member).toBeUndefined()
})

test('only what was asked for is told', async () => {
  const { discord, world, help, cleo, dm } = await makePlace()
  const guildsOnly = await dialIn(discord, { intents: 1 })
  const directOnly = await dialIn(discord, { intents: 1 << 12 })
  world.memberWrites(help.id, cleo.id, 'in the guild')
  world.memberWrites(dm.id, cleo.id, 'in private')
  await directOnly.hearsEvent('MESSAGE_CREATE')
  expect(directOnly.events().map(({ t }) => t)).toEqual(['READY', 'MESSAGE_CREATE'])
  expect(guildsOnly.events().map(({ t }) => t)).toEqual(['READY', 'GUILD_CREATE'])
})

test('a lost connection is resumed: what was missed comes in order, and then RESUMED', async () => {
  const { discord, world, dm, cleo } = await makePlace()
  const line = await dialIn(discord)
  world.memberWrites(dm.id, cleo.id, 'one')
  await line.hearsEvent('MESSAGE_CREATE')
  const seq = line.frames.at(-1)?.s
  discord.gateway.drop()
  await line.onClose
  await discord.waitFor(() => discord.gateway.connected().length === 0, 'the loss')
  for (const text of ['two', 'three']) world.memberWrites(dm.id, cleo.id, text)
  const back = await dial(discord)
  back.send(6, { token: discord.bot.token, session_id: line.ready.session_id, seq })
  await back.hearsEvent('RESUMED')
  expect(back.events().map(({ t, d }) => d.content ?? t)).toEqual(['two', 'three', 'RESUMED'])
})

test('a session is gone after three minutes, after too much was missed, and after a goodbye', async () => {
  const clock = manualClock()
  const { discord, world, dm, cleo } = await makePlace({ clock, wait: clock.wait, resumeEventsMax: 5 })
  const resumes = async (session: string, seq: number) => {
    const back = await dial(discord)
    back.send(6, { token: discord.bot.token, session_id: session, seq })
    return discord.waitFor(() => back.frames.find(({ op, t }) => op === 9 || t === 'RESUMED'), 'a verdict')
  }
  const lose = async (line: Awaited<ReturnType<typeof dialIn>>, how: () => void) => {
    how()
    await line.onClose
    await discord.waitFor(() => discord.gateway.connected().length === 0, 'the loss')
    return line.ready.session_id
  }
  const late = await dialIn(discord)
  const lateId = await lose(late, discord.gateway.drop)
  await clock.advance(3 * 60_000 + 1)
  expect(await resumes(lateId, 2)).toMatchObject({ op: 9, d: false })
  const full = await dialIn(discord)
  const fullId = await lose(full, discord.gateway.drop)
  for (let count = 0; count < 6; count += 1) world.memberWrites(dm.id, cleo.id, String(count))
  expect(await resumes(fullId, 2)).toMatchObject({ op: 9, d: false })
  const polite = await dialIn(discord)
  const politeId = await lose(polite, () => polite.socket.close(1000))
  expect(await resumes(politeId, 2)).toMatchObject({ op: 9, d: false })
})

test('a number from the future closes the connection', async () => {
  const { discord } = await makePlace()
  const line = await dialIn(discord)
  discord.gateway.drop()
  await line.onClose
  const back = await dial(discord)
  back.send(6, { token: discord.bot.token, session_id: line.ready.session_id, seq: 999 })
  expect(await back.onClose).toBe(4007)
})

test('each guild falls to one shard, and direct messages to the first', async () => {
  const { discord, world, cleo, dm, bot } = await makePlace({ bot: { shards: 2, maxConcurrency: 2 } })
  for (let count = 0; count < 3; count += 1) world.addGuild({ name: `shop ${count}`, members: [bot.id] })
  const first = await dialIn(discord, { shard: [0, 2] })
  const second = await dialIn(discord, { shard: [1, 2] })
  const served = [first, second].map(({ ready }) => ready.guilds.map(({ id }) => Number((BigInt(id) >> 22n) % 2n)))
  expect(served[0]?.every((shard) => shard === 0)).toBe(true)
  expect(served[1]?.every((shard) => shard === 1)).toBe(true)
  expect(served.flat()).toHaveLength(4)
  world.memberWrites(dm.id, cleo.id, 'psst')
  await first.hearsEvent('MESSAGE_CREATE')
  expect(second.events('MESSAGE_CREATE')).toEqual([])
})

test('members are told in chunks to who may know them all, and by id to anybody', async () => {
  const { discord, world, guild, cleo } = await makePlace()
  for (let count = 0; count < 1100; count += 1) world.join(guild.id, world.addUser({ name: `User ${count}` }).id)
  const line = await dialIn(discord, { intents: ALL_INTENTS | MEMBERS })
  line.send(8, { guild_id: guild.id, query: '', limit: 0, nonce: 'all' })
  await discord.waitFor(() => line.events('GUILD_MEMBERS_CHUNK').length === 2, 'two chunks')
  expect(line.events('GUILD_MEMBERS_CHUNK').map(({ d }) => [d.chunk_index, d.members.length, d.nonce])).toEqual([
    [0, 1000, 'all'],
    [1, 103, 'all'],
  ])
  const other = await dialIn(discord)
  other.send(8, { guild_id: guild.id, user_ids: [cleo.id, '1'], limit: 0 })
  const chunk = await other.hearsEvent('GUILD_MEMBERS_CHUNK')
  expect(chunk.d).toMatchObject({ members: [{ user: { id: cleo.id } }], not_found: ['1'] })
})

test.each([
  ['zlib-stream', () => createInflate(), [0, 0, 255, 255]],
  ['zstd-stream', () => createZstdDecompress(), []],
] as const)('a library that asks for one long stream of %s gets it', async (name, makeReader, ending) => {
  const { discord } = await makePlace()
  const line = await dial(discord, `?v=10&encoding=json&compress=${name}`)
  line.send(2, identity(discord))
  const reader = makeReader()
  let text = ''
  reader.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  let read = 0
  await discord.waitFor(() => {
    for (; read < line.raw.length; read += 1) reader.write(line.raw[read] ?? Buffer.alloc(0))
    return text.includes('"GUILD_CREATE"')
  }, 'the guild')
  expect(text.startsWith('{"op":10,')).toBe(true)
  // By how a message of the socket ends a client knows that a frame is whole.
  const isWhole = (message: Buffer) => message.subarray(message.length - ending.length).equals(Buffer.from(ending))
  expect(line.raw.every(isWhole)).toBe(true)
})
