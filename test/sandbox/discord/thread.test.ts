import {
  ChannelType,
  Events,
  type ForumChannel,
  type TextChannel,
  ThreadAutoArchiveDuration,
  type ThreadChannel,
} from 'discord.js'
import { expect, test } from 'vitest'
import { HOUR } from '../../../src/clock.ts'
import { manualClock } from '../../setup/clock.ts'
import { ask, dialIn } from './bare.ts'
import { logIn, makePlace, next, refusal } from './place.ts'

const MANAGE_THREADS = 1n << 34n

async function makeThreads(options: Parameters<typeof makePlace>[0] = {}) {
  const place = await makePlace(options)
  const client = await logIn(place.discord)
  const help = (await client.channels.fetch(place.help.id)) as TextChannel
  const forum = (await client.channels.fetch(place.forum.id)) as ForumChannel
  const moderate = () => {
    const role = place.world.addRole(place.guild.id, { name: 'moderator', permissions: MANAGE_THREADS })
    place.world.changeMember(place.guild.id, place.bot.id, { roles: [role.id] })
  }
  return { ...place, client, channel: help, forumChannel: forum, moderate }
}

test('a thread on a message has its id, and the message has no second one', async () => {
  const { world, help, cleo, channel } = await makeThreads()
  const asked = world.memberWrites(help.id, cleo.id, 'who can help?')
  const message = await channel.messages.fetch(asked.id)
  const thread = await message.startThread({ name: 'Help for Cleo' })
  expect(thread.id).toBe(asked.id)
  await thread.send('here')
  expect(world.list(thread.id).map(({ type, content }) => [type, content])).toEqual([
    [21, ''],
    [0, 'here'],
  ])
  expect((await message.fetch(true)).hasThread).toBe(true)
  // discord.js would not even ask; a bare call is told.
  const again = message.client.rest.post(`/channels/${help.id}/messages/${asked.id}/threads`, {
    body: { name: 'again' },
  })
  expect(await refusal(again)).toMatchObject({ code: 160004, status: 400 })
})

test('a private thread lets in whom it is told to', async () => {
  const { world, channel, cleo } = await makeThreads()
  const thread = await channel.threads.create({ name: 'between us', type: ChannelType.PrivateThread, invitable: false })
  await thread.members.add(cleo.id)
  expect([...(world.channel(thread.id).thread?.members.keys() ?? [])]).toContain(cleo.id)
  expect(thread.type).toBe(ChannelType.PrivateThread)
  await thread.members.remove(cleo.id)
  expect([...(world.channel(thread.id).thread?.members.keys() ?? [])]).not.toContain(cleo.id)
})

test('a forum’s post is a thread whose first message has its id and which carries tags', async () => {
  const { world, forum, forumChannel } = await makeThreads()
  const solved = forum.tags[1]?.id ?? ''
  const thread = await forumChannel.threads.create({
    name: 'Known trouble',
    message: { content: 'We are on it.', files: [{ attachment: Buffer.from('log'), name: 'log.txt' }] },
    appliedTags: [solved],
    autoArchiveDuration: ThreadAutoArchiveDuration.OneWeek,
  })
  expect(thread.appliedTags).toEqual([solved])
  expect((await thread.fetchStarterMessage())?.content).toBe('We are on it.')
  expect(world.list(thread.id)[0]).toMatchObject({ id: thread.id, attachments: [{ name: 'log.txt' }] })
})

test('a forum refuses what has no message, no name or too many tags, and messages of its own', async () => {
  const { discord, forum, world, guild } = await makePlace()
  const post = async (body: object, id = forum.id) => (await ask(discord, 'POST', `/channels/${id}/threads`, body)).body
  const message = { content: 'x' }
  expect((await post({ name: 'x' })).errors).toHaveProperty('message')
  expect((await post({ name: '', message })).errors).toHaveProperty('name')
  expect((await post({ name: 'x'.repeat(101), message })).errors).toHaveProperty('name')
  expect((await post({ name: 'x', message, applied_tags: ['1', '2', '3', '4', '5', '6'] })).errors).toHaveProperty(
    'applied_tags',
  )
  expect((await post({ name: 'x', message, auto_archive_duration: 61 })).errors).toHaveProperty('auto_archive_duration')
  expect((await post({ name: 'x', message: { content: '' } })).code).toBe(50006)
  expect((await ask(discord, 'POST', `/channels/${forum.id}/messages`, message)).body.code).toBe(50008)
  const strict = world.addForum(guild.id, { name: 'strict', tags: ['a'], requiresTag: true })
  expect((await post({ name: 'x', message }, strict.id)).code).toBe(40067)
})

test('a customer’s post is heard as a new thread and then as its first message', async () => {
  const { discord, world, forum, cleo } = await makePlace()
  const line = await dialIn(discord)
  const thread = world.openThread(forum.id, cleo.id, { name: 'It does not start', text: 'It just clicks.' })
  const message = await line.hearsEvent('MESSAGE_CREATE')
  const created = line.events('THREAD_CREATE')[0]?.d
  expect(created).toMatchObject({
    id: thread.id,
    newly_created: true,
    parent_id: forum.id,
    owner_id: cleo.id,
    type: 11,
  })
  expect(message.d).toMatchObject({ id: thread.id, channel_id: thread.id, content: 'It just clicks.' })
})

test('a thread sleeps when nobody writes for as long as it is set to, and writing wakes it', async () => {
  const clock = manualClock()
  const { discord, world, client, channel } = await makeThreads({ clock, wait: clock.wait })
  const thread = await channel.threads.create({
    name: 'soon quiet',
    type: ChannelType.PublicThread,
    autoArchiveDuration: 60,
  })
  const slept = new Promise<ThreadChannel>((resolve) => client.once(Events.ThreadUpdate, (_old, now) => resolve(now)))
  await clock.advance(HOUR - 1)
  expect(world.channel(thread.id).thread?.archived).toBe(false)
  await clock.advance(1)
  expect((await ask(discord, 'GET', `/channels/${thread.id}`)).body.thread_metadata.archived).toBe(true)
  expect((await slept).archived).toBe(true)
  expect((await channel.threads.fetchArchived()).threads.map(({ id }) => id)).toEqual([thread.id])
  expect((await channel.threads.fetchActive()).threads.size).toBe(0)
  const message = (await ask(discord, 'GET', `/channels/${thread.id}/messages`)).body[0]
  expect(message).toBeUndefined()
  await thread.send('awake again')
  expect(world.channel(thread.id).thread?.archived).toBe(false)
})

test('in a sleeping thread nothing can be changed, and a locked one takes messages from moderators only', async () => {
  const { world, channel, moderate, discord } = await makeThreads()
  const thread = await channel.threads.create({ name: 'closed', type: ChannelType.PublicThread })
  const message = await thread.send('last words')
  world.archive(thread.id)
  expect(await refusal(message.edit('changed'))).toMatchObject({ code: 50083, status: 400 })
  expect(await refusal(message.react('👍'))).toMatchObject({ code: 50083 })
  world.lock(thread.id)
  const send = async () =>
    (await ask(discord, 'POST', `/channels/${thread.id}/messages`, { content: 'more' })).body.code
  expect(await send()).toBe(50083)
  expect(await refusal(thread.setArchived(false))).toMatchObject({ code: 50013 })
  world.unarchive(thread.id)
  expect(await send()).toBe(160005)
  moderate()
  expect(await send()).toBeUndefined()
  world.archive(thread.id)
  expect(await send()).toBeUndefined()
  expect(world.channel(thread.id).thread?.archived).toBe(false)
})

test('a person writes in a locked thread only as a moderator', async () => {
  const { world, help, cleo, mo } = await makePlace()
  const thread = world.openThread(help.id, cleo.id, { name: 'settled' })
  world.lock(thread.id)
  expect(() => world.memberWrites(thread.id, cleo.id, 'one more thing')).toThrow('is locked')
  world.memberWrites(thread.id, mo.id, 'closed, sorry')
  expect(world.list(thread.id).map(({ content }) => content)).toEqual(['closed, sorry'])
})

test('who owns a thread may rename and archive it; locking is for moderators', async () => {
  const { channel, world, moderate } = await makeThreads()
  const thread = await channel.threads.create({ name: 'mine', type: ChannelType.PublicThread })
  await thread.setName('still mine')
  expect(world.channel(thread.id).name).toBe('still mine')
  expect(await refusal(thread.setLocked(true))).toMatchObject({ code: 50013 })
  moderate()
  await thread.setLocked(true)
  await thread.setArchived(true)
  expect(world.channel(thread.id).thread).toMatchObject({ locked: true, archived: true })
})

test('a bot let into a private thread, or into a channel with threads, hears of them then', async () => {
  const { discord, world, guild, help, cleo, bot } = await makePlace()
  const secret = world.openThread(help.id, cleo.id, { name: 'secret', isPrivate: true })
  const hidden = world.addChannel(guild.id, {
    name: 'hidden',
    overwrites: [{ id: bot.id, type: 1, allow: 0n, deny: 1n << 10n }],
  })
  const within = world.openThread(hidden.id, cleo.id, { name: 'within' })
  const line = await dialIn(discord)
  world.memberWrites(secret.id, cleo.id, 'not yet')
  world.joinThread(secret.id, bot.id)
  expect((await line.hearsEvent('THREAD_CREATE')).d).toMatchObject({ id: secret.id, member: { user_id: bot.id } })
  expect((await line.hearsEvent('THREAD_MEMBERS_UPDATE')).d).toMatchObject({ added_members: [{ user_id: bot.id }] })
  world.memberWrites(secret.id, cleo.id, 'now')
  expect((await line.hearsEvent('MESSAGE_CREATE')).d.content).toBe('now')
  world.changeChannel(hidden.id, { overwrites: [] })
  expect((await line.hearsEvent('THREAD_LIST_SYNC')).d).toMatchObject({
    channel_ids: [hidden.id],
    threads: [{ id: within.id }],
  })
  world.leaveThread(secret.id, bot.id)
  expect((await line.hearsEvent('THREAD_DELETE')).d).toMatchObject({ id: secret.id, parent_id: help.id, type: 12 })
})

test('a channel that is removed takes its threads with it', async () => {
  const { client, world, help, cleo, channel } = await makeThreads()
  const thread = world.openThread(help.id, cleo.id, { name: 'gone soon' })
  const gone = next<{ id: string }>(client, Events.ChannelDelete)
  world.removeChannel(help.id)
  expect((await gone).id).toBe(channel.id)
  expect(await refusal(client.channels.fetch(thread.id, { force: true }))).toMatchObject({ code: 10003 })
  expect(await refusal(channel.send('anybody?'))).toMatchObject({ code: 10003 })
})
