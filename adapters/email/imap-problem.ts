// Why mail does not come in, in a sentence that says what to do. A wrong password and a dead network need different people.
import type { MailboxConfig } from './mailbox-config.ts'
import { settingsOf, tlsProblem } from './tls-problem.ts'
import { TokenError } from './token-request.ts'

/** The store, not the mailbox, said no. */
export class KeepFailed extends Error {}

interface ImapError extends Error {
  authenticationFailed?: boolean
  serverResponseCode?: string
  code?: string
  responseText?: string
  response?: unknown
}

/** A server that is merely in trouble, or finds we ask too much, says so, and the password is as good as before (RFC 5530). */
export function isAuthProblem(thrown: unknown): boolean {
  if (thrown instanceof TokenError) return thrown.trouble !== 'passing'
  return (thrown as ImapError).authenticationFailed === true && !isThrottled(thrown) && !isInTrouble(thrown)
}

/** Gmail: `[ALERT] Too many simultaneous connections`, `[OVERQUOTA] Account exceeded command or bandwidth limits`; Yahoo: `[LIMIT] Rate limit hit`. */
export function isThrottled(thrown: unknown): boolean {
  const { serverResponseCode: code = '' } = thrown as ImapError
  return /^(LIMIT|OVERQUOTA|THROTTLED)$/i.test(code) || THROTTLED.test(wordsOf(thrown))
}

const THROTTLED =
  /too many (simultaneous |concurrent )?(connections|logins|attempts)|rate limit|bandwidth limits|throttled/i

function isInTrouble(thrown: unknown): boolean {
  const { serverResponseCode: code = '' } = thrown as ImapError
  // Microsoft lets us in and then has no mailbox for us for a while.
  return /^(UNAVAILABLE|SERVERBUG|INUSE)$/i.test(code) || /authenticated but not connected/i.test(wordsOf(thrown))
}

/** What the server said of it; imapflow keeps that in one place or the other. */
function wordsOf(thrown: unknown): string {
  const { responseText, response } = thrown as ImapError
  return [responseText, response].filter((words) => typeof words === 'string').join(' ')
}

const WANTS_APP_PASSWORD = /application-specific password|app password|log in via your web browser|basic ?auth/i

export function renumberedProblem({ name, folder }: MailboxConfig): string {
  return `${name}: the server numbered the folder "${folder}" anew several times today (UIDVALIDITY). Mail still comes in, but what is moved there from elsewhere may be missed. Ask whoever runs the server.`
}

export function imapProblem(config: MailboxConfig, thrown: unknown): string {
  const error = thrown as ImapError
  const server = `${config.imap.host}:${config.imap.port}`
  if (error instanceof KeepFailed)
    return `${config.name}: mail cannot be stored: ${error.message}. It stays in the mailbox and is fetched again.`
  if (error instanceof TokenError) return error.message
  const tls = tlsProblem(error, server, `${settingsOf(config.name)}.imap`)
  if (tls) return `${config.name}: ${tls}`
  if (isAuthProblem(error) && config.imap.password === undefined && config.oauth) {
    return `${config.name}: ${server} refuses the user ${config.imap.user} although the sign-in is good. Check that it is this mailbox's, and that IMAP is allowed for it.`
  }
  if (isThrottled(error)) {
    return `${config.name}: ${server} finds that we ask too much ("${shown(error)}"). It is asked again after a while; if it lasts, see which other programs read this mailbox.`
  }
  if (isAuthProblem(error) && WANTS_APP_PASSWORD.test(wordsOf(error))) {
    return `${config.name}: ${server} does not take the password of the user ${config.imap.user}: it wants an app password, or a sign-in by OAuth. See email in deskbell.example.yaml.`
  }
  if (isAuthProblem(error)) {
    return `${config.name}: ${server} refuses the user ${config.imap.user} or its password. Check both in the settings.`
  }
  if (/mailbox|folder|nonexistent|not found/i.test(error.responseText ?? '')) {
    return `${config.name}: ${server} has no folder "${config.folder}". Check the folder in the settings.`
  }
  const why = error.responseText ?? error.code ?? ''
  const detail = why && !error.message.includes(why) ? `${error.message} (${why})` : error.message
  return `${config.name}: cannot read from ${server}: ${detail}. It tries again by itself; check host, port and network if it lasts.`
}

const WORDS_SHOWN_MAX = 200

function shown(error: unknown): string {
  return wordsOf(error).replace(/\s+/g, ' ').trim().slice(0, WORDS_SHOWN_MAX)
}
