// The mail stand-in: an SMTP and an IMAP server over the same mailboxes, which live with the test or demo and outlive every client.
import { type Clock, SECOND, systemClock } from '../../clock.ts'
import type { ImapFaults } from './imap-faults.ts'
import { type ImapSide, startImap } from './imap-server.ts'
import { LOOPBACK } from './loopback.ts'
import { type Account, makeMailboxes } from './mailbox.ts'
import { type SmtpSide, startSmtp } from './smtp.ts'
import type { SmtpFaults } from './smtp-faults.ts'

export interface MailOptions {
  /** Where the times of mails come from; the machine's clock unless given. */
  clock?: Pick<Clock, 'now'>
  /** One password opens every account. */
  password?: string
  /** So does each of these, where they are given at all: an account of the big providers. */
  accessTokens?: ReadonlySet<string>
  accounts?: string[]
  smtpPort?: number
  imapPort?: number
}

export interface MailStandIn extends Pick<SmtpSide, 'outbound' | 'attempts' | 'deliver'> {
  readonly imap: { host: string; port: number }
  readonly smtp: { host: string; port: number }
  readonly password: string
  /** Created on first use, with INBOX, Sent, Drafts, Junk and Trash. */
  account(address: string): Account
  /** One entry per open IMAP connection. */
  sessions: ImapSide['sessions']
  readonly faults: { imap: ImapFaults; smtp: SmtpFaults }
  /** Resolves with the condition's first truthy value; rejects after `timeoutMs` saying what never came. */
  waitFor<T>(condition: () => T | Promise<T>, what: string, timeoutMs?: number): Promise<NonNullable<T>>
  stop(): Promise<void>
}

const WAIT_TIMEOUT_MS = 10 * SECOND
const LOOK_EVERY_MS = 10

export async function startMail(options: MailOptions = {}): Promise<MailStandIn> {
  const {
    clock = systemClock(),
    password = 'secret',
    accounts = [],
    smtpPort = 0,
    imapPort = 0,
    accessTokens,
  } = options
  const mailboxes = makeMailboxes(clock)
  const shared = { mailboxes, password, accessTokens, clock }
  for (const address of accounts) mailboxes.account(address)
  const imap = await startImap({ ...shared, port: imapPort })
  const smtp = await startSmtp({ ...shared, port: smtpPort }).catch(async (cause) => {
    await imap.stop() // Half a stand-in would keep the process alive.
    throw cause
  })
  return {
    imap: { host: LOOPBACK, port: imap.port },
    smtp: { host: LOOPBACK, port: smtp.port },
    password,
    account: mailboxes.account,
    outbound: smtp.outbound,
    attempts: smtp.attempts,
    deliver: smtp.deliver,
    sessions: imap.sessions,
    faults: { imap: imap.faults, smtp: smtp.faults },
    waitFor,
    stop: async () => {
      await Promise.all([imap.stop(), smtp.stop()])
    },
  }
}

/** Real time, whatever clock the mails have: somebody is sitting in front of it. */
async function waitFor<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeoutMs = WAIT_TIMEOUT_MS,
): Promise<NonNullable<T>> {
  const clock = systemClock()
  const deadline = clock.monotonic() + timeoutMs
  while (clock.monotonic() < deadline) {
    const value = await condition()
    if (value) return value
    await clock.wait(LOOK_EVERY_MS)
  }
  throw new Error(`mail stand-in: waited ${timeoutMs} ms in vain for ${what}`)
}
