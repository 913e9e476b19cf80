import { Events, type Message } from 'discord.js'
import { expect, test } from 'vitest'
import { logIn, makePlace, next } from './place.ts'

async function makeListener() {
  const place = await makePlace()
  const client = await logIn(place.discord)
  const heard: string[] = []
  client.on(Events.MessageCreate, (message: Message) => void heard.push(message.content))
  const writes = (text: string) => place.world.memberWrites(place.dm.id, place.cleo.id, text)
  const hears = (text: string) => place.discord.waitFor(() => heard.includes(text), `"${text}"`)
  return { ...place, client, heard, writes, hears }
}

test('a client whose connection is torn down resumes and misses nothing', async () => {
  const { discord, client, heard, writes, hears } = await makeListener()
  writes('before')
  await hears('before')
  const resumed = next(client, Events.ShardResume)
  discord.gateway.drop()
  for (let count = 0; count < 20; count += 1) writes(`missed ${count}`)
  await resumed
  writes('after')
  await hears('after')
  expect(heard).toEqual(['before', ...Array.from({ length: 20 }, (_zero, count) => `missed ${count}`), 'after'])
})

test('a client that is asked to reconnect resumes', async () => {
  const { discord, client, writes, hears } = await makeListener()
  const resumed = next(client, Events.ShardResume)
  discord.gateway.reconnect()
  await resumed
  writes('after')
  await hears('after')
})

test('a session that is declared invalid for a moment is resumed', async () => {
  const { discord, client, heard, writes, hears } = await makeListener()
  const resumed = next(client, Events.ShardResume)
  discord.gateway.invalidate(true)
  writes('missed')
  await resumed
  await hears('missed')
  expect(heard).toEqual(['missed'])
})

test('a closing code that is final ends the client’s shard', async () => {
  const { discord, client } = await makeListener()
  const ended = next<{ code: number }>(client, Events.ShardDisconnect)
  discord.gateway.close(4004)
  expect((await ended).code).toBe(4004)
})

test('a session that is declared invalid is lost with all that was missed, and the client starts anew', async () => {
  const { discord, client, heard, writes, hears } = await makeListener()
  const ready = next(client, Events.ShardReady)
  discord.gateway.invalidate(false)
  writes('lost')
  await ready
  writes('after')
  await hears('after')
  expect(heard).toEqual(['after'])
})

test('a session that cannot be resumed is noticed on resuming', async () => {
  const { discord, client, heard, writes, hears } = await makeListener()
  const ready = next(client, Events.ShardReady)
  discord.gateway.drop()
  discord.gateway.forget()
  writes('lost')
  await ready
  writes('after')
  await hears('after')
  expect(heard).toEqual(['after'])
})

test('a frame that is lost is lost, one that comes twice comes twice, and one that is held is overtaken', async () => {
  const { discord, writes, hears, heard } = await makeListener()
  discord.faults.nextFrame('MESSAGE_CREATE', 'drop')
  writes('dropped')
  discord.faults.nextFrame('MESSAGE_CREATE', 'hold')
  writes('held')
  writes('overtakes')
  discord.faults.nextFrame('MESSAGE_CREATE', 'duplicate')
  writes('twice')
  discord.faults.nextFrame('MESSAGE_CREATE', { delayMs: 1 })
  writes('late')
  await hears('late')
  // The client itself drops the copy of a message it still knows.
  expect(heard).toEqual(['overtakes', 'held', 'twice', 'late'])
})

test('chance with the same seed strikes the same frames', async () => {
  const run = async (seed: number) => {
    const { discord, writes, hears, heard } = await makeListener()
    discord.faults.chance({ seed, drop: 0.3, hold: 0.2 })
    for (let count = 0; count < 30; count += 1) writes(String(count))
    discord.faults.clear()
    writes('end')
    await hears('end')
    return heard
  }
  const [once, again, other] = [await run(7), await run(7), await run(8)]
  expect(once).toEqual(again)
  expect(once).not.toEqual(other)
  expect(once.length).toBeLessThan(31)
})
