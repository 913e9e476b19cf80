// Our adapter on the real servers: encrypted both ways, trusting their authority alone.
import { onTestFinished } from 'vitest'
import { type EmailChannel, emailChannel, type MailboxConfig } from '../../adapters/email/channel.ts'
import type { ExternalId, OutboundMessage, Part, Progress, SendError, Sent } from '../../src/channel.ts'
import { HOUR, systemClock } from '../../src/clock.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import type { MailServers } from '../setup/mail-servers.ts'

const SECRET = new Uint8Array(32).fill(7)
const MAIL_BYTES_MAX = 10 * 1024 * 1024

export function mailboxConfig(servers: MailServers, user: string): MailboxConfig {
  const account = { user, password: servers.password, ca: servers.ca }
  return {
    name: 'email:support',
    address: user,
    aliases: [],
    displayName: 'Example Support',
    imap: { ...servers.imaps, ...account, tls: 'implicit' },
    smtp: { ...servers.submission, ...account, tls: 'starttls' },
    folder: 'INBOX',
    since: 'all',
    pollMs: HOUR,
    mailBytesMax: MAIL_BYTES_MAX,
  }
}

/** Stopped when the test ends. */
export function openChannel(config: MailboxConfig): EmailChannel {
  const tools = { clock: systemClock(), random: systemRandom(), log: silentLog, secret: SECRET, ownAddresses: [] }
  const channel = emailChannel(config, tools)
  onTestFinished(() => channel.stop())
  return channel
}

let replies = 0

export async function renderReply(
  channel: EmailChannel,
  to: string,
  more: Partial<OutboundMessage> = {},
): Promise<Part[]> {
  replies += 1
  return await channel.render({
    id: `m_${replies}_${process.pid}`,
    conversationToken: '0123456789abcdefghjkmnpqrs',
    agentName: 'Grace Hopper',
    to: [{ address: to }],
    cc: [],
    subject: 'Your order',
    markdown: 'It left **today**. Grüße!',
    at: systemClock().now(),
    ...more,
  })
}

/** The first attempt, with what was recorded as proof of delivery. */
export function firstAttempt(): Progress & { proofs: ExternalId[] } {
  const proofs: ExternalId[] = []
  return {
    proofs,
    startedAt: systemClock().now(),
    accepted: new Map(),
    accept: async (_, externalId) => void proofs.push(externalId),
  }
}

/** Why it was not accepted. */
export async function refusalOf(sending: Promise<Sent>): Promise<SendError> {
  try {
    await sending
  } catch (error) {
    return error as SendError
  }
  throw new Error('the mail was accepted')
}
