// Who sent a mail that may be a bounce: people do not write as mailer-daemon, and servers do not have a return path.
import { allHeaders, firstHeader, type Header } from './header.ts'

/**
 * How much the sender is like a mail server. `person`: nothing says it is a machine. `program`: some machine, be it a shop.
 * `system`: what mail servers and their administrators use. `daemon`: nobody but a mail server.
 */
export type SenderKind = 'person' | 'program' | 'system' | 'daemon'

/** Compared without what people put between its letters: `MAILER_DAEMON`, `Mail-Daemon`. */
const DAEMON_LOCAL =
  /^(?:mailerdaemon|maildaemon|maildeamon|mailerdeamon|mdaemon|microsoftexchange[0-9a-f]*|maildeliverysystem|maildeliverysubsystem|maildelivery|smtpdaemon|mmdf|pmdf|mta|mailrouter|mailsystem|mailererror)$/
const SYSTEM_LOCAL =
  /^(?:postmaster|postmaestro|postmeister|mailadmin|mailadministrator|mailmaster|mailserver|mailgateway|mailgw|mailerror|sysadmin|systemadmin|systemadministrator|exchange|smtp|smtpserver|uucp|bounces?|mailbounce|bouncehandler|undeliverable|returnedmail|maildeliveryfailure|interscan|mailsweeper|antivirus|virusadmin|spamfilter|mailfilter)$/
const PROGRAM_LOCAL =
  /^(?:noreply|donotreply|admin|administrator|system|daemon|robot|autoreply|autoresponder|notifications?)/
/** Servers sign in many names; these begin theirs. */
const DAEMON_NAME =
  /^\W*(?:mail deliver(?:y|ing)?\s?(?:sub)?-?\s?systems?|mail delivery (?:service|agent|program|daemon|software)|mailer[-_ ]?d(?:ae|ea)mon|mail[-_ ]?d(?:ae|ea)mon|courier mail server|internet mail delivery|internet mail service|delivery subsystem|message delivery system|mail transport system|mail router|mdaemon|amavis|m-filter|system mailer)/i
const SYSTEM_NAME =
  /^\W*(?:system\s?administrat(?:or|eur|ör)|systemadministrator|administrat(?:eur|or) syst[eè]me|administrador d[eo]l? sistema|amministratore (?:di|del) sistema|systeembeheer(?:der)?|systemansvarig|systemadministrat[oö]r|järjestelmänvalvoja|administrator systemu|správce systému|rendszergazda|sistem yöneticisi|системный администратор|システム管理者|系统管理员|系統管理員|시스템 관리자|post\s?master|mail administrator|mail server|mailserver|microsoft exchange|microsoft outlook|interscan|surfcontrol|mailsweeper|barracuda|mail gateway|e-?mail (?:system|server|gateway|security)|mail system|symantec|trend ?micro|groupwise|lotus)/i

const NULL_PATH = /^<?\s*(?:|mailer-daemon(?:@[^>\s]{0,255})?|#@\[\])\s*>?$/i
const PATHS = ['return-path', 'x-envelope-from', 'envelope-from', 'x-original-return-path']

export function senderKind(headers: Header[], from: { name?: string; address?: string } | undefined): SenderKind {
  const name = from?.name ?? ''
  const address = (from?.address ?? '').trim().toLowerCase()
  const at = address.lastIndexOf('@')
  const local = (at === -1 ? address || name : address.slice(0, at)).toLowerCase().replace(/[^a-z0-9]/g, '')
  if (DAEMON_LOCAL.test(local) || DAEMON_NAME.test(name)) return 'daemon'
  const isSystem = SYSTEM_LOCAL.test(local) || SYSTEM_NAME.test(name)
  const isNull = hasNullPath(headers)
  if (isSystem && isNull) return 'daemon'
  if (isSystem || isNull) return 'system'
  return PROGRAM_LOCAL.test(local) || isProgram(headers) ? 'program' : 'person'
}

/** Whether its name or address is a mail server's, or its administrator's, whatever else it carries. */
export function nameOfSender(headers: Header[]): 'server' | 'other' {
  const { name, local } = writtenSender(headers)
  const isServer = SYSTEM_LOCAL.test(local) || SYSTEM_NAME.test(name) || local === ''
  return isServer || isDaemonByName(headers) ? 'server' : 'other'
}

/** Nobody but a mail server is called so. */
export function isDaemonByName(headers: Header[]): boolean {
  const { name, local } = writtenSender(headers)
  return DAEMON_LOCAL.test(local) || DAEMON_NAME.test(name)
}

function writtenSender(headers: Header[]): { name: string; local: string } {
  const from = firstHeader(headers, 'from') ?? ''
  const address = /<([^<>]*)>/.exec(from)?.[1] ?? from
  return {
    name: from
      .replace(/<[^<>]*>/, '')
      .replaceAll('"', '')
      .trim(),
    local: (address.split('@', 1)[0] ?? '').toLowerCase().replace(/[^a-z0-9]/g, ''),
  }
}

/** Exchange and Italy's certified mail mark their notices; Sendmail tells in a comment why it writes. */
export function isDeclared(headers: Header[]): boolean {
  if (firstHeader(headers, 'x-failed-recipients') !== undefined) return true
  if (firstHeader(headers, 'x-ms-exchange-message-is-ndr') !== undefined) return true
  if (/errore-consegna/i.test(firstHeader(headers, 'x-ricevuta') ?? '')) return true
  return /\((?:failure|warning-timeout)\)/i.test(firstHeader(headers, 'auto-submitted') ?? '')
}

/** RFC 5321 section 4.5.5: notices are sent so that nobody can answer them with a notice. */
export function hasNullPath(headers: Header[]): boolean {
  return PATHS.some((key) => allHeaders(headers, key).some((path) => NULL_PATH.test(path.trim())))
}

function isProgram(headers: Header[]): boolean {
  const submitted = firstHeader(headers, 'auto-submitted')
  if (submitted !== undefined && !/^no\b/i.test(submitted)) return true
  if (/^(?:junk|bulk|auto)/i.test(firstHeader(headers, 'precedence') ?? '')) return true
  return ['x-failed-recipients', 'x-mx-bounce', 'x-ahmailid'].some((key) => firstHeader(headers, key) !== undefined)
}
