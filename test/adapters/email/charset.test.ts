import { expect, onTestFinished, test } from 'vitest'
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

test('E16: an attachment’s name in pieces (RFC 2231) is put together', async () => {
  const body =
    "--B\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8''Rech%6Eung%20;\r\n filename*1*=%C3%BC.pdf\r\n\r\nx\r\n--B--"
  const message = await parse('Content-Type: multipart/mixed; boundary=B', Buffer.from(body))
  expect(message.attachments[0]?.name).toBe('Rechnung ü.pdf')
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
