import type { FetchQueryObject } from 'imapflow'
import { expect, test } from 'vitest'
import { DAY } from '../../../src/clock.ts'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { manualClock } from '../../setup/clock.ts'
import { fetchFirst, makeMailServer, openClient, openSocket, SUPPORT } from './programs.ts'

const inner = makeMail({
  from: 'eve@x.test',
  to: 'ann@x.test',
  subject: 'Inner',
  text: 'deep',
  messageId: '<inner@x.test>',
})
const nested = Buffer.from(
  [
    'From: "Doe, John" <john@x.test>, =?utf-8?q?J=C3=BCrgen?= <j@x.test>',
    'To: team: ann@x.test;',
    'Subject: a "quoted" \\ subject',
    'Date: Mon, 5 Jan 2026 09:00:00 +0000',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    'preamble',
    '--outer',
    'Content-Type: text/plain; charset="utf-8"',
    '',
    'one',
    'two',
    '--outer',
    'Content-Type: message/rfc822',
    'Content-Disposition: attachment; filename="a;b.eml"',
    '',
    inner.toString(),
    '--outer--',
    'epilogue',
  ].join('\r\n'),
)

async function fetchFrom(raw: Buffer) {
  const mail = await makeMailServer()
  mail.account(SUPPORT).append(raw)
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  return (items: FetchQueryObject) => fetchFirst(client, items)
}

test('a mail shows who wrote to whom about what', async () => {
  const fetch = await fetchFrom(nested)
  const { envelope } = await fetch({ envelope: true })
  expect(envelope).toMatchObject({
    subject: 'a "quoted" \\ subject',
    date: new Date(Date.UTC(2026, 0, 5, 9)),
    from: [
      { name: 'Doe, John', address: 'john@x.test' },
      { name: 'Jürgen', address: 'j@x.test' },
    ],
    to: [{ address: 'ann@x.test' }],
  })
})

test('a mail shows its parts, a mail within it among them', async () => {
  const fetch = await fetchFrom(nested)
  const { bodyStructure } = await fetch({ bodyStructure: true })
  expect(bodyStructure).toMatchObject({
    type: 'multipart/mixed',
    childNodes: [
      { part: '1', type: 'text/plain', parameters: { charset: 'utf-8' }, size: 8, lineCount: 1 },
      {
        part: '2',
        type: 'message/rfc822',
        size: inner.length,
        disposition: 'attachment',
        dispositionParameters: { filename: 'a;b.eml' },
        envelope: { subject: 'Inner', messageId: '<inner@x.test>' },
        childNodes: [{ type: 'text/plain' }],
      },
    ],
  })
})

test('each part can be read by its number, byte for byte', async () => {
  const fetch = await fetchFrom(nested)
  const parts = ['1', '1.mime', '2', '2.header', '2.text', '2.1', '3', 'text']
  const { bodyParts, headers } = await fetch({ bodyParts: parts, headers: true })
  const part = (key: string) => bodyParts?.get(key)?.toString()
  const [innerHeader, innerBody] = inner.toString().split('\r\n\r\n')

  expect(part('1')).toBe('one\r\ntwo')
  expect(part('1.mime')).toBe('Content-Type: text/plain; charset="utf-8"\r\n\r\n')
  expect(part('2')).toBe(inner.toString())
  expect(part('2.header')).toBe(`${innerHeader}\r\n\r\n`)
  expect(part('2.text')).toBe(innerBody)
  expect(part('2.1')).toBe(innerBody)
  expect(bodyParts?.get('3')).toBeFalsy()
  expect(`${headers}${part('text')}`).toBe(nested.toString())
})

test('a piece of a mail can be read, also behind its end', async () => {
  const fetch = await fetchFrom(nested)
  expect((await fetch({ source: { start: 6, maxLength: 12 } })).source?.toString()).toBe('"Doe, John" ')
  expect((await fetch({ source: { start: 1_000_000, maxLength: 10 } })).source?.length).toBe(0)
})

test('chosen header fields come as they stand', async () => {
  const fetch = await fetchFrom(Buffer.from('A: 1\r\nb:\r\n\t2\r\nC: \xfc\r\nA: 4\r\n\r\nA: 5\r\n', 'latin1'))
  expect((await fetch({ headers: ['a', 'B', 'none'] })).headers?.toString()).toBe('A: 1\r\nb:\r\n\t2\r\nA: 4\r\n\r\n')
  expect((await fetch({ headers: ['c'] })).headers?.toString('latin1')).toBe('C: \xfc\r\n\r\n')
})

test('raw 8-bit in a header does not break the answer', async () => {
  const fetch = await fetchFrom(Buffer.from('Subject: Gr\xfc\xdfe\r\nFrom: J\xfcrgen <j@x.test>\r\n\r\n', 'latin1'))
  const { envelope, bodyStructure } = await fetch({ envelope: true, bodyStructure: true })
  expect(envelope?.from?.[0]?.address).toBe('j@x.test')
  expect(bodyStructure?.type).toBe('text/plain')
})

test.each([
  ['nothing', ''],
  ['only line ends', '\r\n\n\r\n'],
  ['a header that never ends', 'Subject: x'],
  ['a multipart without parts', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n'],
  ['a multipart without boundary', 'Content-Type: multipart/mixed\r\n\r\n--x\r\n'],
  ['a multipart cut off', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nA: b'],
  ['a broken type', 'Content-Type: ///;;;="\r\nTo: <<<>>>,,;\r\n\r\n'],
  ['bare line feeds', 'Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n\ntwo\n--x--\n'],
  ['mails within mails', 'Content-Type: message/rfc822\r\n\r\n'.repeat(200)],
])('a mail of %s is answered for all the same', async (_what, raw) => {
  const fetch = await fetchFrom(Buffer.from(raw))
  const { envelope, bodyStructure, source } = await fetch({ envelope: true, bodyStructure: true, source: true })
  expect(envelope).toBeDefined()
  expect(bodyStructure).toBeDefined()
  expect(source?.toString()).toBe(raw)
})

test('the server says when a mail arrived, by its own clock or as it was told', async () => {
  const clock = manualClock(Date.UTC(2026, 0, 5, 9))
  const mail = await makeMailServer({ clock })
  const account = mail.account(SUPPORT)
  account.append(nested)
  account.append(nested, { internalDate: Date.UTC(2020, 1, 29, 23, 59, 59) })
  clock.step(DAY)
  mail.deliver(nested, { from: 'ann@customer.test', to: SUPPORT })
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  await client.append('INBOX', nested, [], new Date('2019-12-31T23:00:00-05:00'))

  const dates = (await client.fetchAll('1:*', { internalDate: true })).map(({ internalDate }) => internalDate)

  expect(dates).toEqual([
    new Date('2026-01-05T09:00:00Z'),
    new Date('2020-02-29T23:59:59Z'),
    new Date('2026-01-06T09:00:00Z'),
    new Date('2020-01-01T04:00:00Z'),
  ])
})

test('reading marks a mail as read unless the client only peeks', async () => {
  const mail = await makeMailServer()
  mail.account(SUPPORT).append(nested)
  const flags = () => mail.account(SUPPORT).list()[0]?.flags
  const socket = await openSocket(mail.imap)
  socket.write('a LOGIN support@desk.test secret\r\nb EXAMINE INBOX\r\nc FETCH 1 BODY[]\r\nd SELECT INBOX\r\n')
  socket.write('e FETCH 1 (BODY.PEEK[] RFC822.HEADER)\r\n')
  await socket.until(/^e OK/m)
  expect(flags()).toEqual([])

  socket.write('f FETCH 1 RFC822.TEXT\r\n')
  expect(await socket.until(/^f OK/m)).toMatch(/ FLAGS \(\\Seen\)\)\r\nf OK/)
  expect(flags()).toEqual(['\\Seen'])
})

test('a mailbox of twenty thousand mails is read whole in one fetch', async () => {
  const mail = await makeMailServer()
  const raw = makeMail({ from: 'ann@customer.test', to: SUPPORT, subject: 'Size', text: 'word '.repeat(160) })
  const count = 20_000
  for (let n = 0; n < count; n++) mail.account(SUPPORT).append(raw)
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  let bytes = 0
  for await (const { source } of client.fetch('1:*', { internalDate: true, source: true }, { uid: true })) {
    bytes += source?.length ?? 0
  }
  expect(bytes).toBe(count * raw.length)
})
