import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { makeClient, makeMailServer, openClient, openSocket, SUPPORT } from './programs.ts'

const letter = (subject: string, text = 'Hello') =>
  makeMail({ from: 'Ann <ann@customer.test>', to: SUPPORT, subject, text })

test('a mail program logs in and finds the folders a mailbox has, each with its use', async () => {
  const mail = await makeMailServer()
  const client = await openClient(mail)

  const folders = await client.list()

  expect(folders.map(({ path, specialUse }) => [path, specialUse])).toEqual([
    ['INBOX', '\\Inbox'],
    ['Sent', '\\Sent'],
    ['Drafts', '\\Drafts'],
    ['Junk', '\\Junk'],
    ['Trash', '\\Trash'],
  ])
  expect(folders.every(({ subscribed }) => subscribed)).toBe(true)
})

test('LOGIN works as well as AUTHENTICATE', async () => {
  const mail = await makeMailServer()
  await openClient(mail, { auth: { user: SUPPORT, pass: mail.password, loginMethod: 'LOGIN' } })
  await openClient(mail, { auth: { user: SUPPORT, pass: mail.password, loginMethod: 'AUTH=PLAIN' } })
  expect(mail.sessions().map(({ address }) => address)).toEqual([SUPPORT, SUPPORT])
})

test.each([
  ['a wrong password', { user: SUPPORT, pass: 'wrong' }],
  ['an address without a mailbox', { user: 'nobody@desk.test', pass: 'secret' }],
  ['a tagged address', { user: 'support+x@desk.test', pass: 'secret' }],
])('%s is refused as an authentication failure', async (_what, auth) => {
  const client = makeClient(await makeMailServer(), { auth })
  await expect(client.connect()).rejects.toMatchObject({
    authenticationFailed: true,
    serverResponseCode: 'AUTHENTICATIONFAILED',
  })
})

test('a login can be refused for a while, as a server in trouble and not as a wrong password', async () => {
  const mail = await makeMailServer()
  mail.faults.imap.refuseLogin(1, 'UNAVAILABLE')

  await expect(makeClient(mail).connect()).rejects.toMatchObject({ serverResponseCode: 'UNAVAILABLE' })
  await expect(openClient(mail)).resolves.toBeDefined()
})

test('a killed connection loses the client nothing that is stored', async () => {
  const mail = await makeMailServer()
  mail.account(SUPPORT).append(letter('one'))
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const closed = new Promise((resolve) => client.once('close', () => resolve('closed')))

  mail.faults.imap.dropConnections()

  expect(await closed).toBe('closed')
  expect(await (await openClient(mail)).status('INBOX', { messages: true })).toMatchObject({ messages: 1 })
})

test('a server that went away refuses connections and comes back on the same port', async () => {
  const mail = await makeMailServer()
  await openClient(mail)

  await mail.faults.imap.goAway()
  await expect(makeClient(mail).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await mail.faults.imap.comeBack()

  await expect(openClient(mail)).resolves.toBeDefined()
})

test('a connection that breaks within a FETCH yields whole mails and then fails', async () => {
  const mail = await makeMailServer()
  const long = letter('long', 'x'.repeat(100_000))
  for (let n = 0; n < 10; n++) mail.account(SUPPORT).append(long)
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  mail.faults.imap.cutNextFetch(3.5 * long.length)
  const sizes: (number | undefined)[] = []

  const reading = async () => {
    for await (const { source } of client.fetch('1:*', { source: true })) sizes.push(source?.length)
  }

  await expect(reading()).rejects.toMatchObject({ code: 'NoConnection' })
  expect(sizes).toEqual([long.length, long.length, long.length])
})

test('a server that stalls answers nothing until it goes on', async () => {
  const mail = await makeMailServer()
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const socket = await openSocket(mail.imap)
  await socket.until(/OK/)
  const heard: string[] = []

  mail.faults.imap.stall()
  mail.account(SUPPORT).append(letter('one'))
  const noop = client.noop().then(() => heard.push('noop'))
  socket.write('a CAPABILITY\r\nb LOGIN support@desk.test secret\r\nc APPEND INBOX {2+}\r\nhi\r\n')
  // Another connection's whole exchange passes meanwhile on the SMTP side, so there was time to answer.
  await (await openSocket(mail.smtp)).until(/220 /)
  expect(heard).toEqual([])
  expect(mail.account(SUPPORT).list()).toHaveLength(1)

  mail.faults.imap.resume()
  await noop
  expect(client.mailbox).toMatchObject({ exists: 1 })
  await socket.until(/c OK/)
  expect(mail.account(SUPPORT).list()).toHaveLength(2)
})

test('what a server does not do it neither claims nor accepts', async () => {
  const socket = await openSocket((await makeMailServer()).imap)
  const greeting = await socket.until(/ready/)
  socket.write('a LOGIN support@desk.test secret\r\n')
  await socket.until(/a OK/)

  expect(greeting).not.toMatch(/CONDSTORE|QRESYNC|STARTTLS|COMPRESS|LIST-EXTENDED/)
  socket.write('b STARTTLS\r\n')
  expect(await socket.until(/^b /m)).toContain('b BAD')
  socket.write('c ENABLE CONDSTORE\r\n')
  expect(await socket.until(/^c /m)).toMatch(/^\* ENABLED\r\nc OK/)
})

test('commands out of place are refused and the connection goes on', async () => {
  const socket = await openSocket((await makeMailServer()).imap)
  await socket.until(/ready/)
  const answers = [
    ['a SELECT INBOX', /^a BAD Log in first/],
    ['b LOGIN support@desk.test secret', /^b OK/],
    ['c FETCH 1 UID', /^c BAD No mailbox selected/],
    ['d SELECT Nowhere', /^d NO \[NONEXISTENT\]/],
    ['e APPEND Nowhere {2+}\r\nhi', /^e NO \[TRYCREATE\]/],
    ['f SELECT (((', /^f BAD/],
    ['?', /^\? BAD/],
    ['g SELECT INBOX', /g OK \[READ-WRITE\]/],
    ['h FETCH 1 UID', /^h BAD/],
    ['i UID FETCH 1:* UID', /^i OK/],
    ['j LOGOUT', /^\* BYE .*\r\nj OK/],
  ] as const
  for (const [command, answer] of answers) {
    socket.write(`${command}\r\n`)
    expect(await socket.until(/^(\S+) (OK|NO|BAD) .*\r\n$/m)).toMatch(answer)
  }
})
