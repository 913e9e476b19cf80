import { expect, test } from 'vitest'
import { SendError, type SendFailure } from '../src/channel.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { manualClock } from './setup/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { makeOutbox, type Outbox } from './setup/effects.ts'

const accepted = { kind: 'accepted', ref: 'ref' } as const
const fails =
  (failure: SendFailure, message = 'not now') =>
  async () => {
    throw new SendError(failure, message)
  }
const temporary = fails({ kind: 'temporary' })
const uncertain = fails({ kind: 'uncertain' }, 'the connection broke')

eachDatabase((open) => {
  test('S11: after an uncertain send somebody looks at once, and what is found is not sent again', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = uncertain
    outbox.outside.look = async () => accepted
    await outbox.run()
    expect(outbox.looked).toEqual(['work'])
    expect(await outbox.row('work')).toMatchObject({ state: 'accepted', external_ref: 'ref' })
    expect(outbox.settled).toEqual(['work uncertain', 'work accepted'])
    await outbox.passTime(DAY)
    expect(outbox.sent).toHaveLength(1)
  })

  test('S11: only what two looks 45 s apart did not find is sent again', async () => {
    const outbox = await makeOutbox(open)
    await makeAbsent(outbox)
    await outbox.run()
    expect(outbox.looked).toHaveLength(1)
    outbox.outside.answer = async () => accepted
    await outbox.passTime(45 * SECOND - 1)
    expect([outbox.looked.length, outbox.sent.length]).toEqual([1, 1])
    await outbox.passTime(1)
    expect(outbox.looked).toHaveLength(2)
    await outbox.passTime(5 * SECOND)
    expect(outbox.sent).toHaveLength(2)
    expect(await outbox.row('work')).toMatchObject({ state: 'accepted', sends: 2 })
  })

  test('S11: the 45 s are real ones: a wall clock that jumps ahead does not shorten them', async () => {
    const outbox = await makeOutbox(open)
    await makeAbsent(outbox)
    await outbox.run()
    outbox.outside.answer = async () => accepted
    outbox.clock.step(HOUR)
    await outbox.passTime(44 * SECOND)
    expect(outbox.sent).toHaveLength(1)
    await outbox.passTime(SECOND)
    await outbox.passTime(5 * SECOND)
    expect(outbox.sent).toHaveLength(2)
  })

  test('S11: a wall clock that jumps back does not make them hours', async () => {
    const outbox = await makeOutbox(open)
    await makeAbsent(outbox)
    await outbox.run()
    outbox.outside.answer = async () => accepted
    outbox.clock.step(-HOUR)
    await outbox.passTime(SECOND)
    await outbox.passTime(MINUTE)
    await outbox.passTime(5 * SECOND)
    expect(outbox.sent).toHaveLength(2)
  })

  test('S11: a process that has just started looks twice itself before it sends', async () => {
    const outbox = await makeOutbox(open)
    await makeAbsent(outbox)
    await outbox.run()
    await outbox.restart()
    await outbox.passTime(45 * SECOND) // The second look ever, the first of this process.
    await outbox.passTime(5 * SECOND)
    expect([outbox.looked.length, outbox.sent.length]).toEqual([2, 1])
    outbox.outside.answer = async () => accepted
    await outbox.passTime(45 * SECOND)
    await outbox.passTime(5 * SECOND)
    expect([outbox.looked.length, outbox.sent.length]).toEqual([3, 2])
  })

  test('a look that failed has found nothing out: it is repeated, and does not count as absence', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = uncertain
    outbox.outside.look = temporary
    await outbox.run()
    for (let second = 0; second < 120; second += 5) await outbox.passTime(5 * SECOND)
    expect(outbox.looked.length).toBeGreaterThan(10)
    expect(outbox.sent).toHaveLength(1)
    expect((await outbox.row('work')).state).toBe('uncertain')
  })

  test('a look that has failed for a day is given to a person', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = uncertain
    outbox.outside.look = temporary
    await outbox.run()
    await outbox.passTime(DAY)
    expect(await outbox.row('work')).toMatchObject({ state: 'parked', error: expect.stringContaining('not now') })
    expect(outbox.settled).toEqual(['work uncertain', 'work parked'])
  })

  test('where nobody can look, three sends are the most, each 45 s after the one before; then a person decides', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = uncertain
    outbox.outside.look = async () => ({ kind: 'unknown' })
    const sentAt: number[] = []
    for (let second = 0; second < 600; second++) {
      const before = outbox.sent.length
      await outbox.passTime(SECOND)
      if (outbox.sent.length > before) sentAt.push(outbox.clock.monotonic())
    }
    expect(sentAt).toHaveLength(3)
    for (let n = 1; n < 3; n++) expect((sentAt[n] ?? 0) - (sentAt[n - 1] ?? 0)).toBeGreaterThanOrEqual(45 * SECOND)
    const error = 'sent 3 times without an answer; it may have arrived'
    expect(await outbox.row('work')).toMatchObject({ state: 'parked', sends: 3, error })
  })

  test('what does no harm when it is done again is done again without waiting', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = async () => (outbox.sent.length === 1 ? await uncertain() : accepted)
    await outbox.run()
    await outbox.passTime(2 * SECOND)
    expect(outbox.sent).toHaveLength(2)
    expect((await outbox.row('work')).state).toBe('accepted')
  })

  test('a process that died while sending leaves a doubt, and the next one looks before it acts', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    outbox.outside.answer = () => new Promise(() => undefined)
    outbox.outside.look = async () => ({ kind: 'absent' })
    await outbox.current().pass()
    await outbox.restart()
    expect(await outbox.row('work')).toMatchObject({ state: 'uncertain', error: expect.stringContaining('stopped') })
    expect(outbox.settled).toEqual(['work uncertain'])
    outbox.outside.answer = async () => accepted
    await outbox.run()
    await outbox.passTime(45 * SECOND)
    await outbox.passTime(5 * SECOND)
    expect(outbox.sent).toHaveLength(2)
  })

  test('clocks that tick in fractions are fine: what is written is whole', async () => {
    const clock = manualClock()
    const fine = { ...clock, monotonic: () => clock.monotonic() * 1.000_01 + 0.3 }
    const outbox = await makeOutbox(open, fine)
    await makeAbsent(outbox)
    await outbox.run()
    await outbox.passTime(20_000)
    outbox.outside.answer = async () => accepted
    outbox.clock.step(HOUR)
    await outbox.passTime(30 * SECOND)
    await outbox.passTime(5 * SECOND)
    expect((await outbox.row('work')).state).toBe('accepted')
    expect(outbox.logLines.filter((line) => line.includes('could not'))).toEqual([])
  })
})

/** A send whose answer was lost, and that nobody can find at the platform. */
async function makeAbsent(outbox: Outbox): Promise<void> {
  await outbox.put('work')
  outbox.outside.answer = uncertain
  outbox.outside.look = async () => ({ kind: 'absent' })
}
