// One attempt to hand a mail to the mail server, and an honest answer to what became of it.
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import XOAuth2 from 'nodemailer/lib/xoauth2'
import { SendError } from '../../src/channel.ts'
import { SECOND } from '../../src/clock.ts'
import { type AccessTokens, signedIn } from './access-token.ts'
import { envelopeSender } from './automatic.ts'
import { type MailboxConfig, tlsOptions } from './mailbox-config.ts'
import { type SmtpError, sendError } from './smtp-error.ts'
import { TokenError } from './token-request.ts'

const CONNECT_MS_MAX = 15 * SECOND
const SILENCE_MS_MAX = 60 * SECOND
const CHUNK_BYTES = 64 * 1024

export interface Handed {
  recipients: { address: string; accepted: boolean; reason?: string }[]
}

/** Nobody gets the mail unless the first recipient does. Throws `SendError`. */
export async function sendMail(
  config: MailboxConfig,
  body: Uint8Array,
  to: string[],
  tokens?: AccessTokens,
): Promise<Handed> {
  try {
    return await signedIn(tokens, isLoginRefusal, (token) => attempt(config, body, to, token))
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    const { retryAfterMs } = error
    const failure = { kind: 'temporary', account: true, ...(retryAfterMs !== undefined && { retryAfterMs }) } as const
    throw new SendError(failure, error.message, { cause: error })
  }
}

/** Nothing can have been sent: nobody was logged in yet. */
function isLoginRefusal(error: unknown): boolean {
  return (error as { cause?: SmtpError }).cause?.code === 'EAUTH'
}

async function attempt(config: MailboxConfig, body: Uint8Array, to: string[], token?: string): Promise<Handed> {
  const connection = new SMTPConnection({
    host: config.smtp.host,
    port: config.smtp.port,
    secure: config.smtp.tls === 'implicit',
    requireTLS: config.smtp.tls === 'starttls',
    ignoreTLS: config.smtp.tls === 'none',
    tls: tlsOptions(config.smtp),
    name: config.address.slice(config.address.lastIndexOf('@') + 1),
    connectionTimeout: config.smtp.timeoutMs ?? CONNECT_MS_MAX,
    greetingTimeout: config.smtp.timeoutMs ?? CONNECT_MS_MAX,
    socketTimeout: config.smtp.timeoutMs ?? SILENCE_MS_MAX,
    socketCloseTimeout: 0, // What is not said by then is not waited for: an aborted body must not linger.
  })
  const contents = lazily(body, () => refusedEnvelope(connection, to))
  const progress = { sending: false }
  try {
    const handed = await new Promise<Handed>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect((error) => {
        if (error) return reject(error)
        logIn(connection, config, token, (refused) => {
          if (refused) return reject(refused)
          progress.sending = true
          const envelope = { from: envelopeSender(body, config.address), to, size: body.length }
          connection.send(envelope, contents.stream, (failed, sent) => {
            if (failed) reject(failed)
            else resolve(results(to, (sent?.rejectedErrors ?? []) as SmtpError[]))
          })
        })
      })
    })
    connection.quit() // It closes by itself on the server's goodbye; the mail is the server's already.
    return handed
  } catch (error) {
    connection.close()
    throw sendError(error as SmtpError, { config, to, sending: progress.sending, pulled: contents.pulled() })
  }
}

function logIn(
  connection: SMTPConnection,
  config: MailboxConfig,
  token: string | undefined,
  done: (error: Error | null) => void,
): void {
  const { user, password } = config.smtp
  if (!user || !connection.allowsAuth) done(null)
  else if (token !== undefined) connection.login({ user, oauth2: new XOAuth2({ user, accessToken: token }) }, done)
  else connection.login({ user, pass: password ?? '', credentials: { user, pass: password ?? '' } }, done)
}

/**
 * The body as a stream that is asked for only once the server wants it. Until then nothing can have reached anyone;
 * from then on a lost connection leaves it open, even when nodemailer reports both the same way.
 */
function lazily(body: Uint8Array, refused: () => Error | undefined): { stream: Readable; pulled: () => boolean } {
  let pulled = false
  let position = 0
  const stream = new Readable({
    read() {
      const error = position === 0 ? refused() : undefined
      if (error) return void this.destroy(error)
      pulled = true
      if (position >= body.length) return void this.push(null)
      this.push(body.subarray(position, position + CHUNK_BYTES))
      position += CHUNK_BYTES
    },
  })
  return { stream, pulled: () => pulled }
}

/**
 * The server wants the body although it refused the customer, because it took a copy's address. Stop there: a retry would
 * give the others a second mail. nodemailer keeps this to itself until it is too late, hence the look inside.
 */
function refusedEnvelope(connection: SMTPConnection, to: string[]): Error | undefined {
  const { _envelope } = connection as unknown as { _envelope?: { rejectedErrors?: SmtpError[] } }
  const refused = _envelope?.rejectedErrors?.find((error) => error.recipient === to[0])
  return refused && Object.assign(new Error(refused.message), { rejectedErrors: [refused] })
}

function results(to: string[], refused: SmtpError[]): Handed {
  return {
    recipients: to.map((address) => {
      const error = refused.find(({ recipient }) => recipient === address)
      return error ? { address, accepted: false, reason: error.response ?? error.message } : { address, accepted: true }
    }),
  }
}
