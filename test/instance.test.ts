import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { BEAT_MS, type Instance, joinInstances } from '../src/instance.ts'
import { silentLog } from '../src/log.ts'
import { type ManualClock, manualClock } from './setup/clock.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { seededRandom } from './setup/world.ts'

eachDatabase((open, _fresh, engine) => {
  test('an instance that is silent for a minute by our own watch is removed, and its leases are free', async () => {
    const { clock, db, join, joinBeside } = await makeHouse(open)
    const silent = await join('silent')
    expect(await silent.lease('mailbox')).toBe(true)
    const observer = await joinBeside('observer')
    await observer.beat()
    expect(await observer.lease('mailbox')).toBe(false)
    await beatFor(clock, observer, MINUTE - BEAT_MS)
    expect(await idsOf(db)).toEqual(['observer', 'silent'])
    await beatFor(clock, observer, BEAT_MS)
    expect(await idsOf(db)).toEqual(['observer'])
    expect(await observer.lease('mailbox')).toBe(true)
    expect(await silent.lease('mailbox')).toBe(false)
  })

  test('whoever goes on counting is never removed, however slow the observer', async () => {
    const { clock, db, join, joinBeside } = await makeHouse(open)
    const slow = await join('slow')
    const observer = await joinBeside('observer')
    for (let n = 0; n < 10; n++) {
      await observer.beat()
      await slow.beat()
      await clock.advance(10 * MINUTE)
    }
    expect(await idsOf(db)).toEqual(['observer', 'slow'])
  })

  test('no jump of a wall clock makes anybody dead, or keeps the dead alive', async () => {
    const { clock, db, join, joinBeside } = await makeHouse(open)
    await join('silent')
    const observer = await joinBeside('observer')
    await observer.beat()
    for (const jump of [DAY, -2 * DAY, HOUR]) {
      clock.step(jump)
      await observer.beat()
      expect(await idsOf(db)).toEqual(['observer', 'silent'])
    }
    clock.step(-30 * DAY)
    await beatFor(clock, observer, MINUTE)
    expect(await idsOf(db)).toEqual(['observer'])
  })

  test('a lease has one holder, of however many that ask at once; the holder keeps it by asking again', async () => {
    const { join, joinBeside } = await makeHouse(open)
    const first = await join('i0')
    const all = [first]
    for (const id of ['i1', 'i2', 'i3', 'i4']) all.push(await joinBeside(id))
    const answers = await Promise.all(all.map((instance) => instance.lease('gateway')))
    expect(answers.filter(Boolean)).toHaveLength(1)
    const again = await Promise.all(all.map((instance) => instance.lease('gateway')))
    expect(again).toEqual(answers)
    const elsewhere = await Promise.all(all.map((instance) => instance.lease('another')))
    expect(elsewhere.filter(Boolean)).toHaveLength(1)
  })

  test('who leaves frees everything at once', async () => {
    const { join, joinBeside } = await makeHouse(open)
    const first = await join('first')
    const second = await joinBeside('second')
    expect(await first.lease('mailbox')).toBe(true)
    expect(await second.lease('mailbox')).toBe(false)
    await first.leave()
    expect(await second.lease('mailbox')).toBe(true)
  })

  test('who was taken for dead and comes back counts again, and is told that the lease is gone', async () => {
    const { clock, db, join, joinBeside } = await makeHouse(open)
    const frozen = await join('frozen')
    await frozen.lease('mailbox')
    const observer = await joinBeside('observer')
    await beatFor(clock, observer, 2 * MINUTE)
    expect(await observer.lease('mailbox')).toBe(true)
    expect(frozen.isTrusted()).toBe(false)
    await frozen.beat()
    expect(frozen.isTrusted()).toBe(true)
    expect(await frozen.lease('mailbox')).toBe(false)
    expect(await idsOf(db)).toEqual(['frozen', 'observer'])
  })

  test('an instance trusts itself for 40 s after its last beat, less than others wait', async () => {
    const { clock, join } = await makeHouse(open)
    const instance = await join('me')
    await instance.beat()
    await clock.advance(40 * SECOND - 1)
    expect(instance.isTrusted()).toBe(true)
    await clock.advance(1)
    expect(instance.isTrusted()).toBe(false)
  })

  if (engine === 'sqlite') {
    test('on SQLite, where the file is ours alone, every earlier instance is dead at once', async () => {
      const { db, join } = await makeHouse(open)
      const before = await join('before')
      await before.lease('mailbox')
      const now = await join('now')
      expect(await idsOf(db)).toEqual(['now'])
      expect(await now.lease('mailbox')).toBe(true)
    })
  }
})

async function makeHouse(open: OpenTestDb) {
  const clock = manualClock()
  const db = await open({ clock, random: seededRandom(1), log: silentLog })
  const join = (id: string) => joinInstances(db, { clock, log: silentLog, id })
  /** On SQLite a start proves that all others are dead; here they live beside each other all the same. */
  const joinBeside = async (id: string) => {
    const before = await db.selectFrom('instance').selectAll().execute()
    const instance = await join(id)
    await db.transaction(async (trx) => {
      for (const row of before)
        await trx
          .insertInto('instance')
          .values(row)
          .onConflict((oc) => oc.doNothing())
          .execute()
    })
    return instance
  }
  return { clock, db, join, joinBeside }
}

async function beatFor(clock: ManualClock, instance: Instance, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += BEAT_MS) {
    await clock.advance(BEAT_MS)
    await instance.beat()
  }
}

async function idsOf(db: Awaited<ReturnType<OpenTestDb>>): Promise<string[]> {
  return (await db.selectFrom('instance').select('id').orderBy('id').execute()).map(({ id }) => id)
}
