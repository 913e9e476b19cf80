// The programs that talk to the stand-in in these tests: the real mail client, the real sender, and a bare socket.
import { connect, type Socket } from 'node:net'
import { type FetchMessageObject, type FetchQueryObject, ImapFlow, type ImapFlowOptions } from 'imapflow'
import { createTransport } from 'nodemailer'
import { onTestFinished } from 'vitest'
import { type MailOptions, type MailStandIn, startMail } from '../../../src/sandbox/mail/mail-server.ts'

export const SUPPORT = 'support@desk.test'

export async function makeMailServer(options: MailOptions = {}): Promise<MailStandIn> {
  const mail = await startMail({ accounts: [SUPPORT], ...options })
  onTestFinished(mail.stop)
  return mail
}

export async function openClient(mail: MailStandIn, options: Partial<ImapFlowOptions> = {}): Promise<ImapFlow> {
  const client = makeClient(mail, options)
  await client.connect()
  return client
}

export function makeClient(mail: MailStandIn, options: Partial<ImapFlowOptions> = {}): ImapFlow {
  const client = new ImapFlow({
    ...mail.imap,
    secure: false,
    auth: { user: SUPPORT, pass: mail.password },
    logger: false,
    ...options,
  })
  client.on('error', () => undefined) // The tests look at what the calls return.
  onTestFinished(() => client.close())
  return client
}

export async function fetchFirst(client: ImapFlow, items: FetchQueryObject): Promise<FetchMessageObject> {
  const fetched = await client.fetchOne('1', items)
  if (!fetched) throw new Error('The first mail was not fetched')
  return fetched
}

export function makeSender(mail: MailStandIn, pass = mail.password) {
  const sender = createTransport({ ...mail.smtp, secure: false, auth: { user: SUPPORT, pass } })
  onTestFinished(() => sender.close())
  return sender
}

export interface BareSocket {
  socket: Socket
  write(bytes: string | Uint8Array): void
  /** Resolves with everything received so far once it matches, or with what came before the end. */
  until(pattern: RegExp): Promise<string>
}

/** Latin-1 both ways: one character per byte. */
export async function openSocket(target: { host: string; port: number }): Promise<BareSocket> {
  const socket = connect({ ...target, noDelay: true })
  onTestFinished(() => void socket.destroy())
  let received = ''
  let ended = false
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    received += text
    tell()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    ended = true
    tell()
  })
  return {
    socket,
    write: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    until: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!ended && !pattern.test(received)) return
          listeners.delete(look)
          resolve(received)
          received = ''
        }
        listeners.add(look)
        look()
      }),
  }
}
