import fc from 'fast-check'
import { expect, test } from 'vitest'
import { htmlToText } from '../../../adapters/email/html-text.ts'

test.each([
  ['<p>One</p><p>Two<br>Three</p>', 'One\n\nTwo\nThree'],
  ['<div>One</div><div>Two</div><div><br></div><div>Three</div>', 'One\nTwo\n\nThree'],
  ['<ul><li>a</li><li>b</li></ul>after', '- a\n- b\n\nafter'],
  ['<p>I said:</p><blockquote>You said:<blockquote>Hi</blockquote></blockquote>', 'I said:\n\n> You said:\n>\n> > Hi'],
  ['<table><tr><td>Item</td><td>3 €</td></tr><tr><td>Sum</td><td>3 &euro;</td></tr></table>', 'Item 3 €\nSum 3 €'],
  ['<pre>a\n  b</pre>', 'a\n  b'],
  ['a\n  b&nbsp;&amp;\tc', 'a b & c'],
  ['<style>p{}</style><script>x</script><title>t</title><p>only this</p>', 'only this'],
  ['<!-- <p>no</p> --><!doctype html>yes', 'yes'],
  ['<img src="http://spy.test/x.gif" alt="Logo"> <img src="http://spy.test/pixel">', '[Logo]'],
  ['<a href="https://x.test/">https://x.test/</a> <a href="mailto:a@x.test">a@x.test</a>', 'https://x.test/ a@x.test'],
  ['<a href="https://evil.test">your bank</a>', 'your bank (https://evil.test)'],
  ['<a href="javascript:alert(1)">click</a>', 'click'],
  ['1 < 2 and <b>bold</b>', '1 < 2 and bold'],
  ['<p title="a > b">x</p>', 'x'],
  ['<style>never closed <p>text</p>', 'never closed\n\ntext'],
])('%s', (html, text) => {
  expect(htmlToText(html).text).toBe(text)
})

test('E19: whatever the HTML is, the Markdown of it has no tag, and links to the web and to mail only', () => {
  const unit = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '=',
    '/',
    '!',
    '-',
    ' ',
    'a',
    'href',
    '&lt;',
    '&#60;',
    '<a href="javascript:x">',
    '<a href="https://x.test/)(">',
    '</a>',
    '<p>',
    '](',
    '[',
    '`',
    '\n',
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (html) => {
      const { markdown } = htmlToText(html)
      expect(markdown.replace(/\\./g, '')).not.toMatch(/[<>](?! |$)/m)
      for (const [, target] of markdown.replace(/\\./g, '').matchAll(/\]\(([^)]*)\)/g))
        expect(target).toMatch(/^(https?|mailto):/)
    }),
    { numRuns: 3000 },
  )
})
