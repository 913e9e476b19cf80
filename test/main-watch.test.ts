import { expect, test } from 'vitest'
import { imapProblem } from '../adapters/email/imap-problem.ts'
import type { ChannelHealth } from '../src/channel.ts'
import { MINUTE, SECOND } from '../src/clock.ts'
import { HEARTBEAT_EVERY_MS } from '../src/heartbeat.ts'
import { silentLog } from '../src/log.ts'
import { OUTBOX, SLACK, soundAlarm, watchedOf } from '../src/main-watch.ts'
import { configOf, YAML } from './config/reading.ts'
import { manualClock } from './setup/clock.ts'

const TWO_DESKS = YAML.replace(
  'email:\n  support:\n',
  `  billing:
    channel: C0123BILLING
    leads: [U0123BILLING, U0123ABCDEF]
email:
  support:
    desk: support
`,
)
const config = configOf(TWO_DESKS)
const { support } = config.email
if (!support) throw new Error('no mailbox')
const mailbox = { ...support, name: 'email:support', pollMs: MINUTE, since: 'now' as const }

test('P10: a wrong password and a dead network are told apart, for they need different people', () => {
  const refused = Object.assign(new Error('Command failed'), { authenticationFailed: true })
  const dead = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(problemOfMailbox(imapProblem(mailbox, refused))).toMatch(/refuses the user .* or its password/)
  expect(problemOfMailbox(imapProblem(mailbox, dead))).toMatch(
    /cannot read from .*ECONNREFUSED.*check host, port and network/,
  )
  expect(problemOfMailbox(undefined)).toBeUndefined()
})

test('P10: a mailbox gets the time the configuration gives it', () => {
  const watched = watch({ held: [{ name: 'email:support', health: () => ({ ok: true }) }] })
  expect(watched.find(({ name }) => name === 'email:support')?.limitMs).toBe(config.limits.mailboxAlertMs)
})

// Fails when watchedOf() in src/main-watch.ts does not ask whether it is the account. Seen to fail.
test('E21: that an account is refused is told within five minutes, for waiting mends nothing', () => {
  const health = (isRefused: boolean) => () => ({
    ok: false,
    problem: 'It is refused.',
    ...(isRefused && { isRefused }),
  })
  const [refused, dead] = [true, false].map((isRefused) =>
    watch({ held: [{ name: 'email:support', health: health(isRefused) }] }).find(
      ({ name }) => name === 'email:support',
    ),
  )
  expect((refused?.limitMs ?? Infinity) + 2 * HEARTBEAT_EVERY_MS).toBeLessThanOrEqual(5 * MINUTE)
  expect(dead?.limitMs).toBe(config.limits.mailboxAlertMs)
})

test('P10: an outbox that has not gone round for too long is named with how long, and not a moment before', async () => {
  const clock = manualClock()
  const problem = () =>
    watch({ clock })
      .find(({ name }) => name === OUTBOX)
      ?.problem()
  await clock.advance(config.limits.heartbeatMs - 1)
  expect(problem()).toBeUndefined()
  await clock.advance(1)
  expect(problem()).toBe(`Nothing has been sent for ${config.limits.heartbeatMs / SECOND} s; restart Deskbell.`)
})

test('E21: Slack is watched when there is one, by what it says of itself', () => {
  const health = () => ({ ok: false, problem: 'Slack refuses the token.' })
  expect(
    watch({ health })
      .find(({ name }) => name === SLACK)
      ?.problem(),
  ).toBe('Slack refuses the token.')
  expect(
    watch({ health: () => ({ ok: false }) })
      .find(({ name }) => name === SLACK)
      ?.problem(),
  ).toMatch(/not answer/)
})

test('Q13: what the leads have been told of already is no news', () => {
  const slack = watch({ health: () => ({ ok: false, problem: 'The channel is archived.', isTold: true }) })
  expect(slack.find(({ name }) => name === SLACK)?.problem()).toBeUndefined()
})

test('P10: a mailbox concerns the leads of its desk alone', async () => {
  const heard = await sound('email:support', { deaf: [] })
  expect(heard).toEqual({ slack: ['U0123ABCDEF'], mail: [], failed: false })
})

test('P10: everything else concerns the leads of all desks, each of them once', async () => {
  const heard = await sound(OUTBOX, { deaf: [] })
  expect(heard).toEqual({ slack: ['U0123ABCDEF', 'U0123BILLING'], mail: [], failed: false })
})

test('P10: mail goes out only for a desk none of whose leads Slack takes it for', async () => {
  expect(await sound(OUTBOX, { deaf: ['U0123BILLING'] })).toMatchObject({ slack: ['U0123ABCDEF'], mail: [] })
  expect(await sound(OUTBOX, { deaf: ['U0123ABCDEF'] })).toMatchObject({ slack: ['U0123BILLING'], mail: ['support'] })
  const both = ['U0123ABCDEF', 'U0123BILLING']
  expect(await sound(OUTBOX, { deaf: both })).toEqual({ slack: [], mail: ['support', 'billing'], failed: false })
})

// Fails when soundAlarm() in src/main-watch.ts stops at the first desk that cannot be told. Seen to fail.
test('P10: a desk that cannot be told at all neither silences the others nor has them told again', async () => {
  const deaf = ['U0123ABCDEF', 'U0123BILLING']
  expect(await sound(OUTBOX, { deaf, noMailFor: ['support'] })).toEqual({ slack: [], mail: ['billing'], failed: false })
  expect(await sound(OUTBOX, { deaf, noMailFor: ['support', 'billing'] })).toMatchObject({ failed: true })
})

function watch({
  clock = manualClock(),
  health = () => ({ ok: true }),
  held = [],
}: Partial<{
  clock: ReturnType<typeof manualClock>
  health(): { ok: boolean; problem?: string; isTold?: true }
  held: { name: string; health(): ChannelHealth }[]
}>) {
  return watchedOf(config, { clock, outbox: { lastPassAt: () => 0 }, desk: { health }, held: () => held })
}

function problemOfMailbox(problem: string | undefined): string | undefined {
  const health = () => ({ ok: problem === undefined, ...(problem !== undefined && { problem }) })
  return watch({ held: [{ name: 'email:support', health }] })
    .find(({ name }) => name === 'email:support')
    ?.problem()
}

async function sound(name: string, { deaf, noMailFor = [] }: { deaf: string[]; noMailFor?: string[] }) {
  const heard = { slack: [] as string[], mail: [] as string[], failed: false }
  const tell = async (person: string) => {
    if (deaf.includes(person)) throw new Error('user not found')
    heard.slack.push(person)
  }
  const mail = async (desk: string) => {
    if (noMailFor.includes(desk)) throw new Error('no address')
    heard.mail.push(desk)
  }
  await soundAlarm(config, { desk: { tell }, mail, log: silentLog }, { name, text: 'Something does not work.' }).catch(
    () => {
      heard.failed = true
    },
  )
  return heard
}
