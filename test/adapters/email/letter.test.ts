import { afterAll, describe, expect, test } from 'vitest'
import { htmlToText } from '../../../adapters/email/html-text.ts'
import { parseMime } from '../../../adapters/email/parsed-mail.ts'
import { visibleReply } from '../../../adapters/email/visible-reply.ts'
import type { OutboundMessage } from '../../../src/channel.ts'
import { ANNA, configOf, openChannel, outbound } from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }
const config = configOf({ imap: nowhere, smtp: nowhere, password: 'x' })
const channel = openChannel(config)
const signing = openChannel({ ...config, signature: 'Kind regards\n**{agent}**\nDesk Ltd · https://desk.test' })
afterAll(() => Promise.all([channel.stop(), signing.stop()]))

async function written(message: Partial<OutboundMessage> = {}, by = channel) {
  const [part] = await by.render(outbound(message))
  if (!part) throw new Error('nothing was rendered')
  const { text = '', html = '' } = parseMime(part.body)
  return { part, text: text.replaceAll('\r\n', '\n'), html: html.replaceAll('\r\n', '\n') }
}

const asking = (text: string) => ({
  answers: { replyHandle: '{}', text, arrivedAt: Date.UTC(2026, 4, 1), from: { address: ANNA, name: 'Anna Example' } },
})

/** The words alone, without what only one of the two forms needs to say how they stand. */
const wordsIn = (text: string) => text.replace(/^(?:[>\s]|- |\d+\. )+/gm, '').match(/[\p{L}\p{N}]+/gu)

const LETTERS = [
  'Dear Anna,\n\nit **left** today:\n\n- a box\n  - with a lamp\n    - and its bulb\n  - and a cable\n- an invoice',
  '1. Open the app\n2. Choose\n\n   *Settings*\n\n   - Privacy\n   - Sound\n3. Done',
  '> You asked:\n> > and before that\n\nYes.  \nReally.\\\nYes.',
  'Run this:\n\n```sh\nnpm run "start" <now>\n  # indented\n```\n\nand `that`.',
  `See https://desk.test/${'track/'.repeat(200)}?a=1&b=2 or [here](https://desk.test/x_(y)).`,
  'مرحبا آنا،\n\nthe parcel left.\n\n# Überschrift\n\n日本語の行\n\n---\n\nEnd',
]

describe('a reply in its two forms', () => {
  test.each(LETTERS)('says the same in both: %j', async (markdown) => {
    const { text, html } = await written({ markdown, ...asking('Where is it?\n\nI wait <since> & "so".') }, signing)
    const shown = htmlToText(html.replace(/<a href="([^"]*)">(?!http)([^<]*)<\/a>/g, '$2 ($1)')).text
    expect(wordsIn(shown)).toEqual(wordsIn(text))
  })

  // Seen failing: up to four columns were taken off every line of an item, whatever belonged to it.
  test('lists stand as deep as they were written', async () => {
    const { text } = await written({ markdown: LETTERS[0] ?? '' })
    expect(text).toContain('- a box\n  - with a lamp\n    - and its bulb\n  - and a cable\n- an invoice')
  })

  test('long lines and addresses arrive whole, though no line on the way is too long', async () => {
    const url = `https://desk.test/${'x'.repeat(1500)}`
    const { part, text } = await written({ markdown: `${'word '.repeat(300)}\n\n${url}` })
    expect(text).toContain(url)
    expect(text).toContain('word '.repeat(300).trim())
    const lines = Buffer.from(part.body).toString('latin1').split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
  })

  test('the HTML draws on nothing outside the mail and sets neither font nor colour of the words', async () => {
    const { html } = await written({ markdown: LETTERS.join('\n\n'), ...asking('Where?') }, signing)
    expect(html).not.toMatch(/<(?:script|link|style|iframe|form|img|object|font)\b|url\(|@import|\ssrc=/i)
    expect(html.replace(/border-left:2px solid #999/g, '')).not.toMatch(/color:|background|font-/)
  })

  test('every block of the words finds its own direction', async () => {
    const { html } = await written({ markdown: 'שלום\n\nhello\n\n- أهلا' })
    expect(html).toContain('<p dir="auto">שלום</p>\n<p dir="auto">hello</p>\n<ul dir="auto">')
  })
})

describe('the quote of what is answered', () => {
  test('is one level deep, cut to a hundred lines, and marked so that mail programs fold it', async () => {
    const text = `${Array.from({ length: 150 }, (_, n) => `line ${n}`).join('\n')}\n> older\n>> oldest`
    const mail = await written(asking(text))
    expect(mail.text).toContain('\n> line 99\n> […]')
    expect(mail.text).not.toMatch(/line 100|older|oldest|>>/)
    expect(mail.html).toContain('<blockquote type="cite" class="gmail_quote"')
    expect(mail.html).toContain('<div class="gmail_quote gmail_quote_container">')
  })

  test('is left out where nothing is left to quote', async () => {
    const mail = await written(asking('> only\n> history'))
    expect(mail.text).not.toContain('UTC:')
    expect(mail.html).not.toContain('gmail_quote')
  })

  test.each([
    [
      'Gmail',
      (ours: string) => `On Fri, 1 May 2026 at 14:00, Zoë (Desk Ltd) <support@desk.test> wrote:\n\n${quoted(ours)}`,
    ],
    ['Thunderbird', (ours: string) => `Am 01.05.26 um 14:00 schrieb Zoë (Desk Ltd):\n${quoted(ours)}`],
    [
      'Outlook',
      (ours: string) =>
        `From: Zoë (Desk Ltd) <support@desk.test>\nSent: Friday, May 1, 2026 2:00 PM\nTo: Anna Example <${ANNA}>\nSubject: Re: Where is it?\n\n${ours}`,
    ],
  ])('our own folding finds what is new above it in an answer from %s', async (_, historyOf) => {
    const { part } = await written(asking('Where is it?'), signing)
    expect(visibleReply(`Thank you!\n\nAnna\n\n${historyOf(part.preview)}`)).toBe('Thank you!\n\nAnna')
  })

  test('our own folding finds it where the program marks none of our words, by the line above the quote', async () => {
    const { part } = await written({ ...asking('Where is it?'), markdown: 'Soon.' })
    expect(visibleReply(part.preview)).toBe('Soon.')
  })
})

describe('the signature', () => {
  test('stands below the words and above the quote, in the preview too', async () => {
    const mail = await written({ markdown: 'Soon.', ...asking('Where?') }, signing)
    const intro = `Anna Example <${ANNA}>, 2026-05-01 00:00 UTC:`
    expect(mail.text).toBe(`Soon.\n\n-- \nKind regards\nZoë\nDesk Ltd · https://desk.test\n\n${intro}\n> Where?`)
    expect(mail.part.preview).toBe(mail.text)
    expect(mail.html).toMatch(/<p dir="auto">Soon\.<\/p>\n<div><span class="gmail_signature_prefix">/)
    expect(mail.html).toContain('<strong>Zoë</strong>')
  })

  test('an agent’s name is a name in it, whatever stands in it', async () => {
    const agentName = '**{agent}** $& <b>[x](https://evil.test)'
    const mail = await written({ agentName }, signing)
    expect(mail.text).toContain(`\n${agentName}\n`)
    expect(mail.html).toContain('**{agent}** $&amp; &lt;b&gt;[x](<a href="https://evil.test">')
  })

  test('a machine signs nothing', async () => {
    const mail = await written({ automated: 'acknowledgement', agentName: '' }, signing)
    expect(mail.text).not.toContain('Kind regards')
  })
})

function quoted(text: string): string {
  return text.replace(/^/gm, '> ').replace(/^> (?=>)/gm, '>')
}
