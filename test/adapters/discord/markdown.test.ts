import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDiscord } from '../../../adapters/discord/discord-markdown.ts'
import { writeDiscord } from '../../../adapters/discord/markdown.ts'

/** As Discord reads it, and what is escaped. */
const CODE = /```[\s\S]*?```|(`{1,2})(?!`)[^\n]*?[^`\n]\1(?!`)|\\[\s\S]/g
const NOBODY = { users: new Map(), roles: new Map(), channels: new Map() }

test.each([
  ['emphasis stays', '**bold** and *it*', '**bold** and *it*'],
  ['strong by underscores would be an underline', '__bold__', '**bold**'],
  ['a value that was escaped stays escaped', 'Dear \\*Anna\\_,', 'Dear \\*Anna\\_,'],
  ['entities are their letters', 'a &lt;b&gt; &amp; c', 'a \\<b\\> & c'],
  ['nobody is called', '@everyone, @here and @Everyone', '@\u200beveryone, @\u200bhere and @\u200bEveryone'],
  ['nor by code, where it does no harm', '`@everyone`', '`@\u200beveryone`'],
  [
    'a name that looks like a mention',
    'Dear <@123> <#4> <:x:5> <t:1:R> </x:1>',
    'Dear \\<@123> \\<#4> \\<:x:5> \\<t:1:R> \\</x:1>',
  ],
  ['a name that looks like a spoiler', 'Dear ||Anna||', 'Dear \\|\\|Anna\\|\\|'],
  [
    'a link keeps its name and shows no preview',
    '[our shop](https://shop.test "x")',
    '[our shop](<https://shop.test>)',
  ],
  ['a link with a deceiving name', '[bank.test](https://shop.test)', 'bank.test (<https://shop.test>)'],
  ['a link without a name', '[](https://shop.test)', '<https://shop.test>'],
  ['a mail link', '[write](mailto:a@b.test)', 'write (a@b.test)'],
  ['an image is its words and its address', '![a lamp](https://shop.test/l.png)', 'a lamp: https://shop.test/l.png'],
  ['a picture that comes along', '![a lamp](cid:l.png)', '\\[a lamp\\]'],
  ['deep headings', '# A\n#### B', '# A\n**B**'],
  ['a rule', 'a\n\n---\n\nb', 'a\n\n──────────\n\nb'],
  ['nested quotes', '> > deep', '> deep'],
  ['other bullets', '* a\n+ b\n1) c', '- a\n- b\n1. c'],
  ['line ends', 'a  \nb\\\nc', 'a\nb\nc'],
  ['what only Discord reads as small print', '-# x', '\\-# x'],
  ['other fences', '~~~js\na\n~~~', '```js\na\n```'],
  ['a fence that is never closed', '```\na', '```\na\n```'],
  ['a fence in a fence', '````\n```\n````', '```\n``\u200b`\n```'],
  ['many marks of a fence in a fence', '```````\n``````\n```````', '```\n``\u200b``\u200b``\n```'],
  ['code in three marks is no fence', '```a``` b', '`a` b'],
  ['a mark that nothing closes', '``<@1>`', '\\`\\`\\<@1>\\`'],
  ['a mark of code in code', '`a``<@1>`', '``a`\u200b`<@1>``'],
  ['a table', '| A | B |\n|---|---|\n| **1** | x\\|y |', '```\nA  B\n-  ---\n1  x|y\n```'],
])('%s', (_, markdown, discord) => {
  expect(writeDiscord(markdown)).toBe(discord)
})

test('no letter can call anybody, whatever stands in it', () => {
  const piece = fc.constantFrom(
    '@',
    'everyone',
    'here',
    '@everyone',
    '<@',
    '<@&',
    '<#',
    '1>',
    '\\',
    '&#64;',
    '&lt;',
    '`',
    '```',
    '\n',
    '*',
    '[',
    '](https://x.test)',
    '|',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const written = writeDiscord(pieces.join(''))
      expect(written).not.toMatch(/@(?:everyone|here)/i)
      expect(written.replace(CODE, '')).not.toMatch(/(?<!\\)<@&?\d+>/)
    }),
    { numRuns: 500 },
  )
})

test('a letter reads the same after it has been to Discord', () => {
  const word = fc.constantFrom('Anna', 'order 7', '**now**', '*soon*', '`code`', '\n', '\n\n', ' ')
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
      const letter = words.join(' ')
      const bare = (text: string) => text.replace(/[\s*`]+/g, '')
      expect(bare(readDiscord(writeDiscord(letter), NOBODY).text)).toBe(bare(letter))
    }),
    { numRuns: 200 },
  )
})
