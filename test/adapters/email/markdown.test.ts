import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMarkdown } from '../../../adapters/email/markdown.ts'
import { textToMarkdown } from '../../../adapters/email/markdown-escape.ts'
import { blocksToHtml } from '../../../adapters/email/markdown-html.ts'
import { blocksToText } from '../../../adapters/email/markdown-text.ts'

const html = (markdown: string) => blocksToHtml(parseMarkdown(markdown))
const text = (markdown: string) => blocksToText(parseMarkdown(markdown))

describe('a letter as HTML', () => {
  test.each([
    ['one\ntwo\n\nthree', '<p dir="auto">one<br>\ntwo</p>\n<p dir="auto">three</p>'],
    [
      '**b** *i* __b__ _i_ ~~d~~ `c`',
      '<p dir="auto"><strong>b</strong> <em>i</em> <strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>',
    ],
    ['***both***', '<p dir="auto"><strong><em>both</em></strong></p>'],
    ['**a *b* c**', '<p dir="auto"><strong>a <em>b</em> c</strong></p>'],
    ['2 * 3 * 4, snake_case_name, a ** b', '<p dir="auto">2 * 3 * 4, snake_case_name, a ** b</p>'],
    ['\\*not\\* \\<b\\> &amp; &lt;', '<p dir="auto">*not* &lt;b&gt; &amp; &lt;</p>'],
    [
      '[a](https://x.test "t") [b](<https://x.test/(1)>)',
      '<p dir="auto"><a href="https://x.test">a</a> <a href="https://x.test/(1)">b</a></p>',
    ],
    ['[a](javascript:alert(1)) [b](data:x)', '<p dir="auto">[a](javascript:alert(1)) [b](data:x)</p>'],
    ['see https://x.test/a_b_c.', '<p dir="auto">see <a href="https://x.test/a_b_c">https://x.test/a_b_c</a>.</p>'],
    [
      '<https://x.test> <a@x.test>',
      '<p dir="auto"><a href="https://x.test">https://x.test</a> <a href="mailto:a@x.test">a@x.test</a></p>',
    ],
    ['# Title #\ntext', '<h1 dir="auto">Title</h1>\n<p dir="auto">text</p>'],
    [
      '> a\n> > b\n\nc',
      /^<blockquote[^>]*><p dir="auto">a<\/p>\n<blockquote[^>]*><p dir="auto">b<\/p><\/blockquote><\/blockquote>\n<p dir="auto">c<\/p>$/,
    ],
    [
      '- a\n- b\n  - c\n\nd',
      '<ul dir="auto">\n<li>a</li>\n<li>b<ul dir="auto">\n<li>c</li>\n</ul></li>\n</ul>\n<p dir="auto">d</p>',
    ],
    ['3. a\n4. b', '<ol dir="auto" start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
    ['```js\n<b>*x*\n```', '<pre style="white-space:pre-wrap">&lt;b&gt;*x*</pre>'],
    ['a\n\n---\n\nb', '<p dir="auto">a</p>\n<hr>\n<p dir="auto">b</p>'],
    ['<script>alert(1)</script>', '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ])('%j', (markdown, expected) => {
    if (expected instanceof RegExp) expect(html(markdown)).toMatch(expected)
    else expect(html(markdown)).toBe(expected)
  })

  test('has no tag and no link but ours, whatever is written', () => {
    const unit = fc.constantFrom(...'*_~`[]()<>!&#-+.1\\ \n"\'ax', '<a href=', 'https://x.test', 'javascript:', '&#60;')
    const allowed =
      /<\/?(?:p|h[1-6]|pre|blockquote|hr|ul|ol|li|br|code|strong|em|del|a)(?: dir="auto")?(?: (?:style="[^"<>]*"|start="\d+"|href="(?:https?:\/\/|mailto:)[^"<>]*"))?>/g
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), (markdown) => {
        expect(html(markdown).replace(allowed, '')).not.toMatch(/[<>"]/)
      }),
      { numRuns: 2000 },
    )
  })

  test('a letter made to be slow is not', () => {
    for (const piece of ['*a', '_a ', '**', '[', '![', '`', '> ', '- ', '<', '[a](', '\\', '~~a', '&', '* _ ']) {
      // Of this process alone: others may be busy.
      const before = process.cpuUsage()
      html(piece.repeat(30_000))
      expect(process.cpuUsage(before).user / 1000, piece).toBeLessThan(3000)
    }
  })
})

describe('a letter as text', () => {
  test('keeps the words, the lines and the links', () => {
    expect(text('Hi **Anna**,\nsee [this](https://x.test).\n\n1. a\n2. b\n   c\n\n> q\n\n`x`')).toBe(
      'Hi Anna,\nsee this (https://x.test).\n\n1. a\n2. b\n   c\n\n> q\n\nx',
    )
  })

  test('a customer’s words, taken in as Markdown and sent back as text, are the same words', () => {
    const unit = fc.constantFrom(...'*_~`[]()<>!&#+.1\\ax"=|-', 'https://x.test/', '&amp;', 'é')
    const line = fc.string({ unit, minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        const words = lines.filter((each) => !each.startsWith('>')).join('\n')
        expect(text(textToMarkdown(words))).toBe(words)
      }),
      { numRuns: 2000 },
    )
  })
})
