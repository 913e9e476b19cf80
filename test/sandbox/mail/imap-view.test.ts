import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import type { MailStandIn } from '../../../src/sandbox/mail/mail-server.ts'
import { makeMailServer, openClient, openSocket, SUPPORT } from './programs.ts'

const letter = (subject: string, text = 'Hello') =>
  makeMail({ from: 'Ann <ann@customer.test>', to: SUPPORT, subject, text })

async function makeIdler(mail: MailStandIn) {
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const told: string[] = []
  client.on('exists', ({ count, prevCount }) => told.push(`exists ${prevCount} to ${count}`))
  client.on('expunge', (event) => told.push(`expunge ${event.seq}`))
  client.on('flags', ({ seq, flags }) => told.push(`flags ${seq} ${[...(flags ?? [])]}`))
  void client.idle()
  await mail.waitFor(() => mail.sessions().some(({ idling }) => idling), 'IDLE')
  return { client, told }
}

test('a client in IDLE hears of new mail, flags and removals at once', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  account.append(letter('one'))
  const { told } = await makeIdler(mail)

  account.append(letter('two'))
  await mail.waitFor(() => told.length === 1, 'the new mail')
  account.markSeen(2)
  await mail.waitFor(() => told.length === 2, 'the flag')
  account.expunge(1)
  await mail.waitFor(() => told.length === 3, 'the removal')

  expect(told).toEqual(['exists 1 to 2', 'flags 2 \\Seen', 'expunge 1'])
})

test('what came just before IDLE began is told as it begins', async () => {
  const mail = await makeMailServer()
  const socket = await openSocket(mail.imap)
  socket.write('a LOGIN support@desk.test secret\r\nb SELECT INBOX\r\n')
  await socket.until(/b OK/)

  mail.account(SUPPORT).append(letter('one'))
  socket.write('c IDLE\r\n')

  expect(await socket.until(/EXISTS/)).toMatch(/^\+ idling\r\n\* 1 EXISTS/)
  socket.write('DONE\r\n')
  expect(await socket.until(/^c /m)).toMatch(/^c OK/)
})

test('what one client does another one in IDLE hears', async () => {
  const mail = await makeMailServer()
  const { told } = await makeIdler(mail)
  const other = await openClient(mail)
  await other.mailboxOpen('INBOX')

  await other.append('INBOX', letter('one'))
  await other.messageFlagsAdd('1', ['\\Flagged'])
  await other.messageDelete('1')

  await mail.waitFor(() => told.includes('expunge 1'), 'the removal')
  expect(told).toEqual(['exists 0 to 1', 'flags 1 \\Flagged', 'flags 1 \\Flagged,\\Deleted', 'expunge 1'])
})

test('a server whose IDLE tells nothing tells all of it later', async () => {
  const mail = await makeMailServer()
  const { client, told } = await makeIdler(mail)

  const release = mail.faults.imap.noIdlePush()
  mail.account(SUPPORT).append(letter('one'))
  mail.account(SUPPORT).append(letter('two'))
  await openClient(mail)
  expect(told).toEqual([])
  release()

  await mail.waitFor(() => told.length > 0, 'the push')
  expect(told).toEqual(['exists 0 to 2'])
  expect(client.mailbox).toMatchObject({ exists: 2 })
})

test('asking for everything after the last known mail returns at least the last one', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  for (const subject of ['one', 'two', 'three']) account.append(letter(subject))
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const uidsOf = async (range: string) =>
    (await client.fetchAll(range, { uid: true }, { uid: true })).map(({ uid }) => uid)

  expect(await uidsOf('2:*')).toEqual([2, 3])
  expect(await uidsOf('4:*')).toEqual([3])
  expect(await uidsOf('99:*')).toEqual([3])
  expect(await uidsOf('3,1,2:3,1')).toEqual([1, 2, 3])
  account.expunge(2)
  expect(await uidsOf('1:2')).toEqual([1])
})

test('a mail that is counted but not yet handed out appears later', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  account.append(letter('one'))
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')

  const release = mail.faults.imap.hideUid(SUPPORT, account.append(letter('late')))
  await client.noop()
  expect(client.mailbox).toMatchObject({ exists: 2 })
  expect((await client.fetchAll('2:*', {}, { uid: true })).map(({ uid }) => uid)).toEqual([1])
  expect(await client.search({ all: true }, { uid: true })).toEqual([1])
  release()

  expect((await client.fetchAll('2:*', {}, { uid: true })).map(({ uid }) => uid)).toEqual([2])
})

test('a mail removed while a FETCH is under way is left out, and the numbers hold until the end', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  const long = letter('long', 'x'.repeat(1_000_000))
  for (let n = 0; n < 40; n++) account.append(long)
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const read: (number | undefined)[][] = []
  const removals: number[] = []
  client.on('expunge', (event) => removals.push(event.seq ?? 0))

  for await (const { seq, uid } of client.fetch('1:*', { uid: true, source: true })) {
    if (read.push([seq, uid]) === 1) account.expunge(40)
    expect(removals).toEqual([])
  }

  expect(read).toEqual(Array.from({ length: 39 }, (_, index) => [index + 1, index + 1]))
  await client.noop()
  expect(removals).toEqual([40])
})

test('a removal is not told during FETCH, STORE and SEARCH by number, only afterwards', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  for (const subject of ['one', 'two', 'three']) account.append(letter(subject))
  const socket = await openSocket(mail.imap)
  socket.write('a LOGIN support@desk.test secret\r\nb SELECT INBOX\r\n')
  await socket.until(/b OK/)

  account.expunge(1)
  account.append(letter('four'))
  socket.write('c FETCH 2 UID\r\n')
  expect(await socket.until(/c OK/)).toMatch(/^\* 2 FETCH \(UID 2\)\r\n\* 4 EXISTS\r\nc OK/)
  socket.write('d FETCH 1 UID\r\n')
  expect(await socket.until(/d OK/)).toMatch(/^d OK \[EXPUNGEISSUED\]/)
  socket.write('e UID FETCH 2 FLAGS\r\n')
  expect(await socket.until(/e OK/)).toMatch(/^\* 2 FETCH \(UID 2 FLAGS \(\)\)\r\n\* 1 EXPUNGE\r\ne OK/)
  socket.write('f SEARCH ALL\r\n')
  expect(await socket.until(/f OK/)).toMatch(/^\* SEARCH 1 2 3\r\n/)
})

test('a mail that came and went between two answers is never counted', async () => {
  const mail = await makeMailServer()
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const account = mail.account(SUPPORT)

  account.expunge(account.append(letter('gone')))
  account.append(letter('stays'))
  await client.noop()

  expect(client.mailbox).toMatchObject({ exists: 1 })
  expect(await client.search({ all: true }, { uid: true })).toEqual([2])
})

test('a UIDVALIDITY reset ends the connection; the same mails are there under new numbers', async () => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  for (const subject of ['one', 'two', 'three']) account.append(letter(subject))
  account.expunge(1)
  const before = account.list()
  const { client } = await makeIdler(mail)
  const validity = client.mailbox ? client.mailbox.uidValidity : 0n
  const closed = new Promise((resolve) => client.once('close', () => resolve('closed')))

  account.resetUidValidity()

  expect(await closed).toBe('closed')
  const again = await openClient(mail)
  const mailbox = await again.mailboxOpen('INBOX')
  expect(mailbox.uidValidity > validity).toBe(true)
  expect(mailbox.uidNext).toBe(3)
  const mails = await again.fetchAll('1:*', { uid: true, source: true, internalDate: true })
  expect(mails.map(({ uid }) => uid)).toEqual([1, 2])
  expect(mails.map(({ source }) => source?.toString())).toEqual(before.map(({ raw }) => raw.toString()))
})
