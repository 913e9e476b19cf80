import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerMarkdown, answerText, fillMarkers, findUnanswered } from '../../src/template/ask.ts'
import { parseLetter } from '../../src/template/letter.ts'
import { renderLetter } from '../../src/template/render.ts'
import { readMarkdown } from './commonmark.ts'
import { HOSTILE } from './hostile.ts'
import { fileFaultsOf } from './letters.ts'

const HEAD = `---
title: Test
when: In a test.
language: en
ask:
  amount: How much do they get back?
  sent_on: { label: When was it sent?, kind: date }
  way: { label: Which way?, choices: [the card, the bank account] }
  tracking: { label: Where can they follow it?, kind: long, optional: true }
---
`
const BODY =
  'We sent {{ fill.amount }} on {{ fill.sent_on }} to {{ fill.way }}.{% if fill.tracking %} Follow it: {{ fill.tracking }}{% endif %}'

function letterOf(text = HEAD + BODY) {
  const parsed = parseLetter({ path: 'en/test.md', language: 'en', name: 'test' }, text)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.letter
}

const ANSWERS = { amount: '12 €', sent_on: '2030-06-14', way: 'the card', tracking: '' }

describe('T5: what a letter asks', () => {
  test('stands in it as a blank until it is answered, with everything that depends on it', () => {
    const { text, missing } = renderLetter(letterOf(), {})
    expect(text).toBe('We sent ⟦amount⟧ on ⟦sent_on⟧ to ⟦way⟧. Follow it: ⟦tracking⟧')
    expect(missing).toEqual(['amount', 'sent_on', 'way', 'tracking'])
  })

  test('is said in the letter’s language, and what was left out is left out', () => {
    expect(renderLetter(letterOf(), {}, ANSWERS).text).toBe('We sent 12 € on Friday, June 14, 2030 to the card.')
    expect(answerText({ kind: 'date' }, '2030-06-14', 'de')).toBe('Freitag, 14. Juni 2030')
    expect(answerText({ kind: 'date' }, 'tomorrow', 'de')).toBe('')
  })

  test('fills the blanks of a text that an agent has changed meanwhile', () => {
    const { asks } = letterOf()
    const changed = 'Good news: ⟦amount⟧ on ⟦sent_on⟧. ⟦tracking⟧'
    expect(fillMarkers(changed, asks, ANSWERS, 'en')).toBe('Good news: 12 € on Friday, June 14, 2030. ⟦tracking⟧')
    expect(findUnanswered(asks, { ...ANSWERS, amount: ' \u200b ' }, 'en')?.name).toBe('amount')
    expect(findUnanswered(asks, ANSWERS, 'en')).toBeUndefined()
  })

  test('may be an address that the customer can follow', () => {
    const answers = { ...ANSWERS, tracking: 'https://track.test/a_b_c?x=1 or\nask us.' }
    expect(renderLetter(letterOf(), {}, answers).text).toContain(
      'Follow it: <https://track.test/a_b_c?x=1> or\nask us.',
    )
  })
})

describe('T3, T10: an answer is data', () => {
  test.each(HOSTILE)('%s', (answer) => {
    if (answer.includes('http')) return
    expect(readMarkdown(answerMarkdown(answer))).toEqual({ text: answer, marks: [] })
  })

  test('whatever is answered, nothing is read as a letter, calls anybody or grows without bound', () => {
    const letter = letterOf()
    const piece = fc.constantFrom(...HOSTILE, ' ', '\n', '\u202e', '⟦amount⟧', '⟧', '\\', 'https://x.test/a*b*c')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const amount = pieces.join('')
        const { text, missing } = renderLetter(letter, {}, { ...ANSWERS, amount })
        expect(missing.filter((name) => name !== 'amount')).toEqual([])
        expect(text).not.toContain('\n')
        expect(text).not.toMatch(/[\u202a-\u202e]/)
        expect(readMarkdown(text.replaceAll(/<https?:[^<>\s]*>/g, '')).marks).toEqual([])
      }),
      { numRuns: 1000 },
    )
    const long = renderLetter(letter, {}, { ...ANSWERS, amount: 'x'.repeat(10_000) }).text
    expect(long.length).toBeLessThan(1100)
  })
})

describe('T1: a question that is not usable names its place', () => {
  const head = (ask: string) => `---\ntitle: T\nwhen: W\nlanguage: en\nask:\n${ask}\n---\n{{ fill.amount }}`
  test.each<[ask: string, place: [number, number], message: RegExp, hint: RegExp]>([
    ['  amount: { label: L, kind: number }', [6, 29], /"ask.amount.kind" is none of text, long/, /kind/],
    ['  amount: { lable: L }', [6, 13], /"lable" is not known/, /Did you mean label\?/],
    ['  amount: { label: L, kind: choice }', [6, 11], /is a choice and names no choices/, /choices/],
    ['  amount: { label: L, choices: [one] }', [6, 32], /needs two or more/, /choices/],
    ['  amount: L\n  day: L', [7, 8], /"day" is used nowhere/, /\{\{ fill\.day \}\}/],
    ['  amont: L', [12 - 4, 4], /no field fill\.amount/, /Did you mean fill\.amont\?/],
  ])('%s', (ask, [line, column], message, hint) => {
    expect(fileFaultsOf(head(ask))).toContainEqual({
      file: 'en/test.md',
      line,
      column,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  test('an answer that may be missing needs a fallback', () => {
    const text = head('  amount: { label: L, optional: true }')
    expect(fileFaultsOf(text)).toMatchObject([{ message: 'fill.amount may be empty and has no fallback' }])
  })
})
