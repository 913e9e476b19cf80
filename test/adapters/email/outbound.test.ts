import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { emailChannel } from '../../../adapters/email/channel.ts'
import { firstHeader, readHeaders, splitMail } from '../../../adapters/email/header.ts'
import { parseMime } from '../../../adapters/email/parsed-mail.ts'
import { subjectOf } from '../../../adapters/email/subject.ts'
import type { OutboundMessage, Part } from '../../../src/channel.ts'
import { systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { ANNA, configOf, letterOf, messageIn, outbound, rawOf, SECRET, SUPPORT, TOKEN } from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }
const tools = { clock: systemClock(), random: systemRandom(), log: silentLog, secret: SECRET, ownAddresses: [] }
const channel = emailChannel(configOf({ imap: nowhere, smtp: nowhere, password: 'x' }), tools)
afterAll(() => channel.stop())

const HEADERS = [
  'from',
  'to',
  'reply-to',
  'subject',
  'message-id',
  'x-original-message-id',
  'date',
  'mime-version',
  'content-type',
]

async function render(message: Partial<OutboundMessage> = {}): Promise<Part> {
  const [part] = await channel.render(outbound(message))
  if (!part) throw new Error('nothing was rendered')
  return part
}

/** As a header carries it. */
const ascii = (address: string) => {
  const at = address.lastIndexOf('@')
  const isPlain = /^[\x20-\x7e]*$/.test(address.slice(0, at))
  return isPlain ? `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1)) || address.slice(at + 1)}` : address
}

const headersOf = (part: Part) => readHeaders(splitMail(part.body).head)
const header = (part: Part, key: string) => firstHeader(headersOf(part), key)

async function answerTo(letter: Parameters<typeof letterOf>[1], message: Partial<OutboundMessage> = {}): Promise<Part> {
  const asked = messageIn(await channel.parse(rawOf(letterOf('Where is it?', letter))))
  const answers = { replyHandle: asked.replyHandle, text: asked.text, arrivedAt: asked.arrivedAt, from: asked.from }
  return await render({ answers, ...message })
}

describe('E15: the mail that leaves', () => {
  // Seen failing: without the boundary made from the Message-ID.
  test('is the same bytes every time it is rendered', async () => {
    const [first, second] = [await render(), await render()]
    expect(Buffer.from(first.body).equals(second.body)).toBe(true)
  })

  test('says who writes, and carries the token and our signed id to lead the answer back', async () => {
    const part = await render()
    const id = header(part, 'message-id')
    expect(id).toMatch(/^<o\.m_01k0abcdefghj\.[a-z0-9]{20}@desk\.test>$/)
    expect(header(part, 'from')).toBe('=?UTF-8?Q?Zo=C3=AB_=28Desk_Ltd=29?= <support@desk.test>')
    expect(header(part, 'reply-to')).toBe(`Desk Ltd <support+${TOKEN}@desk.test>`)
    expect(header(part, 'date')).toBe('Fri, 01 May 2026 12:00:00 +0000')
    expect(part.keys).toEqual([`mid:${id}`, `token:${TOKEN}`])
    expect(part.recipients).toEqual([{ address: ANNA, name: 'Anna Example' }])
  })

  test('answers the customer’s mail: In-Reply-To, References and what was asked', async () => {
    const part = await answerTo({
      messageId: '<q2@x>',
      references: ['<q1@x>', '<a1@y>'],
      text: 'Where is it?\n> older\nAnna',
    })
    expect(header(part, 'in-reply-to')).toBe('<q2@x>')
    expect(header(part, 'references')).toBe('<q1@x> <a1@y> <q2@x>')
    expect(part.preview).toBe(
      `Dear Anna,\n\nit is on its way.\n\nAnna Example <${ANNA}>, 2026-05-01 00:00 UTC:\n> Where is it?\n> Anna`,
    )
  })

  test('repeats no id that is not one, and never more than twenty', async () => {
    const references = ['broken', '<no-at>', ...Array.from({ length: 40 }, (_, index) => `<${index}@x>`)]
    const part = await answerTo({ messageId: '<bad id@x>', references })
    expect(header(part, 'in-reply-to')).toBeUndefined()
    const ids = header(part, 'references')?.split(/\s+/) ?? []
    expect(ids).toHaveLength(20)
    expect(ids.at(0)).toBe('<0@x>')
    expect(ids.at(-1)).toBe('<39@x>')
  })

  test('what was previewed is exactly the text part, and the HTML says the same', async () => {
    const part = await answerTo(
      {},
      { markdown: 'Hi **Anna**,\n\n- see [this](https://x.test/a?b=1&c=2)\n- 5 < 6 & "so" on — ü' },
    )
    const email = parseMime(part.body)
    expect(email.text?.replaceAll('\r\n', '\n')).toBe(part.preview)
    expect(part.preview).toMatch(/^Hi Anna,\n\n- see this \(https:\/\/x\.test\/a\?b=1&c=2\)\n- 5 < 6 & "so" on — ü\n/)
    expect(email.html).toContain('<li>see <a href="https://x.test/a?b=1&amp;c=2">this</a></li>')
    expect(email.html).toContain('<strong>Anna</strong>')
  })

  test('the customer’s own words stay words in the quote', async () => {
    const email = parseMime((await answerTo({ text: '<script>alert(1)</script> & <img src=x>' })).body)
    expect(email.html).not.toMatch(/<script|<img/)
    expect(email.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x&gt;')
  })

  test('copies go to those named, once each, and never to ourselves', async () => {
    const cc = ['ben@x.test', 'BEN@x.test', ANNA, SUPPORT, 'help@desk.test', `support+${TOKEN}@desk.test`]
    const part = await render({ cc: cc.map((address) => ({ address })) })
    expect(part.recipients.map(({ address }) => address)).toEqual([ANNA, 'ben@x.test'])
    expect(header(part, 'cc')).toBe('ben@x.test')
  })

  test('without anyone it could reach there is no mail', async () => {
    await expect(render({ to: [{ address: 'nonsense' }] })).rejects.toThrow(/no recipient/)
  })
})

test.each([
  ['Where is it?', 'Re: Where is it?'],
  ['Re: Where is it?', 'Re: Where is it?'],
  ['RE: AW: Re[2]: Antw: Where is it?', 'Re: Where is it?'],
  ['Reklamation', 'Re: Reklamation'],
  ['', 'Re:'],
])('E10: the answer to “%s” is called “%s”', (asked, answer) => {
  expect(subjectOf(asked, true)).toBe(answer)
})

describe('nothing a customer or an agent writes can add a header or a recipient', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      'x\r\nBcc: evil@evil.test',
      'x\nBcc: evil@evil.test\n\nbody',
      'x\rBcc: evil@evil.test',
      'a, evil@evil.test',
      '"a" <evil@evil.test>, ',
      '=?utf-8?Q?x=0D=0ABcc:_evil@evil.test?=',
      '\u2028Bcc: evil@evil.test',
      '\u0085Bcc: evil@evil.test',
      'group: evil@evil.test;',
      '\u0000\u000b\u000c',
      '(comment',
      '\\',
      '"',
      'x'.repeat(2000),
    ),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({
      unit: fc.constantFrom('\r', '\n', ' ', ':', ',', '<', '>', '@', '"', '=', '?', 'a', 'ü', '\ud800'),
      maxLength: 60,
    }),
  )

  test('E15: whatever stands in names, subject, handle and words', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, nasty, nasty, async (subject, name, agentName, id, words) => {
        const handle = JSON.stringify({ messageId: id, references: [id, '<ok@x>'], subject })
        const answers = { replyHandle: handle, text: words, arrivedAt: 0, from: { address: ANNA, name } }
        const part = await render({ subject, agentName, markdown: words, to: [{ address: ANNA, name }], answers })
        const keys = headersOf(part).map(({ key }) => key)
        expect([...keys].sort()).toEqual([...new Set(keys)].sort())
        expect(keys.filter((key) => key !== 'in-reply-to' && key !== 'references').sort()).toEqual([...HEADERS].sort())
        const email = parseMime(part.body)
        expect(email.to?.map(({ address }) => address)).toEqual([ANNA])
        expect(email.cc ?? email.bcc).toBeUndefined()
        expect(email.from?.address).toBe(SUPPORT)
        expect(part.recipients.map(({ address }) => address)).toEqual([ANNA])
      }),
      { numRuns: 300 },
    )
  })

  test('A6: whatever stands in addresses, copies and names, exactly those shown get the mail', async () => {
    const odd = fc.oneof(
      nasty,
      fc.constantFrom(
        'ben@x.test, eve@evil.test',
        '<eve@evil.test>',
        'ben@x.test>,<eve@evil.test',
        'ben@x.test\0',
        '"a@b"@x.test',
        'ben@bücher.test',
        'ben@\ufffd',
        'ben@\ud800.test',
        'BEN@X.TEST',
        'a@x.test;b@x.test',
        '@x.test',
        'ben@[127.0.0.1]',
        'a(c)@x.test',
      ),
    )
    const person = fc.record({ address: odd, name: nasty })
    await fc.assert(
      fc.asyncProperty(fc.array(person, { maxLength: 5 }), nasty, async (cc, name) => {
        const part = await render({ to: [{ address: ANNA, name }], cc })
        const email = parseMime(part.body)
        const named = [...(email.to ?? []), ...(email.cc ?? [])].map(({ address }) => address?.toLowerCase())
        expect(named).toEqual(part.recipients.map(({ address }) => ascii(address)))
        expect(named[0]).toBe(ANNA)
        expect(part.recipients.filter(({ address }) => address.includes('evil.test'))).toEqual(
          part.recipients.filter(({ address }) =>
            cc.some((each) => each.address.trim().toLowerCase() === address && /evil/.test(address)),
          ),
        )
        const keys = headersOf(part).map(({ key }) => key)
        expect(keys.filter((key) => key !== 'cc').sort()).toEqual([...HEADERS].sort())
      }),
      { numRuns: 300 },
    )
  })

  test('A6: a handle from another time, or made by somebody, names no id that is none', async () => {
    const ids = [
      '<a@x>\r\nBcc: eve@evil.test',
      '<a b@x>',
      'a@x',
      '<@x>',
      '<a@>',
      '<a@x',
      '<ä@x>',
      `<${'a'.repeat(300)}@x>`,
    ]
    for (const id of ids) {
      const handle = JSON.stringify({ messageId: id, references: [id, '<ok@x>', id], subject: 'Hi' })
      const part = await render({ answers: { replyHandle: handle, text: 'x', arrivedAt: 0, from: { address: ANNA } } })
      expect(header(part, 'in-reply-to')).toBeUndefined()
      expect(header(part, 'references')).toBe('<ok@x>')
    }
  })

  test('an address that is more than one address is none', async () => {
    for (const address of [
      'a@x.test, evil@evil.test',
      'a@x.test\r\nBcc: evil@evil.test',
      'a@x.test>,<evil@evil.test',
      'a b@x.test',
    ]) {
      await expect(render({ to: [{ address }] })).rejects.toThrow(/no recipient/)
    }
  })

  test('no file of ours and no address on the network can be drawn into a mail', async () => {
    const part = await render({
      markdown: '![x](file:///etc/passwd) ![y](http://127.0.0.1:1/x) <img src="/etc/passwd">',
    })
    const email = parseMime(part.body)
    expect(email.attachments).toEqual([])
    expect(email.html).not.toMatch(/<img/)
    expect(email.html).not.toContain('root:')
  })
})
