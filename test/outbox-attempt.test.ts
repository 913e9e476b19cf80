import { expect, test } from 'vitest'
import { SendError, type SendFailure } from '../src/channel.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { rerun } from '../src/outbox.ts'
import { doubtUnheld } from '../src/outbox-settle.ts'
import { manualClock } from './setup/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { makeOutbox } from './setup/effects.ts'
import { openLimiter } from './setup/world.ts'

const accepted = { kind: 'accepted', ref: 'ref' } as const
const fails =
  (failure: SendFailure, message = 'not now') =>
  async () => {
    throw new SendError(failure, message)
  }
const temporary = fails({ kind: 'temporary' })

eachDatabase((open) => {
  test('what is refused for now is tried again a little later, and not before', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = temporary
    await outbox.run()
    const row = await outbox.row('work')
    expect(row).toMatchObject({ state: 'queued', attempts: 1, sends: 0, error: 'not now', owner: null })
    expect(row.due_at - outbox.clock.now()).toBeGreaterThan(0)
    expect(row.due_at - outbox.clock.now()).toBeLessThanOrEqual(2 * SECOND)
    expect(outbox.settled).toEqual(['work postponed'])
    outbox.outside.answer = async () => accepted
    await outbox.passTime(row.due_at - outbox.clock.now() - 1)
    expect(outbox.sent).toHaveLength(1)
    await outbox.passTime(1)
    expect(outbox.sent).toHaveLength(2)
    expect(await outbox.row('work')).toMatchObject({ state: 'accepted', attempts: 2, external_ref: 'ref', error: null })
  })

  test('who is told when to come back does not come before', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = fails({ kind: 'temporary', retryAfterMs: 30_000.4 }) // As read from a header.
    await outbox.run()
    outbox.outside.answer = async () => accepted
    await outbox.passTime(30 * SECOND)
    expect(outbox.sent).toHaveLength(1)
    await outbox.passTime(3 * SECOND)
    expect(outbox.sent).toHaveLength(2)
  })

  test('the waits double up to a ceiling, and chance spreads them', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = temporary
    const waits = new Set<number>()
    for (let n = 0; n < 5; n++) {
      await outbox.put(`w${n}`, { rateKey: `key ${n}` })
      await outbox.run()
      waits.add((await outbox.row(`w${n}`)).due_at - outbox.clock.now())
    }
    expect(waits.size).toBe(5)
  })

  test('a poisoned row is parked after eight attempts of its own, others go on, and a person may try again', async () => {
    const outbox = await makeOutbox(open)
    outbox.outside.answer = async (effect) => (effect.payload.includes('poison') ? await temporary() : accepted)
    await outbox.put('poison')
    for (let minute = 0; minute < 60; minute++) {
      if (minute % 4 === 0) await outbox.put(`other ${minute}`) // A success in between keeps the breaker shut.
      await outbox.passTime(MINUTE)
    }
    const row = await outbox.row('poison')
    expect(row).toMatchObject({ state: 'parked', attempts: 8, error: 'given up after 8 attempts: not now' })
    expect(outbox.sent.filter((name) => name === 'poison')).toHaveLength(8)
    expect(outbox.settled.filter((name) => name.startsWith('other'))).toHaveLength(15)
    expect(outbox.settled).toContain('poison parked')

    outbox.outside.answer = async () => accepted
    expect(await outbox.db.transaction((trx) => rerun(trx, row.id))).toBe(true)
    await outbox.run()
    expect(outbox.settled).toContain('poison accepted')
  })

  test('what has been tried for a day is parked for a person', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = fails({ kind: 'temporary', retryAfterMs: 5 * HOUR })
    for (let hour = 0; hour < 30; hour++) await outbox.passTime(HOUR)
    expect((await outbox.row('work')).state).toBe('parked')
    expect(outbox.sent.length).toBeLessThan(8)
  })

  test('what is refused for good is settled once and never tried again', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = fails({ kind: 'rejected' }, 'no such user')
    await outbox.run()
    await outbox.passTime(DAY)
    expect(outbox.sent).toHaveLength(1)
    expect(outbox.settled).toEqual(['work rejected'])
    expect(await outbox.row('work')).toMatchObject({ state: 'rejected', error: 'no such user' })
  })

  test('what is no longer true is not sent, and says why', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = async () => ({ kind: 'moot', reason: 'answered meanwhile' })
    await outbox.run()
    expect(await outbox.row('work')).toMatchObject({ state: 'undone', error: 'answered meanwhile' })
    expect(outbox.settled).toEqual(['work moot'])
  })

  test('an error that nobody foresaw counts as uncertain', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = async () => {
      throw new TypeError('undefined is not a function')
    }
    outbox.outside.look = async () => accepted
    await outbox.run()
    expect([outbox.sent.length, outbox.looked.length]).toEqual([1, 1])
  })

  test('a stale attempt cannot undo what was decided since, but its proof of delivery counts', async () => {
    for (const [ending, state] of [
      ['temporary', 'uncertain'],
      ['accepted', 'accepted'],
    ] as const) {
      const outbox = await makeOutbox(open)
      const answer = Promise.withResolvers<void>()
      await outbox.put('work')
      outbox.outside.answer = async () => {
        await answer.promise
        return ending === 'accepted' ? accepted : await temporary()
      }
      outbox.outside.look = async () => ({ kind: 'absent' })
      const attempts = await outbox.current().pass()
      await outbox.db.transaction((trx) => doubtUnheld(trx, 'me', new Set())) // Somebody took us for dead,
      await outbox.run(outbox.runner('other')) // and looks.
      answer.resolve()
      await Promise.all(attempts)
      expect((await outbox.row('work')).state, ending).toBe(state)
      expect(outbox.sent).toHaveLength(1)
    }
  })

  test('an attempt that had to queue for more than 20 s is given back without a byte sent', async () => {
    const turn = Promise.withResolvers<void>()
    const slow = { ...openLimiter, schedule: <T>(_: string, attempt: () => Promise<T>) => turn.promise.then(attempt) }
    const outbox = await makeOutbox(open, manualClock(), slow)
    await outbox.put('work')
    const attempts = await outbox.current().pass()
    await outbox.clock.advance(20 * SECOND + 1)
    turn.resolve()
    await Promise.all(attempts)
    expect(outbox.sent).toEqual([])
    expect(await outbox.row('work')).toMatchObject({ state: 'queued', attempts: 0, sends: 0 })
    await outbox.run()
    expect(outbox.sent).toEqual(['work'])
  })

  test('an outcome that cannot be recorded is found by a look, not sent again', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.settle = async () => {
      throw new Error('disk full')
    }
    await outbox.run()
    expect((await outbox.row('work')).state).toBe('sending')
    outbox.outside.settle = async () => undefined
    outbox.outside.look = async () => accepted
    await outbox.current().recover()
    await outbox.run()
    expect(outbox.sent).toHaveLength(1)
    expect((await outbox.row('work')).state).toBe('accepted')
  })

  test('a kind that nobody handles is reported and does not stop the rest', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('strange', { kind: 'unheard of' })
    await outbox.put('work')
    await outbox.putChore('chore', outbox.clock.now())
    await outbox.run()
    expect(outbox.sent).toEqual(['work'])
    expect(await outbox.states()).toContain('chore accepted')
    expect(outbox.logLines.join()).toContain('no handler for unheard of')
  })
})
