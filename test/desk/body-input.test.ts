// The field for an answer: what a letter put into it is known again, as long as nobody has touched it.
import { expect, test } from 'vitest'
import { fingerprint } from '../../src/desk/body-input.ts'
import { markdownFromRich } from '../../src/slack/rich-markdown.ts'

const LETTER = 'Dear Ada,\n\n**thank you** ❤️ for order_no.\n\n- see <https://a.example/x_y>\n- or *write*\n\nMaya'

test('a letter that nobody touched is known again however Slack cuts it in pieces; with a word more it is not', () => {
  const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style && { style }) })
  const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
  const back = (first: string) => ({
    type: 'rich_text',
    elements: [
      section(text(first), text('Ada,\n')),
      section(text('\n')),
      section(text('thank', { bold: true }), text(' you', { bold: true }), text(' ')),
      section(),
      { ...section({ type: 'emoji', name: 'heart', unicode: '2764' }, text(' for order_no.\n')) },
      {
        ...{ type: 'rich_text_list', style: 'bullet', indent: 0, border: 0 },
        elements: [
          section(text('see '), { type: 'link', url: 'https://a.example/x_y' }),
          section(text('or '), text('write', { italic: true })),
        ],
      },
      section(text('\nMaya')),
    ],
  })
  const inserted = fingerprint(LETTER)
  expect(fingerprint(markdownFromRich(back('Dear ') as never).markdown)).toBe(inserted)
  expect(fingerprint(markdownFromRich(back('My dear ') as never).markdown)).not.toBe(inserted)
})
