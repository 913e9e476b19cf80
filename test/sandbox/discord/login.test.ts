import { Events, type Message } from 'discord.js'
import { expect, test } from 'vitest'
import { logIn, makePlace, next } from './place.ts'

test('an unmodified client logs in, knows its guild and channels, and hears a message', async () => {
  const { discord, world, guild, help, forum, cleo, bot } = await makePlace()
  const client = await logIn(discord)
  expect(client.user.id).toBe(bot.id)
  expect(client.guilds.cache.get(guild.id)?.channels.cache.map(({ id }) => id)).toEqual([help.id, forum.id])
  const heard = next<Message>(client, Events.MessageCreate)
  world.memberWrites(help.id, cleo.id, 'hello')
  expect(await heard).toMatchObject({
    content: 'hello',
    author: { id: cleo.id },
    guildId: guild.id,
    channelId: help.id,
  })
})

test('the first direct message comes in a channel the client has never seen, and is answered there', async () => {
  const { discord, world, cleo, dm } = await makePlace()
  const client = await logIn(discord)
  const heard = next<Message>(client, Events.MessageCreate)
  world.memberWrites(dm.id, cleo.id, 'psst')
  const message = await heard
  expect(message).toMatchObject({ content: 'psst', guildId: null, author: { id: cleo.id } })
  await message.reply('yes?')
  expect(world.list(dm.id).map(({ content }) => content)).toEqual(['psst', 'yes?'])
})
