// What customers format in Slack, as the CommonMark and the plain text that the core is told.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readWords } from '../../../adapters/slack/mrkdwn.ts'
import { parseMarkdown } from '../../../src/slack/markdown.ts'

const names = { user: (id: string) => ({ U1: 'Ann *bold*' })[id], channel: () => undefined }
const rich = (...elements: object[]) => ({ text: '', blocks: [{ type: 'rich_text', elements }] })
const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style && { style }) })

describe('rich text', () => {
  test.each<[string, object, string, string]>([
    ['plain words', rich(section(text('Hello'))), 'Hello', 'Hello'],
    [
      'bold, italic, struck',
      rich(section(text('a', { bold: true }), text(' b ', { italic: true }), text('c', { strike: true }))),
      'a b c',
      '**a** *b* ~~c~~',
    ],
    ['all at once', rich(section(text('x', { bold: true, italic: true, strike: true }))), 'x', '***~~x~~***'],
    ['code with ticks', rich(section(text('a`b', { code: true }))), 'a`b', '``a`b``'],
    ['a word in two pieces', rich(section(text('bo', { bold: true }), text('ld', { bold: true }))), 'bold', '**bold**'],
    [
      'Markdown that was typed',
      rich(section(text('*no* _no_ [no](x) # no'))),
      '*no* _no_ [no](x) # no',
      '\\*no\\* \\_no\\_ \\[no\\](x) \\# no',
    ],
    ['what would begin a list', rich(section(text('1. no\n- no'))), '1. no\n- no', '1\\. no\\\n\\- no'],
    ['two paragraphs', rich(section(text('one\n\ntwo\nthree'))), 'one\n\ntwo\nthree', 'one\n\ntwo\\\nthree'],
    [
      'a mention',
      rich(section({ type: 'user', user_id: 'U1' }, text(' help'))),
      '@Ann *bold* help',
      '@Ann \\*bold\\* help',
    ],
    ['a mention of everybody', rich(section({ type: 'broadcast', range: 'channel' })), '@channel', '@channel'],
    [
      'an emoji Slack spells out',
      rich(section({ type: 'emoji', name: 'wave', unicode: '1f44b-1f3fd' })),
      '👋🏽',
      '👋🏽',
    ],
    [
      'an emoji of the workspace',
      rich(section({ type: 'emoji', name: 'party_parrot' })),
      ':party_parrot:',
      ':party\\_parrot:',
    ],
    [
      'a list in a list',
      rich(
        { type: 'rich_text_list', style: 'bullet', indent: 0, elements: [section(text('a'))] },
        { type: 'rich_text_list', style: 'ordered', indent: 1, elements: [section(text('b')), section(text('c'))] },
      ),
      '- a\n    1. b\n    2. c',
      '- a\n    1. b\n    2. c',
    ],
    ['a quote', rich({ type: 'rich_text_quote', elements: [text('a\nb')] }), '> a\n> b', '> a\\\n> b'],
    [
      'code with a fence in it',
      rich({ type: 'rich_text_preformatted', elements: [text('```\nx')] }),
      '```\nx',
      '````\n```\nx\n````',
    ],
  ])('%s', (_what, message, plain, markdown) => {
    expect(readWords(message as never, names)).toEqual({ text: plain, markdown })
  })

  test('a link says where it leads, whatever it is called', () => {
    const masked = rich(section({ type: 'link', url: 'https://evil.example/x', text: 'https://bank.example' }))
    expect(readWords(masked as never, names)).toEqual({
      text: 'https://bank.example (https://evil.example/x)',
      markdown: '[https://bank.example](<https://evil.example/x>) (evil.example)',
    })
    const script = rich(section({ type: 'link', url: 'javascript:alert(1)', text: 'click' }))
    expect(readWords(script as never, names)).toEqual({
      text: 'click (javascript:alert(1))',
      markdown: 'click (javascript:alert(1))',
    })
  })
})

describe('Slack’s older text', () => {
  test.each<[string, string, string, string]>([
    ['marks', '*a* _b_ ~c~ `d`', 'a b c d', '**a** *b* ~~c~~ `d`'],
    ['marks inside words are none', 'snake_case_name 2*3*4', 'snake_case_name 2*3*4', 'snake\\_case\\_name 2\\*3\\*4'],
    ['escapes', 'a &lt;b&gt; &amp;amp;', 'a <b> &amp;', 'a \\<b\\> \\&amp;'],
    ['a quote', '&gt; one\n&gt; two\nthree', '> one\n> two\nthree', '> one\\\n> two\n\nthree'],
    ['code', 'look:\n```\n*no* &lt;b&gt;\n```', 'look:\n*no* <b>', 'look:\n\n```\n*no* <b>\n```'],
    [
      'mentions',
      '<@U1> <#C1|general> <!here> <!subteam^S1|@team>',
      '@Ann *bold* #general @here @team',
      '@Ann \\*bold\\* #general @here @team'.replaceAll('#', '\\#'),
    ],
    [
      'a masked link',
      '<https://evil.example|https://bank.example>',
      'https://bank.example (https://evil.example)',
      '[https://bank.example](<https://evil.example>) (evil.example)',
    ],
    ['a mail address', '<mailto:a@b.example|a@b.example>', 'a@b.example', '[a@b.example](<mailto:a@b.example>)'],
  ])('%s', (_what, mrkdwn, plain, markdown) => {
    expect(readWords({ text: mrkdwn }, names)).toEqual({ text: plain, markdown })
  })
})

describe('hostile', () => {
  test('letters with hundreds of marks keep a few, and so hide nothing above them', () => {
    const zalgo = `Z${'\u0300'.repeat(500)}algo`
    expect(readWords(rich(section(text(zalgo))) as never, names).text).toBe(`Z${'\u0300'.repeat(8)}algo`)
  })

  test('a huge text is read in reasonable time, and NUL and half characters are gone from it', () => {
    const huge = `${'*a* <@U1> '.repeat(20_000)}\0\ud800`
    const words = readWords({ text: huge }, names)
    expect(words.text.isWellFormed() && !words.text.includes('\0')).toBe(true)
    expect(words.text.length).toBeLessThan(100_000)
  })

  test('whatever is typed, it is read back as those words and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 80 }), (typed) => {
        const said = typed.replaceAll(/\s+/g, ' ').trim()
        const { markdown } = readWords(rich(section(text(said))) as never, names)
        const back = parseMarkdown(markdown).flatMap(({ runs }) => runs)
        expect(
          back
            .map((run) => run.text)
            .join('')
            .trim(),
        ).toBe(said)
        const formatted = back.filter(({ bold, italic, strike, code }) => bold || italic || strike || code)
        expect(formatted).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
