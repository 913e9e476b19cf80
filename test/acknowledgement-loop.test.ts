// Two desks that acknowledge, each with its own store and mailbox, on one mail server: they must not talk to each other for ever.
import { expect, onTestFinished, test } from 'vitest'
import { emailChannel } from '../adapters/email/channel.ts'
import { MINUTE, systemClock } from '../src/clock.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { makeMail } from '../src/sandbox/mail/letter.ts'
import { type MailStandIn, startMail } from '../src/sandbox/mail/mail-server.ts'
import { configOf } from './adapters/email/mailbox.ts'
import { makeAcknowledgingWorld } from './setup/acknowledging.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { fakeChannel } from './setup/fake-channel.ts'

const HERE = 'support@here.test'
const THERE = 'help@there.test'
const ROUNDS = 10

async function office(open: OpenTestDb, mail: MailStandIn, address: string, secret: number) {
  const config = { ...configOf(mail), name: 'email:support', address, aliases: [], displayName: 'Desk' }
  const login = { user: address, password: mail.password }
  const email = emailChannel(
    { ...config, imap: { ...config.imap, ...login }, smtp: { ...config.smtp, ...login } },
    {
      clock: systemClock(),
      random: systemRandom(),
      log: silentLog,
      secret: new Uint8Array(32).fill(secret),
      ownAddresses: [],
    },
  )
  onTestFinished(() => email.stop())
  const { parse, render, send, salvage } = email
  const channel = Object.assign(fakeChannel('email:support', 'none'), { parse, render, send, salvage })
  const world = await makeAcknowledgingWorld(open, { channel, acknowledge: 'unverified' })
  let read = 0
  return {
    world,
    /** Takes in what is new in the mailbox, as it stands there, and does what is owed for it. */
    async work(spoil: (raw: Uint8Array) => Uint8Array = (raw) => raw) {
      const letters = mail.account(address).list('INBOX').slice(read)
      read += letters.length
      const raws = letters.map(({ raw }, n) => ({
        key: `${read}/${n}`,
        arrivedAt: world.clock.now(),
        body: spoil(raw),
      }))
      await world.keep(raws)
      await world.runIntake()
      await world.passTime(MINUTE)
    },
  }
}

async function correspond(open: OpenTestDb, spoil?: (raw: Uint8Array) => Uint8Array) {
  const mail = await startMail({ accounts: [HERE, THERE] })
  onTestFinished(mail.stop)
  const here = await office(open, mail, HERE, 1)
  const there = await office(open, mail, THERE, 2)
  const first = makeMail({ from: `Desk <${HERE}>`, to: THERE, subject: 'Hello', text: 'Where is our order, please?' })
  mail.deliver(first, { from: HERE, to: THERE })
  for (let round = 0; round < ROUNDS; round++) {
    await there.work(spoil)
    await here.work(spoil)
  }
  return { mail, here: here.world, there: there.world }
}

/** As some relay does that removes what it does not know. */
function withoutMarks(raw: Uint8Array): Uint8Array {
  const marks = /^(?:Return-Path|Auto-Submitted|X-Auto-Response-Suppress):.*\r\n/gim
  return Buffer.from(Buffer.from(raw).toString('latin1').replace(marks, ''), 'latin1')
}

eachDatabase((open) => {
  test('E12: two desks that acknowledge each other’s mail exchange two messages in all', async () => {
    const { mail, here, there } = await correspond(open)
    expect(mail.outbound.map(({ from, to }) => [from, to])).toEqual([['', [HERE]]]) // And the one that began it.
    expect(await there.acknowledgements()).toMatchObject([{ delivery: 'accepted' }])
    expect(await here.acknowledgements()).toEqual([])
    const [taken] = await here.db.selectFrom('message').selectAll().execute()
    expect(taken?.automated).toMatch(/Auto-Submitted/)
    expect(await here.count('ping')).toBe(0)
  })

  test('E12: even where a relay takes every mark off our mail, each acknowledges the other once', async () => {
    const { mail, here, there } = await correspond(open, withoutMarks)
    expect(mail.outbound.map(({ to }) => to)).toEqual([[HERE], [THERE]])
    expect(await here.acknowledgements()).toHaveLength(1)
    expect(await there.acknowledgements()).toHaveLength(1)
  })
})
