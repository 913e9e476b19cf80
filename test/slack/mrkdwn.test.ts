import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunks, escapeMrkdwn, plainText, richText, shorten } from '../../src/slack/mrkdwn.ts'

const NASTY = '<!channel> <@U1> <https://evil|bank> *x* & </>'

test('S14: escaped text holds nothing that Slack would read as a mention or a link', () => {
  expect(escapeMrkdwn(NASTY)).toBe('&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil|bank&gt; *x* &amp; &lt;/&gt;')
  expect(plainText(escapeMrkdwn(NASTY))).toBe(NASTY)
})

test('S14: a customer’s words are one text element, letter by letter', () => {
  expect(richText(NASTY)).toEqual([
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: NASTY }] }] },
  ])
})

describe('cutting a long text', () => {
  const graphemesOf = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
  const letter = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '\r\n',
    'é',
    'e\u0301',
    '👩‍👩‍👧‍👦',
    '🇩🇪',
    '👍🏽',
    'நி',
    '한',
    '\u200d',
    '\u0301',
  )

  test('S15: pieces are short enough, put together are the text, and cut no grapheme in two', () => {
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 300 }), fc.integer({ min: 30, max: 100 }), (letters, lengthMax) => {
        const text = letters.join('')
        const pieces = chunks(text, lengthMax)
        expect(pieces.join('')).toBe(text)
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(lengthMax)
        const short = graphemesOf(text).every((grapheme) => grapheme.length < lengthMax / 2)
        if (short) expect(pieces.flatMap(graphemesOf)).toEqual(graphemesOf(text))
      }),
    )
  })

  test('a letter buried under thousands of accents is cut, but never between the halves of a code point', () => {
    const pieces = chunks(`e${'\u0301'.repeat(5000)}${'👍'.repeat(2000)}`)
    for (const piece of pieces) expect(piece.isWellFormed()).toBe(true)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2900)
  })

  test('lines and words stay whole where that is possible', () => {
    const line = `${'word '.repeat(19)}end.\n`
    for (const piece of chunks(line.repeat(100)).slice(0, -1)) expect(piece.endsWith('\n')).toBe(true)
  })

  test('what is shortened says so', () => {
    expect(shorten('short', 10)).toBe('short')
    expect(shorten('a rather long sentence', 10)).toBe('a rather…')
  })
})

describe('what agents write, read as plain text', () => {
  const names = { user: (id: string) => (id === 'U1' ? 'Ana' : undefined), channel: () => 'desk' }

  test.each([
    ['&lt;b&gt; &amp;amp;', '<b> &amp;'],
    ['<@U1> and <@U2|bo>', '@Ana and @bo'],
    ['see <#C1|general> and <#C2>', 'see #general and #desk'],
    ['<!here> <!subteam^S1|@support> <!subteam^S2>', '@here @support @S2'],
    ['<https://example.com/a?b&amp;c>', 'https://example.com/a?b&c'],
    ['<https://evil.example|https://bank.example>', 'https://bank.example (https://evil.example)'],
    ['<mailto:a@example.com|a@example.com>', 'a@example.com'],
    ['<!date^1700000000^{date}|14 November>', '14 November'],
    ['a < b', 'a < b'],
  ])('%s', (written, read) => {
    expect(plainText(written, names)).toBe(read)
  })
})
