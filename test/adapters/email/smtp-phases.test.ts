import { describe, expect, test } from 'vitest'
import { throttleMs } from '../../../adapters/email/throttle.ts'
import { type OutboundMessage, SendError, type SendFailure } from '../../../src/channel.ts'
import { HOUR, MINUTE } from '../../../src/clock.ts'
import { ANNA, configOf, openChannel, outbound, progress, SUPPORT } from './mailbox.ts'
import { type Happening, type Moment, type StubOptions, startSmtpStub } from './smtp-stub.ts'

const BEN = 'ben@customer.test'
const nowhere = { host: '127.0.0.1', port: 9 }

const temporary: SendFailure = { kind: 'temporary' }
const account: SendFailure = { kind: 'temporary', account: true }
const rejected: SendFailure = { kind: 'rejected' }
const uncertain: SendFailure = { kind: 'uncertain' }
const throttled = (retryAfterMs: number): SendFailure => ({ kind: 'temporary', account: true, retryAfterMs })
const say = (text: string): Happening => ({ say: text })
const half = (stop: string, then: 'drop' | 'silence' = 'drop'): Happening => ({ stop, then })

interface Wanted extends StubOptions {
  message?: Partial<OutboundMessage>
  tls?: 'none' | 'starttls'
  user?: null
  answerMs?: number
}

async function sendTo(
  moment: Moment | 'never',
  happening: Happening,
  { message, tls = 'none', user, answerMs, ...stubbed }: Wanted = {},
) {
  const stub = await startSmtpStub(moment, happening, stubbed)
  const config = configOf({ imap: nowhere, smtp: stub, password: 'secret' })
  const { user: _, ...nobody } = config.smtp
  const smtp = {
    ...(user === null ? nobody : config.smtp),
    tls,
    timeoutMs: 250,
    ...(answerMs !== undefined && { answerMs }),
  }
  const channel = openChannel({ ...config, smtp })
  const parts = await channel.render(outbound(message))
  const seen = progress()
  const outcome = await channel.send(parts, seen).catch((error: unknown) => error)
  return { stub, seen, channel, outcome }
}

async function failureAt(...wanted: Parameters<typeof sendTo>) {
  const { outcome, ...rest } = await sendTo(...wanted)
  if (!(outcome instanceof SendError)) throw new Error(`expected a SendError, got ${String(outcome)}`)
  return { error: outcome, ...rest }
}

const PLAIN = ['AUTH PLAIN'] // Each command waits for its answer.
const REFUSED = 'Check the address, or reach the customer another way.'

describe('E15: what each answer means at each moment, and what the person it concerns is told', () => {
  test.each<[Moment, Happening, SendFailure, RegExp, Wanted?]>([
    ['connect', 'drop', account, /cannot send through 127\.0\.0\.1:\d+: .*ECONNREFUSED/],
    ['greeting', say('421 4.3.2 shutting down'), account, /cannot send through .*421 4\.3\.2/],
    [
      'greeting',
      say('421 4.7.0 too many connections from your host'),
      throttled(5 * MINUTE),
      /takes no more mail from us for now/,
    ],
    ['greeting', say('554 5.7.1 blocked'), account, /cannot send through .*554 5\.7\.1 blocked/],
    ['greeting', say('hello'), account, /cannot send through .*hello/],
    ['greeting', half('22'), account, /cannot send through/],
    ['greeting', half('220-wel', 'silence'), account, /cannot send through/],
    ['EHLO', say('421 4.3.2 bye'), account, /cannot send through .*421/],
    ['EHLO', half('250-stub\r\n250-AU', 'silence'), account, /cannot send through/],
    ['STARTTLS', say('454 4.7.0 not now'), account, /STARTTLS|TLS/, { ehlo: ['STARTTLS'], tls: 'starttls' }],
    ['STARTTLS', 'drop', account, /TLS|closed/, { ehlo: ['STARTTLS'], tls: 'starttls' }],
    ['STARTTLS', say('502 5.5.1 what?'), account, /TLS/, { ehlo: ['AUTH PLAIN'], tls: 'starttls' }],
    ['AUTH', say('535 5.7.8 wrong'), account, /refuses our user or password .*Check both in the settings\.$/],
    ['AUTH', say('534 5.7.9 use an app password'), account, /refuses our user or password/],
    ['AUTH', say('454 4.7.0 temporary failure'), account, /cannot send through .*454 4\.7\.0/],
    [
      'AUTH',
      say('454 4.7.0 Too many login attempts, please try again later.'),
      throttled(5 * MINUTE),
      /takes no more mail/,
    ],
    ['AUTH', 'silence', account, /cannot send through/],
    ['MAIL', say('530 5.7.0 authenticate first'), account, /refuses our user or password/, { user: null }],
    ['MAIL', say('421 4.7.0 try again later'), temporary, /did not take the mail: .*421/],
    [
      'MAIL',
      say('450 4.7.1 Error: too much mail from 192.0.2.1'),
      throttled(5 * MINUTE),
      /What waits leaves by itself\.$/,
    ],
    ['MAIL', say('550 5.4.5 Daily user sending limit exceeded'), throttled(HOUR), /takes no more mail/],
    [
      'MAIL',
      say('550 5.7.60 may not send as this sender'),
      rejected,
      /refuses to send as support@desk\.test .*Tell whoever runs Deskbell\.$/,
    ],
    [
      'MAIL',
      say('552 5.3.4 message size exceeds fixed limit'),
      rejected,
      /larger than our mail server takes \("552 .*"\)\. Send less, or a link\.$/,
    ],
    ['MAIL', say('nonsense'), temporary, /did not take the mail: nonsense/],
    [
      'RCPT',
      say('450 4.2.1 the user you are trying to contact is receiving mail too quickly'),
      temporary,
      /did not take the mail/,
    ],
    ['RCPT', say('451 4.7.1 greylisted, try later'), temporary, /did not take the mail: 451/],
    ['RCPT', say('452 4.5.3 too many recipients'), temporary, /452/],
    [
      'RCPT',
      say('550 5.1.1 no such user'),
      rejected,
      new RegExp(`refuses ${ANNA} \\("550 5.1.1 no such user"\\)\\. ${REFUSED}$`),
    ],
    ['RCPT', say('551 5.1.6 moved away'), rejected, /refuses anna/],
    [
      'RCPT',
      say('552 5.2.2 mailbox full'),
      rejected,
      /The mailbox is full: try later, or reach the customer another way\.$/,
    ],
    ['RCPT', say('553 5.1.3 bad address'), rejected, /refuses anna/],
    [
      'RCPT',
      say('550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user'),
      rejected,
      /"550-5\.1\.1 no 550-5\.1\.1 such 550 5\.1\.1 user"/,
    ],
    ['RCPT', say('nonsense'), temporary, /did not take the mail/],
    ['RCPT', half('55'), temporary, /did not take the mail/],
    ['RCPT', half('550 5.1.1 no such user'), rejected, /no such user|refuses/],
    ['RCPT', 'drop', temporary, /did not take the mail/, { ehlo: PLAIN }],
    ['RCPT', say('421 4.3.2 bye'), temporary, /421/, { ehlo: PLAIN }],
    ['DATA', say('421 4.3.2 bye'), temporary, /421/],
    ['DATA', say('451 4.3.0 later'), temporary, /did not take the mail: 451/],
    ['DATA', say('552 5.2.3 message too large'), rejected, /larger than our mail server takes/],
    ['DATA', say('554 5.7.1 no'), rejected, /refuses this mail \("554 5\.7\.1 no"\)/],
    ['DATA', say('nonsense'), temporary, /did not take the mail/],
    ['DATA', half('35', 'silence'), temporary, /did not take the mail/],
    ['DATA', 'silence', temporary, /did not take the mail/, { ehlo: PLAIN }],
    ['body', say('451 4.3.0 I stop here'), temporary, /451 4\.3\.0/],
    ['body', 'drop', uncertain, /was given the mail and did not answer .*It may have arrived\.$/],
    ['body', 'silence', uncertain, /It may have arrived\.$/],
    ['dot', say('421 4.3.2 shutting down'), temporary, /421/],
    [
      'dot',
      say('432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'),
      throttled(MINUTE),
      /takes no more mail/,
    ],
    ['dot', say('452 4.2.2 over quota'), temporary, /452/],
    ['dot', say('454 Throttling failure: Maximum sending rate exceeded.'), throttled(5 * MINUTE), /takes no more mail/],
    ['dot', say('554 5.7.1 spam'), rejected, /refuses this mail .*Change it, or reach the customer another way\.$/],
    ['dot', say('552 5.3.4 too big'), rejected, /larger than our mail server takes/],
    ['dot', say('354 go on'), uncertain, /It may have arrived\.$/],
    ['dot', say('nonsense'), uncertain, /It may have arrived\.$/],
    ['dot', half('25'), uncertain, /It may have arrived\.$/],
    ['dot', half('250-queued\r\n'), uncertain, /It may have arrived\.$/],
    ['dot', half('250 queu', 'silence'), uncertain, /It may have arrived\.$/],
    ['dot', half('554 5.7.1 spam'), rejected, /554 5\.7\.1 spam/],
    ['dot', 'drop', uncertain, /It may have arrived\.$/],
    ['dot', 'silence', uncertain, /It may have arrived\.$/],
  ])('at %s: %j', async (moment, happening, failure, told, wanted) => {
    const { error, seen, stub } = await failureAt(moment, happening, wanted)
    expect(error.failure).toEqual(failure)
    expect(error.message).toMatch(told)
    expect(error.message).toMatch(failure.kind === 'rejected' ? /^Not delivered: / : /^email:support: /)
    expect(seen.accepts).toEqual([])
    // Where it may be tried again, the server has nothing of it, or has said that it does not want it.
    if (moment !== 'dot' && moment !== 'body') expect(stub.received).toEqual([])
  })

  // Seen failing: with one patience for everything, a server that scans mail for a minute had it three times.
  test('a server that looks through the mail for long is waited for', async () => {
    const slow = { say: '250 2.0.0 Ok: queued as 4XyZ12Abc', afterMs: 600 }
    const { outcome, stub } = await sendTo('dot', slow, { answerMs: 20_000 })
    expect(outcome).toMatchObject({ recipients: [{ address: ANNA, accepted: true }] })
    expect(stub.received).toHaveLength(1)
  })

  test('what cannot be encrypted gets neither password nor mail', async () => {
    const { stub } = await failureAt('STARTTLS', say('454 not now'), {
      ehlo: ['STARTTLS', 'AUTH PLAIN'],
      tls: 'starttls',
    })
    expect(stub.commands.map((line) => line.slice(0, 8))).not.toContain('AUTH PLA')
  })
})

describe('several recipients', () => {
  const copies: Partial<OutboundMessage> = { cc: [{ address: BEN }] }
  const NO = '550 5.1.1 no such user'
  const LATER = '451 4.7.1 greylisted'

  test.each([
    [NO, false],
    ['452 4.5.3 too many recipients', false],
    [LATER, true],
  ])('a copy refused with %j is shown, and the customer has the mail', async (answer, oneByOne) => {
    const ehlo = oneByOne ? PLAIN : undefined
    const { outcome, stub, seen } = await sendTo('never', 'drop', {
      message: copies,
      rcpt: { [BEN]: answer },
      ...(ehlo && { ehlo }),
    })
    expect(outcome).toMatchObject({
      recipients: [
        { address: ANNA, accepted: true },
        { address: BEN, accepted: false, reason: answer },
      ],
    })
    expect(stub.received).toHaveLength(1)
    expect(seen.accepts).toHaveLength(1)
  })

  test.each([
    [NO, '250 ok', rejected],
    [NO, LATER, rejected],
    [LATER, '250 ok', temporary],
    [LATER, NO, temporary],
    ['nonsense', '250 ok', temporary],
  ])(
    'when the customer gets %j and the copy %j, nobody has it and the customer’s answer counts',
    async (his, hers, failure) => {
      for (const ehlo of [PLAIN, ['AUTH PLAIN', 'PIPELINING']]) {
        const { error, stub } = await failureAt('never', 'drop', {
          message: copies,
          ehlo,
          rcpt: { [ANNA]: his, [BEN]: hers },
        })
        expect(error.failure).toEqual(failure)
        expect(stub.received.filter((mail) => mail.includes('Subject:'))).toEqual([])
      }
    },
  )
})

describe('what the server says it can do', () => {
  test('a mail larger than it takes is not begun', async () => {
    const { error, stub } = await failureAt('never', 'drop', { ehlo: ['AUTH PLAIN', 'SIZE 1000'] })
    expect(error.failure).toEqual(rejected)
    expect(error.message).toBe('Not delivered: the mail is larger than our mail server takes. Send less, or a link.')
    expect(stub.commands.some((line) => line.startsWith('MAIL'))).toBe(false)
  })

  // Seen failing: without the check the address went out as raw UTF-8 that no command announced.
  test.each([[{ to: [{ address: 'jürgen@customer.test' }] }], [{ cc: [{ address: 'jürgen@customer.test' }] }]])(
    'an address with letters it cannot carry is named and nothing is begun: %j',
    async (message) => {
      const { error, stub } = await failureAt('never', 'drop', { message })
      expect(error.failure).toEqual(rejected)
      expect(error.message).toBe(
        'Not delivered: our mail server takes no address with letters such as those of jürgen@customer.test. Leave it out, or reach them another way.',
      )
      expect(stub.commands.some((line) => line.startsWith('MAIL'))).toBe(false)
    },
  )

  test('where it can carry them, it is told', async () => {
    const message = { to: [{ address: 'jürgen@bücher.test' }] }
    const { outcome, stub } = await sendTo('never', 'drop', { message, ehlo: ['AUTH PLAIN', 'SMTPUTF8'] })
    expect(outcome).toMatchObject({ recipients: [{ address: 'jürgen@bücher.test', accepted: true }] })
    const heard = stub.commands.map((line) => Buffer.from(line, 'latin1').toString())
    expect(heard).toContain(`MAIL FROM:<${SUPPORT}> SMTPUTF8`)
    expect(heard).toContain('RCPT TO:<jürgen@xn--bcher-kva.test>')
  })

  test('a domain in any script is written so that every server knows it, in the envelope and in the header', async () => {
    const message = { to: [{ address: 'anna@bücher.test', name: 'Anna' }], cc: [{ address: 'ben@日本.test' }] }
    const rcpt = { 'ben@xn--wgv71a.test': '550 no' }
    const { outcome, stub } = await sendTo('never', 'drop', { message, rcpt })
    expect(outcome).toMatchObject({
      recipients: [
        { address: 'anna@bücher.test', accepted: true },
        { address: 'ben@日本.test', accepted: false, reason: '550 no' },
      ],
    })
    expect(stub.commands).toContain('RCPT TO:<anna@xn--bcher-kva.test>')
    expect(stub.received[0]).toMatch(/^To: Anna <anna@xn--bcher-kva\.test>\r$/m)
    expect(stub.received[0]).toMatch(/^Cc: ben@xn--wgv71a\.test\r$/m)
  })

  test('no server needs to carry more than seven bits a byte', async () => {
    const attachments = [{ name: 'grün.txt', type: 'text/plain', content: Buffer.from('grün') }]
    const { stub } = await sendTo('never', 'drop', { message: { attachments, markdown: 'Grüße 😀 日本' } })
    expect(stub.received[0]).toMatch(/^[\r\n\t\x20-\x7e]+$/)
  })
})

describe('“too much mail” is said of us and not of this mail', () => {
  test.each([
    ['421 4.7.0 Temporary System Problem. Try again later', undefined],
    ['421-4.7.28 Gmail has detected an unusual rate of mail', 10 * MINUTE],
    ['450-4.2.1 The user you are trying to contact is receiving mail at a rate that', undefined],
    ['452 4.2.2 The recipient’s inbox is out of storage space, over quota', undefined],
    ['452 4.5.3 Error: too many recipients', undefined],
    ['432 4.3.2 Concurrent connections limit exceeded', MINUTE],
    ['554 5.2.2 mailbox quota exceeded', undefined],
    ['550 5.1.90 Your message can’t be sent because you’ve reached your daily limit for message recipients', HOUR],
    ['550 5.7.233 exceeded tenant external recipient rate limit', HOUR],
    ['550 Domain example.org has exceeded the max emails per hour (100/100 (100%)) allowed.', HOUR],
    ['454 Throttling failure: Daily message quota exceeded.', HOUR],
    ['451 4.7.1 Rate limit exceeded', 5 * MINUTE],
    ['550 5.7.1 Message rejected: rate limits are discussed in it', undefined],
    ['250 ok', undefined],
    [undefined, undefined],
    [`451 ${'too much '.repeat(100_000)}`, undefined],
  ])('%j', (reply, waitMs) => {
    expect(throttleMs(reply)).toBe(waitMs)
  })
})
