import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeDiscord } from '../../../adapters/discord/markdown.ts'
import { splitMessage } from '../../../adapters/discord/split.ts'

const LIMIT = 100
const segments = (text: string) =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment)

test('what fits is one message', () => {
  expect(splitMessage('Hello.', LIMIT)).toEqual(['Hello.'])
  expect(splitMessage('  ', LIMIT)).toEqual([])
})

test('it is cut at a paragraph before a line, and at a line before a word', () => {
  const words = 'word '.repeat(14).trim()
  const few = 'word word'
  expect(splitMessage(`${words}\n\n${few}\n${few} ${words}`, LIMIT)[0]).toBe(words)
  expect(splitMessage(`${words}\n${few} ${few} ${words}`, LIMIT)[0]).toBe(words)
  for (const part of splitMessage('word '.repeat(60), LIMIT)) expect(part).toMatch(/^(?:word )*word$/)
})

test('a fence is closed where a message ends and opened again, in its language, where the next begins', () => {
  const code = Array.from({ length: 12 }, (_, n) => `line ${n} of code`).join('\n')
  const parts = splitMessage(`Before.\n\`\`\`ts\n${code}\n\`\`\`\nAfter.`, LIMIT)
  expect(parts.length).toBeGreaterThan(2)
  for (const part of parts) expect((part.match(/^```/gm) ?? []).length % 2).toBe(0)
  expect(parts[1]).toMatch(/^```ts\n/)
  expect(
    parts
      .join('\n')
      .replace(/^```\w*\n?/gm, '')
      .split('\n')
      .filter(Boolean),
  ).toEqual(['Before.', ...code.split('\n'), 'After.'])
})

test('no character is torn, however it is made', () => {
  const family = '👨‍👩‍👧‍👦'
  for (const letter of ['😀', family, 'e\u0301', '🇩🇪']) {
    const text = letter.repeat(200)
    const parts = splitMessage(text, LIMIT)
    expect(parts.join('')).toBe(text)
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(LIMIT)
      expect(new Set(segments(part))).toEqual(new Set([letter]))
    }
  }
})

test('an escape stays with what it escapes', () => {
  for (const part of splitMessage('\\*'.repeat(300), LIMIT)) expect(part).toMatch(/^(?:\\\*)+$/)
  for (const part of splitMessage(`x${'\\*'.repeat(300)}`, LIMIT)) expect(part).toMatch(/^x?(?:\\\*)+$/)
})

test('one endless word is cut, and nothing of it is lost', () => {
  const word = 'x'.repeat(1234)
  expect(splitMessage(word, LIMIT).join('')).toBe(word)
})

test('whatever is cut fits, is whole and says the same', () => {
  const piece = fc.constantFrom('word', ' ', '\n', '\n\n', '```\n', '```js\n', '😀', '\\*', '👨‍👩‍👧‍👦', 'a'.repeat(150))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
      const text = writeDiscord(pieces.join(''))
      const parts = splitMessage(text, LIMIT)
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(LIMIT)
        expect(part.isWellFormed()).toBe(true)
        expect(part.trim()).not.toBe('')
      }
      const bare = (all: string) => all.replace(/```(?:js)?/g, '').replace(/\s+/g, '')
      expect(bare(parts.join('\n'))).toBe(bare(text))
    }),
    { numRuns: 500 },
  )
})
