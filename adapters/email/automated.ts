// Why we think a machine wrote a mail. Such mail is kept and shown, is never answered by a machine and opens no window.
import { allHeaders, firstHeader, type Header } from './header.ts'

/** The headers the rules below look at; the parse worker hands over these and no others. */
export const AUTOMATED_HEADERS = [
  'auto-submitted',
  'x-auto-response-suppress',
  'x-ms-exchange-inbox-rules-loop',
  'x-autoreply',
  'x-autorespond',
  'precedence',
  'return-path',
  'list-id',
  'list-unsubscribe',
]

const BULK = /^(bulk|junk|list|auto_reply)\b/i
const DAEMON = /^(mailer-daemon|postmaster)@/
// Vacation notices of servers that set no header at all. Only the beginning counts, so that "Re: Out of office?" stays a question.
const VACATION =
  /^(automatic reply|auto(matic)?[- ]?reply|out of (the )?office|automatische antwort|abwesenheits|réponse automatique|respuesta automática|risposta automatica)/i

/** RFC 3834 section 5 and what mail servers do besides. */
export function automatedBecause(headers: Header[], from: string, subject: string): string | undefined {
  const submitted = firstHeader(headers, 'auto-submitted')
  if (submitted && !/^no\b/i.test(submitted)) return 'sent by a program (Auto-Submitted)'
  if (firstHeader(headers, 'x-ms-exchange-inbox-rules-loop')) return 'forwarded by a mailbox rule'
  if (firstHeader(headers, 'x-autoreply') || firstHeader(headers, 'x-autorespond')) return 'an automatic reply'
  if (/^(?!none\b)\S/i.test(firstHeader(headers, 'x-auto-response-suppress') ?? '')) {
    return 'sent by a program (X-Auto-Response-Suppress)'
  }
  if (allHeaders(headers, 'return-path').some((path) => path.replace(/\s/g, '') === '<>'))
    return 'sent by a mail server'
  if (DAEMON.test(from)) return 'sent by a mail server'
  if (firstHeader(headers, 'list-id') || firstHeader(headers, 'list-unsubscribe')) return 'sent through a mailing list'
  if (BULK.test(firstHeader(headers, 'precedence') ?? '')) return 'bulk mail (Precedence)'
  if (VACATION.test(subject)) return 'a vacation notice'
  return undefined
}
