import { expect, test } from 'vitest'
import type { InboundEdit } from '../../../src/channel.ts'
import { answerTo, makeServer, messagesOf, progress, textsOf, until } from './server.ts'

test('C27: the first direct message, in a channel that nobody has seen, opens one conversation', async () => {
  const server = await makeServer()
  await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Hello?')
  await until(() => server.intake.rows.length === 1)
  const [message] = messagesOf(await server.events())
  expect(message).toMatchObject({
    text: 'Hello?',
    from: { address: server.cleo.id, name: 'Cleo Customer' },
    evidence: [{ by: 'place', key: `dm:${server.dm.id}` }],
    sender: 'pass',
  })
  expect(message?.keys).toContain(`dm:${server.dm.id}`)
})

test('C27: two direct messages within one moment are two messages of one place, in order', async () => {
  const server = await makeServer()
  await server.start()
  for (const text of ['My order', 'is late']) server.world.memberWrites(server.dm.id, server.cleo.id, text)
  await until(() => server.intake.rows.length === 2)
  const messages = messagesOf(await server.events())
  expect(messages.map(({ text }) => text)).toEqual(['My order', 'is late'])
  expect(new Set(messages.flatMap(({ evidence }) => evidence.map(({ key }) => key)))).toEqual(
    new Set([`dm:${server.dm.id}`]),
  )
})

test('C28: after a session that cannot be resumed 250 missed messages come once, in order, in three pages', async () => {
  const server = await makeServer()
  await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, '0')
  await until(() => server.intake.rows.length === 1)
  server.discord.faults.always('*', { status: 503 }) // Until all are written nobody can read or come back.
  server.discord.gateway.forget()
  server.discord.gateway.drop()
  for (let n = 1; n <= 250; n++) server.world.memberWrites(server.dm.id, server.cleo.id, String(n))
  const before = server.discord.log.length
  server.discord.faults.clear()
  await until(() => server.intake.rows.length >= 251)
  expect(textsOf(await server.events())).toEqual(Array.from({ length: 251 }, (_, n) => String(n)))
  const read = server.discord.log
    .slice(before)
    .filter(({ path, status }) => path.includes(server.dm.id) && status === 200)
  expect(read).toHaveLength(1 + 3) // What became of the message that we knew, and three pages of new ones.
})

test('C28: what Discord replays after a resumed session is no second message', async () => {
  const server = await makeServer()
  const channel = await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'before')
  await until(() => server.intake.rows.length === 1)
  server.discord.gateway.drop()
  for (const text of ['one', 'two']) server.world.memberWrites(server.dm.id, server.cleo.id, text)
  await until(() => server.intake.rows.length === 3)
  server.discord.faults.nextFrame('MESSAGE_CREATE', 'duplicate')
  server.world.memberWrites(server.dm.id, server.cleo.id, 'three')
  await until(() => server.intake.rows.length === 4)
  expect(textsOf(await server.events())).toEqual(['before', 'one', 'two', 'three'])
  expect(channel.health().ok).toBe(true)
})

test('the first direct message of somebody, written while we were away, is found when they write again', async () => {
  const server = await makeServer()
  const first = await server.start()
  await first.stop()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Is anybody there?')
  await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Hello?')
  await until(() => server.intake.rows.length === 2)
  expect(textsOf(await server.events())).toEqual(['Is anybody there?', 'Hello?'])
})

test('Q10: an edit is told once for each version, and the preview of a link is none', async () => {
  const server = await makeServer()
  await server.start()
  const message = server.world.memberWrites(server.dm.id, server.cleo.id, 'https://shop.test is broken')
  await until(() => server.intake.rows.length === 1)
  server.world.preview(message, { type: 'link', title: 'Shop' })
  server.world.edit(message, 'The shop is broken')
  server.world.preview(message, { type: 'link', title: 'Shop again' })
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Please help')
  await until(() => server.intake.rows.length === 3)
  const edits = (await server.events()).filter((event): event is InboundEdit => event.kind === 'edit')
  expect(edits.map(({ text }) => text)).toEqual(['The shop is broken'])
  expect(edits[0]?.of).toBe(messagesOf(await server.events())[0]?.externalId)
})

test('Q10: a deletion is told, alone and in bulk', async () => {
  const server = await makeServer()
  await server.start()
  const write = (text: string) => server.world.memberWrites(server.help.id, server.cleo.id, text)
  const [one, two, three] = [write('one'), write('two'), write('three')]
  await until(() => server.intake.rows.length === 3)
  server.world.remove(one)
  server.world.removeMany(server.help.id, [two, three])
  await until(() => server.intake.rows.length === 6)
  const gone = (await server.events()).flatMap((event) => (event.kind === 'deletion' ? [event.of] : []))
  expect(gone).toEqual([one, two, three].map(({ id }) => `${server.help.id}/${id}`))
})

test('Q10: what was edited or deleted while we were away shows at the next start', async () => {
  const server = await makeServer()
  const first = await server.start()
  const write = (text: string) => server.world.memberWrites(server.dm.id, server.cleo.id, text)
  const [kept, edited, gone] = [write('stays'), write('changes'), write('goes')]
  await until(() => server.intake.rows.length === 3)
  await first.stop()
  server.world.edit(edited, 'has changed')
  server.world.remove(gone)
  write('new')
  await server.start()
  await until(() => server.intake.rows.length === 6)
  const events = (await server.events()).slice(3)
  expect(events.map(({ kind }) => kind)).toEqual(['edit', 'deletion', 'message'])
  expect(events[0]).toMatchObject({ of: `${server.dm.id}/${edited.id}`, text: 'has changed' })
  expect(events[1]).toMatchObject({ of: `${server.dm.id}/${gone.id}` })
  expect(kept.content).toBe('stays')
})

test('in a support channel a question, its thread and the answers there are one conversation', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const question = server.world.memberWrites(server.help.id, server.cleo.id, 'Where is my order?')
  await until(() => server.intake.rows.length === 1)
  const [asked] = messagesOf(await server.events())
  if (!asked) throw new Error('nothing was asked')
  expect(asked.group).toBe(`group:${server.help.id}:${server.cleo.id}`)
  await channel.send(await channel.render(answerTo(asked)), progress())
  expect(server.world.channel(question.id)).toMatchObject({ parentId: server.help.id, name: 'Where is my order?' })
  server.world.memberWrites(question.id, server.cleo.id, 'Thank you!')
  await until(async () => textsOf(await server.events()).includes('Thank you!'))
  const events = await server.events()
  const thanks = messagesOf(events).at(-1)
  expect(thanks?.evidence).toEqual([{ by: 'thread', key: `thread:${question.id}` }])
  expect(asked.keys).toContain(`thread:${question.id}`)
  expect(events.filter(({ kind }) => kind === 'own')).toHaveLength(1)
})

test('a channel can give each question its thread at once', async () => {
  const server = await makeServer()
  await server.start({ channels: [{ id: server.help.id, take: 'every', thread: 'at-once' }] })
  const question = server.world.memberWrites(server.help.id, server.cleo.id, 'Where is my order?')
  await until(() => server.discord.calls('POST /channels/:channel/messages/:message/threads').length > 0)
  expect(server.world.channel(question.id).parentId).toBe(server.help.id)
})

test('a channel can take only what names the bot, and what belongs to that', async () => {
  const server = await makeServer()
  await server.start({ channels: [{ id: server.help.id, take: 'mention', thread: 'reply' }] })
  const write = (text: string) => server.world.memberWrites(server.help.id, server.cleo.id, text)
  const chat = write('Nice weather')
  const asked = write(`<@${server.bot.id}> where is my order?`)
  await until(() => server.intake.rows.length === 1)
  server.world.remove(chat)
  server.world.edit(asked, `<@${server.bot.id}> where is order 7?`)
  await until(() => server.intake.rows.length === 2)
  const events = await server.events({ channels: [{ id: server.help.id, take: 'mention', thread: 'reply' }] })
  expect(events.map(({ kind }) => kind)).toEqual(['message', 'edit'])
  expect(textsOf(events)).toEqual(['@Deskbell where is my order?'])
})

test('a post in a forum is a conversation, with its title and its tags', async () => {
  const server = await makeServer()
  await server.start()
  const [tag] = server.world.channel(server.forum.id).tags
  server.world.openThread(server.forum.id, server.cleo.id, {
    name: 'Wrong bill',
    text: 'It says 900.',
    tags: [tag?.id ?? ''],
  })
  await until(() => server.intake.rows.length === 1)
  const [message] = messagesOf(await server.events())
  expect(message).toMatchObject({
    subject: 'Wrong bill',
    text: 'It says 900.',
    warnings: ['Tags: billing.'],
    priority: 'high',
  })
  expect(message?.evidence[0]?.by).toBe('thread')
})

test('what is written in a place of another desk says so, in its threads as well', async () => {
  const server = await makeServer()
  const { help, forum, cleo, world } = server
  await server.start({ deskOf: { [forum.id]: 'billing' } })
  const post = world.openThread(forum.id, cleo.id, { name: 'Wrong bill', text: 'It says 900.' })
  await until(() => server.intake.rows.length === 1)
  world.memberWrites(post.id, cleo.id, 'Still wrong.')
  world.memberWrites(help.id, cleo.id, 'My lamp is broken.')
  world.memberWrites(server.dm.id, cleo.id, 'Hello?')
  await until(() => server.intake.rows.length === 4)
  const desks = messagesOf(await server.events()).map(({ text, desk }) => [text, desk])
  expect(Object.fromEntries(desks)).toEqual({
    'It says 900.': 'billing',
    'Still wrong.': 'billing',
    'My lamp is broken.': undefined,
    'Hello?': undefined,
  })
})

test('in an archived thread that we know, what was written while we were away is found', async () => {
  const server = await makeServer()
  const first = await server.start()
  const post = server.world.openThread(server.forum.id, server.cleo.id, { name: 'Wrong bill', text: 'It says 900.' })
  await until(() => server.intake.rows.length === 1)
  await first.stop()
  server.world.memberWrites(post.id, server.cleo.id, 'Still wrong.')
  server.world.archive(post.id)
  await server.start()
  await until(() => server.intake.rows.length === 2)
  expect(textsOf(await server.events())).toEqual(['It says 900.', 'Still wrong.'])
})

test('a frame that the gateway lost is noticed with the next one', async () => {
  const server = await makeServer()
  await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'one')
  await until(() => server.intake.rows.length === 1)
  server.discord.faults.nextFrame('MESSAGE_CREATE', 'drop')
  server.world.memberWrites(server.dm.id, server.cleo.id, 'two')
  server.world.memberWrites(server.help.id, server.max.id, 'elsewhere')
  await until(() => server.intake.rows.length === 3)
  expect(textsOf(await server.events()).sort()).toEqual(['elsewhere', 'one', 'two'])
})

test('what happens in other channels is none of ours', async () => {
  const server = await makeServer()
  await server.start()
  server.world.memberWrites(server.lobby.id, server.cleo.id, 'Nice weather')
  server.world.memberWrites(server.help.id, server.cleo.id, 'A question')
  await until(() => server.intake.rows.length === 1)
  expect(textsOf(await server.events())).toEqual(['A question'])
})

test('a file comes whole, also when its link has ended meanwhile, and from nowhere but Discord', async () => {
  const server = await makeServer({ linkMs: 1 }) // Each link ends at once.
  const channel = await server.start()
  const bytes = new TextEncoder().encode('the bytes of a photo')
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Look', {
    files: [{ name: 'photo.png', bytes, type: 'image/png' }],
  })
  await until(() => server.intake.rows.length === 1)
  const [file] = messagesOf(await server.events())[0]?.attachments ?? []
  if (!file) throw new Error('there is no file')
  expect(file).toMatchObject({ name: 'photo.png', type: 'image/png', bytes: bytes.length })
  server.discord.settings.linkMs = 86_400_000
  const read: number[] = []
  for await (const chunk of channel.fetchAttachment(file.ref)) read.push(...chunk)
  expect(new TextDecoder().decode(new Uint8Array(read))).toBe('the bytes of a photo')
  const elsewhere = file.ref.replace(
    /http:[^"]*/,
    `https://evil.test/photo?ex=${Number.MAX_SAFE_INTEGER.toString(16).slice(0, 10)}`,
  )
  await expect(channel.fetchAttachment(elsewhere)[Symbol.asyncIterator]().next()).rejects.toThrow(/not on a server/)
})
