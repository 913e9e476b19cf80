import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'

test('a letter in any script is read as it was written', async () => {
  const text = `Grüße an 客服 👋\n\nFrom here on:\n.\n${'a very long line '.repeat(40)}\nend = end`
  const raw = makeMail({
    from: '"Müller, Jürgen" <j@customer.test>',
    to: ['客服 <support@desk.test>', 'b@desk.test'],
    cc: '"Doe, Inc." <doe@customer.test>',
    subject: `Größe? ${'ヘルプ'.repeat(20)}`,
    text,
    html: '<p>Grüße</p>',
    messageId: '<m1@customer.test>',
    date: Date.UTC(2026, 0, 5, 9),
    inReplyTo: '<m0@desk.test>',
    references: Array.from({ length: 10 }, (_, n) => `<reference-number-${n}@desk.test>`),
    headers: { 'Auto-Submitted': 'auto-replied' },
    attachments: [
      { filename: 'Übersicht 2026.pdf', content: Buffer.from([0, 255, 13, 10]), contentType: 'application/pdf' },
    ],
  })

  const mail = await PostalMime.parse(raw)

  expect(mail).toMatchObject({
    from: { name: 'Müller, Jürgen', address: 'j@customer.test' },
    to: [{ name: '客服', address: 'support@desk.test' }, { address: 'b@desk.test' }],
    cc: [{ name: 'Doe, Inc.', address: 'doe@customer.test' }],
    subject: `Größe? ${'ヘルプ'.repeat(20)}`,
    messageId: '<m1@customer.test>',
    inReplyTo: '<m0@desk.test>',
    references: Array.from({ length: 10 }, (_, n) => `<reference-number-${n}@desk.test>`).join(' '),
    date: '2026-01-05T09:00:00.000Z',
  })
  expect(mail.text?.trimEnd()).toBe(text)
  expect(mail.html?.trimEnd()).toBe('<p>Grüße</p>')
  expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-replied' }))
  expect(mail.attachments).toMatchObject([{ filename: 'Übersicht 2026.pdf', mimeType: 'application/pdf' }])
  expect(new Uint8Array(mail.attachments[0]?.content as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 13, 10]))
})

test('a letter is 7-bit, with CRLF and short lines', () => {
  const raw = makeMail({
    from: 'ä <a@x.test>',
    to: 'b@x.test',
    subject: 'ö '.repeat(90),
    text: 'ü\r\ny\rz\n',
  }).toString('latin1')
  expect(raw).toMatch(/^[\x20-\x7e\t\r\n]*$/)
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
})

test('the same letter has the same bytes, another one another Message-ID', () => {
  const letter = { from: 'a@x.test', to: 'b@x.test', subject: 'One', text: 'Hi', html: '<p>Hi</p>' }
  const idOf = (raw: Buffer) => /Message-ID: (<.*@x\.test>)/.exec(raw.toString())?.[1]
  expect(makeMail(letter)).toEqual(makeMail(letter))
  expect(idOf(makeMail(letter))).toBeDefined()
  expect(idOf(makeMail({ ...letter, text: 'Ho' }))).not.toBe(idOf(makeMail(letter)))
  expect(makeMail({ ...letter, messageId: false }).toString()).not.toContain('Message-ID')
})
