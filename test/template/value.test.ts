import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanValue, escapeMarkdown } from '../../src/template/value.ts'
import { readMarkdown } from './commonmark.ts'
import { HOSTILE } from './hostile.ts'

describe('the reader these tests trust sees marks where there are some', () => {
  test.each([
    ['*x*', 'emphasis'],
    ['__x__', 'emphasis'],
    ['~~x~~', 'strikethrough'],
    ['`x`', 'code'],
    ['[a](http://b)', 'link'],
    ['[a][b]', 'link'],
    ['![a](b)', 'image'],
    ['<b>x</b>', 'HTML'],
    ['<!channel>', 'HTML'],
    ['<http://b>', 'autolink'],
    ['&lt;', 'entity'],
    ['https://b', 'bare link'],
    ['# x', 'heading'],
    ['- x', 'list'],
    ['12. x', 'list'],
    ['> x', 'quote'],
    ['---', 'rule'],
    ['===', 'underline'],
    ['[a]: b', 'definition'],
    ['a | b', 'table'],
    ['    x', 'indented code'],
    ['```', 'fence'],
  ])('%s is %s', (source, mark) => {
    expect(readMarkdown(source).marks).toContain(mark)
  })
})

describe('T3: a value is shown as the very characters it is', () => {
  test.each(HOSTILE)('%s', (value) => {
    expect(readMarkdown(escapeMarkdown(value))).toEqual({ text: value, marks: [] })
  })

  test.each(HOSTILE)('in the middle of a line and between words: %s', (value) => {
    const source = `Dear ${escapeMarkdown(value)}, it is (${escapeMarkdown(value)})${escapeMarkdown(value)}.`
    expect(readMarkdown(source)).toEqual({ text: `Dear ${value}, it is (${value})${value}.`, marks: [] })
  })

  test('beside the marks of the letter it adds none', () => {
    const link = (value: string) => `[text]${escapeMarkdown(value)}`
    expect(readMarkdown(link('(http://evil)')).marks).toEqual([])
    expect(readMarkdown(link(': http://evil')).marks).toEqual([])
    expect(readMarkdown(`${escapeMarkdown('Ana!')}[text](http://ours)`).marks).toEqual(['link', 'bare link'])
    expect(readMarkdown(`${escapeMarkdown('AT&')}amp;`).marks).toEqual([])
  })

  test('any text of special characters', () => {
    const special = fc.string({ unit: fc.constantFrom(...'\\`*_~[]()<>|&#!-+=.:;{}@/"\'1a wé'), maxLength: 24 })
    fc.assert(
      fc.property(special, special, (one, two) => {
        const [first, second] = [cleanValue(one, 80), cleanValue(two, 80)]
        const source = `${escapeMarkdown(first)} ${escapeMarkdown(second)}`
        const { text, marks } = readMarkdown(source)
        expect(text).toBe(`${first} ${second}`)
        expect(marks).toEqual([])
      }),
      { numRuns: 5000 },
    )
  })

  test('ordinary names and subjects are left as they are', () => {
    for (const value of [
      "Ana-Lena O'Brien",
      'Smith & Sons',
      'Order #4411 (2 items), 3.5 kg',
      'José, Zoë + co',
      '50% off?',
    ]) {
      expect(escapeMarkdown(value)).toBe(value)
    }
  })
})

describe('T3: a value is one short line without tricks', () => {
  test.each([
    ['Ana\r\nBcc: all@example.com', 'Ana Bcc: all@example.com'],
    ['Ana\u2028Petrova', 'Ana Petrova'],
    ['Ana\u0000\u0007Petrova', 'Ana Petrova'],
    ['\u202eanA\u202c', 'anA'],
    ['\u2066A\u2069\u200fn\u061ca', 'Ana'],
    ['A\u200bn\ufeffa', 'Ana'],
    ['\u3164\u2800', ''],
    ['\u200b \u200e', ''],
    [' \t ', ''],
    ['⟦contact.name⟧', '[contact.name]'],
    ['\ud800Ana', 'Ana'],
    ['👩‍🚀 Ana', '👩‍🚀 Ana'],
    ['علی‌رضا', 'علی‌رضا'],
  ])('%j becomes %j', (value, expected) => {
    expect(cleanValue(value, 80)).toBe(expected)
  })

  test('ten thousand characters end with an ellipsis', () => {
    expect(cleanValue('x'.repeat(10_000), 80)).toBe(`${'x'.repeat(79)}…`)
    expect(cleanValue('😀'.repeat(10_000), 80)).toBe(`${'😀'.repeat(79)}…`)
  })

  test('of ten million characters only the beginning is read', () => {
    expect(cleanValue(`${'\u200b'.repeat(10_000_000)}Ana`, 80)).toBe('')
  })
})
