// A mailbox on the stand-in, an intake in memory that keeps like the real one, and channels of ours that read it.
import { onTestFinished, vi } from 'vitest'
import { type EmailChannel, emailChannel, type MailboxConfig } from '../../../adapters/email/channel.ts'
import type { InboundEvent, InboundMessage, Intake, OutboundMessage, Progress, RawEvent } from '../../../src/channel.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import type { Random } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { type Letter, makeMail } from '../../../src/sandbox/mail/letter.ts'
import { type MailStandIn, startMail } from '../../../src/sandbox/mail/mail-server.ts'

export const SUPPORT = 'support@desk.test'
export const ANNA = 'anna@customer.test'
export const SECRET = new Uint8Array(32).fill(7)
export const TOKEN = '0123456789abcdefghjkmnpqrs'

const CLOCK = systemClock()
/** Reconnects at once: no test waits for a backoff unless it says so. */
const EAGER: Random = { bytes: (count) => new Uint8Array(count), fraction: () => 0.001 }

export interface MemoryIntake extends Intake {
  /** In the order kept, each key once. */
  readonly rows: RawEvent[]
  cursors: Map<string, string>
  /** Calls of `keep`, also those that failed or changed nothing. */
  keeps: number
  /** What the next calls of `keep` do before anything is stored. */
  before: (raws: RawEvent[]) => Promise<void>
}

export function memoryIntake(): MemoryIntake {
  const keys = new Set<string>()
  const intake: MemoryIntake = {
    rows: [],
    cursors: new Map(),
    keeps: 0,
    before: async () => undefined,
    async keep(raws, cursor) {
      intake.keeps++
      await intake.before(raws)
      for (const raw of raws) {
        if (keys.has(raw.key)) continue
        keys.add(raw.key)
        intake.rows.push(raw)
      }
      if (cursor) intake.cursors.set(cursor.key, cursor.value)
    },
    readCursor: async (key) => intake.cursors.get(key),
  }
  return intake
}

export interface TestMailbox {
  mail: MailStandIn
  intake: MemoryIntake
  /** A channel on this mailbox; it is stopped when the test ends. */
  open(overrides?: Partial<MailboxConfig>, clock?: Clock): EmailChannel
  /** Opens and starts one that has read the mailbox to its end. */
  start(overrides?: Partial<MailboxConfig>, clock?: Clock): Promise<EmailChannel>
  append(subject: string, letter?: Partial<Letter>): number
  subjects(): string[]
}

export async function makeMailbox(intake = memoryIntake()): Promise<TestMailbox> {
  const mail = await startMail({ accounts: [SUPPORT] })
  onTestFinished(mail.stop)
  const open: TestMailbox['open'] = (overrides = {}, clock = CLOCK) => {
    const channel = openChannel({ ...configOf(mail), ...overrides }, clock)
    onTestFinished(() => channel.stop())
    return channel
  }
  return {
    mail,
    intake,
    open,
    async start(overrides, clock) {
      const channel = open(overrides, clock)
      await channel.start(intake)
      await until(() => channel.health().lastReceivedAt !== undefined)
      return channel
    },
    append: (subject, letter) => mail.account(SUPPORT).append(letterOf(subject, letter)),
    subjects: () => intake.rows.map(subjectOf),
  }
}

export function openChannel(config: MailboxConfig, clock: Clock = CLOCK): EmailChannel {
  return emailChannel(config, {
    clock,
    random: EAGER,
    log: silentLog,
    secret: SECRET,
    ownAddresses: ['sales@desk.test'],
  })
}

export function configOf(mail: Pick<MailStandIn, 'imap' | 'smtp' | 'password'>): MailboxConfig {
  return {
    name: 'email:support',
    address: SUPPORT,
    aliases: ['help@desk.test'],
    displayName: 'Desk Ltd',
    imap: { ...mail.imap, tls: 'none', user: SUPPORT, password: mail.password },
    smtp: { ...mail.smtp, tls: 'none', user: SUPPORT, password: mail.password },
    folder: 'INBOX',
    since: 'all',
    pollMs: 60_000,
    mailBytesMax: 50_000_000,
  }
}

export function letterOf(subject: string, letter: Partial<Letter> = {}): Buffer {
  return makeMail({ from: `Anna Example <${ANNA}>`, to: SUPPORT, subject, text: 'Where is my order?', ...letter })
}

export function subjectOf(raw: RawEvent): string {
  return /^Subject: (.*)$/m.exec(Buffer.from(raw.body).toString())?.[1]?.trim() ?? ''
}

export function rawOf(body: Uint8Array | string, arrivedAt = Date.UTC(2026, 4, 1)): RawEvent {
  return { key: 'raw', arrivedAt, body: typeof body === 'string' ? Buffer.from(body.replace(/\r?\n/g, '\r\n')) : body }
}

export function messageIn(events: InboundEvent[]): InboundMessage {
  const [event] = events
  if (event?.kind !== 'message') throw new Error(`expected a message, got ${JSON.stringify(events)}`)
  return event
}

export function outbound(message: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    id: 'm_01k0abcdefghj',
    conversationToken: TOKEN,
    agentName: 'Zoë',
    to: [{ address: ANNA, name: 'Anna Example' }],
    cc: [],
    subject: 'Where is my order?',
    markdown: 'Dear Anna,\n\nit is on its way.',
    at: Date.UTC(2026, 4, 1, 12),
    ...message,
  }
}

export function progress(): Progress & { accepts: [number, string][] } {
  const accepts: [number, string][] = []
  return {
    startedAt: 0,
    accepts,
    accepted: new Map(),
    accept: async (index, externalId) => void accepts.push([index, externalId]),
  }
}

/** Resolves when it holds; fails the test when it does not within the time a person would wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 20_000, interval: 5 })
}
