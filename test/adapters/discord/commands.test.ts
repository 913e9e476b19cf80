import { expect, test } from 'vitest'
import { makeApi } from '../../../adapters/discord/api.ts'
import { registerCommands } from '../../../adapters/discord/commands.ts'
import { answerTo, configOf, makeServer, messagesOf, progress, type Server, textsOf, until } from './server.ts'

async function withCommands(): Promise<Server> {
  const server = await makeServer()
  const names = await registerCommands(makeApi(configOf(server.discord), { waits: true }), server.guild.id)
  expect(names).toEqual(['support', 'Open a conversation'])
  return server
}

const FORM = { subject: 'Bill', question: 'It says **900**. @everyone' }

async function asks(server: Server) {
  const opened = server.world.command(server.cleo.id, server.lobby.id, 'support')
  await until(() => opened.modal !== undefined)
  return server.world.submit(opened, FORM)
}

test('/support opens a private thread with whoever asks, and the question is the first message of a conversation', async () => {
  const server = await withCommands()
  const channel = await server.start({ requests: server.help.id })
  const submitted = await asks(server)
  await until(() => server.intake.rows.some(({ key }) => key.startsWith('request:')))
  const [request] = messagesOf(await server.events())
  expect(request).toMatchObject({ subject: 'Bill', text: 'It says 900. @everyone', from: { address: server.cleo.id } })
  const thread = request?.keys[0]?.replace('thread:', '') ?? ''
  expect(server.world.channel(thread)).toMatchObject({
    type: 12,
    parentId: server.help.id,
    name: 'Bill · Cleo Customer',
  })
  expect([...(server.world.channel(thread).thread?.members.keys() ?? [])]).toContain(server.cleo.id)
  await until(() => server.world.answerTo(submitted)?.content.includes(thread) ?? false)
  expect(server.world.answerTo(submitted)?.ephemeralFor).toBe(server.cleo.id)
  expect(server.world.list(thread).every(({ mentionEveryone }) => !mentionEveryone)).toBe(true)
  if (!request) throw new Error('nothing was asked')
  await channel.send(await channel.render(answerTo(request)), progress())
  server.world.memberWrites(thread, server.cleo.id, 'Thank you!')
  await until(async () => textsOf(await server.events()).includes('Thank you!'))
  const thanks = messagesOf(await server.events()).at(-1)
  expect(thanks).toMatchObject({ evidence: [{ by: 'thread', key: request.keys[0] }] })
  expect(thanks?.bystander).toBeUndefined()
})

test('a question is kept before the person is told so, and a crash on the way to its thread loses nothing', async () => {
  const server = await withCommands()
  const first = await server.start({ requests: server.help.id })
  server.discord.faults.always('POST /channels/:channel/threads', { status: 503 })
  await asks(server)
  await until(() => server.intake.rows.some(({ key }) => key.startsWith('interaction:')))
  await until(() => server.discord.calls('POST /channels/:channel/threads').length > 0)
  await first.stop()
  expect(messagesOf(await server.events())).toEqual([])
  server.discord.faults.clear()
  await server.start({ requests: server.help.id })
  await until(() => server.intake.rows.some(({ key }) => key.startsWith('request:')))
  expect(textsOf(await server.events())).toEqual(['It says 900. @everyone'])
  expect(server.intake.cursors.get('pending')).toBe('[]')
})

test('however slow the store is, whoever asks sees at once that we are at work, and then what came of it', async () => {
  const server = await withCommands()
  await server.start({ requests: server.help.id })
  const stored = Promise.withResolvers<void>()
  server.intake.before = () => stored.promise
  const submitted = await asks(server)
  await until(() => server.world.answerTo(submitted) !== undefined) // After three seconds Discord would take no answer any more.
  expect(server.world.answerTo(submitted)?.content).toBe('')
  expect(server.intake.rows).toEqual([])
  stored.resolve()
  await until(() => server.world.answerTo(submitted)?.content !== '')
  expect(server.world.answerTo(submitted)?.content).toMatch(/a person answers you/)
})

test('where no thread may be opened the question is answered by direct message', async () => {
  const server = await withCommands()
  const channel = await server.start({ requests: server.help.id })
  server.discord.faults.always('POST /channels/:channel/threads', { code: 50013 })
  await asks(server)
  await until(() => server.intake.rows.some(({ key }) => key.startsWith('request:')))
  const [request] = messagesOf(await server.events())
  if (!request) throw new Error('nothing was asked')
  await channel.send(await channel.render(answerTo(request)), progress())
  expect(server.world.list(server.dm.id).map(({ content }) => content)).toEqual(['It is on its way.'])
})

test('no interaction’s token is stored', async () => {
  const server = await withCommands()
  await server.start({ requests: server.help.id })
  const submitted = await asks(server)
  await until(() => server.intake.rows.some(({ key }) => key.startsWith('request:')))
  const stored =
    server.intake.rows.map(({ body }) => new TextDecoder().decode(body)).join() +
    [...server.intake.cursors.values()].join()
  expect(submitted.token.length).toBeGreaterThan(10)
  expect(stored).not.toContain(submitted.token)
})

test('staff open a conversation from a message in any channel, and its answer opens a thread there', async () => {
  const server = await withCommands()
  const people = { agents: { U_ZOE: server.zoe.id } }
  const channel = await server.start(people)
  const complaint = server.world.memberWrites(server.lobby.id, server.cleo.id, 'The shop is down')
  const chosen = server.world.menu(server.zoe.id, server.lobby.id, 'Open a conversation', { message: complaint })
  await until(() => server.world.answerTo(chosen) !== undefined)
  const [message] = messagesOf(await server.events(people))
  if (!message) throw new Error('nothing was opened')
  expect(message).toMatchObject({ text: 'The shop is down', from: { address: server.cleo.id } })
  await channel.send(await channel.render(answerTo(message)), progress())
  server.world.memberWrites(complaint.id, server.cleo.id, 'Thank you!')
  await until(async () => textsOf(await server.events(people)).includes('Thank you!'))
  expect(messagesOf(await server.events(people)).at(-1)?.evidence).toEqual([
    { by: 'thread', key: `thread:${complaint.id}` },
  ])
})

test('only staff open conversations, and none from what one of us or a bot wrote', async () => {
  const server = await withCommands()
  await server.start({ agents: { U_ZOE: server.zoe.id } })
  const [ours, theirs] = [
    server.world.memberWrites(server.lobby.id, server.zoe.id, 'Good morning'),
    server.world.memberWrites(server.lobby.id, server.cleo.id, 'Hello'),
  ]
  const answers = []
  for (const [userId, message] of [
    [server.cleo.id, theirs],
    [server.zoe.id, ours],
  ] as const) {
    const chosen = server.world.menu(userId, server.lobby.id, 'Open a conversation', { message })
    await until(() => server.world.answerTo(chosen) !== undefined)
    answers.push(server.world.answerTo(chosen)?.content)
  }
  expect(answers).toEqual([expect.stringMatching(/Only staff/), expect.stringMatching(/Nobody waits/)])
  expect(server.intake.rows.map(({ key }) => key)).toEqual([])
})

test('a form that was opened for somebody else, and one that nobody knows, are refused', async () => {
  const server = await withCommands()
  await server.start({ requests: server.help.id })
  for (const [customId, answer] of [
    [`deskbell:support:${server.max.id}`, /somebody else/],
    ['evil:form', /not in use/],
  ] as const) {
    const opened = server.world.command(server.cleo.id, server.lobby.id, 'support')
    await until(() => opened.modal !== undefined)
    if (opened.modal) opened.modal.custom_id = customId
    const submitted = server.world.submit(opened, FORM)
    await until(() => server.world.answerTo(submitted) !== undefined)
    expect(server.world.answerTo(submitted)?.content).toMatch(answer)
  }
  expect(server.intake.rows.map(({ key }) => key)).toEqual([])
})
