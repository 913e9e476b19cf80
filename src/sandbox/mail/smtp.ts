// The SMTP side: takes mail for the whole world, keeps it for the test to look at, and delivers what is for an account here.
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { type Deliver, makeDelivery, SERVER_NAME } from './delivery.ts'
import { listenOn } from './loopback.ts'
import type { Mailboxes } from './mailbox.ts'
import { makeAttempt, type OutboundMail, receive, type SmtpAttempt } from './smtp-attempt.ts'
import { makeSmtpFaults, type SmtpFaultState, type SmtpFaults } from './smtp-faults.ts'

export interface SmtpSide {
  readonly port: number
  readonly faults: SmtpFaults
  /** Every mail that was taken, oldest first. */
  readonly outbound: OutboundMail[]
  /** Every envelope that was tried, taken or not. */
  readonly attempts: SmtpAttempt[]
  /** A mail from outside arrives, past the socket. Throws when nobody here is meant. */
  deliver(raw: Uint8Array, envelope: { from: string; to: string | string[] }): void
  stop(): Promise<void>
}

interface SmtpOptions {
  mailboxes: Mailboxes
  password: string
  accessTokens: ReadonlySet<string> | undefined
  port: number
  clock: { now(): number }
}

interface Desk extends SmtpOptions {
  faults: SmtpFaultState
  attempts: SmtpAttempt[]
  outbound: OutboundMail[]
  deliver: Deliver
  /** The attempt each connection is at, by session id. */
  current: Map<string, SmtpAttempt>
  drop(session: SMTPServerSession): void
}

const MAIL_BYTES_MAX = 50 * 1_048_576
const CLOSE_TIMEOUT_MS = 100

export async function startSmtp(options: SmtpOptions): Promise<SmtpSide> {
  const { mailboxes, clock } = options
  const sockets = new Map<number, Socket>()
  const desk: Desk = {
    ...options,
    faults: makeSmtpFaults(),
    attempts: [],
    outbound: [],
    deliver: makeDelivery(mailboxes, clock),
    current: new Map(),
    drop: (session) => sockets.get(session.remotePort)?.destroy(),
  }
  const server = new SMTPServer({
    name: SERVER_NAME,
    banner: 'Sandbox mail',
    logger: false,
    size: MAIL_BYTES_MAX,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'], // Plain text on loopback: there is no certificate to offer.
    authOptional: true,
    authMethods: ['PLAIN', 'LOGIN', ...(options.accessTokens ? ['XOAUTH2'] : [])],
    closeTimeout: CLOSE_TIMEOUT_MS,
    ...makeHandlers(desk),
  })
  server.on('error', () => undefined) // A client that dies mid-mail; what became of it stands in the attempt.
  server.server.on('connection', (socket) => {
    const port = socket.remotePort ?? 0
    sockets.set(port, socket)
    socket.on('close', () => sockets.delete(port))
  })
  return {
    port: await listenOn(server.server, options.port, 'smtpPort'),
    faults: desk.faults,
    outbound: desk.outbound,
    attempts: desk.attempts,
    deliver: (raw, { from, to }) => {
      const strangers = [to].flat().filter((recipient) => !mailboxes.find(recipient))
      if (strangers.length > 0) throw new Error(`mail stand-in: no account for ${strangers}; call account() first`)
      for (const recipient of [to].flat()) desk.deliver({ raw, from, to: recipient, helo: 'outside.test' })
    },
    stop: async () => {
      desk.faults.release()
      for (const socket of sockets.values()) socket.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

function makeHandlers(desk: Desk): SMTPServerOptions {
  const { faults, attempts, current, mailboxes, clock } = desk
  return {
    onConnect: (_session, done) => done(faults.take('refuse-connection') ? smtpError(421, 'Too busy') : null),
    onAuth: ({ username = '', password, accessToken = '' }, _session, done) => {
      const isRight = password === desk.password || desk.accessTokens?.has(accessToken) === true
      const isKnown = isRight && mailboxes.find(username) !== undefined
      if (!isKnown || faults.take('refuse-login')) done(smtpError(535, 'Invalid username or password'))
      else done(null, { user: username })
    },
    onMailFrom: ({ address }, session, done) => {
      const attempt = makeAttempt(address, clock.now())
      attempts.push(attempt)
      current.set(session.id, attempt)
      done()
    },
    onRcptTo: ({ address }, session, done) => {
      const fault = refuseRecipient(desk, address, session)
      const attempt = current.get(session.id)
      attempt?.[fault ? 'refused' : 'to'].push(address)
      if (attempt) attempt.answer = attempt.to.length === 0 ? 'refused' : 'open'
      done(fault)
    },
    onData: (stream, session, done) => {
      const attempt = current.get(session.id)
      if (!attempt) throw new Error('mail stand-in: DATA came without an envelope')
      current.delete(session.id)
      // A rejection here is our own mistake and ends the process.
      void receive(desk, attempt, stream, session.hostNameAppearsAs).then((answer) => {
        if (answer.kind === 'silence') desk.drop(session)
        else done(answer.kind === 'no' ? smtpError(answer.code, answer.text) : null)
      })
    },
    onClose: (session) => void current.delete(session.id),
  }
}

/** Mail for an account here is welcome from anyone; mail for the rest of the world only from someone logged in. */
function refuseRecipient({ faults, mailboxes }: Desk, address: string, session: SMTPServerSession): Error | null {
  const refused = faults.take('refuse-recipient', address)
  if (refused) return smtpError(550, refused.text ?? 'No such user here')
  if (faults.take('greylist', address)) return smtpError(451, 'Greylisted, try again later')
  if (session.user || mailboxes.find(address)) return null
  return smtpError(554, 'Relay access denied: log in with an account of this server and its password')
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
