import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { htmlToText } from '../../../adapters/email/html-text.ts'
import { toMessage } from '../../../adapters/email/inbound.ts'
import { parseMail } from '../../../adapters/email/mail.ts'
import { unquotedIn } from '../../../adapters/email/unquoted.ts'
import { rawOf, SECRET } from './mailbox.ts'

const OWN = '<p>Yes, that works.</p><p>Ada</p>'
const SHOWN = 'Yes, that works.\n\nAda'
// In a language nobody here has a table for, so that only the marks can tell.
const INTRO = 'Ar ddydd Mawrth ysgrifennodd Bob'
const WORDS = '<p>Rhowch gynnig arall arni.</p><p>Bob</p>'
const FIELDS = 'Oddi wrth: Bob<br>Anfonwyd: dydd Mawrth 5 Mawrth 2013 10:30<br>At: Ada<br>Pwnc: x'

const fold = (html: string, subject?: string) => {
  const made = htmlToText(html)
  return unquotedIn(made.text, made, subject).unquoted
}

describe('the marks in the HTML tell where the history begins, whatever the language', () => {
  test.each([
    [
      'Gmail',
      `<div dir="ltr">${OWN}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${INTRO}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">${WORDS}</blockquote></div>`,
    ],
    ['Apple Mail', `${OWN}<div><br><blockquote type="cite"><div>${INTRO}</div><br>${WORDS}</blockquote></div>`],
    [
      'Thunderbird',
      `${OWN}<div class="moz-cite-prefix">${INTRO}:<br></div><blockquote type="cite" cite="mid:a@example.org">${WORDS}</blockquote>`,
    ],
    [
      'Outlook on the web',
      `<div>${OWN}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font>${FIELDS}</font><div>&nbsp;</div></div>${WORDS}`,
    ],
    [
      'Outlook 2016',
      `<div class="WordSection1">${OWN}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${FIELDS}</p></div></div>${WORDS}</div>`,
    ],
    [
      'Outlook 2007',
      `${OWN}<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p>${FIELDS}</p></div>${WORDS}`,
    ],
    ['Yahoo', `${OWN}<div id="yahoo_quoted_7" class="yahoo_quoted"><div>${INTRO}</div><div>${WORDS}</div></div>`],
    [
      'Proton',
      `${OWN}<div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Anfonwyd gyda Proton</div></div><div class="protonmail_quote">${INTRO}<br><blockquote class="protonmail_quote" type="cite">${WORDS}</blockquote></div>`,
    ],
    ['Zimbra', `${OWN}<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">${FIELDS}</div>${WORDS}`],
    [
      'GMX',
      `${OWN}<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div>${FIELDS}</div>${WORDS}</div>`,
    ],
    ['QQ', `${OWN}<div><includetail><div>${FIELDS}</div>${WORDS}</includetail></div>`],
    [
      'Outlook for iOS',
      `${OWN}<div class="ms-outlook-mobile-signature" id="ms-outlook-mobile-signature">Cael Outlook ar gyfer iOS</div><div id="divRplyFwdMsg">${FIELDS}</div>${WORDS}`,
    ],
    [
      'a quote inside the element of the signature',
      `${OWN}<div id="Signature">Ada Lovelace<div id="divRplyFwdMsg">${FIELDS}</div>${WORDS}</div>`,
    ],
  ])('E18: %s', (_, html) => {
    expect(fold(html)).toBe(SHOWN)
  })

  test.each([
    ['Gmail', '<div class="gmail_signature">Ada Lovelace<br>Analyst</div>'],
    ['Thunderbird', '<pre class="moz-signature">-- \nAda Lovelace</pre>'],
    ['Outlook', '<div id="Signature"><p>Ada Lovelace</p><p>Analyst, Example Org</p></div>'],
  ])('a signature marked as such is hidden: %s', (_, signature) => {
    expect(fold(`${OWN}<br>${signature}`)).toBe(SHOWN)
    expect(fold(`${OWN}${signature}<div class="gmail_quote">${INTRO}<blockquote>${WORDS}</blockquote></div>`)).toBe(
      SHOWN,
    )
  })
})

describe('when unsure, all of it is shown', () => {
  test.each([
    [
      'answers between the quotes',
      `${OWN}<blockquote type="cite">${WORDS}</blockquote><p>Yes.</p><blockquote type="cite">More?</blockquote><p>No.</p>`,
    ],
    [
      'words below the quote',
      `<p>Hello</p><div class="gmail_quote">${INTRO}<blockquote>${WORDS}</blockquote></div><p>My answer is below.</p>`,
    ],
    ['only a quote', `<blockquote type="cite">${WORDS}</blockquote>`],
    ['only a signature', '<div class="gmail_signature">Ada Lovelace</div>'],
    ['words in the signature', `<div id="Signature">${OWN}</div>`],
    [
      'a forward of Gmail',
      `${OWN}<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Bob</div>${WORDS}</div>`,
    ],
    [
      'a forward of Apple Mail',
      `${OWN}<blockquote type="cite"><div>Begin forwarded message:</div>${WORDS}</blockquote>`,
    ],
    ['a forward of Thunderbird', `${OWN}<div class="moz-forward-container">${FIELDS}${WORDS}</div>`],
    [
      'a passage the customer indented',
      `${OWN}<blockquote style="margin:0 0 0 40px;border:none;padding:0px">One<br>Two</blockquote>`,
    ],
    [
      'a grey line above no header',
      `${OWN}<div style="border-top:solid #E1E1E1 1.0pt">Two things more.<br>I need it on Friday.</div>`,
    ],
  ])('E18: %s', (_, html) => {
    expect(fold(html)).toBeUndefined()
  })

  test('E18: a subject that says forward makes the old mail the news', () => {
    const html = `${OWN}<div id="divRplyFwdMsg">From: Bob<br>Sent: Tuesday, March 5, 2013 10:30<br>To: Ada<br>Subject: x</div>${WORDS}`
    for (const subject of ['FW: x', 'WG: x', 'TR : x', 'RV: x', 'I: x', 'VS: x'])
      expect(fold(html, subject)).toBeUndefined()
    for (const subject of ['RE: x', 'AW: WG: x', 'Ideas: x', undefined]) expect(fold(html, subject)).toBe(SHOWN)
    expect(fold(html.replace('From:', 'Lähettäjä:'), 'VS: x')).toBe(SHOWN)
  })
})

test.each([
  ['gmail', 'It *works* now, see https://example.org/lamp?a=1\n\nThank you!\nAda'],
  ['outlook', 'Hallo,\n\nes geht jetzt.'],
  ['apple-mail', 'It works now.'],
  ['yahoo-html', 'It works now.\nAda'],
  ['outlook-ios', 'Działa, dziękuję.'],
  [
    'thunderbird-inline',
    `Am 05.03.24 um 10:30 schrieb Example Support:
> Does the lamp work with the new cable?

Yes, it does.

> Shall we send the bill?
Please do.`,
  ],
])('E18: a whole mail as it arrives: %s', async (name, visible) => {
  const raw = readFileSync(join(import.meta.dirname, `../../fixtures/mail/reply/eml/${name}.eml`))
  const { text, unquoted } = await parseMail(raw, false)
  expect(unquoted?.trim()).toBe(visible)
  expect(text.length).toBeGreaterThan(visible.length)
})

describe('a mail with a text and an HTML', () => {
  const letter = (text: string, html: string) => `From: Ada <ada@example.org>
To: support@desk.test
Subject: Re: x
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

${text}
--b
Content-Type: text/html; charset=utf-8

${html}
--b--
`
  const read = async (text: string, html: string) => parseMail(Buffer.from(letter(text, html)), false)
  const QUOTE = `<div class="gmail_quote"><div class="gmail_attr">${INTRO}</div><blockquote>${WORDS}</blockquote></div>`

  test('E18: the HTML shows where the history of the text begins; the text itself stays as it was', async () => {
    const text = `Yes, *that* works.\n\nAda\n\n${INTRO}\n\nRhowch gynnig arall arni.\n\nBob`
    const mail = await read(text, `<p>Yes, <b>that</b> works.</p><p>Ada</p>${QUOTE}`)
    expect(mail.text).toBe(text)
    expect(mail.unquoted).toBe('Yes, *that* works.\n\nAda')
  })

  test('of two lines that begin alike the history is the one as far down as in the HTML', async () => {
    const own = `${INTRO} - that is how you began.`
    const mail = await read(`${own}\n\n${INTRO}\n\nRhowch gynnig.`, `<p>${own}</p>${QUOTE}`)
    expect(mail.unquoted).toBe(own)
  })

  test('a text the HTML does not match is folded by its own words', async () => {
    const mail = await read(`${SHOWN}\n\nOn 03/05/2013 10:30 AM, Bob wrote:\n> Hi`, QUOTE.replaceAll('a', 'o'))
    expect(mail.unquoted).toBe(SHOWN)
  })

  test('a signature is hidden in the text when the HTML marks it', async () => {
    const card = 'Ada Lovelace\nAnalyst (https://example.org)'
    const html =
      '<p>Yes, that works.</p><p>Ada</p><div class="gmail_signature">Ada Lovelace<br><a href="https://example.org">Analyst</a></div>'
    expect((await read(`${SHOWN}\n\n${card}`, html)).unquoted).toBe(SHOWN)
  })

  test('E18: the message carries the new words beside the whole text', async () => {
    const mailbox = { isOwn: () => false, isAddressee: () => true, secret: SECRET }
    const author = { from: { address: 'ada@example.org' }, standsIn: false, warnings: [] }
    const message = async (text: string) => toMessage(await read(text, ''), rawOf(letter(text, '')), mailbox, author)
    const answer = await message(`${SHOWN}\n\nOn 03/05/2013 10:30 AM, Bob wrote:\n> Hi`)
    expect(answer.unquoted).toBe(SHOWN)
    expect(answer.text).toContain('> Hi')
    expect(await message(SHOWN)).not.toHaveProperty('unquoted')
  })
})
