import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import type { Effect } from '../src/outbox.ts'
import { snooze, wakeHandler } from '../src/snooze.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld, type World } from './setup/world.ts'

const snoozeUntil = (world: World, id: string, until: number, isPastDueKnown = false) =>
  world.db.transaction((trx) => snooze(trx, id, { by: 'U1', until, isPastDueKnown }))

eachDatabase((open) => {
  test('W7: a snoozed conversation wakes at its time, and its window has run on', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    const before = await world.openWindow()
    const until = world.clock.now() + 3 * HOUR
    expect(await snoozeUntil(world, id, until)).toEqual({ kind: 'snoozed' })
    expect(await world.conversation()).toMatchObject({ state: 'snoozed', snoozed_until: until })
    await world.passTime(3 * HOUR - MINUTE)
    expect((await world.conversation()).state).toBe('snoozed')
    await world.passTime(MINUTE)
    expect(await world.conversation()).toMatchObject({ state: 'open', snoozed_until: null })
    expect(await world.openWindow()).toEqual(before)
    expect(await world.facts('conversation-woken')).toHaveLength(1)
  })

  test('W7: the ladder pings while the conversation is snoozed', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    await snoozeUntil(world, id, world.clock.now() + 72 * HOUR, true)
    await world.passTime(24 * HOUR)
    await world.passTime(MINUTE)
    expect(world.pings).toHaveLength(1)
    expect((await world.conversation()).state).toBe('snoozed')
  })

  test('W7: snoozing past the due time says when that is and changes nothing until the agent knows', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    const dueAt = (await world.openWindow())?.due_at
    const until = world.clock.now() + 25 * HOUR
    expect(await snoozeUntil(world, id, until)).toEqual({ kind: 'past-due', dueAt })
    expect((await world.conversation()).state).toBe('new')
    expect(await snoozeUntil(world, id, until, true)).toEqual({ kind: 'snoozed' })
  })

  test('a customer who writes wakes their conversation, and the old time means nothing any more', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    await snoozeUntil(world, id, world.clock.now() + HOUR)
    await world.customerWrites('Hello?')
    expect(await world.conversation()).toMatchObject({ state: 'open', snoozed_until: null })
    await world.passTime(2 * HOUR)
    expect(await world.facts('conversation-woken')).toEqual([])
  })

  test('a conversation snoozed again wakes at the newer time, sooner or later than the first', async () => {
    for (const [first, second] of [
      [1, 3],
      [3, 1],
    ] as const) {
      const world = await makeWorld(open)
      const { conversation_id: id } = await world.customerWrites('Is it in stock?')
      const now = world.clock.now()
      await snoozeUntil(world, id, now + first * HOUR)
      await snoozeUntil(world, id, now + second * HOUR)
      await world.passTime(second * HOUR - MINUTE)
      expect((await world.conversation()).state).toBe('snoozed')
      await world.passTime(MINUTE)
      expect((await world.conversation()).state).toBe('open')
      expect(await world.facts('conversation-woken')).toHaveLength(1)
    }
  })

  test('snoozed again at the very instant it wakes, it sleeps on until the newer time, and then wakes', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    await snoozeUntil(world, id, world.clock.now() + HOUR)
    await world.clock.advance(HOUR)
    const until = world.clock.now() + HOUR
    await Promise.all([world.runOutbox(), snoozeUntil(world, id, until)])
    expect(await world.conversation()).toMatchObject({ state: 'snoozed', snoozed_until: until })
    await world.passTime(HOUR)
    expect((await world.conversation()).state).toBe('open')
  })

  test('an old alarm that rings too early is set to the time that counts', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    const until = world.clock.now() + HOUR
    await snoozeUntil(world, id, until)
    const effect = { payload: JSON.stringify({ conversationId: id }) } as Effect
    expect(await world.db.transaction((trx) => wakeHandler()(trx, effect))).toEqual({ againAt: until })
    expect((await world.conversation()).state).toBe('snoozed')
  })

  test('a snooze outlives a restart of the program', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    await snoozeUntil(world, id, world.clock.now() + HOUR)
    await world.restart()
    await world.passTime(HOUR)
    expect((await world.conversation()).state).toBe('open')
  })
})
