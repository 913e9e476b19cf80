import { Events, type Message, MessageFlags, type SendableChannels } from 'discord.js'
import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { ask, faultsAt } from './bare.ts'
import { logIn, makePlace, next, refusal } from './place.ts'

const NONCE = 'a'.repeat(25)

async function makeWriter(
  options: Parameters<typeof makePlace>[0] = {},
  clientOptions: Parameters<typeof logIn>[1] = {},
) {
  const place = await makePlace(options)
  const client = await logIn(place.discord, clientOptions)
  const channel = (await client.channels.fetch(place.help.id)) as SendableChannels
  const texts = () => place.world.list(place.help.id).map(({ content }) => content)
  return { ...place, client, channel, texts }
}

test('a message is sent, edited and taken back, and each is heard once', async () => {
  const { client, channel, texts } = await makeWriter()
  const heard: string[] = []
  client.on(Events.MessageCreate, ({ content }) => void heard.push(`+${content}`))
  client.on(Events.MessageUpdate, (_old, { content }) => void heard.push(`~${content}`))
  const removed = next(client, Events.MessageDelete)
  const message = await channel.send('frist')
  await message.edit('first')
  expect(texts()).toEqual(['first'])
  expect(message.editedTimestamp).not.toBeNull()
  await message.delete()
  await removed
  expect(heard).toEqual(['+frist', '~first'])
  expect(texts()).toEqual([])
  expect(await refusal(channel.messages.fetch(message.id))).toMatchObject({ code: 10008, status: 404 })
})

test('the same nonce within a few minutes gives the same message, and later another', async () => {
  const clock = manualClock()
  const { channel, texts } = await makeWriter({ clock, wait: clock.wait })
  const first = await channel.send({ content: 'once', nonce: NONCE, enforceNonce: true })
  const again = await channel.send({ content: 'once', nonce: NONCE, enforceNonce: true })
  expect(again.id).toBe(first.id)
  expect(again.nonce).toBe(NONCE)
  const unenforced = await channel.send({ content: 'twice', nonce: NONCE })
  expect(unenforced.id).not.toBe(first.id)
  await clock.advance(10 * 60_000)
  await channel.send({ content: 'much later', nonce: NONCE, enforceNonce: true })
  expect(texts()).toEqual(['once', 'twice', 'much later'])
})

test.each([
  ['a nonce of 26 characters', { content: 'x', nonce: 'a'.repeat(26) }, 50035, 'nonce'],
  ['2001 characters', { content: 'x'.repeat(2001) }, 50035, 'content'],
  ['nothing', { content: '   ' }, 50006, undefined],
  ['eleven embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) }, 50035, 'embeds'],
  ['an embed’s title of 257', { embeds: [{ title: 'x'.repeat(257) }] }, 50035, 'embeds.0.title'],
  [
    '6001 in embeds',
    { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] },
    50035,
    'embeds',
  ],
  [
    'mentions both listed and parsed',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    50035,
    'allowed_mentions',
  ],
  ['a reply to nothing', { content: 'x', message_reference: { message_id: '1' } }, 50035, 'message_reference'],
])('%s is refused, with the fault in its place', async (_name, body, code, path) => {
  const { discord, help } = await makePlace()
  const { status, body: said } = await ask(discord, 'POST', `/channels/${help.id}/messages`, body)
  expect(status).toBe(400)
  expect(said.code).toBe(code)
  if (path === undefined) expect(said.errors).toBeUndefined()
  else expect(faultsAt(said.errors, path)).toMatchObject([{ code: expect.any(String), message: expect.any(String) }])
})

test('everything named is pinged unless that is forbidden, on sending and on every edit', async () => {
  const { channel, cleo, world, help, guild } = await makeWriter()
  const role = world.addRole(guild.id, { name: 'team', mentionable: true })
  const content = `@everyone <@${cleo.id}> <@&${role.id}>`
  const message = await channel.send(content)
  const pings = () => {
    const { mentions, mentionRoles, mentionEveryone } = world.list(help.id)[0] ?? {}
    return { mentions, mentionRoles, mentionEveryone }
  }
  const all = { mentions: [cleo.id], mentionRoles: [role.id], mentionEveryone: true }
  const none = { mentions: [], mentionRoles: [], mentionEveryone: false }
  expect(pings()).toEqual(all)
  await message.edit({ content, allowedMentions: { parse: [] } })
  expect(pings()).toEqual(none)
  await message.edit(content)
  expect(pings()).toEqual(all)
  await message.edit({ content, allowedMentions: { users: [cleo.id] } })
  expect(pings()).toEqual({ ...none, mentions: [cleo.id] })
})

test('who may not mention everyone pings nobody with it', async () => {
  const { discord, world, help, bot, mo } = await makePlace()
  const guild = world.addGuild({ name: 'strict', ownerId: mo.id })
  const everyone = guild.roles.get(guild.id)
  if (everyone) world.changeRole(guild.id, everyone.id, { permissions: everyone.permissions & ~(1n << 17n) })
  world.join(guild.id, bot.id, { permissions: 0n })
  const quiet = world.addChannel(guild.id, { name: 'quiet' })
  const { body } = await ask(discord, 'POST', `/channels/${quiet.id}/messages`, { content: '@everyone' })
  expect(body.mention_everyone).toBe(false)
  expect(
    (await ask(discord, 'POST', `/channels/${help.id}/messages`, { content: '@here' })).body.mention_everyone,
  ).toBe(true)
})

test('a reply shows what it answers and pings its author unless told not to', async () => {
  const { world, help, cleo, client } = await makeWriter()
  const heard = next<Message>(client, Events.MessageCreate)
  world.memberWrites(help.id, cleo.id, 'where is it?')
  const question = await heard
  const answer = await question.reply('on its way')
  expect(answer).toMatchObject({ type: 19, reference: { messageId: question.id } })
  expect((await answer.fetchReference()).content).toBe('where is it?')
  expect(world.list(help.id)[1]?.mentions).toEqual([cleo.id])
  await question.reply({ content: 'arrived', allowedMentions: { parse: [], repliedUser: false } })
  expect(world.list(help.id)[2]?.mentions).toEqual([])
})

test('history is read backwards, forwards and around, a hundred at a time, and newest first', async () => {
  const { world, help, cleo, channel, discord } = await makeWriter()
  const ids = Array.from({ length: 250 }, (_zero, index) => world.memberWrites(help.id, cleo.id, String(index)).id)
  const page = async (query: object) =>
    [...(await channel.messages.fetch({ cache: false, ...query })).values()].map(({ id }) => ids.indexOf(id))
  const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_zero, index) => from - index)
  expect(await page({})).toEqual(down(249, 200))
  expect(await page({ limit: 100 })).toEqual(down(249, 150))
  expect(await page({ limit: 100, after: ids[9] })).toEqual(down(109, 10))
  expect(await page({ limit: 3, before: ids[9] })).toEqual(down(8, 6))
  expect(await page({ limit: 5, around: ids[100] })).toEqual(down(102, 98))
  expect(await page({ after: '0', limit: 2 })).toEqual(down(1, 0))
  expect((await ask(discord, 'GET', `/channels/${help.id}/messages?limit=101`)).body.code).toBe(50035)
})

test('history tells no nonce, but the answer and the event do', async () => {
  const { channel, discord, help, client } = await makeWriter()
  const heard = next<Message>(client, Events.MessageCreate)
  const sent = await channel.send({ content: 'x', nonce: NONCE, enforceNonce: true })
  expect(sent.nonce).toBe(NONCE)
  expect((await heard).nonce).toBe(NONCE)
  expect((await ask(discord, 'GET', `/channels/${help.id}/messages`)).body[0].nonce).toBeUndefined()
})

test('a bot edits and takes back only what is its own, unless it moderates; many at once only in a guild', async () => {
  const { world, discord, help, dm, cleo, guild, bot } = await makePlace()
  const theirs = world.memberWrites(help.id, cleo.id, 'mine')
  const direct = world.memberWrites(dm.id, cleo.id, 'mine too')
  const one = `/channels/${help.id}/messages/${theirs.id}`
  expect((await ask(discord, 'PATCH', one, { content: 'yours' })).body.code).toBe(50005)
  expect((await ask(discord, 'DELETE', one)).body.code).toBe(50013)
  expect((await ask(discord, 'DELETE', `/channels/${dm.id}/messages/${direct.id}`)).body.code).toBe(50003)
  const moderator = world.addRole(guild.id, { name: 'moderator', permissions: 1n << 13n })
  const roles = [...(guild.members.get(bot.id)?.roles ?? []), moderator.id]
  world.changeMember(guild.id, bot.id, { roles })
  expect((await ask(discord, 'DELETE', one)).status).toBe(204)
  const ids = [1, 2, 3].map((text) => world.memberWrites(help.id, cleo.id, String(text)).id)
  const bulk = (messages: string[], channel = help.id) =>
    ask(discord, 'POST', `/channels/${channel}/messages/bulk-delete`, { messages })
  expect((await bulk(ids.slice(0, 1))).body.code).toBe(50016)
  expect((await bulk(ids, dm.id)).body.code).toBe(50003)
  expect((await bulk(['1', ...ids])).body.code).toBe(50034)
  expect((await bulk(ids.slice(0, 2))).status).toBe(204)
  expect(world.list(help.id).map(({ content }) => content)).toEqual(['3'])
})

test('a forward carries what was said and not who said it', async () => {
  const { world, help, dm, cleo, client } = await makeWriter()
  const original = world.memberWrites(help.id, cleo.id, 'the long story', {
    files: [{ name: 'a.txt', bytes: new Uint8Array(3) }],
  })
  const heard = new Promise<Message>((resolve) => {
    client.on(Events.MessageCreate, (message) => message.channelId === dm.id && resolve(message))
  })
  world.memberWrites(dm.id, cleo.id, '', { forwards: original })
  const forward = await heard
  expect(forward.content).toBe('')
  expect(forward.flags.has(MessageFlags.HasSnapshot)).toBe(true)
  const snapshot = forward.messageSnapshots.first()
  expect(snapshot?.content).toBe('the long story')
  expect(snapshot?.attachments.first()?.name).toBe('a.txt')
  expect(forward.reference).toMatchObject({ messageId: original.id, type: 1 })
})

test('stickers, polls, voice messages and Discord’s own lines come as what they are', async () => {
  const { world, help, cleo, client, discord } = await makeWriter()
  const heard: Message[] = []
  client.on(Events.MessageCreate, (message) => void heard.push(message))
  world.memberWrites(help.id, cleo.id, '', { stickers: ['wave'] })
  world.memberWrites(help.id, cleo.id, '', { poll: { question: 'Tea?', answers: ['yes', 'no'] } })
  world.memberWrites(help.id, cleo.id, '', { voiceS: 3.5 })
  world.systemWrites(help.id, cleo.id, 7)
  await discord.waitFor(() => heard.length === 4, 'four messages')
  const [sticker, poll, voice, joined] = heard
  expect(sticker?.stickers.first()?.name).toBe('wave')
  expect(poll?.poll?.question.text).toBe('Tea?')
  expect(poll?.poll?.answers.map(({ text }) => text)).toEqual(['yes', 'no'])
  expect(voice?.attachments.first()?.duration).toBe(3.5)
  expect(voice?.flags.has(MessageFlags.IsVoiceMessage)).toBe(true)
  expect(joined).toMatchObject({ type: 7, system: true })
})

test('a link’s preview changes a message that nobody has edited', async () => {
  const { world, help, cleo, client } = await makeWriter()
  const created = next(client, Events.MessageCreate)
  const message = world.memberWrites(help.id, cleo.id, 'https://shop.example')
  await created
  const updated = new Promise<Message>((resolve) =>
    client.once(Events.MessageUpdate, (_old, after) => resolve(after as Message)),
  )
  world.preview(message, { type: 'link', url: 'https://shop.example', title: 'Shop' })
  expect(await updated).toMatchObject({
    editedTimestamp: null,
    content: 'https://shop.example',
    embeds: [{ data: { title: 'Shop' } }],
  })
})

test('edits, deletions and reactions of messages the client never saw come as partials, once it knows the channel', async () => {
  const { world, help, dm, cleo, discord } = await makePlace()
  const old = world.memberWrites(dm.id, cleo.id, 'before you came')
  const other = world.memberWrites(help.id, cleo.id, 'here too')
  const client = await logIn(discord)
  // What discord.js cannot tell to be a direct message's channel it leaves out; only a new message says so.
  await client.channels.fetch(dm.id)
  const updated = new Promise<Message>((resolve) =>
    client.once(Events.MessageUpdate, (_old, after) => resolve(after as Message)),
  )
  world.edit(old, 'as you see now')
  expect(await updated).toMatchObject({ content: 'as you see now' })
  const reacted = next<{ emoji: { name: string }; message: { id: string } }>(client, Events.MessageReactionAdd)
  world.react(other, cleo.id, '👍')
  expect(await reacted).toMatchObject({ emoji: { name: '👍' }, message: { id: other.id } })
  const removed = next<{ id: string; partial: boolean }>(client, Events.MessageDelete)
  world.remove(other)
  expect(await removed).toMatchObject({ id: other.id })
})

test('a pinned message stays one, is listed, and Discord says so in the channel', async () => {
  const { world, help, guild, bot, channel, client } = await makeWriter()
  const role = world.addRole(guild.id, { name: 'pinner', permissions: 1n << 51n })
  const message = await channel.send('rules of the shop')
  expect(await refusal(message.pin())).toMatchObject({ code: 50013 })
  world.changeMember(guild.id, bot.id, { roles: [role.id] })
  const pinned = next<{ id: string }>(client, Events.ChannelPinsUpdate)
  await message.pin()
  expect((await pinned).id).toBe(help.id)
  const { items } = await channel.messages.fetchPins()
  expect(items.map((item) => item.message.id)).toEqual([message.id])
  expect(world.list(help.id).map(({ type }) => type)).toEqual([0, 6])
  await message.unpin()
  expect((await channel.messages.fetchPins()).items).toEqual([])
})

test('what other programs write can be told from what people write', async () => {
  const { world, help, guild, client, discord } = await makeWriter()
  const heard: Message[] = []
  client.on(Events.MessageCreate, (message) => void heard.push(message))
  const machine = world.addUser({ name: 'Relay', isBot: true })
  world.join(guild.id, machine.id)
  world.memberWrites(help.id, machine.id, 'from a bot')
  world.webhookWrites(help.id, 'Build', 'from a webhook')
  await discord.waitFor(() => heard.length === 2, 'both')
  expect(heard.map(({ author, webhookId, member }) => [author.bot, author.id === webhookId, member?.id])).toEqual([
    [true, false, machine.id],
    [true, true, undefined],
  ])
})
