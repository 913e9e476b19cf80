import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachmentRef, partOf } from '../../../adapters/email/attachment.ts'
import { type Mail, parseMail } from '../../../adapters/email/mail.ts'
import { attachmentBytes } from '../../../adapters/email/parsed-mail.ts'
import { ParseError } from '../../../src/channel.ts'

const FOLDER = new URL('../../fixtures/mail/mime/', import.meta.url)
const bytesOf = (name: string) => readFileSync(new URL(`${name}.eml`, FOLDER))
const fixture = (name: string) => parseMail(bytesOf(name), false)
const names = (mail: Mail) => mail.attachments.map(({ name }) => name)
const written = (headers: string, body: string) =>
  parseMail(Buffer.from(`From: a@x.test\n${headers}\n\n${body}`), false)

/** What the file of this name holds, by the way that is stored with the message. */
function contentOf(raw: Uint8Array, mail: Mail, name: string): string {
  const part = mail.attachments.find((file) => file.name === name)?.part ?? []
  return Buffer.from(attachmentBytes(raw, part) ?? []).toString()
}

const ENCRYPTED =
  /^This mail is encrypted with (S\/MIME|PGP) and cannot be read here\. Open it in a mail program that has the key/

describe('winmail.dat', () => {
  test('its files are the mail’s files, under their long names, and its words are the mail’s when there are no others', async () => {
    const raw = bytesOf('winmail')
    const mail = await fixture('winmail')
    expect(mail.text).toBe('Guten Tag,\nanbei das Angebot für „Müller“.\nGrüße')
    expect(names(mail)).toEqual(['Angebot Nr. 12 – Müller & Söhne.pdf', 'Größe.txt'])
    expect(mail.attachments[0]?.type).toBe('application/pdf')
    expect(contentOf(raw, mail, 'Angebot Nr. 12 – Müller & Söhne.pdf')).toBe('%PDF-1.4 offer')
    expect(contentOf(raw, mail, 'Größe.txt')).toBe('words')
  })

  test('HTML hidden in its rich text comes out as HTML', async () => {
    expect((await fixture('winmail-html')).text).toBe('Hello you')
  })

  test('a mail in it becomes a file of words, beside the files of that mail', async () => {
    const mail = await fixture('winmail-embedded')
    expect(mail.text).toBe('See the mail in this mail.')
    expect(contentOf(bytesOf('winmail-embedded'), mail, 'Old mail.txt')).toBe('The forwarded words.')
    expect(contentOf(bytesOf('winmail-embedded'), mail, 'inner file.txt')).toBe('inner file')
  })

  test('cut short, it stays a file itself beside what could be read', async () => {
    const mail = await fixture('winmail-broken')
    expect(names(mail)).toEqual(['winmail.dat', 'Angebot Nr. 12 – Müller & Söhne.pdf'])
    expect(mail.warnings).toEqual(['Not everything in winmail.dat, a package of Outlook’s, could be read.'])
  })
})

describe('calendar invitations', () => {
  test('an invitation says what, when, where and from whom, once, and stays a file', async () => {
    const mail = await fixture('invite')
    expect(mail.text).toBe('You have been invited.')
    expect(mail.warnings).toEqual([
      'Invitation: “Review of the order; part 2”, Fri 1 May 2026 10:00–11:00 (Europe/Berlin), repeats every 2 weeks until Sat 1 Aug 2026, at Room 5, Main St, organised by Example; Anna <anna@customer.test>.',
    ])
    expect(mail.attachments.map(({ type }) => type)).toEqual(['text/calendar', 'application/ics'])
  })

  test('an answer without words says who declined what', async () => {
    const mail = await fixture('invite-declined')
    expect(mail.text).toBe(
      'Anna Example <anna@customer.test> declined: “Visit”, Fri 1 May 2026 to Sat 2 May 2026, all day.',
    )
    expect(mail.warnings).toEqual([])
  })

  test('a cancelled date says so', async () => {
    expect((await fixture('invite-cancelled')).warnings).toEqual([
      'Cancelled: “Call”, Fri 1 May 2026 08:00 to Sat 2 May 2026 09:00 (UTC), organised by anna@customer.test.',
    ])
  })
})

describe('mails in mails', () => {
  const NOTE = 'Attached mail “Rechnung 12/34” from "Shop, Ltd" <bill@shop.test>, Fri, 1 May 2026 12:00:00 +0200.'

  test('a mail attached to words is a file named by its subject, and said in a sentence', async () => {
    const raw = bytesOf('forward-as-attachment')
    const mail = await fixture('forward-as-attachment')
    expect(mail).toMatchObject({ text: 'Is this from you?', warnings: [NOTE] })
    expect(names(mail)).toEqual(['Rechnung 12-34.eml'])
    expect(raw.toString()).toContain(contentOf(raw, mail, 'Rechnung 12-34.eml'))
  })

  test('a mail attached to nothing is what the mail says, its files with it', async () => {
    const mail = await fixture('forward-without-words')
    expect(mail.text).toMatch(
      /^From: "Shop, Ltd" <bill@shop\.test>\n.*\nSubject: Rechnung 12\/34\n\nThe invoice you asked for\.$/,
    )
    expect(names(mail)).toEqual(['Rechnung.eml', 'invoice.pdf'])
    expect(contentOf(bytesOf('forward-without-words'), mail, 'invoice.pdf')).toBe('%PDF-inv')
  })
})

describe('signed and encrypted mail', () => {
  test.each(['smime-encrypted', 'pgp-encrypted', 'pgp-inline'])('%s is said to be encrypted', async (name) => {
    expect((await fixture(name)).warnings).toEqual([expect.stringMatching(ENCRYPTED)])
  })

  test.each(['smime-opaque', 'smime-opaque-stream'])('%s: signed content is read out of its envelope', async (name) => {
    const mail = await fixture(name)
    expect(mail).toMatchObject({ text: 'Signed and readable, Größe.', warnings: ['Signed with S/MIME (not checked).'] })
    expect(contentOf(bytesOf(name), mail, 'contract.pdf')).toBe('%PDF-c')
  })

  test.each([
    ['smime-signed', 'Signed with S/MIME (not checked). The signature is among the files.', 'smime.p7s'],
    ['pgp-signed', 'Signed with PGP (not checked). The signature is among the files.', 'OpenPGP_signature.asc'],
  ])('%s: the signature is a file and is said to be one', async (name, warning, file) => {
    const mail = await fixture(name)
    expect(mail).toMatchObject({ text: 'Signed words.', warnings: [warning] })
    expect(names(mail)).toEqual([file])
  })
})

describe('the words', () => {
  test('format=flowed: paragraphs are whole, quotes keep their depth, the signature its mark', async () => {
    expect((await fixture('flowed')).text).toBe(
      'This is a long paragraph that was broken into lines by the program and goes on here.\n\nFrom the start, with a stuffed space.\n>> deep quote that goes on\n> shallow quote \nMy answer.\n-- \nAnna',
    )
    expect((await fixture('flowed-delsp')).text).toBe('これは長い文です。')
  })

  test('text before and after a picture is shown in its order', async () => {
    const mail = await fixture('apple-mail-text-between')
    expect(mail.text).toBe('Before the picture.\n\nAfter the picture.')
    expect(names(mail)).toEqual(['IMG_1.jpeg'])
  })

  test.each([
    ['inline-image', '\\[image: image001.png\\]'],
    ['inline-image-plain', '\\[image: photo \\[1\\].png\\]'],
  ])('%s: an image stands in its place by its name', async (name, shown) => {
    const mail = await fixture(name)
    expect(mail.markdown).toBe(`Look:\n\n${shown}\n\nBroken\\!`)
    expect(mail.attachments[0]?.contentId).toBe('image001.png@01DCDA5B.6A1B2C30')
  })

  test.each([
    ['needs-html-viewer', 'Where is my order?'],
    ['blank-plain', 'It shows error 17'],
    ['poor-plain', 'It shows error 17'],
    ['amp', 'Plain words of the letter.'],
  ])('%s: of two forms the one that says more is shown', async (name, words) => {
    const mail = await fixture(name)
    expect(mail.text).toContain(words)
    expect(mail.text).not.toContain('AMP')
    expect(mail.attachments).toEqual([])
  })

  test('a short answer in plain text beside the same in HTML stays plain text', async () => {
    const html = '<p>Thanks!</p><p>Anna</p>'
    const mail = await written(
      'Content-Type: multipart/alternative; boundary=B',
      `--B\n\nThanks!\n\nAnna\n--B\nContent-Type: text/html\n\n${html}\n--B--`,
    )
    expect(mail.markdown).toBe('Thanks\\!\n\nAnna')
  })

  test('a file written into the text is a file; words that only look like one are words', async () => {
    const mail = await fixture('uuencoded')
    expect(mail.text).toBe('The log is below.\n\n\nbegin 644 of the war\nis not a file.')
    expect(contentOf(bytesOf('uuencoded'), mail, 'error log.txt')).toBe('line of the log\n'.repeat(10))
  })

  test.each([
    ['apple-double', '“plan.pdf” comes with the resource fork of a Macintosh; the file is complete without it.'],
    ['partial', 'This is part 2 of 3 of a mail that its sender’s program cut up; the parts are not put together here.'],
    ['external-body', 'A file of this mail lies elsewhere (ftp.customer.test/pub/plan.pdf) and was not fetched.'],
  ])('%s is said as such', async (name, warning) => {
    expect((await fixture(name)).warnings).toEqual([warning])
  })
})

describe('tricks with boundaries', () => {
  const part = (words: string, mark = 'B') => `--${mark}\nContent-Type: text/plain\n\n${words}\n`
  test.each([
    [
      'one that begins like another',
      'boundary=B',
      `${part('One')}${part('not a part', 'BB')}--B--`,
      'One\n--BB\nContent-Type: text/plain\n\nnot a part',
    ],
    ['no end', 'boundary=B', part('One') + part('Two'), 'One\n\nTwo'],
    ['an empty one', 'boundary=""', 'Just words', 'Just words'],
    ['none, although there are parts', 'x=y', `${part('One', 'real')}--real--`, 'One'],
    ['one that occurs nowhere', 'boundary=lost', `${part('One', 'real')}--real--`, 'One'],
    [
      'one of 200 characters',
      `boundary=${'b'.repeat(200)}`,
      `${part('One', 'b'.repeat(200))}--${'b'.repeat(200)}--`,
      'One',
    ],
    ['one twice', 'boundary=A; boundary=B', `${part('One', 'A')}--A--`, 'One'],
    [
      'the same one inside',
      'boundary=B',
      `--B\nContent-Type: multipart/mixed; boundary=B\n\n${part('Inner')}--B--\n${part('Outer')}--B--`,
      'Inner\n\nOuter',
    ],
    ['space after it', 'boundary=B', `--B  \n\nOne\n--B-- `, 'One'],
  ])('%s', async (_what, params, body, text) => {
    expect((await written(`Content-Type: multipart/mixed; ${params}`, body)).text).toBe(text)
  })
})

test('a line end in a name or a header ends there and starts nothing', async () => {
  const mail = await written(
    'Subject: One\rBcc: evil@x.test\nContent-Type: application/pdf; name="=?utf-8?Q?a=0D=0AX-Evil:_1=00.pdf?="',
    'x',
  )
  expect(mail.subject).toBe('One Bcc: evil@x.test')
  expect(names(mail)).toEqual(['a X-Evil: 1 .pdf'])
})

test('E20: what is packed is never unpacked: a file is as large as it was sent', async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000))
  const mail = await written(
    'Content-Type: application/zip; name=bomb.zip\nContent-Transfer-Encoding: base64',
    bomb.toString('base64'),
  )
  expect(mail.attachments).toMatchObject([{ name: 'bomb.zip', bytes: bomb.length }])
})

test('a file named by its place among the files, as refs once did, is still found', async () => {
  const raw = bytesOf('apple-mail-text-between')
  expect(Buffer.from(attachmentBytes(raw, partOf('{"part":0}')) ?? []).toString('latin1')).toBe('\xff\xd8\xff\xe0')
  const [image] = (await parseMail(raw, false)).attachments
  expect(partOf(attachmentRef(image?.part ?? []))).toEqual([1])
  expect(() => partOf('{"part":"1"}')).toThrow('does not name a part')
})

test('E17: words sent as base64 that are none are shown as they stand', async () => {
  const body = 'Hello, where is my order? It has been three weeks by now, you know.'
  expect((await written('Content-Transfer-Encoding: base64', body)).text).toBe(body)
})

test('E17: however a mail of any kind is damaged, it is read or given up on for good, and every file listed has its bytes', async () => {
  const mails = readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER)))
  const damage = fc.record({
    of: fc.nat(mails.length - 1),
    at: fc.nat(4000),
    cut: fc.nat(40),
    put: fc.uint8Array({ maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(damage, fc.boolean(), async ({ of, at, cut, put }, inside) => {
      const whole = mails[of] ?? Buffer.alloc(0)
      const from = at % whole.length
      const raw = Buffer.concat([whole.subarray(0, from), put, inside ? whole.subarray(from + cut) : Buffer.alloc(0)])
      const mail = await parseMail(raw, false).catch((error: unknown) => {
        if (error instanceof ParseError && error.final) return undefined
        throw error
      })
      for (const { part, bytes } of mail?.attachments ?? []) expect(attachmentBytes(raw, part)?.byteLength).toBe(bytes)
    }),
    { numRuns: 1500 },
  )
})
