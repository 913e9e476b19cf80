import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUR } from '../src/clock.ts'
import type { StoredFact } from '../src/fact.ts'
import { foldWindows, type ResponseWindow } from '../src/response-window.ts'
import { accepted, history, received, voided } from './setup/history.ts'

const startOf = (facts: StoredFact[]) => foldWindows(facts).at(-1)?.startedAt

describe('whose turn it is', () => {
  test('W1: the window starts with the oldest unanswered message, and later ones do not move it', () => {
    expect(startOf([received('a', 1, 100)])).toBe(100)
    expect(startOf([received('a', 1, 100), received('b', 2, 200), received('c', 3, 300)])).toBe(100)
  })

  test('W1: a message that arrived earlier but was stored later moves the start back', () => {
    expect(startOf([received('late', 1, 200), received('early', 2, 100)])).toBe(100)
  })

  test('W2: an accepted reply ends the window of what it answers', () => {
    const facts = [received('a', 1, 100), received('b', 2, 150), accepted('r', 2, 900)]
    const end = { at: 900, as: 'answered', by: 'r' }
    expect(foldWindows(facts)).toEqual([{ startedBy: 'a', startedAt: 100, label: 'first', quiet: false, end }])
  })

  test('W2: mail written by a machine opens nothing', () => {
    expect(foldWindows([received('robot', 1, 100, false)])).toEqual([])
  })

  test('W3: the first answer and the next ones are told apart', () => {
    const facts = [received('a', 1, 100), accepted('r', 1, 200), received('b', 2, 300), accepted('s', 2, 400)]
    expect(foldWindows([...facts, received('c', 3, 500)]).map((window) => window.label)).toEqual([
      'first',
      'next',
      'next',
    ])
  })

  test('a question that crossed the reply goes on waiting from its own time', () => {
    const facts = [received('stock', 1, 0), received('red', 2, 5), accepted('r', 1, 10)]
    expect(startOf(facts)).toBe(5)
  })

  test('W9: a bounced reply has answered nothing: the window is open from its original start', () => {
    const facts = [received('a', 1, 100), accepted('r', 1, 200), received('b', 2, 300), voided('r', 400)]
    expect(foldWindows(facts)).toEqual([
      { startedBy: 'a', startedAt: 100, label: 'first', quiet: false, end: undefined },
    ])
  })

  test('replies count in the order they were accepted, however the wall clock stepped in between', () => {
    const facts = [received('a', 1, 0), accepted('r', 1, 900, 1), received('b', 2, 950), accepted('s', 2, 100, 2)]
    expect(foldWindows(facts).map(({ startedBy, end }) => `${startedBy} by ${end?.by}`)).toEqual(['a by r', 'b by s'])
  })

  test('a second reply to what was answered already is no second answer', () => {
    const facts = [received('a', 1, 100), accepted('r', 1, 200), accepted('s', 1, 300)]
    expect(foldWindows(facts).map((window) => window.end?.by)).toEqual(['r'])
  })
})

/** The rule said once more, message by message: which reply, if any, was the first to cover it? */
function oracle(facts: StoredFact[]): ResponseWindow[] {
  const gone = facts.flatMap((fact) => (fact.kind === 'reply-voided' ? [fact.data.of] : []))
  const groups = new Map<string, { startedBy: string; startedAt: number; seq: number; end: ResponseWindow['end'] }>()
  for (const fact of facts) {
    if (fact.kind !== 'message-received' || !fact.data.counts) continue
    const { seq, arrivedAt } = fact.data
    const cover = facts
      .flatMap((other) => (other.kind === 'reply-accepted' && !gone.includes(other.messageId ?? '') ? [other] : []))
      .filter((reply) => reply.data.answersUpTo >= seq)
      .sort((a, b) => a.data.at - b.data.at)[0]
    const end = cover && { at: cover.data.at, as: 'answered' as const, by: cover.messageId }
    const mine = { startedBy: fact.messageId ?? '', startedAt: arrivedAt, seq, end }
    const group = groups.get(cover?.messageId ?? '')
    const isOlder = !group || arrivedAt < group.startedAt || (arrivedAt === group.startedAt && seq < group.seq)
    if (isOlder) groups.set(cover?.messageId ?? '', mine)
  }
  const endOf = (window: { end: ResponseWindow['end'] }) => window.end?.at ?? Number.POSITIVE_INFINITY
  return [...groups.values()]
    .sort((a, b) => endOf(a) - endOf(b))
    .map(({ startedBy, startedAt, end }, n) => ({
      startedBy,
      startedAt,
      label: n === 0 ? 'first' : 'next',
      quiet: false,
      end,
    }))
}

describe('whatever happens', () => {
  test('W1, W2, W3, W9: the windows are what reading message by message says', () => {
    fc.assert(
      fc.property(history, (facts) => void expect(foldWindows(facts)).toEqual(oracle(facts))),
      { numRuns: 500 },
    )
  })

  test('at most the last window is open, none ends before it began, and no message is in two', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const windows = foldWindows(facts)
        expect(windows.slice(0, -1).every((window) => window.end !== undefined)).toBe(true)
        for (const { startedAt, end } of windows) if (end) expect(end.at).toBeGreaterThanOrEqual(startedAt)
        expect(new Set(windows.map((window) => window.startedBy)).size).toBe(windows.length)
      }),
      { numRuns: 300 },
    )
  })

  test('the same facts in another order give the same windows: only seqs and times count', () => {
    const shuffled = history.chain((facts) =>
      fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length, maxLength: facts.length })),
    )
    fc.assert(
      fc.property(shuffled, ([facts, others]) => void expect(foldWindows(others)).toEqual(foldWindows(facts))),
      { numRuns: 300 },
    )
  })

  test('W1: one more message never moves an open window later', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 5 * HOUR }), (facts, arrivedAt) => {
        const before = foldWindows(facts).at(-1)
        const after = foldWindows([...facts, received('more', 99, arrivedAt)]).at(-1)
        if (before && !before.end) expect(after?.startedAt).toBe(Math.min(before.startedAt, arrivedAt))
        else expect(after?.startedAt).toBe(arrivedAt)
      }),
      { numRuns: 300 },
    )
  })

  test('W9: accepting a reply and losing it again leaves the windows as if it had never been', () => {
    fc.assert(
      fc.property(history, fc.nat(20), (facts, upTo) => {
        const late = 10 * HOUR
        const undone = [...facts, accepted('x', upTo, late), voided('x', late + 1)]
        expect(foldWindows(undone)).toEqual(foldWindows(facts))
      }),
      { numRuns: 300 },
    )
  })
})
