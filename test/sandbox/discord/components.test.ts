import { ContainerBuilder, MessageFlags, type SendableChannels, TextDisplayBuilder } from 'discord.js'
import { expect, test } from 'vitest'
import { ask, faultsAt } from './bare.ts'
import { logIn, makePlace } from './place.ts'

const V2 = 1 << 15
const button = (more: object = {}) => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...more })
const row = (...components: object[]) => ({ type: 1, components })
const option = { label: 'One', value: '1' }
const menu = (more: object = {}) => ({ type: 3, custom_id: 'menu', options: [option], ...more })
const text = (content: string) => ({ type: 10, content })

test.each([
  ['a button without an id', { components: [row(button({ custom_id: undefined }))] }, '0.components.0.custom_id'],
  ['an id of 101', { components: [row(button({ custom_id: 'x'.repeat(101) }))] }, '0.components.0.custom_id'],
  ['a label of 81', { components: [row(button({ label: 'x'.repeat(81) }))] }, '0.components.0.label'],
  ['the same id twice', { components: [row(button(), button())] }, '0.components.1.custom_id'],
  [
    'six buttons in a row',
    { components: [row(...[1, 2, 3, 4, 5, 6].map((id) => button({ custom_id: String(id) })))] },
    '0.components',
  ],
  ['six rows', { components: [1, 2, 3, 4, 5, 6].map((id) => row(button({ custom_id: String(id) }))) }, ''],
  ['a button outside a row', { components: [button()] }, '0.type'],
  [
    'a menu of 26',
    { components: [row(menu({ options: Array.from({ length: 26 }, () => option) }))] },
    '0.components.0.options',
  ],
  [
    'an option of 101',
    { components: [row(menu({ options: [{ label: 'x'.repeat(101), value: '1' }] }))] },
    '0.components.0.options.0.label',
  ],
  ['a menu beside a button', { components: [row(menu(), button())] }, '0.components'],
  ['a text block without its flag', { components: [text('hi')] }, '0.type'],
  ['41 blocks', { flags: V2, components: Array.from({ length: 41 }, () => text('hi')) }, ''],
])('%s is refused in its place', async (_name, body, path) => {
  const { discord, help } = await makePlace()
  const { status, body: said } = await ask(discord, 'POST', `/channels/${help.id}/messages`, { content: '', ...body })
  expect([status, said.code]).toEqual([400, 50035])
  expect(faultsAt(said.errors.components, path)).toHaveLength(1)
})

test('a message of blocks says everything in them, and stays one', async () => {
  const { discord, world, help } = await makePlace()
  const client = await logIn(discord)
  const channel = (await client.channels.fetch(help.id)) as SendableChannels
  const container = new ContainerBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent('# Hello'))
  const message = await channel.send({ components: [container], flags: MessageFlags.IsComponentsV2 })
  expect(message.flags.has(MessageFlags.IsComponentsV2)).toBe(true)
  expect(world.list(help.id)[0]?.components).toMatchObject([{ type: 17, components: [{ content: '# Hello' }] }])
  const path = `/channels/${help.id}/messages/${message.id}`
  const { body } = await ask(discord, 'PATCH', path, { content: 'plain after all' })
  expect(body.errors).toHaveProperty('content')
  await ask(discord, 'PATCH', path, { flags: 0, components: [text('still blocks')] })
  expect(world.list(help.id)[0]).toMatchObject({ flags: V2, components: [{ content: 'still blocks' }] })
})
