// The way out through a real mail server: what it says to us, and what the agent hears of that.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMail } from '../../src/sandbox/mail/letter.ts'
import { memoryIntake } from '../adapters/email/mailbox.ts'
import { DOMAINS } from '../setup/exim.ts'
import { type MailServers, mailServersSkipped, startMailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { firstAttempt, mailboxConfig, openChannel, refusalOf, renderReply } from './channel.ts'
import { inMailbox, readMailbox } from './mailbox.ts'

describe.skipIf(mailServersSkipped())('sending through a real mail server', () => {
  let servers: MailServers
  beforeAll(async () => {
    servers = await startMailServers()
  })
  afterAll(() => servers?.stop())

  const support = () => servers.user('support')
  const openSupport = () => openChannel(mailboxConfig(servers, support()))
  const mailsOf = async (customer: string) =>
    (await readMailbox(servers, customer)).map((raw) => raw.toString('latin1'))

  test('E15: a reply reaches the customer byte for byte as it was rendered', async () => {
    const channel = openSupport()
    const parts = await renderReply(channel, 'ada@customer.test')
    const progress = firstAttempt()

    const sent = await channel.send(parts, progress)

    expect(sent.recipients).toEqual([{ address: 'ada@customer.test', accepted: true }])
    expect(progress.proofs).toEqual(sent.externalIds)
    await until(async () => (await mailsOf('ada@customer.test')).length > 0, 'the reply in the mailbox')
    // Each server on the way writes its own lines on top, and nothing else.
    const [received = ''] = await mailsOf('ada@customer.test')
    const rendered = Buffer.from(parts[0]?.body ?? []).toString('latin1')
    expect(received.slice(-rendered.length)).toBe(rendered)
  })

  test('an address the server refuses is told to the agent, with what to do', async () => {
    const channel = openSupport()
    const to = `nobody@${DOMAINS.reject}`

    const error = await refusalOf(channel.send(await renderReply(channel, to), firstAttempt()))

    expect(error.failure).toEqual({ kind: 'rejected' })
    expect(error.message).toContain(`the mail server refuses ${to}`)
    expect(error.message).toContain('550 5.1.1 No such user here')
    expect(error.message).toContain('Check the address, or reach the customer another way.')
  })

  test('E15: after a server has said "later" the reply is tried again, and only this one waits', async () => {
    const channel = openSupport()
    const parts = await renderReply(channel, `ada@${DOMAINS.greylist}`)
    const error = await refusalOf(channel.send(parts, firstAttempt()))
    expect(error.failure).toEqual({ kind: 'temporary' })
  })

  test('when the server refuses the customer, a copy reaches nobody', async () => {
    const channel = openSupport()
    const cc = [{ address: 'copy@customer.test' }]
    const parts = await renderReply(channel, `nobody@${DOMAINS.reject}`, { cc, subject: 'for the customer' })

    const error = await refusalOf(channel.send(parts, firstAttempt()))

    expect(error.failure).toEqual({ kind: 'rejected' })
    await channel.send(await renderReply(channel, 'copy@customer.test', { subject: 'for the copy' }), firstAttempt())
    await until(async () => (await mailsOf('copy@customer.test')).length > 0, 'a later mail')
    expect(servers.taken('for the copy')).toBe(1)
    expect(servers.taken('for the customer')).toBe(0)
  })

  test('when the server refuses a copy, the customer has the reply and the agent is shown who has not', async () => {
    const channel = openSupport()
    const cc = [{ address: `nobody@${DOMAINS.reject}` }]
    const parts = await renderReply(channel, 'bob@customer.test', { cc })

    const sent = await channel.send(parts, firstAttempt())

    expect(sent.recipients).toMatchObject([
      { address: 'bob@customer.test', accepted: true },
      { address: cc[0]?.address, accepted: false, reason: expect.stringContaining('No such user here') },
    ])
    await until(async () => (await mailsOf('bob@customer.test')).length > 0, 'the reply in the mailbox')
  })

  test('a wrong password concerns the account: the operator is told and nothing is lost', async () => {
    const config = mailboxConfig(servers, support())
    const channel = openChannel({ ...config, smtp: { ...config.smtp, password: 'wrong' } })
    const error = await refusalOf(channel.send(await renderReply(channel, 'ada@customer.test'), firstAttempt()))
    expect(error.failure).toEqual({ kind: 'temporary', account: true })
    expect(error.message).toContain('refuses our user or password')
  })

  test('a server whose certificate nobody vouches for gets neither our password nor a mail', async () => {
    const { ca: _, ...smtp } = mailboxConfig(servers, support()).smtp
    const channel = openChannel({ ...mailboxConfig(servers, support()), smtp })
    const error = await refusalOf(channel.send(await renderReply(channel, 'ada@customer.test'), firstAttempt()))
    expect(error.failure).toEqual({ kind: 'temporary', account: true })
    expect(error.message).toMatch(/certificate/i)
  })

  test('E15: after a broken connection the Sent folder says whether the mail went out', async () => {
    const channel = openChannel({ ...mailboxConfig(servers, support()), sentFolder: 'Sent' })
    const parts = await renderReply(channel, 'ada@customer.test')

    expect(await channel.reconcile(parts, firstAttempt())).toBe('absent')

    const body = Buffer.from(parts[0]?.body ?? [])
    await inMailbox(servers, support(), (client) => client.append('Sent', body), 'Sent')
    expect(await channel.reconcile(parts, firstAttempt())).toMatchObject({
      recipients: [{ address: 'ada@customer.test', accepted: true }],
    })
  })

  test('E13: what a colleague sends from webmail is read from the Sent folder as ours', async () => {
    const user = servers.user('webmail')
    const channel = openChannel({ ...mailboxConfig(servers, user), sentFolder: 'Sent' })
    const intake = memoryIntake()
    await channel.start(intake)
    const letter = makeMail({ from: user, to: 'ada@customer.test', subject: 'Re: Your order', text: 'It left today.' })
    await inMailbox(servers, user, (client) => client.append('Sent', letter, ['\\Seen']))
    await until(() => intake.rows.length > 0, 'the answer from the Sent folder')
    const [raw] = intake.rows
    const [event] = raw ? await channel.parse(raw) : []
    expect(event).toMatchObject({ kind: 'own', isProven: true, said: { text: 'It left today.' } })
  })

  test('E15: a copy of our own in the Sent folder: the same bytes, read, once; and its absence proves nothing', async () => {
    const user = servers.user('filing')
    const channel = openChannel({ ...mailboxConfig(servers, user), sentFolder: 'Sent', sentCopy: true })
    const parts = await renderReply(channel, 'ada@customer.test')
    const copies = () =>
      inMailbox(servers, user, (client) => client.fetchAll('1:*', { source: true, flags: true }, { uid: true }), 'Sent')
    expect(await channel.reconcile(parts, firstAttempt())).toBe('unknown')

    await channel.send(parts, firstAttempt())
    await until(async () => (await copies()).length > 0, 'the copy in the Sent folder')
    await channel.send(parts, firstAttempt())
    await channel.stop()

    const [copy, ...more] = await copies()
    expect(more).toEqual([])
    expect(copy?.source?.equals(Buffer.from(parts[0]?.body ?? []))).toBe(true)
    expect(copy?.flags?.has('\\Seen')).toBe(true)
    expect(await channel.reconcile(parts, firstAttempt())).toMatchObject({ recipients: [{ accepted: true }] })
  })

  test('files, pictures and a signature reach the customer, through servers that look at every line', async () => {
    const channel = openChannel({ ...mailboxConfig(servers, support()), signature: '{agent}\nExample Support' })
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    const parts = await renderReply(channel, 'eve@customer.test', {
      markdown: `Press:\n\n![the button](cid:button.png)\n\n.\n\nFrom here on ${'long '.repeat(300)}`,
      attachments: [
        { name: 'button.png', type: 'image/png', content: png },
        { name: 'Übersicht – 2026.csv', type: 'text/csv', content: Buffer.from('a;b\n') },
      ],
    })

    await channel.send(parts, firstAttempt())

    await until(async () => (await mailsOf('eve@customer.test')).length > 0, 'the reply in the mailbox')
    const [received = ''] = await mailsOf('eve@customer.test')
    const rendered = Buffer.from(parts[0]?.body ?? []).toString('latin1')
    expect(received.slice(-rendered.length)).toBe(rendered)
    expect(parts[0]?.preview).toContain('-- \nGrace Hopper\nExample Support')
  })
})
