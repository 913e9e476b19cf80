import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import { getMessage } from '../src/message.ts'
import { type Decision, decide } from '../src/parked-reply.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { fakeChannel } from './setup/fake-channel.ts'
import { makeWorld } from './setup/world.ts'

/** A mail whose answer was lost three times: nobody can look, so a person has to decide. */
async function makeParkedReply(open: OpenTestDb) {
  const channel = fakeChannel('email:support', 'none')
  const world = await makeWorld(open, { channel })
  await world.customerWrites('Is it in stock?')
  const lost = { kind: 'uncertain', arrives: false } as const
  channel.fates.push(lost, lost, lost)
  const messageId = await world.agentReplies('Yes.')
  for (let waits = 0; waits < 20; waits++) await world.passTime(MINUTE)
  expect((await getMessage(world.db, messageId)).delivery).toBe('parked')
  const decides = (decision: Decision) =>
    world.db.transaction((trx) => decide(trx, messageId, decision, { agentId: 'U1', policies: world.policies }))
  const delivery = async () => (await getMessage(world.db, messageId)).delivery
  return { world, channel, decides, delivery }
}

eachDatabase((open) => {
  test('a parked reply waits for a person however long nobody looks, and its customer goes on waiting', async () => {
    const { world, channel, delivery } = await makeParkedReply(open)
    await world.passTime(12 * HOUR)
    expect(await delivery()).toBe('parked')
    expect(channel.delivered).toEqual([])
    expect(await world.openWindow()).toBeDefined()
  })

  test('a parked reply that a person tries again is sent, and answers the customer', async () => {
    const { world, channel, decides, delivery } = await makeParkedReply(open)
    expect(await decides('try-again')).toBe(true)
    await world.passTime(MINUTE)
    expect(channel.delivered.map(({ text }) => text)).toEqual(['Yes.'])
    expect(await delivery()).toBe('accepted')
    expect(await world.openWindow()).toBeUndefined()
  })

  test('a person who knows that a parked reply arrived ends the window without another copy', async () => {
    const { world, channel, decides, delivery } = await makeParkedReply(open)
    expect(await decides('it-arrived')).toBe(true)
    await world.passTime(HOUR)
    expect(channel.delivered).toEqual([])
    expect(await delivery()).toBe('accepted')
    expect(await world.openWindow()).toBeUndefined()
  })

  test('a parked reply that is let be never leaves, and the question stays open', async () => {
    const { world, channel, decides, delivery } = await makeParkedReply(open)
    expect(await decides('let-be')).toBe(true)
    await world.passTime(HOUR)
    expect(channel.delivered).toEqual([])
    expect(await delivery()).toBe('undone')
    expect(await world.openWindow()).toBeDefined()
  })

  test('the second of two decisions changes nothing', async () => {
    const { decides, delivery } = await makeParkedReply(open)
    expect(await decides('let-be')).toBe(true)
    expect(await decides('try-again')).toBe(false)
    expect(await delivery()).toBe('undone')
  })
})
