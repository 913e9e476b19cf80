// Letters cut for Slack: nothing is lost, nothing is torn, and no message is longer than it may be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pagesOf, TEXT_MAX } from '../../../adapters/slack/letter.ts'
import { parseMarkdown } from '../../../src/slack/markdown.ts'

const runs = (markdown: string) => parseMarkdown(markdown).flatMap((piece) => piece.runs)

describe('a line of Markdown', () => {
  test.each<[string, object[]]>([
    ['***both***', [{ text: 'both', bold: true, italic: true }]],
    [
      '**bold *and* more**',
      [
        { text: 'bold ', bold: true },
        { text: 'and', bold: true, italic: true },
        { text: ' more', bold: true },
      ],
    ],
    ['~~gone~~', [{ text: 'gone', strike: true }]],
    ['`a*b*c`', [{ text: 'a*b*c', code: true }]],
    ['snake_case_name and 2 * 3 * 4', [{ text: 'snake_case_name and 2 * 3 * 4' }]],
    ['\\*not\\* &lt;b&gt; &#128075;', [{ text: '*not* <b> 👋' }]],
    ['<https://a.example>', [{ text: 'https://a.example', url: 'https://a.example' }]],
    [
      'see https://a.example/x.',
      [{ text: 'see ' }, { text: 'https://a.example/x', url: 'https://a.example/x' }, { text: '.' }],
    ],
    ['[a](javascript:alert(1))', [{ text: '[a](javascript:alert(1))' }]],
    ['<b>html</b>', [{ text: '<b>html</b>' }]],
    ['one\ntwo\\\nthree', [{ text: 'one\ntwo\nthree' }]],
  ])('%s', (markdown, expected) => {
    expect(runs(markdown)).toEqual(expected)
  })
})

test('lists keep their numbers across messages', () => {
  const items = Array.from({ length: 40 }, (_, n) => `${n + 1}. ${'word '.repeat(40)}`).join('\n')
  const pages = pagesOf(items)
  expect(pages.length).toBeGreaterThan(1)
  const second = pages[1]?.blocks[0]?.elements[0]
  const count = pages[0]?.blocks[0]?.elements[0]?.elements.length ?? 0
  expect(second).toMatchObject({ type: 'rich_text_list', style: 'ordered', offset: count })
})

test('whatever is written, no page is too long and the pages hold all of it', () => {
  const word = fc.oneof(fc.constant('👨‍👩‍👧‍👦'), fc.constant('e\u0301'), fc.constant('&<>'), fc.constant('word'))
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 3000 }),
      fc.constantFrom(' ', '\n', '\n\n', ''),
      (words, gap) => {
        const text = words.join(gap)
        const pages = pagesOf(text)
        for (const page of pages) {
          expect(page.text.length).toBeLessThanOrEqual(TEXT_MAX)
          expect(page.text.isWellFormed()).toBe(true)
        }
        expect(
          pages
            .map((page) => page.text)
            .join('')
            .replaceAll(/\s/g, ''),
        ).toBe(text.replaceAll(/\s/g, ''))
      },
    ),
    { numRuns: 30 },
  )
})

test('a wall of marks is read in reasonable time', () => {
  for (const hostile of ['*', '_', '~~', '[', '![', '`', '<', '**_', '[](', '\\']) {
    expect(pagesOf(`x ${hostile.repeat(10_000)}`).length).toBeGreaterThan(0)
  }
})
