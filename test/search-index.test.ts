// How what was said comes into the index: by itself, some at a time, in the way of nobody.
import { expect, test } from 'vitest'
import { SECOND } from '../src/clock.ts'
import { makeOutboxRunner } from '../src/outbox-runner.ts'
import { armIndex, countOwed, entryWords, indexBatch, indexHandler } from '../src/search-index.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { findIds, takeIn } from './setup/searching.ts'
import { makeWorld } from './setup/world.ts'

async function makeIndexing(open: OpenTestDb) {
  const world = await makeWorld(open)
  const { db, shared } = world
  const outbox = makeOutboxRunner({ ...shared, owner: 'first', local: { index: indexHandler(db.engine) } })
  await armIndex(db)
  await armIndex(db) // As at every start.
  return { ...world, pass: async () => void (await outbox.pass()) }
}

eachDatabase((open) => {
  test('X6: a new message can be found seconds later, with one effect for all there are', async () => {
    const world = await makeIndexing(open)
    await world.pass()
    const { conversation_id: id } = await world.customerWrites('My lamp')
    expect(await findIds(world, 'lamp')).toEqual([])
    await world.clock.advance(5 * SECOND)
    await world.pass()
    expect(await findIds(world, 'lamp')).toEqual([id])
    expect(await world.effects('index')).toHaveLength(1)
  })

  test('what was there before the index is taken in batch by batch, the newest first', async () => {
    const world = await makeIndexing(open)
    for (let n = 0; n < 120; n++) await world.customerWrites(`lamp no${n}`, { from: { address: `c${n}@example.org` } })
    const owed: number[] = []
    for (let n = 0; n < 4; n++) {
      await world.clock.advance(SECOND / 4)
      await world.pass()
      owed.push(await countOwed(world.db))
      if (n === 0) expect(await findIds(world, 'no119')).toHaveLength(1)
      if (n === 0) expect(await findIds(world, 'no5')).toEqual([])
    }
    expect(owed).toEqual([70, 20, 0, 0])
  })

  test('a batch of long texts is a short one, and a text of any length has its turn', async () => {
    const world = await makeWorld(open)
    for (let n = 0; n < 5; n++)
      await world.customerWrites(`lamp ${'word '.repeat(16_000)}`, { from: { address: `c${n}@example.org` } })
    const batch = () => world.db.transaction((trx) => indexBatch(trx, world.db.engine))
    expect(await batch()).toEqual({ isMore: true })
    expect(await countOwed(world.db)).toBe(3)
    await takeIn(world)
    expect(await findIds(world, 'lamp')).toHaveLength(5)
  })

  test('what is gone from the store is gone from the index', async () => {
    const world = await makeWorld(open)
    const { id } = await world.customerWrites('My lamp')
    await takeIn(world)
    await world.db.transaction(async (trx) => {
      await trx.deleteFrom('message_source').execute()
      await trx.deleteFrom('conversation_key').execute()
      await trx.deleteFrom('message').where('id', '=', id).execute()
    })
    await takeIn(world)
    expect(await world.db.selectFrom('search_entry').selectAll().execute()).toEqual([])
    expect(await findIds(world, 'lamp')).toEqual([])
  })

  test('many messages of one moment have a place each', async () => {
    const world = await makeWorld(open)
    const at = world.clock.now()
    for (let n = 0; n < 30; n++) await world.customerWrites(`lamp ${n}`, { at, from: { address: `c${n}@example.org` } })
    await takeIn(world)
    expect(new Set(await findIds(world, 'lamp')).size).toBe(30)
  })
})

test('no more than a hundred kilobytes of a message are taken in', () => {
  for (const text of ['word '.repeat(50_000), '가'.repeat(100_000), 'ﷺ '.repeat(100_000), 'x'.repeat(1e6)]) {
    const { head, body } = entryWords(['Subject', null, 'x'.repeat(1e5)], text)
    expect(Buffer.byteLength([...head, ...body].join(' '))).toBeLessThanOrEqual(100_000)
  }
})
