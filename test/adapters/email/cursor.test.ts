import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advance,
  advanceBacklog,
  beginBacklog,
  type Cursor,
  firstCursor,
  isImport,
  isMissing,
  isRenumberedOften,
  readCursor,
  renumbered,
  uidSet,
  withoutBacklog,
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
    expect(cursor).toMatchObject({ uidValidity: '2', uid: 50, backlog: { uid: 0, to: 50, since } })
    expect(cursor.backlog).not.toHaveProperty('done')
  })
})

describe('E2: a folder that is numbered anew', () => {
  const anew = (cursor: Cursor, uidValidity: string, now: number) =>
    renumbered(cursor, { uidValidity, lastUid: 50 }, now)

  test('in the middle of an import is imported from its beginning, so that nothing of it is lost', () => {
    const importing = firstCursor({ uidValidity: '1', lastUid: 900 }, NOW - 400 * DAY, NOW)
    const half = advanceBacklog(importing, [1, 2, 3], new Set([1, 2, 3]), NOW)
    expect(anew(half, '2', NOW + HOUR).backlog).toEqual({ uid: 0, to: 50, since: NOW - 400 * DAY, done: 0 })
  })

  // Seen failing with the month read each time.
  test('more than three times a day is read again from the day before we last looked, no longer a month', () => {
    let cursor: Cursor = { ...start, at: NOW }
    for (let n = 1; n <= 3; n++) cursor = anew(cursor, String(n), NOW)
    expect(isRenumberedOften(cursor, NOW)).toBe(false)
    expect(cursor.backlog?.since).toBe(NOW - 30 * DAY)
    cursor = anew(withoutBacklog(cursor), '4', NOW)
    expect(isRenumberedOften(cursor, NOW)).toBe(true)
    expect(cursor.backlog?.since).toBe(NOW - DAY)
    expect(isRenumberedOften(cursor, NOW + DAY)).toBe(false)
  })
})

test('what a search leaves out of a backlog is not missing, but for the newest, which may only not show yet', () => {
  const cursor = beginBacklog(
    firstCursor({ uidValidity: '1', lastUid: 500 }, 'all', NOW),
    new Set([400, 450, 500]),
    NOW,
  )
  expect([300, 400, 401, 449, 450, 499, 500].filter((uid) => isMissing(cursor, uid))).toEqual([401, 449, 499])
  const next = advanceBacklog(cursor, [3, 9], new Set([3]), NOW)
  expect([4, 9].filter((uid) => isMissing(next, uid))).toEqual([9])
  expect(next).toMatchObject({ uid: 500, backlog: { uid: 9, done: 2 } })
})

test('the cursor of the first version, which read what was there before anything else, goes on', () => {
  const old = { uidValidity: '1', uid: 7, from: 5, at: NOW, scan: { to: 90, since: 5 } }
  expect(readCursor(JSON.stringify(old))).toEqual({
    ...{ uidValidity: '1', uid: 90, from: 5, at: NOW },
    backlog: { uid: 7, to: 90, since: 5 },
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
