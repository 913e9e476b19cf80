import { expect, test } from 'vitest'
import { type InboundMessage, SendError } from '../../../src/channel.ts'
import { answerTo, makeServer, messagesOf, outbound, progress, type Server, until } from './server.ts'

const POST = 'POST /channels/:channel/messages'
const LINE = 'All the words of this line are there to fill it. '

async function failureOf(work: Promise<unknown>): Promise<SendError> {
  const error = await work.then(
    () => 'it worked',
    (thrown: unknown) => thrown,
  )
  if (error instanceof SendError) return error
  throw new Error(`expected a SendError, got ${String(error)}`)
}

async function asked(server: Server, text = 'Where is my order?'): Promise<InboundMessage> {
  const rows = server.intake.rows.length
  server.world.memberWrites(server.dm.id, server.cleo.id, text)
  await until(() => server.intake.rows.length > rows)
  const message = messagesOf(await server.events()).at(-1)
  if (!message) throw new Error('nothing was asked')
  return message
}

const sentTo = (server: Server, channelId: string) =>
  server.world.list(channelId).filter(({ authorId }) => authorId === server.bot.id)

test('C29: 5,300 characters with a code fence are three messages with valid fences, in order', async () => {
  const server = await makeServer()
  const channel = server.open()
  const code = Array.from({ length: 60 }, (_, n) => `  line ${n}: do the thing and then the other thing`).join('\n')
  const markdown = `${LINE.repeat(25)}\n\n\`\`\`js\n${code}\n\`\`\`\n\n${LINE.repeat(28)}`.slice(0, 5300)
  expect(markdown).toHaveLength(5300)
  const parts = await channel.render(outbound(server.cleo.id, { markdown }))
  expect(parts).toHaveLength(3)
  await channel.send(parts, progress())
  const sent = sentTo(server, server.dm.id).map(({ content }) => content)
  expect(sent).toHaveLength(3)
  for (const content of sent) {
    expect(content.length).toBeLessThanOrEqual(2000)
    expect((content.match(/^```/gm) ?? []).length % 2).toBe(0)
  }
  const words = sent
    .join('\n')
    .replace(/^```\w*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  expect(words).toBe(
    markdown
      .replace(/^```\w*$/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  )
})

test.each([
  ['does', true],
  ['does not', false],
])(
  'C29: after a lost answer to the second message there is no second copy, by nonces of at most 25 characters, where the history %s tell them',
  async (_, nonceInHistory) => {
    const server = await makeServer({ nonceInHistory })
    const channel = server.open()
    const parts = await channel.render(outbound(server.cleo.id, { markdown: LINE.repeat(100) }))
    expect(parts).toHaveLength(3)
    const seen = progress(Date.now())
    server.discord.faults.next(POST, { delayMs: 0 })
    server.discord.faults.next(POST, { status: 500, stored: true })
    expect((await failureOf(channel.send(parts, seen))).failure.kind).toBe('uncertain')
    expect(seen.accepted.size).toBe(1)
    expect(await channel.reconcile(parts, seen)).toBe('absent') // The third one is; the second was found.
    expect(seen.accepted.size).toBe(2)
    const sent = await channel.send(parts, seen)
    expect(sent.externalIds).toHaveLength(3)
    expect(sentTo(server, server.dm.id)).toHaveLength(3)
    for (const { body } of server.discord.calls(POST)) {
      expect(body).toMatchObject({ enforce_nonce: true, allowed_mentions: { parse: [], replied_user: false } })
      expect(String(body.nonce).length).toBeLessThanOrEqual(25)
    }
    expect(new Set(server.discord.calls(POST).map(({ body }) => body.nonce)).size).toBe(3)
  },
)

test('the same words, said a minute before, are no copy of what is looked for', async () => {
  let ahead = 0
  const server = await makeServer({ clock: { now: () => Date.now() + ahead } })
  const channel = server.open()
  const reply = (id: string) => channel.render(outbound(server.cleo.id, { id, markdown: 'Thank you!' }))
  await channel.send(await reply('m_1'), progress(Date.now()))
  ahead = 60_000
  server.discord.faults.next(POST, { status: 500 })
  const seen = progress(Date.now() + ahead)
  const parts = await reply('m_2')
  expect((await failureOf(channel.send(parts, seen))).failure.kind).toBe('uncertain')
  expect(await channel.reconcile(parts, seen)).toBe('absent')
  await channel.send(parts, seen)
  expect(sentTo(server, server.dm.id)).toHaveLength(2)
})

test('two messages of a reply that say the same are two', async () => {
  const server = await makeServer()
  const channel = server.open()
  const word = `${'x'.repeat(1500)}\n\n`
  const parts = await channel.render(outbound(server.cleo.id, { markdown: word.repeat(2) }))
  const seen = progress(Date.now())
  server.discord.faults.next(POST, { delayMs: 0 })
  server.discord.faults.next(POST, { status: 500 })
  await failureOf(channel.send(parts, seen))
  expect(await channel.reconcile(parts, seen)).toBe('absent')
})

test('C29: the same message sent anew at once is the same message to Discord', async () => {
  const server = await makeServer()
  const parts = await server.open().render(outbound(server.cleo.id))
  server.discord.faults.next(POST, { reset: true, stored: true })
  expect((await failureOf(server.open().send(parts, progress()))).failure.kind).toBe('uncertain')
  await server.open().send(parts, progress()) // As if nobody had looked.
  expect(sentTo(server, server.dm.id)).toHaveLength(1)
})

test('C29: nobody is pinged by what stands in a reply, nor by its correction', async () => {
  const server = await makeServer()
  const channel = await server.start()
  server.world.memberWrites(server.help.id, server.cleo.id, 'Where is my order?')
  await until(() => server.intake.rows.length === 1)
  const [question] = messagesOf(await server.events())
  if (!question) throw new Error('nothing was asked')
  const pings = `Dear @everyone and @here, <@${server.max.id}> knows it.`
  const { externalIds } = await channel.send(await channel.render(answerTo(question, { markdown: pings })), progress())
  const [sent] = sentTo(server, externalIds[0]?.split('/')[0] ?? '')
  expect(sent).toMatchObject({ mentionEveryone: false, mentions: [] })
  expect(sent?.content).not.toMatch(/@everyone|@here/)
  await channel.revise(externalIds, await channel.render(answerTo(question, { markdown: `${pings} Truly.` })))
  expect(sent).toMatchObject({ mentionEveryone: false, mentions: [] })
  expect(sent?.content).toContain('Truly.')
  const [edit] = server.discord.calls('PATCH /channels/:channel/messages/:message')
  expect(edit?.body).toMatchObject({ allowed_mentions: { parse: [], replied_user: false } })
})

test('C30, Q14: closed direct messages are told to the agent at once, and nothing is tried again', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const parts = await channel.render(answerTo(await asked(server)))
  server.world.closeDms(server.cleo.id)
  const { failure, message } = await failureOf(channel.send(parts, progress()))
  expect(failure.kind).toBe('rejected')
  expect(message).toMatch(/takes no direct messages from us.*Write to them on another channel\.$/)
  expect(server.discord.calls(POST)).toHaveLength(1)
})

test('C30: whoever shares no server with us any more cannot be written to', async () => {
  const server = await makeServer()
  const channel = server.open()
  server.discord.faults.next(POST, { code: 50278 })
  const parts = await channel.render(outbound(server.cleo.id))
  const { failure, message } = await failureOf(channel.send(parts, progress()))
  expect(failure.kind).toBe('rejected')
  expect(message).toMatch(/share no server/)
})

test('C30: with a fallback the answer to closed direct messages goes into a private thread, one for each answer', async () => {
  const server = await makeServer()
  const channel = server.open({ fallback: server.help.id })
  server.world.closeDms(server.cleo.id)
  const parts = await channel.render(outbound(server.cleo.id, { markdown: LINE.repeat(60) }))
  const seen = progress(Date.now())
  server.discord.faults.next(POST, { code: 50007 })
  server.discord.faults.next(POST, { status: 500, stored: true })
  expect((await failureOf(channel.send(parts, seen))).failure.kind).toBe('uncertain')
  await channel.reconcile(parts, seen)
  const { externalIds } = await channel.send(parts, seen)
  const threads = new Set(externalIds.map((id) => id.split('/')[0] ?? ''))
  expect(threads.size).toBe(1)
  const [thread = ''] = threads
  expect(server.world.channel(thread)).toMatchObject({ type: 12, parentId: server.help.id })
  expect(sentTo(server, thread)).toHaveLength(2)
  expect([...(server.world.channel(thread).thread?.members.keys() ?? [])]).toContain(server.cleo.id)
})

test('Q14: a deleted thread and a missing permission are each a sentence', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const post = server.world.openThread(server.forum.id, server.cleo.id, { name: 'Bill', text: 'Wrong.' })
  await until(() => server.intake.rows.length === 1)
  const [question] = messagesOf(await server.events())
  if (!question) throw new Error('nothing was asked')
  const parts = await channel.render(answerTo(question))
  server.discord.faults.next(POST, { code: 50013 })
  const refused = await failureOf(channel.send(parts, progress()))
  expect(refused).toMatchObject({ failure: { kind: 'rejected' }, message: expect.stringMatching(/lacks a permission/) })
  server.world.removeChannel(post.id)
  const gone = await failureOf(channel.send(parts, progress()))
  expect(gone).toMatchObject({ failure: { kind: 'rejected' }, message: expect.stringMatching(/was deleted/) })
})

test('an archived thread is opened again, a locked one is not', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const post = server.world.openThread(server.forum.id, server.cleo.id, { name: 'Bill', text: 'Wrong.' })
  await until(() => server.intake.rows.length === 1)
  const [question] = messagesOf(await server.events())
  if (!question) throw new Error('nothing was asked')
  server.world.archive(post.id)
  server.discord.faults.next(POST, { code: 50083 })
  await channel.send(await channel.render(answerTo(question)), progress())
  expect(server.world.channel(post.id).thread?.archived).toBe(false)
  server.discord.faults.next(POST, { code: 160005 })
  const locked = await failureOf(channel.send(await channel.render(answerTo(question, { id: 'm_2' })), progress()))
  expect(locked).toMatchObject({ failure: { kind: 'rejected' }, message: expect.stringMatching(/is locked/) })
})

test('what Discord says of the wait is handed on, and a refused token is the account’s trouble', async () => {
  const server = await makeServer()
  const channel = server.open()
  const parts = await channel.render(outbound(server.cleo.id))
  server.discord.faults.next(POST, { status: 429, retryAfterS: 7 })
  const limited = await failureOf(channel.send(parts, progress()))
  if (limited.failure.kind !== 'temporary') throw new Error('it is not temporary')
  expect(limited.failure.retryAfterMs).toBeGreaterThanOrEqual(7000)
  server.discord.faults.next('POST /users/@me/channels', { code: 40003 })
  expect((await failureOf(server.open().send(parts, progress()))).failure.kind).toBe('temporary')
  const stranger = server.open({ token: 'not.the.token' })
  const refused = await failureOf(stranger.send(parts, progress()))
  expect(refused.failure).toEqual({ kind: 'temporary', account: true })
  expect(stranger.health()).toMatchObject({
    ok: false,
    isRefused: true,
    problem: expect.stringMatching(/DISCORD_BOT_TOKEN/),
  })
})

test('an answer shows what it answers, and files go with the last words', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const question = await asked(server)
  const bytes = new TextEncoder().encode('a bill')
  const attachments = [{ name: 'bill.pdf', type: 'application/pdf', content: bytes }]
  const parts = await channel.render(answerTo(question, { markdown: LINE.repeat(60), attachments }))
  expect(parts.map((part) => part.attachments?.length ?? 0)).toEqual([0, 1])
  await channel.send(parts, progress())
  const [first, second] = sentTo(server, server.dm.id)
  expect(first?.reference?.messageId).toBe(question.externalId.split('/')[1])
  expect(second?.attachments.map(({ name, bytes: sent }) => [name, new TextDecoder().decode(sent)])).toEqual([
    ['bill.pdf', 'a bill'],
  ])
})

test('what cannot leave is said at the preview, in a sentence', async () => {
  const server = await makeServer()
  const channel = server.open()
  const big = { name: 'film.mp4', type: 'video/mp4', content: new Uint8Array(11 * 1024 * 1024) }
  const render = (more: object) => failureOf(channel.render(outbound(server.cleo.id, more)))
  expect((await render({ attachments: [big] })).message).toMatch(/film\.mp4 has 11\.0 MB, and Discord takes 10\.0 MB\./)
  expect((await render({ attachments: [{ ...big, content: new Uint8Array() }] })).message).toMatch(/is empty/)
  expect((await render({ markdown: ' ' })).message).toMatch(/nothing in it/)
  expect((await render({ markdown: LINE.repeat(1000) })).message).toMatch(/\d+ messages.*20 is the most/)
})

test('a reply is corrected, shortened and taken back, and doing it twice changes nothing more', async () => {
  const server = await makeServer()
  const channel = server.open()
  const long = await channel.render(outbound(server.cleo.id, { markdown: LINE.repeat(60) }))
  const { externalIds } = await channel.send(long, progress())
  expect(externalIds).toHaveLength(2)
  const short = await channel.render(outbound(server.cleo.id, { markdown: 'Sorry, **tomorrow**.' }))
  for (const _ of ['once', 'again']) await channel.revise(externalIds, short)
  expect(sentTo(server, server.dm.id).map(({ content }) => content)).toEqual(['Sorry, **tomorrow**.'])
  const longer = await failureOf(channel.revise(externalIds.slice(0, 1), long))
  expect(longer).toMatchObject({
    failure: { kind: 'rejected' },
    message: expect.stringMatching(/cannot be more messages/),
  })
  for (const _ of ['once', 'again']) await channel.retract(externalIds)
  expect(sentTo(server, server.dm.id)).toEqual([])
})

test('a channel that is deleted between two messages of an answer is a clear end', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const post = server.world.openThread(server.forum.id, server.cleo.id, { name: 'Bill', text: 'Wrong.' })
  await until(() => server.intake.rows.length === 1)
  const [question] = messagesOf(await server.events())
  if (!question) throw new Error('nothing was asked')
  const parts = await channel.render(answerTo(question, { markdown: LINE.repeat(60) }))
  const seen = progress()
  const accept = seen.accept
  seen.accept = async (index, id) => {
    await accept(index, id)
    server.world.removeChannel(post.id)
  }
  const gone = await failureOf(channel.send(parts, seen))
  expect(gone.failure.kind).toBe('rejected')
  expect(seen.accepted.size).toBe(1)
})
