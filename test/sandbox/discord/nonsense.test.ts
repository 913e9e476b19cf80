import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ROUTES } from '../../../src/sandbox/discord/routes.ts'
import { ask, dialIn } from './bare.ts'
import { makePlace } from './place.ts'

const RUNS = 20

/** Names that mean something to some route, so that the nonsense gets past the first question. */
const FIELDS = [
  'content',
  'embeds',
  'components',
  'attachments',
  'allowed_mentions',
  'parse',
  'message_reference',
  'message_id',
  'type',
  'flags',
  'nonce',
  'enforce_nonce',
  'name',
  'topic',
  'poll',
  'question',
  'answers',
  'title',
  'fields',
  'footer',
  'message',
  'applied_tags',
  'archived',
  'recipient_id',
  'messages',
  'data',
  'custom_id',
  'options',
  'description',
  'permission_overwrites',
  'available_tags',
  'attachment_urls',
  'accessory',
  'style',
  'component',
  'choices',
  'text',
]

function bodies(ids: string[]) {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, -1, 1.5, 2, 4, 7, 17, 1 << 15, '', 'x', 'y'.repeat(3000), '\u0000', ...ids),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...FIELDS), tie('any'), { maxKeys: 6 }),
    ),
  })).any
  return fc.oneof(fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 }), fc.array(value, { maxLength: 3 }))
}

test.each(Object.keys(ROUTES))('%s answers whatever it is sent, by Discord’s rules', async (route) => {
  const { discord, world, help, forum, dm, guild, bot, cleo } = await makePlace()
  const message = world.memberWrites(help.id, cleo.id, 'hello')
  const thread = world.openThread(help.id, cleo.id, { name: 'thread' })
  const ids = [help.id, forum.id, dm.id, guild.id, bot.id, cleo.id, message.id, thread.id, '1', 'nonsense', '%']
  const [method = '', pattern = ''] = route.split(' ')
  const paths = fc.array(fc.constantFrom(...ids), { minLength: 5, maxLength: 5 })
  const queries = fc.dictionary(
    fc.constantFrom('limit', 'after', 'before', 'around', 'query'),
    fc.constantFrom('', 'x', '0', '5', '-1', ...ids.slice(0, 2)),
  )
  const right: Record<string, string> = {
    ...{ channel: help.id, message: message.id, guild: guild.id, user: cleo.id, application: bot.id },
    emoji: '%F0%9F%91%8D',
  }
  const property = fc.asyncProperty(paths, fc.boolean(), queries, bodies(ids), async (names, isRight, query, body) => {
    let index = 0
    const path = pattern.replace(/:(\w+)/g, (_whole, name: string) => {
      index += 1
      return (isRight ? right[name] : undefined) ?? names[index] ?? ''
    })
    const sent = method === 'GET' ? undefined : body
    const { status, body: said } = await ask(discord, method, `${path}?${new URLSearchParams(query)}`, sent)
    expect(status === 500 ? said : 'answered').toBe('answered')
  })
  await fc.assert(property, { numRuns: RUNS })
})

test('a body that is no JSON is refused as such', async () => {
  const { discord, help } = await makePlace()
  const send = (type: string, body: string) =>
    fetch(`${discord.api}/v10/channels/${help.id}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.bot.token}`, 'content-type': type },
      body,
    })
  for (const type of ['application/json', 'multipart/form-data; boundary=x']) {
    const answer = await send(type, '{')
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 50109 }])
  }
})

test('nonsense at the gateway closes one connection and harms no other', async () => {
  const { discord, world, dm, cleo } = await makePlace()
  const bystander = await dialIn(discord)
  const frames = ['null', '[]', '"x"', '{"op":2}', '{"op":6,"d":null}', '{"op":8,"d":[]}', '{"op":"1"}', '\u0000']
  for (const frame of frames) {
    const line = await dialIn(discord)
    line.socket.send(frame)
  }
  world.memberWrites(dm.id, cleo.id, 'still there')
  expect((await bystander.hearsEvent('MESSAGE_CREATE')).d.content).toBe('still there')
})
