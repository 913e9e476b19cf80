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
}

/** A server that is merely in trouble says so, and the password is as good as before (RFC 5530). */
export function isAuthProblem(thrown: unknown): boolean {
  if (thrown instanceof TokenError) return thrown.trouble !== 'passing'
  const error = thrown as ImapError
  return (
    error.authenticationFailed === true && !/UNAVAILABLE|SERVERBUG|INUSE|LIMIT/i.test(error.serverResponseCode ?? '')
  )
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
