import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import { waive } from '../src/waive.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld, type World } from './setup/world.ts'

const waiveUpTo = (world: World, id: string, upTo: number) =>
  world.db.transaction((trx) => waive(trx, id, { agentId: 'U1', reason: 'thanks', upTo, policies: world.policies }))

eachDatabase((open) => {
  test('W8: a message that needs no reply ends the window as waived, with its reason, and not as answered', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id, seq } = await world.customerWrites('Thanks!')
    expect(await waiveUpTo(world, id, seq)).toEqual({ kind: 'waived' })
    expect(await world.windows()).toMatchObject([{ ended_as: 'waived', answered_by: null }])
    const [fact] = await world.facts('no-reply-needed')
    expect(fact?.actor).toBe('U1')
    expect(JSON.parse(fact?.data ?? '')).toEqual({ upTo: 1, reason: 'thanks', nth: 1 })
    expect((await world.conversation()).state).toBe('waiting-customer')
  })

  test('W8: what the customer writes afterwards opens a window of its own, with its own start', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id, seq } = await world.customerWrites('Thanks!')
    await waiveUpTo(world, id, seq)
    await world.passTime(HOUR)
    const again = await world.customerWrites('One more thing?')
    expect(again.conversation_id).toBe(id)
    expect((await world.openWindow())?.started_at).toBe(again.arrived_at)
    expect((await world.conversation()).state).toBe('open')
    expect(await world.windows()).toHaveLength(2)
  })

  test('W8: a message the agent has not seen is never waived with the rest', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id, seq } = await world.customerWrites('Thanks!')
    const question = await world.customerWrites('But is it in stock?')
    expect(await waiveUpTo(world, id, seq)).toEqual({ kind: 'stale', upTo: question.seq })
    expect(await world.openWindow()).toBeDefined()
    expect(await world.facts('no-reply-needed')).toEqual([])
  })

  test('W8: what is answered already cannot be waived', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id, seq } = await world.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.')
    expect(await waiveUpTo(world, id, seq)).toEqual({ kind: 'nothing-waits' })
    expect((await world.windows()).map(({ ended_as }) => ended_as)).toEqual(['answered'])
  })

  test('W8: of two agents who waive at once one does, and nobody is pinged about it any more', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id, seq } = await world.customerWrites('Thanks!')
    const both = await Promise.all([waiveUpTo(world, id, seq), waiveUpTo(world, id, seq)])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['nothing-waits', 'waived'])
    await world.passTime(25 * HOUR)
    await world.passTime(MINUTE)
    expect(world.pings).toEqual([])
  })
})
