import { expect, test } from 'vitest'
import { DAY, HOUR } from '../src/clock.ts'
import { base32Bytes, idMaker, systemRandom } from '../src/id.ts'
import { manualClock } from './setup/clock.ts'
import { seededRandom } from './setup/world.ts'

const isRising = (ids: string[]) => ids.every((id, n) => n === 0 || id > (ids[n - 1] ?? ''))

test('ids say what they name and sort by time as text', async () => {
  const clock = manualClock()
  const newId = idMaker(clock, seededRandom(1))
  const first = newId('m')
  await clock.advance(1)
  const second = newId('m')
  expect(first).toMatch(/^m_[0-9a-hjkmnp-tv-z]{26}$/)
  expect(second > first).toBe(true)
})

test('within one instant ids rise too, however many there are', () => {
  const newId = idMaker(manualClock(), seededRandom(1))
  const ids = Array.from({ length: 70_000 }, () => newId('f'))
  expect(isRising(ids)).toBe(true)
})

test('ids do not go back when the wall clock does', async () => {
  const clock = manualClock()
  const newId = idMaker(clock, seededRandom(1))
  const ids = [newId('f')]
  for (const step of [-HOUR, -DAY, HOUR]) {
    clock.step(step)
    ids.push(newId('f'), newId('f'))
    await clock.advance(1000)
    ids.push(newId('f'))
  }
  expect(isRising(ids)).toBe(true)
})

test('two makers that start in the same instant make different ids', () => {
  const clock = manualClock()
  const [one, other] = [idMaker(clock, seededRandom(1)), idMaker(clock, seededRandom(2))]
  const ids = Array.from({ length: 1000 }, () => [one('f'), other('f')]).flat()
  expect(new Set(ids).size).toBe(2000)
})

test('base 32 has no letter that reads as a digit, and 128 bits make 26 letters', () => {
  expect(base32Bytes(new Uint8Array())).toBe('')
  expect(base32Bytes(new Uint8Array([0]))).toBe('00')
  expect(base32Bytes(new Uint8Array([255]))).toBe('zw')
  expect(base32Bytes(new Uint8Array([1, 2, 3, 4, 5]))).toBe(base32ByHand([1, 2, 3, 4, 5]))
  const all = base32Bytes(new Uint8Array(4096).map((_, n) => n))
  expect(all).not.toMatch(/[ilou]/)
  expect(base32Bytes(new Uint8Array(16))).toHaveLength(26)
})

/** Five bits at a time, from the bits written out. */
function base32ByHand(bytes: number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => '0123456789abcdefghjkmnpqrstvwxyz'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

test('chance hands out no byte twice in a row of draws, and a fraction stays below 1', () => {
  const random = systemRandom()
  const draws = Array.from({ length: 2000 }, () => Buffer.from(random.bytes(16)).toString('hex'))
  expect(new Set(draws).size).toBe(2000)
  expect(random.bytes(10_000)).toHaveLength(10_000)
  for (let n = 0; n < 1000; n++) {
    const fraction = random.fraction()
    expect(fraction >= 0 && fraction < 1).toBe(true)
  }
})
