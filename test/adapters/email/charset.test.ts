import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { parseMail } from '../../../adapters/email/mail.ts'
import { ANNA, configOf, messageIn, openChannel, rawOf, SUPPORT } from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }

async function parse(head: string, body: Uint8Array) {
  const channel = openChannel(configOf({ imap: nowhere, smtp: nowhere, password: 'x' }))
  onTestFinished(() => channel.stop())
  const header = `From: ${ANNA}\r\nTo: ${SUPPORT}\r\n${head}\r\n\r\n`
  return messageIn(await channel.parse(rawOf(Buffer.concat([Buffer.from(header, 'latin1'), body]))))
}

test.each([
  ['windows-1251', 'cff0e8e2e5f2', 'Привет'],
  ['koi8-r', 'f0d2c9d7c5d4', 'Привет'],
  ['windows-1258', '56694574cc', 'ViEt\u0300'.normalize('NFC')],
  ['iso-2022-jp', '1b24422473246c1b2842', 'んれ'],
  ['gb18030', 'c4e3bac3', '你好'],
  ['shift_jis', '82b182f1', 'こん'],
  ['hz-gb-2312', '41207e7b44633a437e7d2042', 'A 你好 B'],
  ['iso-2022-kr', '1b2429430e475131390f2041', '한국 A'],
  ['x-sjis', '82b182f1', 'こん'],
  ['cp1251', 'cff0', 'Пр'],
  ['utf-8', 'c3bc', 'ü'],
])('E16: %s is read', async (charset, hex, words) => {
  const message = await parse(`Content-Type: text/plain; charset=${charset}`, Buffer.from(hex, 'hex'))
  if (charset === 'windows-1258') expect(message.text.startsWith('ViEt')).toBe(true)
  else expect(message.text).toBe(words)
  expect(message.warnings).toEqual([])
})

test('E16: an encoded subject split in the middle of a letter is put together', async () => {
  const message = await parse('Subject: =?utf-8?B?R3LDtsOf?= =?utf-8?B?ZSDD?=\r\n =?utf-8?B?vA==?=', Buffer.from('x'))
  expect(message.subject).toBe('Größe ü')
})

test.each([
  ["filename*0*=utf-8''Rech%6Eung%20;\r\n filename*1*=%C3%BC.pdf", 'Rechnung ü.pdf'],
  ['filename*0="The bill"; filename*1="\r\n of May.pdf"', 'The bill of May.pdf'],
])('E16: an attachment’s name in pieces (RFC 2231) is put together: %s', async (written, name) => {
  const body = `--B\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n ${written}\r\n\r\nx\r\n--B--`
  const message = await parse('Content-Type: multipart/mixed; boundary=B', Buffer.from(body))
  expect(message.attachments[0]?.name).toBe(name)
})

test.each([
  [
    'raw Latin-1 in a header',
    'Subject: Gr\xf6\xdfe',
    'x',
    'The header does not say in which characters it is written; it was read as windows-1252.',
  ],
  [
    'bytes that are not the declared UTF-8',
    'Subject: x\r\nContent-Type: text/plain; charset=utf-8',
    'Gr\xf6\xdfe',
    'The text is not in the characters the mail says it is in; it was read as windows-1252.',
  ],
  [
    'half a character',
    'Subject: x\r\nContent-Type: text/plain; charset=utf-8',
    'Gr\xc3\xb6\xc3\x9fe, Gr\xc3\xb6\xc3',
    'Some characters could not be read (shown as \ufffd); the original mail has them.',
  ],
])('E16: %s is read as well as can be, and flagged', async (_what, head, body, warning) => {
  const message = await parse(head, Buffer.from(body, 'latin1'))
  expect(message.warnings).toEqual([warning])
  expect(`${message.subject}${message.text}`).toContain('Größe')
})

test('E16: an unknown charset is read as well as can be', async () => {
  const message = await parse('Content-Type: text/plain; charset=x-no-such-thing', Buffer.from('plain words'))
  expect(message.text).toBe('plain words')
})

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`../../fixtures/mail/charset/${name}.eml`, import.meta.url)), false)

const RUSSIAN = 'Мой заказ N 4711 ещё не пришёл.'
const GUESSED_TEXT = 'The text is not in the characters the mail says it is in; it was read as'
const GUESSED_HEADER = 'The header does not say in which characters it is written; it was read as'

test.each([
  ['windows-1251', 'Анна Иванова', 'Заказ не пришёл', 'Мой заказ №4711 ещё не пришёл.'],
  ['koi8-r', 'Anna Example', 'Заказ не пришёл', RUSSIAN],
  ['windows-1258', 'Anna Example', 'Don hang', 'Xin chào, đơn hàng của tôi ở đâu?'],
  ['iso-2022-jp', '田中太郎', '注文について', 'ご注文の件でお問い合わせします。'],
  ['gb18030', '王小明', '订单问题', '您好，请问我的订单什么时候发货？㐀𠀀'],
  ['gb2312-that-is-gb18030', 'Anna Example', '订单问题 镕', '朱镕基大街，丟失的包裹'],
  ['utf-7', 'Anna Example', 'Größe', 'Größe 1 + 1, 5 €, 以你'],
  ['no-charset-utf-8', 'Anna Example', 'Lieferung', 'Größe passt nicht – bitte um Rückruf'],
  ['word-split-in-a-character', 'Jörg, GmbH', 'Größe ü', 'Hello'],
  ['raw-utf-8-header', 'Änne Müller', 'Größe “XL” – Frage', 'Hello'],
  ['raw-koi8-r-header', 'Анна Иванова', 'Заказ не пришёл', RUSSIAN],
])('E16: a mail of this kind is read without a doubt: %s', async (name, from, subject, words) => {
  const mail = await fixture(name)
  expect(mail).toMatchObject({ from: { name: from }, subject, warnings: [] })
  expect(mail.text.normalize('NFC')).toContain(words)
})

test.each([
  ['utf-8-said-to-be-latin-1', 'Größe passt nicht, bitte um Rückruf – 5 €', `${GUESSED_TEXT} utf-8.`],
  ['windows-1252-said-to-be-utf-8', 'Größe passt nicht – „bitte“ um Rückruf, 5 €', `${GUESSED_TEXT} windows-1252.`],
  ['windows-1252-said-to-be-us-ascii', 'Größe passt nicht – bitte um Rückruf', `${GUESSED_TEXT} windows-1252.`],
  ['unknown-8bit', 'Größe passt nicht – bitte um Rückruf', `${GUESSED_TEXT} windows-1252.`],
])('E16: a mail that says the wrong charset is read, and says so: %s', async (name, text, warning) => {
  expect(await fixture(name)).toMatchObject({ text, warnings: [warning] })
})

test.each([
  ['raw-shift-jis-header', '田中太郎', '注文についてのお問い合わせ', 'shift_jis'],
  ['raw-gb-header', '王小明', '我的订单什么时候发货', 'gb18030'],
  ['raw-windows-1251-header', 'Анна Иванова', 'Вопрос по заказу', 'windows-1251'],
])('E16: raw bytes in a header are read as the likeliest charset: %s', async (name, from, subject, charset) => {
  const warnings = [`${GUESSED_HEADER} ${charset}.`]
  expect(await fixture(name)).toMatchObject({ from: { name: from, address: ANNA }, subject, warnings })
})

test('E16: names of files are read however they are written', async () => {
  const { attachments } = await fixture('rfc-2231-names')
  expect(attachments.map(({ name }) => name)).toEqual([
    'Rechnung für Mai 2026 – Änderung.pdf',
    'Заказ.pdf',
    '发票.pdf',
    'Größe.jpg',
    'a"b;c.pdf',
  ])
})

test('E16: somebody’s words about broken characters are not repaired', async () => {
  const message = await parse('Content-Type: text/plain; charset=utf-8', Buffer.from('Your mail says GrÃ¶ÃŸe'))
  expect(message).toMatchObject({ text: 'Your mail says GrÃ¶ÃŸe', warnings: [] })
})
