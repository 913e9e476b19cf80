import { expect, test } from 'vitest'
import { HOUR } from '../src/clock.ts'
import { close } from '../src/close.ts'
import { countsNow, reclassify } from '../src/reclassify.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld, type World } from './setup/world.ts'

const decide = (world: World, id: string, counts: boolean) =>
  world.db.transaction((trx) => reclassify(trx, id, counts, { agentId: 'U1', policies: world.policies }))

eachDatabase((open) => {
  test('a machine’s letter that needs an answer opens a window that starts when it arrived', async () => {
    const world = await makeWorld(open)
    const letter = await world.customerWrites('I am away, but what about my order?', { automated: 'Auto-Submitted' })
    await world.passTime(HOUR)
    expect(await world.openWindow()).toBeUndefined()
    expect(await decide(world, letter.id, true)).toBe(true)
    expect((await world.openWindow())?.started_at).toBe(letter.arrived_at)
    expect(await decide(world, letter.id, true)).toBe(false)
    expect(await world.facts('message-reclassified')).toMatchObject([{ actor: 'U1', message_id: letter.id }])
  })

  test('and one that needs none after all takes its window away again', async () => {
    const world = await makeWorld(open)
    const letter = await world.customerWrites('Out of office', { automated: 'Auto-Submitted' })
    await decide(world, letter.id, true)
    expect(await decide(world, letter.id, false)).toBe(true)
    expect(await world.windows()).toEqual([])
    expect(await countsNow(world.db, letter.conversation_id, letter.id)).toBe(false)
  })

  test('Q1: a closed conversation with a letter that needs an answer is open again', async () => {
    const world = await makeWorld(open)
    const letter = await world.customerWrites('Out of office', { automated: 'Auto-Submitted' })
    await world.db.transaction((trx) => close(trx, letter.conversation_id, 'U1'))
    expect((await world.conversation()).state).toBe('closed')
    await decide(world, letter.id, true)
    expect((await world.conversation()).state).toBe('open')
  })
})
