// What people do with real mail programs in these tests: customers write, somebody reads or marks a mailbox.
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { type Letter, makeMail } from '../../src/sandbox/mail/letter.ts'
import type { MailServers } from '../setup/mail-servers.ts'

const CONNECTIONS = 4

/** Resolves once our mail server has taken them all; they reach the mailbox a moment later. */
export async function writeAll(servers: MailServers, to: string, letters: Omit<Letter, 'to'>[]): Promise<void> {
  const sender = createTransport({
    ...servers.smtp,
    pool: true,
    maxConnections: CONNECTIONS,
    tls: { ca: servers.ca },
  })
  const sends = letters.map((letter) =>
    sender.sendMail({ envelope: { from: letter.from, to }, raw: makeMail({ ...letter, to }) }),
  )
  await Promise.all(sends).finally(() => sender.close())
}

/** One look into a mailbox, as any mail program takes it. */
export async function inMailbox<T>(
  servers: MailServers,
  user: string,
  work: (client: ImapFlow) => Promise<T>,
  folder = 'INBOX',
): Promise<T> {
  const client = new ImapFlow({
    ...servers.imaps,
    secure: true,
    auth: { user, pass: servers.password },
    tls: { ca: servers.ca },
    logger: false,
  })
  client.on('error', () => undefined) // What fails shows in what the calls return.
  await client.connect()
  try {
    await client.mailboxOpen(folder)
    return await work(client)
  } finally {
    await client.logout()
  }
}

export async function readMailbox(servers: MailServers, user: string): Promise<Buffer[]> {
  const mails = await inMailbox(servers, user, (client) => client.fetchAll('1:*', { source: true }, { uid: true }))
  return mails.flatMap(({ source }) => source ?? [])
}
