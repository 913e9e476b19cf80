import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advance,
  type Cursor,
  firstCursor,
  isImport,
  isMissing,
  readCursor,
  renumbered,
  uidSet,
  withoutMissing,
  writeCursor,
} from '../../../adapters/email/cursor.ts'
import { DAY, HOUR } from '../../../src/clock.ts'

const NOW = Date.UTC(2026, 4, 1)
const start = firstCursor({ uidValidity: '1', lastUid: 0 }, 'all', NOW)

test('E1: whatever a server shows and hides, each mail up to the cursor was kept or is looked for', () => {
  const round = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(fc.tuple(round, fc.infiniteStream(fc.boolean())), { maxLength: 8 }), (rounds) => {
      let cursor: Cursor = start
      const kept = new Set<number>()
      for (const [steps, given] of rounds) {
        let uid = cursor.uid
        const shown = steps.map((step) => (uid += step))
        for (const each of shown) if (given.next().value) kept.add(each)
        cursor = advance(cursor, shown, kept, NOW)
      }
      for (let uid = 1; uid <= cursor.uid; uid++) expect(isMissing(cursor, uid)).toBe(!kept.has(uid))
      const late = new Set([...Array(cursor.uid).keys()].map((index) => index + 1).filter((uid) => uid % 3 === 0))
      const then = withoutMissing(cursor, late, NOW)
      for (let uid = 1; uid <= cursor.uid; uid++) expect(isMissing(then, uid)).toBe(!kept.has(uid) && !late.has(uid))
      expect(readCursor(writeCursor(then))).toEqual(then)
    }),
  )
})

test('a hole is looked for during three days and then let go', () => {
  const cursor = advance(start, [5], new Set([5]), NOW)
  expect(isMissing(cursor, 4)).toBe(true)
  expect(isMissing(withoutMissing(cursor, new Set(), NOW + 3 * DAY - HOUR), 4)).toBe(true)
  expect(isMissing(withoutMissing(cursor, new Set(), NOW + 3 * DAY + HOUR), 4)).toBe(false)
})

test('a mailbox full of holes keeps the cursor small', () => {
  let cursor: Cursor = start
  for (let uid = 2; uid < 20_000; uid += 2) cursor = advance(cursor, [uid], new Set([uid]), NOW)
  expect(writeCursor(cursor).length).toBeLessThan(10_000)
  expect(isMissing(cursor, cursor.uid - 1)).toBe(true)
})

describe('E2: a new numbering is read again from', () => {
  const folder = { uidValidity: '2', lastUid: 50 }
  test.each([
    ['thirty days ago', { at: NOW - HOUR, from: 0 }, NOW - 30 * DAY],
    ['before we last looked, when that is longer ago', { at: NOW - 60 * DAY, from: 0 }, NOW - 61 * DAY],
    ['our first start, when that is later', { at: NOW - HOUR, from: NOW - 2 * DAY }, NOW - 2 * DAY - 300_000],
  ])('%s', (_when, known, since) => {
    const cursor = renumbered({ ...start, ...known, uid: 900 }, folder, NOW)
    expect(cursor).toMatchObject({ uidValidity: '2', uid: 0, scan: { to: 50, since } })
  })
})

test('a cursor that is none is a fault that says so, and does not start the mailbox anew', () => {
  expect(readCursor(undefined)).toBeUndefined()
  expect(() => readCursor('{}')).toThrow(/is not one/)
})

test('UIDs are asked for in ranges', () => {
  expect(uidSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10')
  expect(uidSet([])).toBe('')
})

test('W15: once the folder is numbered anew, the times tell what was there before us', () => {
  const first = firstCursor({ uidValidity: '1', lastUid: 7 }, 'all', NOW)
  expect([7, 8].map((uid) => isImport(first, { uid, arrivedAt: NOW }))).toEqual([true, false])
  const anew = renumbered(first, { uidValidity: '2', lastUid: 3 }, NOW + DAY)
  expect([NOW - 1, NOW].map((arrivedAt) => isImport(anew, { uid: 1, arrivedAt }))).toEqual([true, false])
  const old = { ...first, begunAt: undefined, importTo: undefined }
  expect(isImport(JSON.parse(JSON.stringify(old)), { uid: 1, arrivedAt: 0 })).toBe(false)
})
