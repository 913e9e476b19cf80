// What a failed send means: try again, never, or nobody knows. And the sentence that says so to the person it concerns.
import { SendError } from '../../src/channel.ts'
import type { MailboxConfig } from './mailbox-config.ts'
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

const REPLY_SHOWN_MAX = 200
const AUTH_CODES = new Set([530, 534, 535, 538]) // RFC 4954 section 4 and 6
const WRONG_MOMENT = 503 // Says that the session, not the mail, is in a wrong state.

export function sendError(thrown: SmtpError, attempt: Attempt): SendError {
  // Of several refused recipients the customer's own refusal is the one that counts.
  const error = thrown.rejectedErrors?.find(({ recipient }) => recipient === attempt.to[0]) ?? thrown
  const code = error.responseCode ?? 0
  const server = `${attempt.config.smtp.host}:${attempt.config.smtp.port}`
  const options = { cause: error }
  const tls = attempt.sending ? undefined : tlsProblem(error, server, `${settingsOf(attempt.config.name)}.smtp`)
  if (tls) return new SendError({ kind: 'temporary', account: true }, `${attempt.config.name}: ${tls}`, options)
  if (error.code === 'EAUTH' || AUTH_CODES.has(code)) {
    const { name, oauth, smtp } = attempt.config
    const byToken = oauth !== undefined && smtp.password === undefined
    const message = byToken
      ? `${name}: ${server} refuses the user ${smtp.user} although the sign-in is good (${shown(error)}). Check that it is this mailbox's, and that SMTP is allowed for it.`
      : `${name}: ${server} refuses our user or password (${shown(error)}). Check both in the settings.`
    return new SendError({ kind: 'temporary', account: true }, message, options)
  }
  if (!attempt.sending) {
    const message = `${attempt.config.name}: cannot send through ${server}: ${shown(error)}`
    return new SendError({ kind: 'temporary', account: true }, message, options)
  }
  if (code >= 500 && code !== WRONG_MOMENT)
    return new SendError({ kind: 'rejected' }, rejection(error, attempt), options)
  if (error.code === 'EMESSAGE' && code === 0 && !attempt.pulled) {
    return new SendError(
      { kind: 'rejected' },
      'Not delivered: the mail is larger than our mail server takes. Send less.',
      options,
    )
  }
  if (error.code === 'EENVELOPE' && code === 0) {
    const message = `Not delivered: no mail can be sent to ${attempt.to.join(', ')}. Check the address.`
    return new SendError({ kind: 'rejected' }, message, options)
  }
  if (code >= 400 || !attempt.pulled) {
    return new SendError(
      { kind: 'temporary' },
      `${attempt.config.name}: ${server} did not take the mail: ${shown(error)}`,
      options,
    )
  }
  const message = `${attempt.config.name}: ${server} was given the mail and did not answer (${shown(error)}). It may have arrived.`
  return new SendError({ kind: 'uncertain' }, message, options)
}

function rejection(error: SmtpError, attempt: Attempt): string {
  const reply = shown(error)
  if (error.command === 'RCPT TO') {
    const address = error.recipient ?? attempt.to[0] ?? ''
    return `Not delivered: the mail server refuses ${address} ("${reply}"). Check the address, or reach the customer another way.`
  }
  if (error.command === 'MAIL FROM') {
    return `Not delivered: our mail server refuses to send as ${attempt.config.address} ("${reply}"). Tell whoever runs Deskbell.`
  }
  return `Not delivered: the mail server refuses this mail ("${reply}"). Change it, or reach the customer another way.`
}

function shown(error: SmtpError): string {
  return (error.response ?? error.message).replace(/\s+/g, ' ').trim().slice(0, REPLY_SHOWN_MAX)
}
