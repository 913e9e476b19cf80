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

test.each([
  ['<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>', '1. a\n2. b\n   - c\n3. d'],
  ['<ol start="5"><li><p>a</p></li><li><p>b</p></li></ol>', '5. a\n\n6. b'],
  ['<h2>Order</h2><p>It <b>is </b><i>late</i>.</p>', '## Order\n\nIt **is** *late*.'],
  ['<b><p>One</p><p>Two</p></b>', '**One**\n\n**Two**'],
  ['<b>Name:</b>Anna, x<b>(y)</b>', '**Name:** Anna, x(y)'],
  ['<b>see <a href="https://x.test/">the <i>page</i></a></b>', '**see** [**the *page***](https://x.test/)'],
  ['<p><b>1. not a list</b></p>', '**1. not a list**'],
])('Markdown of %s', (html, markdown) => {
  expect(htmlToText(html).markdown).toBe(markdown)
})

test.each([
  // As Word writes every table.
  [
    '<table><tr><td><p class=MsoNormal>Item</p></td><td><p class=MsoNormal>Price</p></td></tr><tr><td><p>Lamp</p></td><td><p>3 €</p></td></tr></table><p>After</p>',
    'Item Price\nLamp 3 €\n\nAfter',
  ],
  [
    '<table><tr><td><table><tr><td><p>Dear Anna,</p><p>hello.</p></td></tr></table></td><td>&nbsp;</td></tr></table>After',
    'Dear Anna,\n\nhello.\n\nAfter',
  ],
  ['<table><tr><td>One<br>Two</td><td>Three</td></tr></table>', 'One\nTwo\nThree'],
])('a table is read row by row: %s', (html, text) => {
  expect(htmlToText(html).text).toBe(text)
})

test.each([
  ['<div style="display:none;max-height:0">Preview words</div><p>Hello</p>', 'Hello'],
  ['<span style="mso-hide:all; font-size:0">Preview <span>words</span></span>Hello', 'Hello'],
  ["<div style='visibility:hidden'>a<div>b</div>c</div>Hello", 'Hello'],
  ['<div hidden>Preview</div>Hello', 'Hello'],
  ['<p style="font-size:0;color:#fff">Small and white</p>', 'Small and white'],
  ['<div title="hidden" data-x="display:none">Shown</div>', 'Shown'],
  ['<div style="display:none">never closed <p>Hello</p>', 'never closed\n\nHello'],
  ['<div style="display:none">All there is</div>', 'All there is'],
])('what is certainly hidden is not shown, and in doubt everything is: %s', (html, text) => {
  expect(htmlToText(html).text).toBe(text)
})

test.each([
  [
    '<a href="https://evil.test/x">www.bank.example</a>',
    '[www.bank.example](https://evil.test/x) (leads to evil.test)',
  ],
  [
    '<a href="https://bank.example.evil.test">bank.example</a>',
    '[bank.example](https://bank.example.evil.test) (leads to bank.example.evil.test)',
  ],
  ['<a href="https://www.bank.example/a">bank.example</a>', '[bank.example](https://www.bank.example/a)'],
  [
    '<a href="https://bank.example@evil.test/">Log in</a>',
    '[Log in](https://bank.example@evil.test/) (leads to evil.test)',
  ],
  [
    '<a href="https://b\u0430nk.example/">Log in</a>',
    '[Log in](https://b\u0430nk.example/) (leads to xn--bnk-6cd.example)',
  ],
  ['<base href="https://evil.test/"><a href="/pay">Pay</a>', 'Pay'],
  ['<a href="data:text/html,x">Pay</a><a href=" java\nscript:x">!</a>', 'Pay\\!'],
  [
    '<meta http-equiv="refresh" content="0;url=https://evil.test"><form action="https://evil.test"><input value="x"><button>Send</button></form>',
    'Send',
  ],
])('E19: a link says where it leads, and nothing else leads anywhere: %s', (html, markdown) => {
  expect(htmlToText(html).markdown).toBe(markdown)
})

test('E19: an address that pretends is named in plain text too', () => {
  expect(htmlToText('<a href="https://bank.example@evil.test/">Log in</a>').text).toBe(
    'Log in (https://bank.example@evil.test/) (leads to evil.test)',
  )
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
    '<b>',
    '</b>',
    '<li>',
    '<td>',
    '<div hidden>',
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
