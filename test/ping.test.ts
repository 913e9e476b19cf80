import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { DUE, step } from './setup/policy.ts'
import { makeWorld, roomOnlyFor, type World } from './setup/world.ts'

eachDatabase((open) => {
  // Fails when fire() in src/ping.ts goes on although the (window, step) row was there: no `if (!first) return`. Seen to
  // fail.
  test('P3: a step fires once, also when two instances work at the same time and the window is armed again', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const reply = await world.agentReplies('Yes.')
    await world.clock.advance(DAY)
    await world.replyBounces(reply)
    const [one, two] = [world.instance('one'), world.instance('two')]
    await Promise.all([world.runOutbox(one.outbox), world.runOutbox(two.outbox)])
    await armAgain(world)
    await Promise.all([world.runOutbox(one.outbox), world.runOutbox(two.outbox)])
    expect(world.pings).toHaveLength(1)
    expect(await world.facts('step-fired')).toHaveLength(1)
    expect(await world.count('ping')).toBe(1)
  })

  test('P3: a step that fired does not fire again after a restart, nor does a lost ping stay away', async () => {
    const world = await makeWorld(open, { leads: ['U_LEAD', 'U_CHIEF'] })
    await world.customerWrites('Is it in stock?')
    await world.clock.advance(DAY)
    await world.restart()
    await world.runOutbox()
    await world.restart()
    await armAgain(world)
    await world.passTime(HOUR)
    expect(world.pings.map((ping) => ping.to).sort()).toEqual(['U_CHIEF', 'U_LEAD'])
    expect(await world.facts('step-fired')).toHaveLength(1)
  })

  test('P3: a ping is owed from the due time on, not before, and the fact names the due time', async () => {
    const world = await makeWorld(open)
    const { arrived_at } = await world.customerWrites('Is it in stock?')
    await world.passTime(DAY - 1)
    expect(world.pings).toEqual([])
    await world.passTime(1)
    expect(world.pings).toHaveLength(1)
    const [fact] = await world.facts('step-fired')
    expect(JSON.parse(fact?.data ?? '{}')).toMatchObject({ step: 'due', dueAt: arrived_at + DAY })
  })

  test('W12: after 36 hours of downtime each breach is recorded at its true due time, once', async () => {
    const world = await makeWorld(open)
    const { arrived_at } = await world.customerWrites('Is it in stock?')
    await world.clock.advance(60 * HOUR)
    await world.restart()
    await world.runOutbox()
    const fired = await world.facts('step-fired')
    expect(fired.map((fact) => JSON.parse(fact.data).dueAt)).toEqual([arrived_at + DAY])
    expect(world.pings).toHaveLength(1)
  })

  // Fails when openNotices() in src/telling.ts finds notices of ended windows too. Seen to fail.
  test.each([
    ['its addressees were found', 'nothing', 'page'],
    ['it was sent', 'desk:page', 'tell'],
  ])('P4: a ping whose customer was answered before %s never leaves', async (_, room, kind) => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const reply = await world.agentPreviews('Yes.')
    await world.clock.advance(DAY - 10 * SECOND)
    await world.agentSends(reply, { undoMs: 10 * SECOND })
    await world.clock.advance(10 * SECOND)
    await world.runOutbox(world.instance('scheduler', roomOnlyFor(room)).outbox)
    expect(await world.effects(kind)).toMatchObject([{ state: 'queued' }])
    await world.runOutbox(world.instance('sender', roomOnlyFor('send:')).outbox)
    await world.runOutbox()
    expect(world.pings).toEqual([])
    expect(await world.effects(kind)).toMatchObject([{ state: 'undone', error: 'answered meanwhile' }])
  })

  test('P4: a customer who was answered in time is never pinged for', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.')
    await world.passTime(3 * DAY)
    expect(world.pings).toEqual([])
    expect(await world.count('ping')).toBe(0)
  })

  test('W9: a bounce after the due time pings at once; a step that had fired before is not repeated', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const reply = await world.agentReplies('Yes.')
    await world.passTime(2 * DAY)
    await world.replyBounces(reply)
    await world.passTime(0)
    expect(world.pings).toHaveLength(1)
    const again = await world.agentReplies('Yes!')
    await world.replyBounces(again)
    await world.passTime(DAY)
    expect(world.pings).toHaveLength(1)
  })

  test('W9: a bounce before the due time arms the ladder again for the original due time', async () => {
    const world = await makeWorld(open)
    const { arrived_at } = await world.customerWrites('Is it in stock?')
    const reply = await world.agentReplies('Yes.')
    await world.passTime(HOUR)
    await world.replyBounces(reply)
    await world.passTime(arrived_at + DAY - 1 - world.clock.now())
    expect(world.pings).toEqual([])
    await world.passTime(1)
    expect(world.pings).toHaveLength(1)
  })

  test('the ladder goes on step by step, each at its own time', async () => {
    const late = step('+4h', ({ dueAt }) => dueAt + 4 * HOUR)
    const world = await makeWorld(open, { policy: { ladder: [late, DUE] } })
    await world.customerWrites('Is it in stock?')
    await world.passTime(DAY)
    expect(world.pings.map((ping) => ping.step)).toEqual(['due'])
    await world.passTime(4 * HOUR - 1)
    expect(world.pings).toHaveLength(1)
    await world.passTime(1)
    expect(world.pings.map((ping) => ping.step)).toEqual(['due', '+4h'])
    expect((await world.effects('ladder')).map((effect) => effect.state)).toEqual(['accepted'])
  })

  test('W1: a due time that moves forward because an earlier mail was stored late is the one that counts', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('The second mail')
    const early = await world.customerWrites('The first mail', { at: world.clock.now() - 30 * MINUTE })
    await world.passTime(early.arrived_at + DAY - world.clock.now())
    expect(world.pings).toHaveLength(1)
    await world.passTime(HOUR)
    expect(world.pings).toHaveLength(1)
  })

  test('a wall clock that jumps an hour ahead and back makes no second ping', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    await world.passTime(DAY - 30 * MINUTE)
    world.clock.step(HOUR)
    await world.runOutbox()
    expect(world.pings).toHaveLength(1)
    world.clock.step(-HOUR)
    await world.passTime(HOUR)
    expect(world.pings).toHaveLength(1)
  })
})

/** As a writer would who finds the window open: its ladder effect is put once more. */
async function armAgain(world: World): Promise<void> {
  const [ladder] = await world.effects('ladder')
  if (!ladder) throw new Error('there is no ladder')
  const again = { ...ladder, id: `${ladder.id}_again`, state: 'queued' as const, claim: 0, attempts: 0, sends: 0 }
  await world.db.transaction((trx) =>
    trx
      .insertInto('outbox')
      .values({ ...again, owner: null })
      .execute(),
  )
}
