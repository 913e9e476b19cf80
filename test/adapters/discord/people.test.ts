import { expect, test } from 'vitest'
import { makeServer, messagesOf, type Server, until } from './server.ts'

async function withRoles() {
  const server = await makeServer()
  const { world, guild } = server
  const staff = world.addRole(guild.id, { name: 'Staff' })
  const helpers = world.addRole(guild.id, { name: 'Helpers' })
  const people = { agents: { U_ZOE: server.zoe.id }, staffRoles: [staff.id], helperRoles: [helpers.id] }
  return { server, staff, helpers, people }
}

async function told(server: Server, people: object, count: number) {
  await until(() => server.intake.rows.length === count)
  return messagesOf(await server.events(people))
}

test('Q12: in a customer’s thread agents answer, staff and helpers and others are shown', async () => {
  const { server, staff, helpers, people } = await withRoles()
  const { world, guild, forum, cleo, max, zoe } = server
  const [sam, hanna] = [world.addUser({ name: 'Sam' }), world.addUser({ name: 'Hanna' })]
  world.join(guild.id, sam.id, { roles: [staff.id] })
  world.join(guild.id, hanna.id, { roles: [helpers.id] })
  await server.start(people)
  const post = world.openThread(forum.id, cleo.id, { name: 'Bill', text: 'Wrong.' })
  for (const { id } of [max, hanna, zoe, sam, cleo]) world.memberWrites(post.id, id, `by ${id}`)
  const messages = await told(server, people, 6)
  expect(messages.map(({ bystander, agentId }) => agentId ?? bystander)).toEqual([
    undefined,
    'member',
    'helper',
    'U_ZOE',
    'helper',
    undefined,
  ])
  expect(messages[4]?.warnings).toEqual([expect.stringMatching(/discord\.agents/)])
})

test('Q12: what was written while we were away is judged by the same roles, which the history does not tell', async () => {
  const { server, staff, helpers, people } = await withRoles()
  const { world, guild, forum, cleo, max } = server
  world.changeMember(guild.id, max.id, { roles: [helpers.id] })
  const first = await server.start(people)
  const post = world.openThread(forum.id, cleo.id, { name: 'Bill', text: 'Wrong.' })
  await until(() => server.intake.rows.length === 1)
  await first.stop()
  world.memberWrites(post.id, max.id, 'Have you tried?')
  world.changeMember(guild.id, cleo.id, { roles: [staff.id] })
  world.memberWrites(server.help.id, cleo.id, 'I work here now')
  await server.start(people)
  const messages = await told(server, people, 3)
  expect(messages.map(({ bystander }) => bystander)).toEqual([undefined, 'helper'])
  expect(server.intake.rows).toHaveLength(3) // It was kept; a question of ours is nobody's.
})

test('Q12: a thread at somebody’s message is theirs, whoever opened it; at a message of ours it is everybody’s', async () => {
  const { server, people } = await withRoles()
  const { world, help, cleo, max, zoe } = server
  await server.start(people)
  const question = world.memberWrites(help.id, cleo.id, 'Is it open?')
  const news = world.memberWrites(help.id, zoe.id, 'We are open again')
  const [theirs, ours] = [
    world.openThread(help.id, max.id, { name: 'Open?', on: question }),
    world.openThread(help.id, zoe.id, { name: 'News', on: news }),
  ]
  for (const { id } of [max, cleo]) world.memberWrites(theirs.id, id, 'and?')
  for (const { id } of [max, cleo]) world.memberWrites(ours.id, id, 'great')
  await until(() => server.intake.rows.length === 6)
  const messages = messagesOf(await server.events(people)).filter(({ evidence }) => evidence.length > 0)
  const by = (thread: string) =>
    messages.filter(({ externalId }) => externalId.startsWith(thread)).map(({ bystander }) => bystander)
  expect(by(theirs.id)).toEqual(['member', undefined])
  expect(by(ours.id)).toEqual([undefined, undefined])
})

test('Q12: one of us at the top of a channel asks nothing, and answers when they answer somebody', async () => {
  const { server, people } = await withRoles()
  const { world, help, cleo, max, zoe } = server
  await server.start(people)
  const question = world.memberWrites(help.id, cleo.id, 'Is it open?')
  world.memberWrites(help.id, zoe.id, 'Good morning all')
  world.memberWrites(help.id, zoe.id, 'Yes.', { replyTo: question })
  world.memberWrites(help.id, max.id, 'I think so.', { replyTo: question })
  const messages = await told(server, people, 4)
  expect(messages.map(({ unquoted, text }) => unquoted ?? text)).toEqual(['Is it open?', 'Yes.', 'I think so.'])
  const evidence = [{ by: 'thread', key: `thread:${question.id}` }]
  expect(messages[1]).toMatchObject({ agentId: 'U_ZOE', evidence })
  expect(messages[2]).toMatchObject({ bystander: 'member', evidence })
})

test('Q12: staff who write to the bot directly are no customers, by their role in a server that we share', async () => {
  const { server, staff, people } = await withRoles()
  const { world, guild, bot, cleo, max, zoe } = server
  world.changeMember(guild.id, max.id, { roles: [staff.id] })
  await server.start(people)
  for (const { id } of [zoe, max, cleo]) world.memberWrites(world.dmChannel(id, bot.id).id, id, `by ${id}`)
  const messages = await told(server, people, 3)
  expect(messages.map(({ from }) => from.address)).toEqual([cleo.id])
})

test('bots and webhooks are not heard, except those that are trusted', async () => {
  const server = await makeServer()
  const [noise, form] = [server.world.addBot({ name: 'Noise' }), server.world.addBot({ name: 'Form' })]
  for (const { id } of [noise, form]) server.world.join(server.guild.id, id)
  const trusted = { trustedBots: [form.id] }
  await server.start(trusted)
  server.world.memberWrites(server.help.id, noise.id, 'beep')
  server.world.memberWrites(server.help.id, form.id, 'Order 7 is late')
  const messages = await told(server, trusted, 1)
  expect(messages.map(({ text }) => text)).toEqual(['Order 7 is late'])
  expect(messages[0]?.acknowledgeable).toBeUndefined()
})
