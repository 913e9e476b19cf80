import { Events, type Message, type SendableChannels } from 'discord.js'
import { expect, test } from 'vitest'
import { DAY } from '../../../src/clock.ts'
import { manualClock } from '../../setup/clock.ts'
import { ask } from './bare.ts'
import { logIn, makePlace, next, refusal } from './place.ts'

const MIB = 1024 * 1024

/** The first bytes of a PNG, as much as tells its size. */
function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(32)
  bytes.writeUInt32BE(0x89504e47, 0)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

async function makeSender(options: Parameters<typeof makePlace>[0] = {}) {
  const place = await makePlace(options)
  const client = await logIn(place.discord)
  const channel = (await client.channels.fetch(place.help.id)) as SendableChannels
  return { ...place, client, channel }
}

test('files travel both ways, byte for byte, with their names, kinds and sizes', async () => {
  const { channel, world, help, cleo, client } = await makeSender()
  const sent = await channel.send({
    content: 'see here',
    files: [
      { attachment: Buffer.from('hello'), name: 'my letter.txt', description: 'a letter' },
      { attachment: png(3, 4), name: 'dot.png' },
    ],
  })
  const [letter, dot] = [...sent.attachments.values()]
  expect(letter).toMatchObject({ name: 'my_letter.txt', size: 5, description: 'a letter' })
  expect(dot).toMatchObject({ width: 3, height: 4 })
  expect(await (await fetch(letter?.url ?? '')).text()).toBe('hello')
  expect(await (await fetch(letter?.proxyURL ?? '')).text()).toBe('hello')
  const heard = next<Message>(client, Events.MessageCreate)
  const bytes = Uint8Array.from({ length: 1000 }, (_zero, index) => index % 256)
  world.memberWrites(help.id, cleo.id, '', { files: [{ name: 'a.bin', bytes, type: 'application/x-thing' }] })
  const theirs = (await heard).attachments.first()
  const answer = await fetch(theirs?.url ?? '')
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
  expect(answer.headers.get('content-type')).toBe('application/x-thing')
})

test('a file of more than 10 MiB, and a request of more than 25, are too large', async () => {
  const { channel, world, help } = await makeSender()
  const file = (mib: number, name: string) => ({ attachment: Buffer.alloc(mib * MIB + 1), name })
  expect(await refusal(channel.send({ files: [file(10, 'a')] }))).toMatchObject({ code: 40005, status: 413 })
  const many = ['a', 'b', 'c'].map((name) => file(9, name))
  expect(await refusal(channel.send({ files: many }))).toMatchObject({ code: 40005 })
  await channel.send({ files: [{ attachment: Buffer.alloc(10 * MIB), name: 'just' }] })
  expect(world.list(help.id)).toHaveLength(1)
})

test('a link ends after a day; asking again, or having it refreshed, gives a new one', async () => {
  const clock = manualClock()
  const { channel, discord } = await makeSender({ clock, wait: clock.wait })
  const message = await channel.send({ files: [{ attachment: Buffer.from('hello'), name: 'a.txt' }] })
  const url = message.attachments.first()?.url ?? ''
  expect(Number.parseInt(new URL(url).searchParams.get('ex') ?? '', 16) * 1000).toBe(clock.now() + DAY)
  expect((await fetch(url)).status).toBe(200)
  expect((await fetch(url.replace(/hm=../, 'hm=zz'))).status).toBe(404)
  await clock.advance(DAY)
  const late = await fetch(url)
  expect([late.status, await late.text()]).toEqual([404, 'This content is no longer available.'])
  const again = await channel.messages.fetch({ message: message.id, force: true, cache: false })
  expect((await fetch(again.attachments.first()?.url ?? '')).status).toBe(200)
  const { body } = await ask(discord, 'POST', '/attachments/refresh-urls', { attachment_urls: [url] })
  expect(await (await fetch(body.refreshed_urls[0].refreshed)).text()).toBe('hello')
})

test('a file goes with its message, and an edit keeps the files it names', async () => {
  const { channel } = await makeSender()
  const files = ['a.txt', 'b.txt'].map((name) => ({ attachment: Buffer.from(name), name }))
  const message = await channel.send({ content: 'two files', files })
  const kept = message.attachments.first()
  const edited = await message.edit({
    attachments: kept ? [kept] : [],
    files: [{ attachment: Buffer.from('c'), name: 'c.txt' }],
  })
  expect(edited.attachments.map(({ name }) => name)).toEqual(['a.txt', 'c.txt'])
  const unnamed = await message.edit('same files')
  expect(unnamed.attachments.size).toBe(2)
  const { url } = kept ?? { url: '' }
  await message.delete()
  expect((await fetch(url)).status).toBe(404)
})

test('downloads meet trouble too', async () => {
  const { channel, discord } = await makeSender()
  const message = await channel.send({ files: [{ attachment: Buffer.from('hello'), name: 'a.txt' }] })
  const url = message.attachments.first()?.url ?? ''
  discord.faults.next('GET /attachments', { status: 503 })
  expect((await fetch(url)).status).toBe(503)
  discord.faults.next('GET /attachments', { reset: true })
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  expect((await fetch(url)).status).toBe(200)
  expect(discord.calls('GET /attachments').map(({ outcome }) => outcome)).toEqual(['503', 'reset', 'ok'])
})

test('all links can be ended at once', async () => {
  const { channel, discord } = await makeSender()
  const message = await channel.send({ files: [{ attachment: Buffer.from('hello'), name: 'a.txt' }] })
  discord.expireLinks()
  expect((await fetch(message.attachments.first()?.url ?? '')).status).toBe(404)
})
