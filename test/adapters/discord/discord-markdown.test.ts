import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDiscord } from '../../../adapters/discord/discord-markdown.ts'

const NAMES = {
  users: new Map([['1', 'Anna']]),
  roles: new Map([['2', 'Mods']]),
  channels: new Map([['3', 'help']]),
}

test.each([
  ['a mention is a name', '<@1> and <@!1> and <@9>', '@Anna and @Anna and @unknown-user'],
  ['roles and channels', '<@&2> in <#3>, not <#4>', '@Mods in #help, not #unknown-channel'],
  ['commands and guides', '</support:5> and <id:customize>', '/support and #customize'],
  ['custom emoji', 'great <:party:123> <a:wave:456>', 'great :party: :wave:'],
  [
    'a moment',
    '<t:1700000000> or <t:1700000000:d> or <t:1700000000:t>',
    '2023-11-14 22:13 UTC or 2023-11-14 or 22:13 UTC',
  ],
  ['no moment', '<t:99999999999999999999>', '<t:99999999999999999999>'],
  ['a spoiler', 'it is ||the butler||', 'it is (spoiler: the butler)'],
  ['a masked link shows where it leads', '[bank](https://evil.test/a)', 'bank (https://evil.test/a)'],
  ['emphasis', '**bold** *it* _it_ __under__ ~~gone~~ ***both***', 'bold it it under gone both'],
  ['what is no emphasis', 'snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
  ['escapes', '\\*not bold\\* \\<@1>', '*not bold* <@1>'],
  ['code', '`<@1> **x**`', '<@1> **x**'],
  ['a fence', 'see\n```js\nlet x = "<@1>"\n```\nthere', 'see\nlet x = "<@1>"\nthere'],
  ['headings and small print', '# Title\n-# small', 'Title\nsmall'],
  ['a list', '- one\n- two\n  - three', '- one\n- two\n  - three'],
  ['a quote', '> said\nthen', '> said\nthen'],
  ['a quote of all the rest', '>>> said\nand more', '> said\n> and more'],
])('as text: %s', (_, content, text) => {
  expect(readDiscord(content, NAMES).text).toBe(text)
})

test.each([
  ['a mention is no markdown', '<@1>', '@Anna'],
  ['a link beside its true host', '[bank.test](https://evil.test/a)', '[bank.test](<https://evil.test/a>) (evil.test)'],
  ['a link that says where it leads', '[shop.test](https://shop.test/a)', '[shop.test](<https://shop.test/a>)'],
  ['a bare address', 'see https://shop.test/a_b.', 'see <https://shop.test/a_b>.'],
  ['HTML is letters', '<b>x</b> &amp;', '\\<b\\>x\\</b\\> \\&amp;'],
  ['what only CommonMark would read', '1) one\n+ two\n===', '1\\) one\\\n\\+ two\\\n\\==='],
  ['an image is a link’s words', '![x](https://evil.test/a)', '\\![x](<https://evil.test/a>) (evil.test)'],
  ['bold stays bold', '**a** __b__', '**a** b'],
])('as CommonMark: %s', (_, content, markdown) => {
  expect(readDiscord(content, NAMES).markdown).toBe(markdown)
})

test('towers of marks are cut, and the rest stays', () => {
  const tower = `z${'\u0301'.repeat(500)}algo`
  expect(readDiscord(tower, NAMES).text).toBe(`z${'\u0301'.repeat(4)}algo`)
})

test('two thousand emoji and every nesting are read, and nothing is left out', () => {
  const emoji = '😀'.repeat(2000)
  expect(readDiscord(emoji, NAMES).text).toBe(emoji)
  for (const hostile of [
    '*'.repeat(4000),
    '||'.repeat(2000),
    '['.repeat(4000),
    '`'.repeat(4000),
    '> '.repeat(2000),
    '**_~~||'.repeat(600),
  ]) {
    const letters = (text: string) => text.replace(/[^[]/g, '')
    expect(letters(readDiscord(hostile, NAMES).text)).toBe(letters(hostile))
  }
})

test('whatever is written, it is read, has an end and no half characters', () => {
  const mark = fc.constantFrom(
    '*',
    '**',
    '_',
    '__',
    '~~',
    '||',
    '`',
    '```',
    '\n',
    '> ',
    '>>> ',
    '# ',
    '- ',
    '<@1>',
    '<t:1>',
    '[a](https://b.test)',
    '\\',
    ' ',
    '\ud83d',
    '\0',
    'word',
    'https://x.test/',
  )
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 60 }), (pieces) => {
      const { text, markdown } = readDiscord(pieces.join(''), NAMES)
      expect(text.isWellFormed() && markdown.isWellFormed()).toBe(true)
      expect(`${text}${markdown}`).not.toMatch(/\0/)
      if (!pieces.join('').includes('`') && !pieces.includes('\\')) expect(text).not.toMatch(/<@\d/)
      expect(readDiscord('x'.repeat(100_000), NAMES).text.length).toBeLessThanOrEqual(20_000)
    }),
    { numRuns: 300 },
  )
})
