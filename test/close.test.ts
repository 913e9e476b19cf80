import { expect, test } from 'vitest'
import { close, reopen } from '../src/close.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld, type World } from './setup/world.ts'

const closeIt = (world: World, id: string) => world.db.transaction((trx) => close(trx, id, 'U1'))
const reopenIt = (world: World, id: string) => world.db.transaction((trx) => reopen(trx, id, 'U1'))

eachDatabase((open) => {
  test('Q1: a conversation whose customer waits cannot be closed', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    const dueAt = (await world.openWindow())?.due_at
    expect(await closeIt(world, id)).toEqual({ kind: 'customer-waits', dueAt })
    expect((await world.conversation()).state).toBe('new')
    expect(await world.facts('conversation-closed')).toEqual([])
  })

  test('Q1: an answered one is closed once, opened again once, and each is on record', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.')
    expect(await closeIt(world, id)).toEqual({ kind: 'closed' })
    expect(await closeIt(world, id)).toEqual({ kind: 'closed-before' })
    expect((await world.conversation()).state).toBe('closed')
    expect(await reopenIt(world, id)).toBe(true)
    expect(await reopenIt(world, id)).toBe(false)
    expect((await world.conversation()).state).toBe('open')
    const facts = [await world.facts('conversation-closed'), await world.facts('conversation-reopened')].flat()
    expect(facts.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['conversation-closed', 'U1'],
      ['conversation-reopened', 'U1'],
    ])
  })
})
