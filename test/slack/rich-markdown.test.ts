// What an agent types becomes Markdown, and a letter becomes what stands in the field: nothing is lost either way.
import type { RichTextBlock } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeDiscord } from '../../adapters/discord/markdown.ts'
import { parseMarkdown as parseMail } from '../../adapters/email/markdown.ts'
import { blocksToText } from '../../adapters/email/markdown-text.ts'
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts'
import { parseMarkdown } from '../../src/slack/markdown.ts'
import { plainFromMarkdown, richFromMarkdown } from '../../src/slack/markdown-rich.ts'
import { markdownFromRich, usersIn } from '../../src/slack/rich-markdown.ts'

const block = (...elements: object[]) => ({ type: 'rich_text', elements }) as unknown as RichTextBlock
const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style && { style }) })
const list = (style: string, indent: number, ...items: object[]) => ({
  ...{ type: 'rich_text_list', style, indent },
  elements: items,
})
const typed = (words: string) => markdownFromRich(block(section(text(words)))).markdown
const again = (markdown: string) => markdownFromRich(richFromMarkdown(markdown)).markdown
const mailed = (markdown: string) => blocksToText(parseMail(markdown))

describe('what is typed, as Markdown', () => {
  test.each<[string, RichTextBlock, string]>([
    ['plain words', block(section(text('Yes, it is!'))), 'Yes, it is!'],
    ['stars that were typed', block(section(text('*x* and _y_ and snake_case'))), '\\*x\\* and \\_y\\_ and snake_case'],
    [
      'bold beside italic',
      block(section(text('a', { bold: true }), text('b', { italic: true }), text('c', { bold: true }))),
      '**a**_b_**c**',
    ],
    [
      'italic in bold',
      block(section(text('all ', { bold: true }), text('this', { bold: true, italic: true }), text(' now'))),
      '**all _this_** now',
    ],
    ['half a word', block(section(text('un'), text('do', { italic: true }), text('able'))), 'un*do*able'],
    ['a mark at a bracket', block(section(text('x'), text('(y)', { bold: true }), text('z'))), '&#120;**(y)**&#122;'],
    [
      'a space inside a mark',
      block(section(text('so '), text(' bold ', { bold: true }), text('it is'))),
      'so  **bold** it is',
    ],
    ['code', block(section(text('a`b', { code: true }))), '``a`b``'],
    [
      'links',
      block(
        section(
          { type: 'link', url: 'https://a.example/x_y', text: 'the_page' },
          text(' '),
          { type: 'link', url: 'https://b.example' },
          text(' '),
          { type: 'link', url: 'mailto:a@b.example', text: 'a@b.example' },
        ),
      ),
      '[the_page](<https://a.example/x_y>) <https://b.example> <a@b.example>',
    ],
    [
      'lists in lists',
      block(
        section(text('These:\n')),
        list('ordered', 0, section(text('one'))),
        list('bullet', 1, section(text('deep\nand long'))),
        { ...list('ordered', 0, section(text('two'))), offset: 1 },
        section(text('Done.')),
      ),
      'These:\n\n1. one\n   - deep\\\n     and long\n2. two\n\nDone.',
    ],
    ['a quote', block({ type: 'rich_text_quote', elements: [text('a\nb\n\nc')] }), '> a\\\n> b\n>\n> c'],
    [
      'a block of code',
      block({ type: 'rich_text_preformatted', elements: [text('  if *x*\n```')] }),
      '````\n  if *x*\n```\n````',
    ],
    ['a tilde beside an address', block(section(text('a~ https://b.example ~c'))), 'a\\~ <https://b.example> \\~c'],
    ['an address in marks', block(section(text('*https://a.example/x_y*~\\'))), '\\*<https://a.example/x_y>\\*~\\\\'],
    ['a picture of the mail', block(section(text('So: ![a_b](cid:a_b.png)!'))), 'So: ![a_b](cid:a_b.png)!'],
    ['an emoji', block(section({ type: 'emoji', name: 'wave', unicode: '1f44b-1f3fd' })), '👋🏽'],
    ['empty lines', block(section(text('a\n\n\n\nb\nc\n\nd\n'))), 'a\\\n\\\n\\\n\\\nb\\\nc\n\nd'],
  ])('%s', (_what, rich, markdown) => {
    expect(markdownFromRich(rich)).toEqual({ markdown, objections: [] })
    expect(again(markdown)).toBe(markdown)
  })

  test('a mention is a name and never an id, and what only Slack knows is objected to', () => {
    const mention = block(section({ type: 'user', user_id: 'U1' }, text(' says hi')))
    expect(usersIn(mention)).toEqual(['U1'])
    expect(markdownFromRich(mention, new Map([['U1', 'Tom *T*']]))).toEqual({
      ...{ markdown: 'Tom \\*T\\* says hi', objections: [] },
    })
    expect(markdownFromRich(mention).objections[0]).toContain('Write their name instead.')
    expect(markdownFromRich(mention).markdown).not.toContain('U1')
    const refused = [
      { type: 'broadcast', range: 'here' },
      { type: 'usergroup', usergroup_id: 'S1' },
      { type: 'channel', channel_id: 'C1' },
      { type: 'emoji', name: 'party_parrot' },
    ]
    for (const element of refused) expect(markdownFromRich(block(section(element))).objections).toHaveLength(1)
  })
})

const word = fc.oneof(
  fc.constantFrom('*', '**', '_', '__', '~~', '~', '`', '```', '[', '](', ')', '<', '>', '#', '-', '+', '1.', '&amp;'),
  fc.constantFrom(
    '\\',
    '|',
    '===',
    '---',
    '- [ ]',
    '!',
    '&#65;',
    '<b>',
    'https://a.example/x_y*z',
    '  ',
    '\t',
    '\u00a0',
  ),
  fc.constantFrom('⟦order_number⟧', '@here', 'a', 'Wort', '日本', '👋🏽', 'e\u0301', '(x)', '“q”'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
/** Nobody sees space at the end of a line, or empty lines around a text. */
const visible = (words: string) =>
  words
    .replaceAll('\0', '')
    .replaceAll(/\r\n?/g, '\n')
    .toWellFormed()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/^\n+|\n+$/g, '')

test('whatever is typed arrives as it was typed, character for character', () => {
  const anything = fc.array(fc.tuple(word, fc.constantFrom('', ' ', '\n', '\n\n', '\n\n\n')), { maxLength: 12 })
  fc.assert(
    fc.property(anything, (pieces) => {
      const words = pieces.flat().join('')
      const markdown = typed(words)
      expect(plainFromMarkdown(markdown)).toBe(visible(words))
      expect(mailed(markdown)).toBe(visible(words))
      expect(typed(words)).toBe(again(markdown))
    }),
    { numRuns: 1500 },
  )
})

test('S14: whatever a letter says, Slack takes what stands in the field', () => {
  const anything = fc.oneof(
    fc.array(word, { maxLength: 12 }),
    fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
  )
  fc.assert(
    fc.property(anything, fc.constantFrom('', '\n', '\n\n'), (pieces, gap) => {
      const initial_value = richFromMarkdown(pieces.join(gap))
      const element = { type: 'rich_text_input', action_id: 'a', ...(initial_value && { initial_value }) }
      const input = { type: 'input', block_id: 'b', label: { type: 'plain_text', text: 'Words' }, element }
      expect(checkBlocks([input], 'modal', '/blocks')).toEqual([])
    }),
    { numRuns: 500 },
  )
})

const style = fc.record(
  { bold: fc.constant(true), italic: fc.constant(true), strike: fc.constant(true), code: fc.constant(true) },
  { requiredKeys: [] },
)
const inline = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('text'),
      text: fc.constantFrom('a', 'word', ' mid dle ', '(x)', '!', '1', '_', '*', ' '),
      style,
    }),
    fc.record({
      type: fc.constant('link'),
      url: fc.constantFrom('https://a.example/_x_', 'mailto:a@b.example'),
      text: fc.constantFrom('here', 'a*b', 'x]y'),
    }),
  ),
  { minLength: 1, maxLength: 6 },
)

test('whatever is formatted has the same format when it comes back, and the same again in a mail', () => {
  const marks = (markdown: string) =>
    parseMarkdown(markdown).map(({ runs, ...piece }) => ({
      ...piece,
      runs: runs.flatMap(({ text: words, ...run }) => [...words].map((character) => ({ ...run, character }))),
    }))
  const wanted = (elements: readonly { type: string; text: string; style?: object; url?: string }[]) =>
    elements.flatMap(({ text: words, style: all, url }) =>
      [...words].map((character) => ({ character, ...(url !== undefined && { url }), ...all })),
    )
  const isSeen = ({ character, code }: { character: string; code?: boolean }) => code || character.trim() !== ''
  fc.assert(
    fc.property(inline, (elements) => {
      const { markdown } = markdownFromRich(block(section(...elements)))
      const seen = marks(markdown).flatMap(({ runs }) => runs)
      // Beside code, code has no other style.
      const plain = (all: { character: string; code?: boolean; url?: string }[]) =>
        all
          .filter(isSeen)
          .map(({ character, code, url, ...rest }) => (code ? { character, code } : { character, url, ...rest }))
      expect(plain(seen)).toEqual(plain(wanted(elements)))
      expect(marks(again(markdown))).toEqual(marks(markdown))
      const letters = (said: string) => said.replaceAll(/\s|\((?:https|mailto)[^)]*\)/g, '')
      expect(letters(mailed(markdown))).toBe(letters(plainFromMarkdown(markdown)))
      expect(writeDiscord(markdown)).not.toContain('&#')
    }),
    { numRuns: 1500 },
  )
})

test('what letters use comes back as the same letter', () => {
  const letter = [
    'Dear **Ada**,\n\nthank *you* for your ~~mail~~ letter.\nSee <https://a.example/x> or [our page](https://b.example).',
    '1. First `code`\n2. Then\n   - this\n     - and that\n   - or\n3. Done',
    '> They said\n> two lines',
    '```\nlet x = *y*\n```',
    'Kind regards,\nMaya',
  ].join('\n\n')
  expect(parseMarkdown(again(letter))).toEqual(parseMarkdown(letter))
  expect(again(again(letter))).toBe(again(letter))
})
