import { type ButtonInteraction, Client, Events, GatewayIntentBits, type GuildMember, Partials } from 'discord.js'
import { expect, onTestFinished, test } from 'vitest'
import { ALL_INTENTS, ask, dialIn } from './bare.ts'
import { logIn, makeClient, makePlace, next, USUAL_INTENTS } from './place.ts'

const MEMBERS = 1 << 1

test('who comes, changes and goes is told to who may know; of itself a bot hears anyway', async () => {
  const { discord, world, guild, cleo, bot } = await makePlace()
  const knowing = await dialIn(discord, { intents: ALL_INTENTS | MEMBERS })
  const unknowing = await dialIn(discord)
  const nina = world.addUser({ name: 'Nina New' })
  world.join(guild.id, nina.id)
  world.changeMember(guild.id, cleo.id, { nick: 'Cleo C.' })
  world.changeMember(guild.id, bot.id, { nick: 'Helper' })
  world.leave(guild.id, nina.id)
  await knowing.hearsEvent('GUILD_MEMBER_REMOVE')
  const names = ({ events }: typeof knowing) => events().flatMap(({ t }) => (t?.startsWith('GUILD_MEMBER') ? [t] : []))
  expect(names(knowing)).toEqual([
    'GUILD_MEMBER_ADD',
    'GUILD_MEMBER_UPDATE',
    'GUILD_MEMBER_UPDATE',
    'GUILD_MEMBER_REMOVE',
  ])
  expect(unknowing.events('GUILD_MEMBER_UPDATE').map(({ d }) => d.nick)).toEqual(['Helper'])
  expect(names(unknowing)).toHaveLength(1)
})

test('an outage makes a guild unavailable and its end brings it back; being thrown out is for good', async () => {
  const { discord, world, guild, help, cleo, bot } = await makePlace()
  const client = await logIn(discord)
  const gone = next(client, Events.GuildUnavailable)
  world.outage(guild.id)
  await gone
  world.memberWrites(help.id, cleo.id, 'nobody hears')
  const back = next<{ id: string }>(client, Events.GuildAvailable)
  world.outageEnds(guild.id)
  expect((await back).id).toBe(guild.id)
  const thrownOut = next<{ id: string }>(client, Events.GuildDelete)
  world.leave(guild.id, bot.id)
  expect((await thrownOut).id).toBe(guild.id)
  expect(client.guilds.cache.size).toBe(0)
})

test('a bot that is invited to a guild hears of all of it', async () => {
  const { discord, world, bot } = await makePlace()
  const client = await logIn(discord)
  const joined = next<{ name: string; channels: { cache: Map<string, unknown> } }>(client, Events.GuildCreate)
  const other = world.addGuild({ name: 'Second shop' })
  const lobby = world.addChannel(other.id, { name: 'lobby' })
  world.join(other.id, bot.id)
  const guild = await joined
  expect(guild.name).toBe('Second shop')
  expect([...guild.channels.cache.keys()]).toEqual([lobby.id])
})

test('a client keeps up with permissions and names', async () => {
  const { discord, world, guild, help, cleo } = await makePlace()
  const client = await logIn(discord, { intents: [...USUAL_INTENTS, GatewayIntentBits.GuildMembers] })
  const known = client.guilds.cache.get(guild.id)
  const isSendable = () => known?.members.me?.permissionsIn(help.id).has('SendMessages')
  expect(isSendable()).toBe(true)
  const changed = next(client, Events.GuildRoleUpdate)
  for (const role of guild.roles.values()) world.changeRole(guild.id, role.id, { permissions: 1n << 10n })
  await changed
  await discord.waitFor(() => isSendable() === false, 'the loss of the permission')
  await known?.members.fetch(cleo.id)
  const renamed = next<{ id: string }>(client, Events.UserUpdate)
  world.rename(cleo.id, 'Cleopatra')
  expect((await renamed).id).toBe(cleo.id)
  expect(known?.members.cache.get(cleo.id)?.displayName).toBe('Cleopatra')
})

test('channels that are made, changed and removed are told', async () => {
  const { discord, world, guild } = await makePlace()
  const line = await dialIn(discord)
  const channel = world.addChannel(guild.id, { name: 'new' })
  world.changeChannel(channel.id, { name: 'newer' })
  world.removeChannel(channel.id)
  const gone = await line.hearsEvent('CHANNEL_DELETE')
  expect(gone.d).toMatchObject({ id: channel.id, guild_id: guild.id })
  expect(line.events('CHANNEL_UPDATE').map(({ d }) => d.name)).toEqual(['newer'])
  expect(line.events('CHANNEL_CREATE')).toHaveLength(1)
})

test('somebody is typing: told to who asked for it, in a guild with the member', async () => {
  const { discord, world, help, dm, cleo, guild } = await makePlace()
  const line = await dialIn(discord)
  world.type(help.id, cleo.id)
  world.type(dm.id, cleo.id)
  await discord.waitFor(() => line.events('TYPING_START').length === 2, 'both')
  const [inGuild, direct] = line.events('TYPING_START').map(({ d }) => d)
  expect(inGuild).toMatchObject({ guild_id: guild.id, user_id: cleo.id, member: { user: { id: cleo.id } } })
  expect(direct).toMatchObject({ channel_id: dm.id, user_id: cleo.id })
  expect(direct.guild_id).toBeUndefined()
  const deaf = await dialIn(discord, { intents: 1 | (1 << 9) })
  world.type(help.id, cleo.id)
  world.memberWrites(help.id, cleo.id, 'done')
  await deaf.hearsEvent('MESSAGE_CREATE')
  expect(deaf.events('TYPING_START')).toEqual([])
})

test('deletions carry nothing but ids', async () => {
  const { discord, world, help, dm, cleo, guild } = await makePlace()
  const line = await dialIn(discord)
  const [one, two, three] = ['1', '2', '3'].map((text) => world.memberWrites(help.id, cleo.id, text))
  const direct = world.memberWrites(dm.id, cleo.id, 'x')
  if (!one || !two || !three) throw new Error('three messages were written')
  world.remove(one)
  world.removeMany(help.id, [two, three])
  world.remove(direct)
  await discord.waitFor(() => line.events('MESSAGE_DELETE').length === 2, 'both')
  expect(line.events('MESSAGE_DELETE').map(({ d }) => d)).toEqual([
    { id: one.id, channel_id: help.id, guild_id: guild.id },
    { id: direct.id, channel_id: dm.id },
  ])
  expect(line.events('MESSAGE_DELETE_BULK').map(({ d }) => d)).toEqual([
    { ids: [two.id, three.id], channel_id: help.id, guild_id: guild.id },
  ])
})

test('a bot reacts and takes it back, and its reactions are counted', async () => {
  const { discord, world, help, cleo } = await makePlace()
  const line = await dialIn(discord)
  const message = world.memberWrites(help.id, cleo.id, 'thanks!')
  const path = `/channels/${help.id}/messages/${message.id}/reactions/${encodeURIComponent('✅')}`
  expect((await ask(discord, 'PUT', `${path}/@me`)).status).toBe(204)
  world.react(message, cleo.id, '✅')
  const { body } = await ask(discord, 'GET', `/channels/${help.id}/messages/${message.id}`)
  expect(body.reactions).toMatchObject([{ count: 2, me: true, emoji: { id: null, name: '✅' } }])
  expect((await ask(discord, 'GET', path)).body).toHaveLength(2)
  await ask(discord, 'DELETE', `${path}/@me`)
  expect((await line.hearsEvent('MESSAGE_REACTION_REMOVE')).d).toMatchObject({ emoji: { name: '✅' } })
  expect((await ask(discord, 'PUT', path.replace(/[^/]+$/, 'nonsense/@me'))).body.code).toBe(10014)
})

test('a client with several shards hears everything once', async () => {
  const { discord, world, bot, cleo, dm } = await makePlace({ bot: { shards: 2, maxConcurrency: 2 } })
  const rooms = Array.from({ length: 4 }, (_zero, index) => {
    const guild = world.addGuild({ name: `shop ${index}`, members: [bot.id, cleo.id] })
    return world.addChannel(guild.id, { name: 'help' })
  })
  const client = await logIn(discord, { shards: 'auto' })
  expect(client.ws.shards.size).toBe(2)
  const heard: [string, number][] = []
  client.on(Events.MessageCreate, ({ content, guild }) => void heard.push([content, guild?.shardId ?? 0]))
  for (const [index, room] of rooms.entries()) world.memberWrites(room.id, cleo.id, String(index))
  world.memberWrites(dm.id, cleo.id, 'direct')
  await discord.waitFor(() => heard.length === 5, 'all five')
  expect(heard.map(([content]) => content).toSorted()).toEqual(['0', '1', '2', '3', 'direct'])
  expect(new Set(heard.map(([, shard]) => shard))).toEqual(new Set([0, 1]))
})

test('two bots in one guild each hear what is theirs', async () => {
  const { discord, world, guild, help, cleo } = await makePlace()
  const other = world.addBot({ name: 'Other', token: 'another' })
  world.join(guild.id, other.id)
  const mine = await logIn(discord)
  const theirs = new Client({ intents: USUAL_INTENTS, partials: [Partials.Channel], rest: { api: discord.api } })
  onTestFinished(() => theirs.destroy())
  const isReady = next(theirs, Events.ClientReady)
  await theirs.login(other.token)
  await isReady
  const message = await ask(discord, 'POST', `/channels/${help.id}/messages`, {
    content: 'press me',
    components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }],
  })
  const pressed = next<ButtonInteraction>(mine, Events.InteractionCreate)
  theirs.on(Events.InteractionCreate, () => expect.unreachable('the other bot heard of it'))
  const [posted] = world.list(help.id)
  if (posted) world.press(cleo.id, posted, 'go')
  expect((await pressed).message.id).toBe(message.body.id)
  const direct = next<{ content: string }>(theirs, Events.MessageCreate)
  world.memberWrites(world.dmChannel(cleo.id, other.id).id, cleo.id, 'to the other')
  expect((await direct).content).toBe('to the other')
})

test('a client that asks for intents it was not given is told so', async () => {
  const { discord, bot } = await makePlace({ bot: { privileged: 0 } })
  const client = makeClient(discord, { intents: [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent] })
  await expect(client.login(bot.token)).rejects.toThrow('disallowed intents')
})

test('a client may fetch the members of a guild', async () => {
  const { discord, guild, cleo, mo } = await makePlace()
  const client = await logIn(discord, { intents: [...USUAL_INTENTS, GatewayIntentBits.GuildMembers] })
  const members = await client.guilds.cache.get(guild.id)?.members.fetch()
  expect([...(members?.keys() ?? [])]).toEqual(expect.arrayContaining([cleo.id, mo.id]))
  const one = (await client.guilds.cache.get(guild.id)?.members.fetch({ user: cleo.id, force: true })) as GuildMember
  expect(one.displayName).toBe('Cleo Customer')
  expect((await client.users.fetch(mo.id, { force: true })).username).toBe('mo.moderator')
})
