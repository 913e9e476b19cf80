// What a failed send means: try again, never, or nobody knows. And the sentence that says so to the person it concerns.
import { SendError } from '../../src/channel.ts'
import type { MailboxConfig } from './mailbox-config.ts'
import { throttleMs } from './throttle.ts'
import { settingsOf, tlsProblem } from './tls-problem.ts'

export interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  responseCode?: number
  recipient?: string
  rejectedErrors?: SmtpError[]
}

export interface Attempt {
  config: MailboxConfig
  to: string[]
  /** The session stands: what goes wrong from here on concerns this mail. */
  sending: boolean
  /** Whether the server was given any of the body. */
  pulled: boolean
}

/** An address that only SMTPUTF8 can carry (RFC 6531), and a server without it. */
export const NEEDS_UTF8 = 'ENEEDSUTF8'

const REPLY_SHOWN_MAX = 200
const TOO_LARGE = 'Not delivered: the mail is larger than our mail server takes. Send less, or a link.'
// RFC 1870 section 6.1 and RFC 3463; 552 alone is a full mailbox too.
const IS_TOO_LARGE =
  /\b5\.(?:3\.4|2\.3)\b|^552 (?!5\.)|(?:size|too (?:big|large)).{0,40}(?:exceed|limit|max)|exceed.{0,40}size/i
const IS_FULL = /^552\b|\b5\.2\.2\b|quota|mailbox.{0,20}full/i
const AUTH_CODES = new Set([530, 534, 535, 538]) // RFC 4954 section 4 and 6
const WRONG_MOMENT = 503 // Says that the session, not the mail, is in a wrong state.

export function sendError(thrown: SmtpError, attempt: Attempt): SendError {
  // Of several refused recipients the customer's own refusal is the one that counts.
  const error = thrown.rejectedErrors?.find(({ recipient }) => recipient === attempt.to[0]) ?? thrown
  return ofTheAccount(error, attempt) ?? ofTheMail(error, attempt)
}

/** What would happen to any other mail too. */
function ofTheAccount(error: SmtpError, { config, sending }: Attempt): SendError | undefined {
  const { name, oauth, smtp } = config
  const server = serverOf(config)
  const failure = (message: string, retryAfterMs?: number) =>
    new SendError(
      { kind: 'temporary', account: true, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      `${name}: ${message}`,
      { cause: error },
    )
  const tls = sending ? undefined : tlsProblem(error, server, `${settingsOf(name)}.smtp`)
  if (tls) return failure(tls)
  const waitMs = throttleMs(error.response)
  if (waitMs !== undefined) {
    return failure(
      `${server} takes no more mail from us for now (${shown(error)}). What waits leaves by itself.`,
      waitMs,
    )
  }
  const code = error.responseCode ?? 0
  const isForNow = code >= 400 && code < 500
  if (AUTH_CODES.has(code) || (error.code === 'EAUTH' && !isForNow)) {
    const byToken = oauth !== undefined && smtp.password === undefined
    return failure(
      byToken
        ? `${server} refuses the user ${smtp.user} although the sign-in is good (${shown(error)}). Check that it is this mailbox's, and that SMTP is allowed for it.`
        : `${server} refuses our user or password (${shown(error)}). Check both in the settings.`,
    )
  }
  return sending ? undefined : failure(`cannot send through ${server}: ${shown(error)}`)
}

function ofTheMail(error: SmtpError, attempt: Attempt): SendError {
  const { config, to, pulled } = attempt
  const code = error.responseCode ?? 0
  const options = { cause: error }
  const rejected = (message: string) => new SendError({ kind: 'rejected' }, message, options)
  if (code >= 500 && code !== WRONG_MOMENT) return rejected(rejection(error, attempt))
  const isOurs = error.response === undefined // The server was not even asked.
  if (error.code === 'EMESSAGE' && isOurs && !pulled) return rejected(TOO_LARGE)
  if (error.code === NEEDS_UTF8) {
    const person = `${error.recipient}. Leave it out, or reach them another way.`
    return rejected(`Not delivered: our mail server takes no address with letters such as those of ${person}`)
  }
  if (error.code === 'EENVELOPE' && isOurs) {
    return rejected(`Not delivered: no mail can be sent to ${to.join(', ')}. Check the address.`)
  }
  const server = serverOf(config)
  if (code >= 400 || !pulled) {
    const message = `${config.name}: ${server} did not take the mail: ${shown(error)}`
    return new SendError({ kind: 'temporary' }, message, options)
  }
  const message = `${config.name}: ${server} was given the mail and did not answer (${shown(error)}). It may have arrived.`
  return new SendError({ kind: 'uncertain' }, message, options)
}

function serverOf({ smtp }: MailboxConfig): string {
  return `${smtp.host}:${smtp.port}`
}

function rejection(error: SmtpError, attempt: Attempt): string {
  const reply = shown(error)
  const { command } = error
  if (command !== 'RCPT TO' && IS_TOO_LARGE.test(reply))
    return `Not delivered: the mail is larger than our mail server takes ("${reply}"). Send less, or a link.`
  if (command === 'RCPT TO') {
    const address = error.recipient ?? attempt.to[0] ?? ''
    const advice = IS_FULL.test(reply)
      ? 'The mailbox is full: try later, or reach the customer another way.'
      : 'Check the address, or reach the customer another way.'
    return `Not delivered: the mail server refuses ${address} ("${reply}"). ${advice}`
  }
  if (command === 'MAIL FROM') {
    return `Not delivered: our mail server refuses to send as ${attempt.config.address} ("${reply}"). Tell whoever runs Deskbell.`
  }
  return `Not delivered: the mail server refuses this mail ("${reply}"). Change it, or reach the customer another way.`
}

function shown(error: SmtpError): string {
  return (error.response ?? error.message).replace(/\s+/g, ' ').trim().slice(0, REPLY_SHOWN_MAX)
}
