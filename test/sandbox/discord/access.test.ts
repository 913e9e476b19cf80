import { expect, test } from 'vitest'
import { ask } from './bare.ts'
import { makePlace } from './place.ts'

const VIEW = 1n << 10n
const SEND = 1n << 11n
const ATTACH = 1n << 15n
const HISTORY = 1n << 16n
const MANAGE_THREADS = 1n << 34n

async function makeRoom(denied: bigint, options: Parameters<typeof makePlace>[0] = {}) {
  const place = await makePlace(options)
  const { world, guild, bot, discord } = place
  const overwrites = [{ id: bot.id, type: 1 as const, allow: 0n, deny: denied }]
  const room = world.addChannel(guild.id, { name: 'room', overwrites })
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(discord, method, `/channels/${room.id}${path}`, body)
    return [answer.status, answer.body.code ?? 'ok']
  }
  return { ...place, room, call }
}

test('a wrong token is refused as such', async () => {
  const { discord } = await makePlace()
  const { status, body } = await ask(discord, 'GET', '/users/@me', undefined, 'nonsense')
  expect([status, body]).toEqual([401, { code: 0, message: '401: Unauthorized' }])
})

test.each([
  ['a channel', '/channels/1', 10003],
  ['a guild', '/guilds/1', 10004],
  ['a person', '/users/1', 10013],
])('%s that does not exist is not found', async (_name, path, code) => {
  const { discord } = await makePlace()
  const { status, body } = await ask(discord, 'GET', path)
  expect([status, body.code]).toEqual([404, code])
})

test('a message or member that does not exist is not found, nor is a path', async () => {
  const { discord, help, guild, world } = await makePlace()
  const stranger = world.addUser({ name: 'Stranger' })
  const code = async (path: string) => (await ask(discord, 'GET', path)).body.code
  expect(await code(`/channels/${help.id}/messages/1`)).toBe(10008)
  expect(await code(`/guilds/${guild.id}/members/${stranger.id}`)).toBe(10007)
  expect(await code(`/guilds/${guild.id}/members/1`)).toBe(10013)
  expect((await ask(discord, 'GET', '/nowhere')).status).toBe(404)
  expect((await ask(discord, 'PUT', '/users/@me')).status).toBe(405)
})

test('where the bot cannot look it may do nothing; where it may not write it can still read', async () => {
  const hidden = await makeRoom(VIEW)
  expect(await hidden.call('GET', '')).toEqual([403, 50001])
  expect(await hidden.call('POST', '/messages', { content: 'x' })).toEqual([403, 50001])
  const silent = await makeRoom(SEND)
  expect(await silent.call('POST', '/messages', { content: 'x' })).toEqual([403, 50013])
  expect(await silent.call('GET', '/messages')).toEqual([200, 'ok'])
})

test('without the right to read history a channel looks empty and single messages are refused', async () => {
  const { call, world, room, cleo } = await makeRoom(HISTORY)
  const message = world.memberWrites(room.id, cleo.id, 'hello')
  expect(await call('GET', '/messages')).toEqual([200, 'ok'])
  expect(await call('GET', `/messages/${message.id}`)).toEqual([403, 50013])
  const reply = { content: 'x', message_reference: { message_id: message.id } }
  expect(await call('POST', '/messages', reply)).toEqual([400, 160002])
})

test('files need a permission of their own', async () => {
  const { call } = await makeRoom(ATTACH)
  const form = new FormData()
  form.append('payload_json', JSON.stringify({ content: 'x' }))
  form.append('files[0]', new Blob(['a']), 'a.txt')
  expect(await call('POST', '/messages', form)).toEqual([403, 50013])
})

test('a role’s permission, an overwrite and the owner count as Discord counts them', async () => {
  const { world, guild, bot, room, call, discord } = await makeRoom(0n)
  const everyoneDenied = { id: guild.id, type: 0 as const, allow: 0n, deny: SEND }
  world.changeChannel(room.id, { overwrites: [everyoneDenied] })
  expect(await call('POST', '/messages', { content: 'x' })).toEqual([403, 50013])
  const role = world.addRole(guild.id, { name: 'speakers' })
  world.changeMember(guild.id, bot.id, { roles: [role.id] })
  world.changeChannel(room.id, { overwrites: [everyoneDenied, { id: role.id, type: 0, allow: SEND, deny: 0n }] })
  expect(await call('POST', '/messages', { content: 'x' })).toEqual([200, 'ok'])
  const own = { id: bot.id, type: 1 as const, allow: 0n, deny: SEND }
  world.changeChannel(room.id, { overwrites: [{ id: role.id, type: 0, allow: SEND, deny: 0n }, own] })
  expect(await call('POST', '/messages', { content: 'x' })).toEqual([403, 50013])
  world.changeRole(guild.id, role.id, { permissions: 1n << 3n })
  expect(await call('POST', '/messages', { content: 'x' })).toEqual([200, 'ok'])
  world.leave(guild.id, bot.id)
  expect((await ask(discord, 'GET', `/channels/${room.id}`)).body.code).toBe(50001)
})

test('a private thread shows itself to its members and to moderators only', async () => {
  const { world, help, cleo, bot, guild, discord } = await makePlace()
  const thread = world.openThread(help.id, cleo.id, { name: 'secret', isPrivate: true })
  const sees = async () => (await ask(discord, 'GET', `/channels/${thread.id}`)).body.code ?? 'seen'
  expect(await sees()).toBe(50001)
  world.joinThread(thread.id, bot.id)
  expect(await sees()).toBe('seen')
  world.leaveThread(thread.id, bot.id)
  expect(await sees()).toBe(50001)
  const role = world.addRole(guild.id, { name: 'moderator', permissions: MANAGE_THREADS })
  world.changeMember(guild.id, bot.id, { roles: [role.id] })
  expect(await sees()).toBe('seen')
})

test('direct messages are refused by who closed them, blocked the bot, shares no guild with it, or is a bot', async () => {
  const { world, discord, cleo, dm, bot, guild } = await makePlace()
  const sends = async (channel = dm.id) => {
    const { status, body } = await ask(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' })
    return [status, body.code ?? 'ok']
  }
  expect(await sends()).toEqual([200, 'ok'])
  world.closeDms(cleo.id)
  // The channel is still handed out: it is sending that fails.
  expect((await ask(discord, 'POST', '/users/@me/channels', { recipient_id: cleo.id })).body.id).toBe(dm.id)
  expect(await sends()).toEqual([403, 50007])
  world.openDms(cleo.id)
  world.block(cleo.id, bot.id)
  expect(await sends()).toEqual([403, 50007])
  world.unblock(cleo.id, bot.id)
  world.leave(guild.id, cleo.id)
  expect(await sends()).toEqual([403, 50278])
  const machine = world.addUser({ name: 'other bot', isBot: true })
  expect((await ask(discord, 'POST', '/users/@me/channels', { recipient_id: machine.id })).body.code).toBe(50007)
})

test('another’s direct messages do not exist for the bot', async () => {
  const { world, discord, cleo } = await makePlace()
  const other = world.addBot({ name: 'Other', token: 'another' })
  const theirs = world.dmChannel(cleo.id, other.id)
  expect((await ask(discord, 'GET', `/channels/${theirs.id}`)).body.code).toBe(10003)
  expect((await ask(discord, 'GET', `/channels/${theirs.id}`, undefined, 'another')).status).toBe(200)
})

test('without the right to read, history comes without content except where the bot is addressed', async () => {
  const { world, discord, help, cleo, bot } = await makePlace({ bot: { privileged: 0 } })
  world.memberWrites(help.id, cleo.id, 'among us')
  world.memberWrites(help.id, cleo.id, `<@${bot.id}> help`)
  const { body } = await ask(discord, 'GET', `/channels/${help.id}/messages`)
  expect(body.map(({ content }: { content: string }) => content)).toEqual([`<@${bot.id}> help`, ''])
})

test('the list of all members is for bots that may know it', async () => {
  const { discord, guild, cleo } = await makePlace({ bot: { privileged: 0 } })
  const code = async (path: string) => (await ask(discord, 'GET', `/guilds/${guild.id}/members${path}`)).body.code
  expect(await code('?limit=10')).toBe(50001)
  expect(await code(`/${cleo.id}`)).toBeUndefined()
})
