import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { manualClock } from '../../setup/clock.ts'
import { makeMailServer, makeSender, openClient, openSocket, SUPPORT } from './programs.ts'

const CUSTOMER = 'ann@customer.test'
const message = {
  from: SUPPORT,
  to: CUSTOMER,
  subject: 'Re: Size',
  text: 'It fits.\n.\n..two dots',
  messageId: '<r1@desk.test>',
}

test('a mail to a customer is accepted and kept with its envelope and its exact bytes', async () => {
  const clock = manualClock()
  const mail = await makeMailServer({ clock })
  const sent = await makeSender(mail).sendMail(message)

  expect(sent).toMatchObject({ accepted: [CUSTOMER], rejected: [] })
  expect(mail.outbound).toHaveLength(1)
  expect(mail.outbound[0]).toMatchObject({ from: SUPPORT, to: [CUSTOMER], at: clock.now() })
  expect(mail.outbound[0]?.raw.toString()).toContain('It fits.\r\n.\r\n..two dots\r\n')
})

test('an 8-bit mail arrives byte for byte behind the fields the server adds', async () => {
  const mail = await makeMailServer({ clock: manualClock(Date.UTC(2026, 0, 5, 9)) })
  const raw = Buffer.from('Subject: Gr\xfc\xdfe\r\nX: \x80\xff\r\n\r\n.\r\n..\r\nna\xefve\x00\r\n', 'latin1')
  await makeSender(mail).sendMail({ envelope: { from: CUSTOMER, to: SUPPORT }, raw })

  const stored = mail.account(SUPPORT).list()[0]?.raw.toString('latin1') ?? ''
  expect(mail.outbound[0]?.raw.equals(raw)).toBe(true)
  expect(stored.endsWith(raw.toString('latin1'))).toBe(true)
  expect(stored.slice(0, -raw.length)).toMatch(
    /^Return-Path: <ann@customer\.test>\r\nDelivered-To: support@desk\.test\r\nReceived: from .*\r\n\tby .*\r\n\tfor <support@desk\.test>; Mon, 05 Jan 2026 09:00:00 \+0000\r\n$/,
  )
})

test('mail to a tagged address lands in the mailbox it belongs to and says which tag', async () => {
  const mail = await makeMailServer()
  await makeSender(mail).sendMail({ ...message, from: CUSTOMER, to: 'Support+c-42@desk.test' })
  mail.deliver(makeMail({ ...message, from: CUSTOMER }), { from: '', to: 'support+c-43@desk.test' })

  const heads = mail
    .account(SUPPORT)
    .list()
    .map(({ raw }) => raw.toString().split('\r\n').slice(0, 2))
  expect(heads).toEqual([
    [`Return-Path: <${CUSTOMER}>`, 'Delivered-To: Support+c-42@desk.test'],
    ['Return-Path: <>', 'Delivered-To: support+c-43@desk.test'],
  ])
})

test('a mail handed to SMTP is pushed to the mail program that waits for it', async () => {
  const mail = await makeMailServer()
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  const exists = new Promise<number>((resolve) => client.once('exists', ({ count }) => resolve(count)))
  void client.idle()
  await mail.waitFor(() => mail.sessions().some(({ idling }) => idling), 'IDLE')

  await makeSender(mail).sendMail({ ...message, from: CUSTOMER, to: SUPPORT })

  expect(await exists).toBe(1)
})

test('mail for a stranger here is said to be misaddressed', async () => {
  const mail = await makeMailServer()
  expect(() => mail.deliver(Buffer.from('x'), { from: CUSTOMER, to: 'nobody@desk.test' })).toThrow(
    /no account for nobody/,
  )
})

test('a wrong password is refused with 535, and so is a right one on demand', async () => {
  const mail = await makeMailServer()
  await expect(makeSender(mail, 'wrong').sendMail(message)).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 })
  mail.faults.smtp.next({ kind: 'refuse-login' })
  await expect(makeSender(mail).sendMail(message)).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 })
  await expect(makeSender(mail).sendMail(message)).resolves.toBeDefined()
})

test('nobody sends to the world without logging in, anybody sends to a mailbox here', async () => {
  const mail = await makeMailServer()
  const socket = await openSocket(mail.smtp)
  await socket.until(/220 /)
  socket.write(`EHLO outside.test\r\nMAIL FROM:<${CUSTOMER}>\r\nRCPT TO:<other@world.test>\r\nRCPT TO:<${SUPPORT}>\r\n`)
  expect(await socket.until(/250 Accepted\r\n554 .*\r\n250 .*\r\n$/)).toContain('554 Relay access denied')
})

test('a refused address is named, and the others still get the mail', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'refuse-recipient', address: 'gone@customer.test' }, Infinity)

  await expect(makeSender(mail).sendMail({ ...message, to: 'gone@customer.test' })).rejects.toMatchObject({
    code: 'EENVELOPE',
    responseCode: 550,
  })
  const sent = await makeSender(mail).sendMail({ ...message, to: ['gone@customer.test', CUSTOMER] })

  expect(sent).toMatchObject({ accepted: [CUSTOMER], rejected: ['gone@customer.test'] })
  expect(mail.outbound.map(({ to }) => to)).toEqual([[CUSTOMER]])
  expect(mail.attempts.map(({ refused, answer }) => [refused, answer])).toEqual([
    [['gone@customer.test'], 'refused'],
    [['gone@customer.test'], 'accepted'],
  ])
})

test('a greylisting server refuses the first attempt and takes the second', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'greylist', address: CUSTOMER })

  await expect(makeSender(mail).sendMail(message)).rejects.toMatchObject({ responseCode: 451 })
  await expect(makeSender(mail).sendMail(message)).resolves.toMatchObject({ accepted: [CUSTOMER] })
  expect(mail.outbound).toHaveLength(1)
})

test('a busy server says 421 instead of hello', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'refuse-connection' })
  await expect(makeSender(mail).sendMail(message)).rejects.toMatchObject({ responseCode: 421 })
})

test('a mail refused after its last line is not taken', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'refuse-mail', code: 554, text: 'Looks like spam' })
  await expect(makeSender(mail).sendMail(message)).rejects.toMatchObject({
    responseCode: 554,
    response: '554 Looks like spam',
  })
  expect(mail.outbound).toEqual([])
})

test('a connection that breaks before the mail is handed over took nothing', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'drop-before-data' })
  await expect(makeSender(mail).sendMail(message)).rejects.not.toHaveProperty('responseCode', expect.any(Number))
  expect(mail.attempts).toMatchObject([{ answer: 'dropped', taken: false, raw: undefined }])
})

test.each([true, false])('after a break behind the last line only the server knows: taken is %s', async (accepted) => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'drop-after-data', accepted })

  await expect(makeSender(mail).sendMail(message)).rejects.toThrow()

  expect(mail.outbound).toHaveLength(accepted ? 1 : 0)
  expect(mail.attempts).toMatchObject([{ answer: 'dropped', taken: accepted, to: [CUSTOMER] }])
  expect(mail.attempts[0]?.raw?.toString()).toContain('It fits.')
})

test('a server that stalls behind the last line answers when it is let go', async () => {
  const mail = await makeMailServer()
  mail.faults.smtp.next({ kind: 'stall-after-data', accepted: true })
  let answered = false
  const sending = makeSender(mail)
    .sendMail(message)
    .then(() => {
      answered = true
    })
  await mail.waitFor(() => mail.attempts[0]?.answer === 'stalled', 'the stall')
  expect(mail.outbound).toHaveLength(1)
  expect(answered).toBe(false)

  mail.faults.smtp.release()
  await sending
})

test('a client that dies at any byte of its mail leaves a whole mail or none', async () => {
  const mail = await makeMailServer()
  const raw = makeMail({ from: CUSTOMER, to: SUPPORT, subject: 'Hi', text: 'Hello' })
  const data = Buffer.concat([raw, Buffer.from('.\r\n')])
  const die = async (bytes: number) => {
    const socket = await openSocket(mail.smtp)
    await socket.until(/220 /)
    socket.write(`EHLO outside.test\r\nMAIL FROM:<${CUSTOMER}>\r\nRCPT TO:<${SUPPORT}>\r\nDATA\r\n`)
    await socket.until(/354 /)
    socket.socket.end(data.subarray(0, bytes))
    await socket.until(/never/)
  }
  const cuts = Array.from({ length: Math.ceil(data.length / 9) }, (_, index) => Math.min(index * 9, data.length - 1))

  await Promise.all(cuts.map(die))
  expect(mail.account(SUPPORT).list()).toEqual([])
  await die(data.length)
  await mail.waitFor(() => mail.account(SUPPORT).list().length === 1, 'the mail')
  expect(mail.outbound.map((taken) => taken.raw.equals(raw))).toEqual([true])
})

test('a 10 MB mail goes through', async () => {
  const mail = await makeMailServer()
  const content = Buffer.alloc(7_500_000, 'attachment ')
  const raw = makeMail({
    from: CUSTOMER,
    to: SUPPORT,
    subject: 'Big',
    text: 'See',
    attachments: [{ filename: 'a.bin', content }],
  })
  await makeSender(mail).sendMail({ envelope: { from: CUSTOMER, to: SUPPORT }, raw })
  expect(mail.outbound[0]?.raw.equals(raw)).toBe(true)
  expect(raw.length).toBeGreaterThan(10_000_000)
})
