import { expect, test } from 'vitest'
import type { OwnMessage } from '../../../src/channel.ts'
import { ANNA, letterOf, makeMailbox, outbound, rawOf, SUPPORT, until } from './mailbox.ts'

const ANSWER = { from: `Support <${SUPPORT}>`, to: ANNA, text: 'It is on its way.' }

test('E13: what is filed in the Sent folder is read as ours, whatever it says of its author', async () => {
  const mailbox = await makeMailbox()
  const account = mailbox.mail.account(SUPPORT)
  const channel = await mailbox.start({ sentFolder: 'Sent' })
  mailbox.append('Where is it?')
  account.append(letterOf('Re: Where is it?', ANSWER), { folder: 'Sent' })
  account.append(letterOf('Re: As somebody else', { ...ANSWER, from: 'lena@private.test' }), { folder: 'Sent' })
  await until(() => mailbox.intake.rows.length >= 3)
  const events = (await Promise.all(mailbox.intake.rows.map((raw) => channel.parse(raw)))).flat()
  const ours = events.filter((event): event is OwnMessage => event.kind === 'own')
  expect(ours.map(({ said, isProven }) => [said?.from.address, isProven]).toSorted()).toEqual([
    ['lena@private.test', true],
    [SUPPORT, true],
  ])
  expect(ours.every(({ said }) => said?.to[0]?.address === ANNA && said.text === 'It is on its way.')).toBe(true)
  expect(events.filter(({ kind }) => kind === 'message')).toHaveLength(1)
})

test('the Sent folder goes on where it was read to, beside the other one', async () => {
  const mailbox = await makeMailbox()
  const account = mailbox.mail.account(SUPPORT)
  const first = await mailbox.start({ sentFolder: 'Sent' })
  account.append(letterOf('Re: one', ANSWER), { folder: 'Sent' })
  await until(() => mailbox.intake.rows.length === 1)
  await first.stop()
  account.append(letterOf('Re: two', ANSWER), { folder: 'Sent' })
  await mailbox.start({ sentFolder: 'Sent' })
  await until(() => mailbox.subjects().includes('Re: two'))
  expect(mailbox.subjects()).toEqual(['Re: one', 'Re: two'])
})

test('E21: a Sent folder that is not there is said, and customers’ mail comes in all the same', async () => {
  const mailbox = await makeMailbox()
  const channel = await mailbox.start({ sentFolder: 'Verzonden' })
  mailbox.append('Where is it?')
  await until(() => mailbox.intake.rows.length === 1)
  await until(() => channel.health().problem !== undefined)
  expect(channel.health().problem).toContain('has no folder "Verzonden"')
})

test('E13: our address in From proves nothing in the inbox, unless our server says so', async () => {
  const mailbox = await makeMailbox()
  const channel = mailbox.open({ authServer: 'mx.desk.test' })
  const verdictOf = async (results: string) => {
    const [event] = await channel.parse(rawOf(`${results}From: ${SUPPORT}\nTo: ${ANNA}\nSubject: x\n\nYes.`))
    return event?.kind === 'own' ? event.isProven : event?.kind
  }
  expect(await verdictOf('')).toBeUndefined()
  expect(await verdictOf('Authentication-Results: mx.desk.test; dmarc=fail\n')).toBeUndefined()
  expect(await verdictOf('Authentication-Results: mx.desk.test; dmarc=pass header.from=desk.test\n')).toBe(true)
  expect(await verdictOf('Authentication-Results: mx.evil.test; dmarc=pass header.from=desk.test\n')).toBeUndefined()
})

test('E13: the copy of a reply to which the server gave another Message-ID is known by the one it left with', async () => {
  const mailbox = await makeMailbox()
  const channel = mailbox.open()
  const [part] = await channel.render(outbound())
  const left = Buffer.from(part?.body ?? '').toString('latin1')
  const filed = left.replace(/^Message-ID: .*$/m, 'Message-ID: <0102018f@eu-west-1.mailer.test>')
  expect(filed).not.toBe(left)
  const [own] = await channel.parse({ ...rawOf(filed), meta: { sent: 'Sent' } })
  expect(own).toMatchObject({ kind: 'own', keys: expect.arrayContaining([part?.keys[0]]) })
})
