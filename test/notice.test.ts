import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld, type World } from './setup/world.ts'

const LIMITS = { digestAbove: 3, digestWithinMs: 10 * MINUTE }

eachDatabase((open) => {
  test('P5: up to the limit each customer has a ping of their own', async () => {
    const world = await makeWorld(open, { limits: LIMITS })
    await customersWrite(world, 3)
    await world.passTime(DAY)
    expect(world.pings.map(({ isDigest }) => isDigest)).toEqual([false, false, false])
  })

  // Fails when bind() in src/telling.ts counts only what is owed now, or only what was told lately. Seen to fail.
  test('P5: more than that become one digest, the longest waiting on top, none missing and none twice', async () => {
    const world = await makeWorld(open, { limits: LIMITS })
    await customersWrite(world, 8)
    await world.passTime(DAY + HOUR)
    await world.passTime(2 * SECOND)
    expect(world.pings.every(({ isDigest }) => isDigest)).toBe(true)
    const due = await world.db.selectFrom('response_window').select('id').orderBy('due_at').execute()
    expect(world.pings.map(({ windowId }) => windowId)).toEqual(due.map(({ id }) => id))
    expect(await toldPosts(world)).toBe(1)
  })

  test('P5: what is told a little later counts what was told before', async () => {
    const world = await makeWorld(open, { limits: LIMITS })
    await customersWrite(world, 3)
    await world.clock.advance(MINUTE)
    await customersWrite(world, 2)
    await world.passTime(DAY - MINUTE)
    await world.passTime(MINUTE)
    expect(world.pings.map(({ isDigest }) => isDigest)).toEqual([false, false, false, true, true])
    await world.passTime(HOUR)
    await customersWrite(world, 1)
    await world.passTime(DAY)
    expect(world.pings.at(-1)?.isDigest).toBe(false)
  })

  test('W12: after 36 hours of downtime each lead has one digest with all that is late, and no ping by itself', async () => {
    const world = await makeWorld(open, { limits: LIMITS, leads: ['U_LEAD', 'U_CHIEF'] })
    await customersWrite(world, 20)
    await world.clock.advance(36 * HOUR)
    await world.restart()
    await world.runOutbox()
    await world.passTime(2 * SECOND)
    for (const lead of ['U_LEAD', 'U_CHIEF']) {
      const mine = world.pings.filter(({ to }) => to === lead)
      expect(mine.map(({ windowId }) => windowId).toSorted()).toEqual(await openWindows(world))
      expect(mine.every(({ isDigest }) => isDigest)).toBe(true)
    }
    expect(await toldPosts(world)).toBe(2)
  })

  test('P4, P5: who was answered before the digest leaves is not in it', async () => {
    const world = await makeWorld(open, { limits: LIMITS })
    const written = await customersWrite(world, 6)
    await world.clock.advance(DAY - HOUR)
    const first = written[0]
    if (!first) throw new Error('nobody wrote')
    await world.agentReplies('Yes.', { conversation: first.conversation_id })
    await world.passTime(HOUR)
    expect(world.pings).toHaveLength(5)
    expect(world.pings.some(({ windowId }) => windowId === `w${first.id.slice(1)}`)).toBe(false)
  })

  test('P3: a digest whose program dies is told once after the restart', async () => {
    const world = await makeWorld(open, { limits: LIMITS })
    await customersWrite(world, 6)
    await world.clock.advance(DAY)
    await world.restart()
    await world.runOutbox()
    await world.restart()
    await world.passTime(HOUR)
    expect(world.pings).toHaveLength(6)
    expect(await world.facts('ping-accepted')).toHaveLength(6)
  })
})

/** Each from an address of their own, a second apart. */
async function customersWrite(world: World, count: number) {
  const written = []
  for (let n = 0; n < count; n++) {
    const address = `customer${await world.count('message')}@example.org`
    written.push(
      await world.customerWrites('Hello?', { from: { address }, at: world.clock.now() - 1000 * (count - n) }),
    )
  }
  return written
}

async function openWindows(world: World): Promise<string[]> {
  const rows = await world.db.selectFrom('response_window').select('id').where('ended_at', 'is', null).execute()
  return rows.map(({ id }) => id).toSorted()
}

/** How many posts it took. */
async function toldPosts(world: World): Promise<number> {
  const rows = await world.db
    .selectFrom('notice')
    .select('effect_id')
    .distinct()
    .where('told_at', 'is not', null)
    .execute()
  return rows.length
}
