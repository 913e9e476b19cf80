import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { fetchFirst, makeMailServer, openClient, openSocket, SUPPORT } from './programs.ts'

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

test.each([
  ['8-bit bytes, NUL among them', Buffer.concat([Buffer.from('Subject: \xe4\xf6\r\n\r\n', 'latin1'), EVERY_BYTE])],
  ['line ends of every kind', Buffer.from('Subject: odd\nX: y\r\r\n\nbare\nline\rends\r\n\r\n.\r\n..\n')],
  ['no line end at all', Buffer.from('no mail')],
  ['10 MB', randomBytes(10_485_760)],
  ['text that looks like IMAP', Buffer.from('* BYE\r\na1 OK (\r\n{3}\r\n"\\')],
])('a mail with %s comes back byte for byte', async (_what, raw) => {
  const mail = await makeMailServer()
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')

  const appended = await client.append('INBOX', raw)
  const fetched = await fetchFirst(client, { source: true, size: true })

  expect(appended).toMatchObject({ uid: 1, seq: 1 })
  expect(mail.account(SUPPORT).list()[0]?.raw.equals(raw)).toBe(true)
  expect(fetched.source?.equals(raw)).toBe(true)
  expect(fetched.size).toBe(raw.length)
})

test('a literal that waits for permission is stored like one that does not', async () => {
  const mail = await makeMailServer()
  const socket = await openSocket(mail.imap)
  await socket.until(/ready/)
  socket.write('a LOGIN {17}\r\n')
  await socket.until(/^\+ /)
  socket.write('support@desk.test {6}\r\n')
  await socket.until(/^\+ /)
  socket.write('secret\r\nb APPEND "INBOX" (\\Seen $Done) " 5-Jan-2026 10:00:00 +0130" {5}\r\n')
  await socket.until(/\+ /)
  expect(mail.account(SUPPORT).list()).toEqual([])
  socket.write('a\r\nb\xff\r\n')

  expect(await socket.until(/^b /m)).toMatch(/b OK \[APPENDUID \d+ 1\]/)
  expect(mail.account(SUPPORT).list()).toEqual([
    {
      uid: 1,
      raw: Buffer.from('a\r\nb\xff', 'latin1'),
      flags: ['\\Seen', '$Done'],
      internalDate: Date.UTC(2026, 0, 5, 8, 30),
    },
  ])
})

test('commands that arrive one byte at a time, or all at once, are the same commands', async () => {
  const mail = await makeMailServer()
  mail.account(SUPPORT).append('Subject: hi\r\n\r\nbody' as unknown as Uint8Array)
  const script =
    'a LOGIN "support@desk.test" "secret"\r\nb SELECT INBOX\r\nc APPEND INBOX {4+}\r\n\r\n\r\n\r\n' +
    'd UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT "From")])\r\ne UID SEARCH NOT (SEEN DELETED)\r\nf LOGOUT\r\n'
  const slow = await openSocket(mail.imap)
  const fast = await openSocket(mail.imap)

  for (const byte of script) slow.write(byte)
  const slowly = await slow.until(/f OK/)
  mail.account(SUPPORT).expunge(2)
  fast.write(script)

  const tidy = (text: string) =>
    text
      .replace(/\d{9,}/g, '')
      .replace(/UIDNEXT \d/, '')
      .replace(/APPENDUID +\d/, '')
  expect(tidy(await fast.until(/f OK/)).replace(/UID 3|SEARCH 1 3/g, (hit) => hit.replace('3', '2'))).toBe(tidy(slowly))
})

test('a client that dies at any byte of an APPEND leaves a whole mail or none', async () => {
  const mail = await makeMailServer()
  const raw = makeMail({ from: 'ann@customer.test', to: SUPPORT, subject: 'Hi', text: 'Hello' })
  const head = `a LOGIN support@desk.test secret\r\nb APPEND INBOX {${raw.length}+}\r\n`
  const script = Buffer.concat([Buffer.from(head), raw, Buffer.from('\r\n')])
  for (let bytes = 1; bytes <= script.length; bytes += bytes < head.length ? 20 : 7) {
    const socket = await openSocket(mail.imap)
    socket.socket.end(script.subarray(0, bytes))
    await socket.until(/never/)
  }
  expect(mail.account(SUPPORT).list()).toEqual([])

  const socket = await openSocket(mail.imap)
  socket.socket.end(script)
  await socket.until(/never/)
  expect(
    mail
      .account(SUPPORT)
      .list()
      .map((stored) => stored.raw.equals(raw)),
  ).toEqual([true])
})

test('a line or literal beyond all measure ends the connection and not the server', async () => {
  const mail = await makeMailServer()
  const endless = await openSocket(mail.imap)
  endless.write('a '.padEnd(2_000_000, 'x'))
  await endless.until(/never/)
  const huge = await openSocket(mail.imap)
  huge.write('a APPEND INBOX {9999999999+}\r\n')
  await huge.until(/never/)

  expect(endless.socket.closed && huge.socket.closed).toBe(true)
  await expect(openClient(mail)).resolves.toBeDefined()
})
