import {
  ActionRowBuilder,
  type AutocompleteInteraction,
  ButtonBuilder,
  type ButtonInteraction,
  ButtonStyle,
  type ChatInputCommandInteraction,
  DiscordAPIError,
  Events,
  FileUploadBuilder,
  LabelBuilder,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  StringSelectMenuBuilder,
  type StringSelectMenuInteraction,
  StringSelectMenuOptionBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
  type UserSelectMenuInteraction,
} from 'discord.js'
import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { faultsAt } from './bare.ts'
import { logIn, makePlace, next, refusal } from './place.ts'

function openButton() {
  const button = new ButtonBuilder().setCustomId('open').setLabel('Ask us').setStyle(ButtonStyle.Primary)
  return new ActionRowBuilder<ButtonBuilder>().addComponents(button)
}

function questionModal() {
  const input = new TextInputBuilder()
    .setCustomId('question')
    .setLabel('Your question')
    .setStyle(TextInputStyle.Paragraph)
    .setMinLength(3)
  const row = new ActionRowBuilder<TextInputBuilder>().addComponents(input)
  return new ModalBuilder().setCustomId('ask').setTitle('Ask us').addComponents(row)
}

async function makeCounter() {
  const place = await makePlace()
  const client = await logIn(place.discord)
  const channel = await client.channels.fetch(place.help.id)
  if (!channel?.isSendable()) throw new Error('no channel to write in')
  await channel.send({ content: 'Need help?', components: [openButton()] })
  const [message] = place.world.list(place.help.id)
  if (!message) throw new Error('the bot wrote nothing')
  return { ...place, client, channel, message }
}

test('a button opens a form, and what is filled in arrives and is answered for that person alone', async () => {
  const { world, client, message, cleo, help } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  const click = world.press(cleo.id, message, 'open')
  const button = await pressed
  expect(button).toMatchObject({ customId: 'open', user: { id: cleo.id }, message: { id: message.id } })
  await button.showModal(questionModal())
  expect(click).toMatchObject({ state: 'modal', modal: { title: 'Ask us' } })
  const submitted = next<ModalSubmitInteraction>(client, Events.InteractionCreate)
  const form = world.submit(click, { question: 'Is it in stock?' })
  const modal = await submitted
  expect(modal.fields.getTextInputValue('question')).toBe('Is it in stock?')
  await modal.reply({ content: 'We will look.', flags: MessageFlags.Ephemeral })
  expect(world.answerTo(form)).toMatchObject({ type: 19, reference: { messageId: message.id } })
  expect(world.answerTo(form)).toMatchObject({ content: 'We will look.', ephemeralFor: cleo.id, channelId: help.id })
})

test('an interaction is answered once', async () => {
  const { world, client, message, cleo } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  world.press(cleo.id, message, 'open')
  const button = await pressed
  const path = `/interactions/${button.id}/${button.token}/callback` as const
  await client.rest.post(path, { auth: false, body: { type: 4, data: { content: 'one' } } })
  const again = client.rest.post(path, { auth: false, body: { type: 4, data: { content: 'two' } } })
  expect(await refusal(again)).toMatchObject({ code: 40060, status: 400 })
})

test('three seconds without an answer and the interaction has failed', async () => {
  const clock = manualClock()
  const { discord, world, cleo, help } = await makePlace({ clock, wait: clock.wait })
  const client = await logIn(discord)
  const channel = await client.channels.fetch(help.id)
  if (channel?.isSendable()) await channel.send({ content: 'Need help?', components: [openButton()] })
  const [message] = world.list(help.id)
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  const click = message && world.press(cleo.id, message, 'open')
  const button = await pressed
  await clock.advance(3001)
  expect(click?.state).toBe('failed')
  expect(await refusal(button.reply('late'))).toMatchObject({ code: 10062, status: 404 })
})

test('a deferred answer is filled in, follow-ups come after it, and a quarter of an hour later the token is spent', async () => {
  const clock = manualClock()
  const { discord, world, cleo, help } = await makePlace({ clock, wait: clock.wait })
  const client = await logIn(discord)
  await client.application.commands.set([{ name: 'ask', description: 'Ask us' }])
  const heard = next<ChatInputCommandInteraction>(client, Events.InteractionCreate)
  const typed = world.command(cleo.id, help.id, 'ask', { about: 'stock' })
  const command = await heard
  expect(command.options.getString('about')).toBe('stock')
  await command.deferReply()
  expect(typed.state).toBe('deferred')
  await command.editReply('In stock.')
  await command.followUp('Anything else?')
  expect(world.list(help.id).map(({ content }) => content)).toEqual(['In stock.', 'Anything else?'])
  await clock.advance(15 * 60_000 + 1)
  expect(await refusal(command.followUp('Still there?'))).toMatchObject({ code: 50027, status: 401 })
})

test('a menu tells what was picked, and its message can be changed in place', async () => {
  const { world, client, channel, cleo, help } = await makeCounter()
  const options = [
    { label: 'Order', value: 'order' },
    { label: 'Refund', value: 'refund' },
  ]
  const menu = new StringSelectMenuBuilder().setCustomId('topic').addOptions(options)
  await channel.send({
    content: 'What about?',
    components: [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu)],
  })
  const message = world.list(help.id)[1]
  const heard = next<StringSelectMenuInteraction>(client, Events.InteractionCreate)
  if (message) world.select(cleo.id, message, 'topic', ['refund'])
  const picked = await heard
  expect(picked.values).toEqual(['refund'])
  await picked.update({ content: 'About a refund.', components: [] })
  expect(world.list(help.id)[1]).toMatchObject({ content: 'About a refund.', components: [] })
})

test('a command from a message’s menu carries the message', async () => {
  const { discord, world, cleo, mo, help, guild } = await makePlace()
  const client = await logIn(discord)
  await client.guilds.cache.get(guild.id)?.commands.set([{ type: 3, name: 'Take to support' }])
  const asked = world.memberWrites(help.id, cleo.id, 'where is my parcel?')
  const heard = next<MessageContextMenuCommandInteraction>(client, Events.InteractionCreate)
  world.menu(mo.id, help.id, 'Take to support', { message: asked })
  expect((await heard).targetMessage.content).toBe('where is my parcel?')
})

test('what a person cannot do at Discord cannot be played either', async () => {
  const { world, message, cleo, client } = await makeCounter()
  expect(() => world.press(cleo.id, message, 'close')).toThrow('component close')
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  const click = world.press(cleo.id, message, 'open')
  await (await pressed).showModal(questionModal())
  expect(() => world.submit(click, { question: 'hm' })).toThrow('2 characters')
})

test('commands keep Discord’s rules of names and numbers', async () => {
  const { discord } = await makePlace()
  const client = await logIn(discord)
  const { commands } = client.application
  const named = (count: number) =>
    Array.from({ length: count }, (_zero, index) => ({ name: `c${index}`, description: 'x' }))
  await commands.set(named(100))
  expect(commands.cache.size).toBe(100)
  expect(await refusal(commands.set(named(101)))).toMatchObject({ code: 50035 })
  const shouted = await refusal(
    client.rest.put(`/applications/${client.user.id}/commands`, { body: [{ name: 'Ask Us', description: 'x' }] }),
  )
  expect(shouted.rawError).toMatchObject({
    code: 50035,
    errors: { 0: { name: { _errors: [{ code: 'APPLICATION_COMMAND_INVALID_NAME' }] } } },
  })
  expect(shouted).toBeInstanceOf(DiscordAPIError)
})

test('a form with labelled fields and a menu comes back with what was put in', async () => {
  const { world, client, message, cleo } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  const click = world.press(cleo.id, message, 'open')
  const choices = [new StringSelectMenuOptionBuilder().setLabel('Order').setValue('order')]
  const topic = new StringSelectMenuBuilder().setCustomId('topic').addOptions(choices)
  const note = new TextInputBuilder().setCustomId('note').setStyle(TextInputStyle.Short).setRequired(false)
  const modal = new ModalBuilder()
    .setCustomId('form')
    .setTitle('Ask us')
    .addLabelComponents(
      new LabelBuilder().setLabel('About').setStringSelectMenuComponent(topic),
      new LabelBuilder().setLabel('Note').setTextInputComponent(note),
    )
  await (await pressed).showModal(modal)
  const submitted = next<ModalSubmitInteraction>(client, Events.InteractionCreate)
  world.submit(click, { topic: ['order'] })
  const { fields } = await submitted
  expect(fields.getStringSelectValues('topic')).toEqual(['order'])
  expect(fields.getTextInputValue('note')).toBe('')
})

test.each([
  ['a title of 46', { title: 'x'.repeat(46) }, 'title'],
  ['no fields', { components: [] }, 'components'],
  ['six fields', { components: Array.from({ length: 6 }, (_zero, index) => textRow(String(index))) }, 'components'],
  ['a label of 46', { components: [textRow('a', { label: 'x'.repeat(46) })] }, 'components.0.components.0.label'],
  ['the same id twice', { components: [textRow('a'), textRow('a')] }, 'components.1.components.0.custom_id'],
])('a form with %s is refused', async (_name, more, path) => {
  const { world, client, message, cleo } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  world.press(cleo.id, message, 'open')
  const { id, token } = await pressed
  const data = { custom_id: 'form', title: 'Ask us', components: [textRow('a')], ...more }
  const call = client.rest.post(`/interactions/${id}/${token}/callback`, { auth: false, body: { type: 9, data } })
  const { rawError } = await refusal(call)
  expect(faultsAt((rawError as { errors: unknown }).errors, path)).toHaveLength(1)
})

function textRow(customId: string, more: object = {}) {
  return { type: 1, components: [{ type: 4, custom_id: customId, style: 1, label: 'Label', ...more }] }
}

test('while a command is typed its choices are asked for and offered', async () => {
  const { discord, world, cleo, help } = await makePlace()
  const client = await logIn(discord)
  await client.application.commands.set([{ name: 'ask', description: 'Ask us' }])
  const heard = next<AutocompleteInteraction>(client, Events.InteractionCreate)
  const typed = world.typeOption(cleo.id, help.id, 'ask', 'about', 'sto')
  const typing = await heard
  expect(typing.options.getFocused()).toBe('sto')
  await typing.respond([{ name: 'Stock', value: 'stock' }])
  expect(typed.choices).toEqual([{ name: 'Stock', value: 'stock' }])
})

test('a click may be deferred and its message changed later, and everything a token wrote can be taken back', async () => {
  const { world, client, message, cleo, help } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  world.press(cleo.id, message, 'open')
  const button = await pressed
  await button.deferUpdate()
  await button.editReply({ content: 'Someone is on it.', components: [] })
  expect(world.list(help.id)[0]).toMatchObject({ content: 'Someone is on it.', components: [] })
  const more = await button.followUp({ content: 'just for you', flags: MessageFlags.Ephemeral })
  expect(world.list(help.id)[1]).toMatchObject({ ephemeralFor: cleo.id })
  // Nobody else can read it, not even the bot by way of the channel.
  const read = client.rest.get(`/channels/${help.id}/messages/${more.id}`)
  expect(await refusal(read)).toMatchObject({ code: 10008 })
  await button.deleteReply(more.id)
  expect(world.list(help.id)).toHaveLength(1)
})

test('in a direct message an interaction has a user and no member', async () => {
  const { discord, world, cleo, dm, bot } = await makePlace()
  const client = await logIn(discord)
  const user = await client.users.fetch(cleo.id)
  await user.send({ content: 'Need help?', components: [openButton()] })
  const [message] = world.list(dm.id)
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  if (message) world.press(cleo.id, message, 'open')
  const button = await pressed
  expect(button).toMatchObject({ guildId: null, member: null, user: { id: cleo.id }, applicationId: bot.id })
  await button.reply('Tell us.')
  expect(world.list(dm.id).map(({ content }) => content)).toEqual(['Need help?', 'Tell us.'])
})

test('in a thread that is locked and asleep an answer does not arrive', async () => {
  const { discord, world, cleo, help } = await makePlace()
  const client = await logIn(discord)
  const thread = world.openThread(help.id, cleo.id, { name: 'settled' })
  const channel = await client.channels.fetch(thread.id)
  if (channel?.isSendable()) await channel.send({ content: 'Need help?', components: [openButton()] })
  const message = world.list(thread.id)[0]
  world.lock(thread.id)
  world.archive(thread.id)
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  if (message) world.press(cleo.id, message, 'open')
  expect(await refusal((await pressed).reply('x'))).toMatchObject({ code: 50083, status: 403 })
})

test('files added to a form, and people picked from a menu, come whole', async () => {
  const { world, client, message, cleo, mo, channel, help } = await makeCounter()
  const pressed = next<ButtonInteraction>(client, Events.InteractionCreate)
  const click = world.press(cleo.id, message, 'open')
  const upload = new FileUploadBuilder().setCustomId('proof')
  const label = new LabelBuilder().setLabel('Your receipt').setFileUploadComponent(upload)
  await (await pressed).showModal(new ModalBuilder().setCustomId('form').setTitle('Ask').addLabelComponents(label))
  const submitted = next<ModalSubmitInteraction>(client, Events.InteractionCreate)
  world.submit(click, { proof: [{ name: 'receipt.txt', bytes: new TextEncoder().encode('paid') }] })
  const file = (await submitted).fields.getUploadedFiles('proof')?.first()
  expect(file?.name).toBe('receipt.txt')
  expect(await (await fetch(file?.url ?? '')).text()).toBe('paid')
  const people = new UserSelectMenuBuilder().setCustomId('who')
  const row = new ActionRowBuilder<UserSelectMenuBuilder>().addComponents(people)
  await channel.send({ content: 'Who?', components: [row] })
  const picked = next<UserSelectMenuInteraction>(client, Events.InteractionCreate)
  const asked = world.list(help.id)[1]
  if (asked) world.select(cleo.id, asked, 'who', [mo.id])
  expect((await picked).users.get(mo.id)?.globalName).toBe('Mo Moderator')
})
