import { expect, test } from 'vitest'
import type { InboundMessage } from '../../../src/channel.ts'
import type { Written } from '../../../src/sandbox/discord/play-message.ts'
import { makeServer, messagesOf, until } from './server.ts'

/** What the core is told of a message like this. */
async function told(
  text: string,
  more: Written | ((server: Awaited<ReturnType<typeof makeServer>>) => Written) = {},
): Promise<InboundMessage> {
  const server = await makeServer()
  await server.start()
  const written = typeof more === 'function' ? more(server) : more
  const message = server.world.memberWrites(server.help.id, server.cleo.id, text, written)
  await until(() => server.intake.rows.some(({ key }) => key === `create:${message.id}`))
  const found = messagesOf(await server.events()).find(({ externalId }) => externalId.endsWith(message.id))
  if (!found) throw new Error('it was not told')
  return found
}

test('C30: a forward has no words of its own and is shown from its snapshot', async () => {
  const message = await told('', (server) => ({
    forwards: server.world.memberWrites(server.lobby.id, server.max.id, 'The **shop** is down', {
      files: [{ name: 'log.txt', bytes: new TextEncoder().encode('log'), type: 'text/plain' }],
    }),
  }))
  expect(message.text).toBe('[forwarded message]\n> The shop is down')
  expect(message.markdown).toContain('> The **shop** is down')
  expect(message.attachments.map(({ name }) => name)).toEqual(['log.txt'])
  expect(message.warnings).toEqual([])
})

test('an answer shows the beginning of what it answers, apart from what is new', async () => {
  const message = await told('Me too', (server) => ({
    replyTo: server.world.memberWrites(server.help.id, server.cleo.id, 'My order is late'),
  }))
  expect(message).toMatchObject({ text: '> Cleo Customer:\n> My order is late\nMe too', unquoted: 'Me too' })
  expect(message.evidence.map(({ by }) => by)).toEqual(['reference'])
  expect(message.group).toBeUndefined()
})

test('stickers, polls and voice messages are said in words', async () => {
  expect((await told('', { stickers: ['Wave'] })).text).toBe('[sticker: Wave]')
  const poll = { question: 'Refund?', answers: ['Yes', 'No'] }
  expect((await told('', { poll })).text).toBe('[poll] Refund?\n- Yes\n- No')
  const voice = await told('', { voiceS: 12 })
  expect(voice.text).toBe('[voice message, 12 s]')
  expect(voice.attachments).toHaveLength(1)
})

test('names stand for mentions, of people, roles and channels', async () => {
  const server = await makeServer()
  await server.start()
  const role = server.world.addRole(server.guild.id, { name: 'Mods', mentionable: true })
  const text = `<@${server.max.id}> said <@&${role.id}> are in <#${server.lobby.id}>`
  server.world.memberWrites(server.help.id, server.cleo.id, text)
  await until(() => server.intake.rows.length === 1)
  expect(messagesOf(await server.events())[0]?.text).toBe('@Max Member said @Mods are in #lobby')
})

test('the cards of a trusted bot are read, and those of people are only previews', async () => {
  const embeds = [
    { type: 'rich', title: 'Order 7', description: 'is **late**', fields: [{ name: 'Days', value: '3' }] },
  ]
  const server = await makeServer()
  const form = server.world.addBot({ name: 'Web form' })
  server.world.join(server.guild.id, form.id)
  const trusted = { trustedBots: [form.id] }
  await server.start(trusted)
  server.world.memberWrites(server.help.id, form.id, '', { embeds })
  server.world.memberWrites(server.help.id, server.cleo.id, 'see', { embeds })
  await until(() => server.intake.rows.length === 2)
  const [machine, person] = messagesOf(await server.events(trusted))
  expect(machine?.text).toBe('Order 7\nis late\nDays:\n3')
  expect(person?.text).toBe('see')
})

test('without the right to read, a message says what to switch on', async () => {
  const server = await makeServer()
  await server.start()
  server.world.memberWrites(server.help.id, server.cleo.id, '')
  await until(() => server.intake.rows.length === 1)
  expect(messagesOf(await server.events())[0]?.warnings).toEqual([expect.stringMatching(/Message Content Intent/)])
})

test('what Discord writes itself is nobody’s message', async () => {
  const server = await makeServer()
  await server.start()
  server.world.systemWrites(server.help.id, server.cleo.id, 7)
  server.world.memberWrites(server.help.id, server.cleo.id, 'Hello')
  await until(() => server.intake.rows.length === 1)
  expect(messagesOf(await server.events()).map(({ text }) => text)).toEqual(['Hello'])
})

test('the head of the original says who wrote it, when and where', async () => {
  const server = await makeServer()
  const channel = await server.start()
  const message = server.world.memberWrites(server.dm.id, server.cleo.id, 'Hello')
  await until(() => server.intake.rows.length === 1)
  const head = channel.readHead?.(server.intake.rows[0]?.body ?? new Uint8Array()) ?? []
  const lines = Object.fromEntries(head.map(({ name, value }) => [name, value]))
  expect(lines).toMatchObject({ From: 'Cleo Customer', Message: message.id, Channel: server.dm.id })
  expect(channel.readHead?.(new Uint8Array([0xff, 0x22, 0]))).toEqual([])
})

test('what an event is given up on still says who wrote what, and where to answer', async () => {
  const server = await makeServer()
  const channel = await server.start()
  server.world.memberWrites(server.dm.id, server.cleo.id, 'Say "hello" to\nme')
  await until(() => server.intake.rows.length === 1)
  const [raw] = server.intake.rows
  if (!raw) throw new Error('nothing was kept')
  const whole = messagesOf(await channel.parse(raw))[0]
  expect(channel.salvage({ ...raw, body: raw.body.subarray(0, raw.body.length - 9) })).toMatchObject({
    externalId: whole?.externalId,
    text: 'Say "hello" to\nme',
    from: { address: server.cleo.id },
    replyHandle: whole?.replyHandle,
  })
})
