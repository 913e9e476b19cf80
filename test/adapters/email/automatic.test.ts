// Mail of our own machine: what its headers and its envelope say, and which mail it may answer at all.
import { describe, expect, test } from 'vitest'
import { firstHeader, readHeaders, splitMail } from '../../../adapters/email/header.ts'
import type { OutboundMessage, Part } from '../../../src/channel.ts'
import type { Letter } from '../../../src/sandbox/mail/letter.ts'
import {
  ANNA,
  configOf,
  letterOf,
  makeMailbox,
  messageIn,
  openChannel,
  outbound,
  progress,
  rawOf,
  SUPPORT,
  TOKEN,
} from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }
const channel = openChannel(configOf({ imap: nowhere, smtp: nowhere, password: 'x' }))

const asked = async (letter: Partial<Letter> = {}) =>
  messageIn(await channel.parse(rawOf(letterOf('A secret subject', letter))))

async function acknowledgement(message: Partial<OutboundMessage> = {}): Promise<OutboundMessage> {
  const { replyHandle, text, arrivedAt, from } = await asked({ messageId: '<q2@x>', references: ['<q1@x>'] })
  const answers = { replyHandle, text, arrivedAt, from }
  const to = [{ address: ANNA }]
  return outbound({ automated: 'acknowledgement', agentName: '', subject: 'We have it', to, answers, ...message })
}

async function render(message: OutboundMessage): Promise<Part> {
  const [part] = await channel.render(message)
  if (!part) throw new Error('nothing was rendered')
  return part
}

const header = ({ body }: Part, key: string) => firstHeader(readHeaders(splitMail(body).head), key)

describe('E12: an acknowledgement', () => {
  test('says that a machine wrote it, and leads an answer back into the conversation', async () => {
    const part = await render(await acknowledgement())
    expect(header(part, 'auto-submitted')).toBe('auto-replied')
    expect(header(part, 'x-auto-response-suppress')).toBe('All')
    expect(header(part, 'precedence')).toBeUndefined() // RFC 3834 section 3.1.8
    expect(header(part, 'in-reply-to')).toBe('<q2@x>')
    expect(header(part, 'references')).toBe('<q1@x> <q2@x>')
    expect(header(part, 'reply-to')).toBe(`Desk Ltd <support+${TOKEN}@desk.test>`)
    expect(header(part, 'from')).toBe(`Desk Ltd <${SUPPORT}>`)
  })

  test('has its own subject, quotes nothing and goes to one person only', async () => {
    const crowd = { to: [{ address: ANNA }, { address: 'ben@x.test' }], cc: [{ address: 'eve@x.test' }] }
    const part = await render(await acknowledgement(crowd))
    expect(header(part, 'subject')).toBe('We have it')
    expect(part.recipients).toEqual([{ address: ANNA }])
    expect(header(part, 'to')).toBe(ANNA)
    expect(header(part, 'cc')).toBeUndefined()
    expect(Buffer.from(part.body).toString()).not.toMatch(/secret|Where is my order/)
  })

  test('another installation takes it for what it is: no question, and nothing to answer', async () => {
    const part = await render(await acknowledgement())
    const there = configOf({ imap: nowhere, smtp: nowhere, password: 'x' })
    const elsewhere = openChannel({ ...there, address: ANNA, aliases: [] })
    expect(messageIn(await elsewhere.parse(rawOf(part.body))).automated).toMatch(/Auto-Submitted/)
  })

  test('leaves with the null sender, every time; a person’s reply leaves with ours', async () => {
    const { mail, open } = await makeMailbox()
    const sending = open()
    const frozen = await sending.render(await acknowledgement())
    await sending.send(frozen, progress())
    await sending.send(frozen, progress())
    await sending.send(await sending.render(outbound({ markdown: 'Auto-Submitted: auto-replied' })), progress())
    expect(mail.attempts.map(({ from, to }) => [from, to])).toEqual([
      ['', [ANNA]],
      ['', [ANNA]],
      [SUPPORT, [ANNA]],
    ])
    expect(mail.outbound).toHaveLength(3)
  })
})

test('an alarm is a notice: generated, under its own subject, with no way back into a conversation', async () => {
  const { conversationToken: _, ...notice } = outbound({
    automated: 'alarm',
    agentName: '',
    subject: 'Mailbox is down',
  })
  const part = await render(notice)
  expect(header(part, 'auto-submitted')).toBe('auto-generated')
  expect(header(part, 'subject')).toBe('Mailbox is down')
  expect(header(part, 'reply-to')).toBeUndefined()
  expect(part.keys).toHaveLength(1)
  const { mail, open } = await makeMailbox()
  await open().send([part], progress())
  expect(mail.attempts[0]?.from).toBe(SUPPORT) // Whoever runs this wants to know that it came back.
})

describe('E12: a machine may answer a mail', () => {
  test.each([
    ['that is written to us', {}],
    ['that is copied to us', { to: 'ben@x.test', cc: `Support <${SUPPORT.toUpperCase()}>` }],
    ['that is written to an alias', { to: 'help@desk.test' }],
    ['that answers in a conversation', { to: `support+${TOKEN}@desk.test` }],
  ])('%s', async (_, letter) => {
    expect((await asked(letter)).acknowledgeable).toBe(true)
  })

  test.each([
    ['that reached us in secret', { to: 'undisclosed-recipients:;' }],
    ['that a list or a forwarder brought', { to: 'everybody@list.test' }],
    ['that names another mailbox of ours only', { to: 'sales@desk.test' }],
    ['from nobody', { from: '' }],
    ['from no-reply', { from: 'no-reply@shop.test' }],
    ['from do-not-reply', { from: 'DoNotReply@shop.test' }],
    ['from a mail server', { from: 'MAILER-DAEMON@shop.test' }],
    ['from a postmaster', { from: 'postmaster@shop.test' }],
    ['from a list', { from: 'owner-cats@list.test' }],
    ['from a list’s robot', { from: 'cats-request@list.test' }],
    ['from a bounce address', { from: 'bounces+123@list.test' }],
    ['from notifications', { from: 'notifications@shop.test' }],
  ])('but none %s', async (_, letter) => {
    expect((await asked(letter)).acknowledgeable).toBeUndefined()
  })
})
