import { expect, test } from 'vitest'
import { SendError } from '../src/channel.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import type { RateLimiter } from '../src/rate.ts'
import { manualClock } from './setup/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { makeOutbox, nameOf } from './setup/effects.ts'
import { openLimiter, roomOnlyFor, SOON } from './setup/world.ts'

const accepted = { kind: 'accepted', ref: 'ref' } as const
const temporary = async () => {
  throw new SendError({ kind: 'temporary' }, 'not now')
}
const lockedOut = async () => {
  throw new SendError({ kind: 'temporary', account: true }, 'wrong password')
}

eachDatabase((open) => {
  test('nothing is claimed that the platform has no room for', async () => {
    const outbox = await makeOutbox(open, manualClock(), roomOnlyFor('send:b'))
    await outbox.put('full', { rateKey: 'send:a' })
    await outbox.put('free', { rateKey: 'send:b' })
    await outbox.run()
    expect(outbox.sent).toEqual(['free'])
    expect(await outbox.row('full')).toMatchObject({ state: 'queued', attempts: 0, claim: 0 })
  })

  test('a key that allows one at a time gets one, and its next when that has ended', async () => {
    let running = 0
    const onlyOne: RateLimiter = {
      room: async () => (running === 0 ? 1 : 0),
      sharedBy: (key) => key,
      async schedule(_, attempt) {
        running += 1
        return await attempt().finally(() => {
          running -= 1
        })
      },
      reset: () => undefined,
    }
    const outbox = await makeOutbox(open, manualClock(), onlyOne)
    for (const name of ['one', 'two', 'three']) await outbox.put(name)
    expect(await outbox.current().pass()).toHaveLength(1)
    await outbox.run()
    await outbox.run()
    expect(outbox.sent).toEqual(['one', 'two', 'three'])
  })

  test('never more than twenty are in the air', async () => {
    const outbox = await makeOutbox(open, manualClock(), { ...openLimiter, room: async () => 100 })
    for (let n = 0; n < 30; n++) await outbox.put(`w${n}`)
    const answer = Promise.withResolvers<void>()
    outbox.outside.answer = async () => {
      await answer.promise
      return accepted
    }
    const first = await outbox.current().pass()
    expect(first).toHaveLength(20)
    expect(await outbox.current().pass()).toHaveLength(0)
    answer.resolve()
    await Promise.all(first)
    await outbox.run()
    expect(outbox.sent).toHaveLength(30)
  })

  test('five failures in a row shut the door; then one knock at a time, which counts against nobody', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = temporary
    for (let n = 0; n < 5; n++) await outbox.put(`w${n}`)
    await outbox.run()
    expect(outbox.sent).toHaveLength(5)
    await outbox.put('late')
    await outbox.run()
    expect(outbox.sent).toHaveLength(5) // Shut: nothing is even claimed.
    for (let minute = 0; minute < 100; minute++) await outbox.passTime(MINUTE)
    expect(outbox.sent.length).toBeGreaterThan(20)
    const states = await outbox.states()
    expect(states.every((state) => state.endsWith('queued'))).toBe(true)
    expect((await outbox.row('w0')).attempts).toBeLessThanOrEqual(1)

    outbox.outside.answer = async () => accepted
    for (let n = 0; n < 20; n++) await outbox.passTime(MINUTE)
    expect((await outbox.states()).every((state) => state.endsWith('accepted'))).toBe(true)
  })

  test('while one knocks at a shut door, nobody else does', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = temporary
    for (let n = 0; n < 5; n++) await outbox.put(`w${n}`)
    await outbox.run()
    await outbox.clock.advance(10 * MINUTE)
    const answer = Promise.withResolvers<void>()
    outbox.outside.answer = async () => {
      await answer.promise
      return accepted
    }
    const knock = await outbox.current().pass()
    expect(knock).toHaveLength(1)
    expect(await outbox.current().pass()).toHaveLength(0)
    answer.resolve()
    await Promise.all(knock)
    await outbox.run()
    expect((await outbox.states()).every((state) => state.endsWith('accepted'))).toBe(true)
  })

  test('a knock that turned out not to be needed says nothing about the door', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = temporary
    for (let n = 0; n < 5; n++) await outbox.put(`w${n}`)
    await outbox.run()
    await outbox.clock.advance(5 * MINUTE)
    outbox.outside.answer = async () => ({ kind: 'moot', reason: 'answered' })
    await Promise.all(await outbox.current().pass())
    outbox.outside.answer = temporary
    expect(await outbox.current().pass()).toHaveLength(1) // Still one at a time.
  })

  test('a wrong password shuts the door at once, for a quarter of an hour, and is no fault of the row', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = lockedOut
    await outbox.put('work')
    await outbox.put('other', { rateKey: 'send:b' })
    outbox.outside.answer = async (effect) => (nameOf(effect) === 'work' ? await lockedOut() : accepted)
    await outbox.run()
    expect(outbox.sent.sort()).toEqual(['other', 'work'])
    expect((await outbox.row('work')).attempts).toBe(0)
    for (let minute = 0; minute < 14; minute++) await outbox.passTime(MINUTE)
    expect(outbox.sent).toHaveLength(2)
    outbox.outside.answer = async () => accepted
    await outbox.passTime(MINUTE + SECOND)
    expect((await outbox.row('work')).state).toBe('accepted')
  })

  test('an outage of two days parks nothing that was not tried: the replies leave when the door opens', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = lockedOut
    for (let n = 0; n < 3; n++) await outbox.put(`w${n}`, { lane: 'a' })
    for (let hour = 0; hour < 48; hour++) await outbox.passTime(HOUR)
    outbox.outside.answer = async () => accepted
    for (let hour = 0; hour < 3; hour++) await outbox.passTime(HOUR)
    expect(await outbox.states()).toEqual(['w0 accepted', 'w1 accepted', 'w2 accepted'])
  })

  test('a refusal of one message says nothing against the door', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = async () => {
      throw new SendError({ kind: 'rejected' }, 'no such user')
    }
    for (let n = 0; n < 12; n++) await outbox.put(`w${n}`)
    await outbox.run()
    expect(outbox.sent).toHaveLength(12)
  })

  test('a flood on one key does not keep the replies of another waiting', async () => {
    const outbox = await makeOutbox(open, manualClock(), { ...openLimiter, room: async () => 100 })
    for (let n = 0; n < 60; n++) await outbox.put(`flood ${n}`, { rateKey: 'desk:ping' })
    await outbox.put('reply', { rateKey: 'send:a' })
    await Promise.all(await outbox.current().pass())
    await Promise.all(await outbox.current().pass())
    expect(outbox.sent).toContain('reply')
  })

  test('X5: where less leaves than is asked for, who asks for little goes first, and the others take turns', async () => {
    let isTaken = false
    const oneInAll: RateLimiter = {
      room: async () => (isTaken ? 0 : 1),
      sharedBy: () => 'all',
      schedule(_, attempt) {
        isTaken = true
        return attempt().finally(() => {
          isTaken = false
        })
      },
      reset: () => undefined,
    }
    const outbox = await makeOutbox(open, manualClock(), oneInAll)
    for (const desk of ['a', 'c']) {
      for (let n = 0; n < 20; n++) await outbox.put(desk, { rateKey: `desk:post:${desk}` })
    }
    for (let n = 0; n < 3; n++) {
      await outbox.put('b', { rateKey: 'desk:post:b' })
      for (let pass = 0; pass < 3; pass++) await Promise.all(await outbox.current().pass())
    }
    expect(outbox.sent.join('')).toBe('bacbacbac')
  })

  test('X5: what becomes free while keys are asked is not for whoever is asked at that moment', async () => {
    let asked = 0
    const freeInAMoment: RateLimiter = {
      ...openLimiter,
      room: async () => (asked++ < 2 ? 0 : 1),
      sharedBy: () => 'all',
    }
    const outbox = await makeOutbox(open, manualClock(), freeInAMoment)
    await outbox.put('little', { rateKey: 'desk:post:a' })
    for (let n = 0; n < 20; n++) await outbox.put('much', { rateKey: 'desk:post:b' })
    for (let pass = 0; pass < 2; pass++) await Promise.all(await outbox.current().pass())
    expect(outbox.sent).toEqual(['little'])
  })

  test('local work that throws holds up no other, and is tried again a minute later', async () => {
    const outbox = await makeOutbox(open)
    const done: string[] = []
    outbox.outside.local = async (trx, effect) => {
      await trx
        .insertInto('setting')
        .values({ key: nameOf(effect), value: '' })
        .execute()
      if (nameOf(effect) === 'bad' && done.length < 2) throw new Error('not yet')
      done.push(nameOf(effect))
      return undefined
    }
    const now = outbox.clock.now()
    for (const [n, name] of ['good', 'bad', 'better'].entries()) await outbox.putChore(name, now - 10 + n)
    await outbox.put('work')
    await outbox.run()
    expect(done).toEqual(['good', 'better'])
    expect(outbox.sent).toEqual(['work'])
    const written = await outbox.db.selectFrom('setting').select('key').orderBy('key').execute()
    expect(written.map(({ key }) => key)).toEqual(['better', 'good']) // What failed was taken back.
    await outbox.passTime(MINUTE - 1)
    expect(done).toHaveLength(2)
    await outbox.passTime(1)
    expect(done).toEqual(['good', 'better', 'bad'])
  })

  test('local work that is due again later waits for that, and counts no attempts', async () => {
    const outbox = await makeOutbox(open)
    const ran: number[] = []
    outbox.outside.local = async (trx) => {
      ran.push(trx.now())
      return ran.length < 3 ? { againAt: trx.now() + HOUR } : undefined
    }
    const start = outbox.clock.now()
    await outbox.putChore('chore', start)
    for (let minute = 0; minute <= 180; minute += 30) await outbox.passTime(minute === 0 ? 0 : 30 * MINUTE)
    expect(ran).toEqual([start, start + HOUR, start + 2 * HOUR])
    expect(await outbox.row('chore')).toMatchObject({ state: 'accepted', attempts: 1 })
  })

  test('more local work than one pass does is done without waiting for the next tick', async () => {
    const outbox = await makeOutbox(open)
    let ran = 0
    outbox.outside.local = async () => {
      ran += 1
      return undefined
    }
    for (let n = 0; n < 120; n++) await outbox.putChore(`c${n}`, outbox.clock.now())
    const runner = outbox.current()
    runner.start()
    await expect.poll(() => ran, SOON).toBe(120) // No time passes here.
    await runner.stop()
  })

  test('S9: a step of the clock moves what waits some seconds, and neither promises nor what is far away', async () => {
    for (const step of [HOUR, -HOUR]) {
      const outbox = await makeOutbox(open)
      await outbox.run()
      const before = outbox.clock.now()
      await outbox.put('undo time', { dueAt: before + 10 * SECOND })
      await outbox.put('scheduled', { dueAt: before + DAY })
      await outbox.putChore('promise', before + 2 * HOUR)
      outbox.clock.step(step)
      await outbox.run()
      expect((await outbox.row('undo time')).due_at).toBe(before + step + 10 * SECOND)
      expect((await outbox.row('scheduled')).due_at).toBe(before + DAY)
      expect((await outbox.row('promise')).due_at).toBe(before + 2 * HOUR)
      await outbox.passTime(9 * SECOND)
      expect(outbox.sent).toEqual([])
      await outbox.passTime(SECOND)
      expect(outbox.sent).toEqual(['undo time'])
    }
  })

  test('S9: what was due before the clock stepped back is still due after it', async () => {
    const outbox = await makeOutbox(open)
    await outbox.run()
    await outbox.put('due')
    await outbox.clock.advance(SECOND)
    outbox.clock.step(-HOUR)
    await outbox.run()
    expect(outbox.sent).toEqual(['due'])
  })

  test('S9: a lane keeps its order when the clock steps back', async () => {
    const outbox = await makeOutbox(open)
    await outbox.run()
    await outbox.put('first', { lane: 'a', dueAt: outbox.clock.now() + 10 * SECOND })
    outbox.clock.step(-HOUR)
    await outbox.run()
    await outbox.clock.advance(2 * SECOND)
    await outbox.put('second', { lane: 'a', dueAt: outbox.clock.now() + 10 * SECOND })
    await outbox.passTime(20 * SECOND)
    expect(outbox.sent).toEqual(['first', 'second'])
  })

  test('the loop sends what is put as soon as it is woken, and lets what is in the air land before it stops', async () => {
    const outbox = await makeOutbox(open)
    const runner = outbox.current()
    outbox.db.onWake('outbox', () => runner.wake())
    runner.start()
    await outbox.put('one')
    await expect.poll(async () => (await outbox.row('one')).state, SOON).toBe('accepted')
    const answer = Promise.withResolvers<void>()
    outbox.outside.answer = async () => {
      await answer.promise
      return accepted
    }
    await outbox.put('two')
    await expect.poll(() => outbox.sent, SOON).toEqual(['one', 'two'])
    let stopped = false
    const stopping = runner.stop().then(() => {
      stopped = true
    })
    await outbox.put('three')
    expect(stopped).toBe(false)
    answer.resolve()
    await stopping
    expect(await outbox.states()).toEqual(['one accepted', 'two accepted', 'three queued'])
  })

  test('P10: when the last pass ended can be asked', async () => {
    const outbox = await makeOutbox(open)
    await outbox.clock.advance(MINUTE)
    expect(outbox.current().lastPassAt()).toBe(0)
    await outbox.run()
    expect(outbox.current().lastPassAt()).toBe(MINUTE)
  })
})
