// One attempt to hand a mail to the mail server, and an honest answer to what became of it.
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { domainToASCII } from 'node:url'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import XOAuth2 from 'nodemailer/lib/xoauth2'
import { SendError } from '../../src/channel.ts'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import { type AccessTokens, signedIn } from './access-token.ts'
import { envelopeSender } from './automatic.ts'
import { type MailboxConfig, tlsOptions } from './mailbox-config.ts'
import { NEEDS_UTF8, type SmtpError, sendError } from './smtp-error.ts'
import { TokenError } from './token-request.ts'

const CONNECT_MS_MAX = 15 * SECOND
const SILENCE_MS_MAX = 60 * SECOND
// RFC 5321 section 4.5.3.2.6: a server may scan a mail for minutes, and whoever hangs up sends it twice.
const ANSWER_MS_MAX = 10 * MINUTE
// Whatever a server does to keep us waiting, such as a letter of its reply every minute.
const ATTEMPT_MS_MAX = 20 * MINUTE
const CHUNK_BYTES = 64 * 1024

export interface Handed {
  /** Under which the server has it, where it says so: what its operator looks for. */
  queueId?: string
  recipients: { address: string; accepted: boolean; reason?: string }[]
}

interface SendTools {
  clock: Pick<Clock, 'wait'>
  tokens?: AccessTokens | undefined
}

/** Nobody gets the mail unless the first recipient does. Throws `SendError`. */
export async function sendMail(
  config: MailboxConfig,
  body: Uint8Array,
  to: string[],
  { clock, tokens }: SendTools,
): Promise<Handed> {
  try {
    return await signedIn(tokens, isLoginRefusal, (token) => attempt(config, body, to, { clock, token }))
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

async function attempt(
  config: MailboxConfig,
  body: Uint8Array,
  to: string[],
  { clock, token }: { clock: SendTools['clock']; token?: string | undefined },
): Promise<Handed> {
  const envelopeTo = to.map(asciiDomain)
  const connection = new SMTPConnection({
    host: config.smtp.host,
    port: config.smtp.port,
    secure: config.smtp.tls === 'implicit',
    requireTLS: config.smtp.tls === 'starttls',
    ignoreTLS: config.smtp.tls === 'none',
    tls: tlsOptions(config.smtp),
    name: asciiDomain(config.address).slice(asciiDomain(config.address).lastIndexOf('@') + 1),
    connectionTimeout: config.smtp.timeoutMs ?? CONNECT_MS_MAX,
    greetingTimeout: config.smtp.timeoutMs ?? CONNECT_MS_MAX,
    socketTimeout: config.smtp.timeoutMs ?? SILENCE_MS_MAX,
    socketCloseTimeout: 0, // What is not said by then is not waited for: an aborted body must not linger.
  })
  const hidden = connection as unknown as Hidden
  const contents = lazily(body, {
    refused: () => refusedEnvelope(hidden, envelopeTo[0]),
    given: () => hidden._socket?.setTimeout?.(config.smtp.answerMs ?? config.smtp.timeoutMs ?? ANSWER_MS_MAX),
  })
  const progress = { sending: false }
  const over = new AbortController()
  try {
    const handed = await new Promise<Handed>((resolve, reject) => {
      connection.once('error', reject)
      const tooLong = () => reject(new Error(`it took more than ${ATTEMPT_MS_MAX / MINUTE} minutes`))
      void clock.wait(ATTEMPT_MS_MAX, over.signal).then(tooLong) // Once it has ended, that changes nothing.
      connection.connect((error) => {
        if (error) return reject(error)
        logIn(connection, config, token, (refused) => {
          if (refused) return reject(refused)
          progress.sending = true
          const from = asciiDomain(envelopeSender(body, config.address))
          const foreign = needsUtf8(hidden, [from, ...envelopeTo])
          if (foreign) return reject(foreign)
          connection.send({ from, to: envelopeTo, size: body.length }, contents.stream, (failed, sent) => {
            if (failed) return reject(failed)
            const queueId = queueIdIn(sent?.response ?? '')
            const recipients = results(to, envelopeTo, (sent?.rejectedErrors ?? []) as SmtpError[])
            resolve({ ...(queueId !== undefined && { queueId }), recipients })
          })
        })
      })
    })
    connection.quit() // It closes by itself on the server's goodbye; the mail is the server's already.
    return handed
  } catch (error) {
    connection.close()
    throw sendError(error as SmtpError, {
      config,
      to: envelopeTo,
      sending: progress.sending,
      pulled: contents.pulled(),
    })
  } finally {
    over.abort()
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
function lazily(
  body: Uint8Array,
  { refused, given }: { refused(): Error | undefined; given(): void },
): { stream: Readable; pulled: () => boolean } {
  let pulled = false
  let position = 0
  const stream = new Readable({
    read() {
      const error = position === 0 ? refused() : undefined
      if (error) return void this.destroy(error)
      pulled = true
      if (position >= body.length) {
        given()
        return void this.push(null)
      }
      this.push(body.subarray(position, position + CHUNK_BYTES))
      position += CHUNK_BYTES
    },
  })
  return { stream, pulled: () => pulled }
}

/** What nodemailer keeps to itself. */
interface Hidden {
  _socket?: Socket
  _envelope?: { rejectedErrors?: SmtpError[] }
  _supportedExtensions?: string[]
}

/**
 * The server wants the body although it refused the customer, because it took a copy's address. Stop there: a retry would
 * give the others a second mail. nodemailer says so only when it is too late, hence the look inside.
 */
function refusedEnvelope({ _envelope }: Hidden, customer: string | undefined): Error | undefined {
  const refused = _envelope?.rejectedErrors?.find((error) => error.recipient === customer)
  return refused && Object.assign(new Error(refused.message), { rejectedErrors: [refused] })
}

/** nodemailer would write such an address into the session all the same, and some servers mangle it. */
function needsUtf8({ _supportedExtensions }: Hidden, addresses: string[]): SmtpError | undefined {
  if (_supportedExtensions?.includes('SMTPUTF8')) return undefined
  const recipient = addresses.find((address) => !isAscii(address))
  return recipient === undefined
    ? undefined
    : Object.assign(new Error('the server has no SMTPUTF8'), { code: NEEDS_UTF8, recipient })
}

/** `anna@bücher.example` as every server knows it; what is no domain at all is refused further on. */
function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || isAscii(domain)) return address
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** `250 2.0.0 Ok: queued as 4XyZ12`, `250 OK id=1rAbCd-000123-4e`. Nothing else of a reply is kept: it may name somebody. */
function queueIdIn(response: string): string | undefined {
  return /(?:queued as|id=|\bok:?) {0,3}<?([A-Za-z0-9][A-Za-z0-9._-]{5,99})/i.exec(response.slice(0, 500))?.[1]
}

function results(to: string[], envelopeTo: string[], refused: SmtpError[]): Handed['recipients'] {
  return to.map((address, n) => {
    const error = refused.find(({ recipient }) => recipient === envelopeTo[n])
    return error ? { address, accepted: false, reason: error.response ?? error.message } : { address, accepted: true }
  })
}
