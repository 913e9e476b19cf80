// What ties a notice to a mail that did not arrive: an address that failed, a code, what came back. Words of failure alone tie it to
// nothing; shops, quota warnings, frauds and people have them as well.
import type { Notice } from './bounce.ts'
import { foreignIn } from './bounce-recipient.ts'
import { hasNullPath, isDaemonByName, nameOfSender } from './bounce-sender.ts'
import { addressesIn, linesOf } from './bounce-text.ts'
import { FAILURE_PHRASES } from './bounce-words.ts'
import { firstHeader } from './header.ts'

export interface Tied {
  /** A code or a report, or the returned mail. */
  technical: boolean
  /** A sentence that only mail servers write. */
  server: boolean
  /** The subject says so in a server's words. */
  told: boolean
  /** It has a word that servers use as well. */
  hinted: boolean
}

const ADDRESS = '[^\\s<>()@,;:"]{1,64}@[^\\s<>()@,;:"]{2,200}'
const CODED_LINE = new RegExp(`<?${ADDRESS}>?:?.{0,60}\\b[45]\\d\\d[ -]`)
const MARKED_LINE = new RegExp(`^\\s{0,4}<${ADDRESS}>:|^\\s{0,8}<${ADDRESS}>\\s{0,8}$`)
const LABEL_LINE = new RegExp(`^\\s{0,8}${ADDRESS}:\\s`)
const BARE_LINE = new RegExp(`^\\s{0,8}${ADDRESS}\\s{0,8}$`)

/** Quota warnings are about the reader's own box, and notices of a filter about what came in. */
const OF_THE_READER =
  /\byour (?:own )?(?:mailbox|mail box|account|quota|inbox)\b.{0,60}\b(?:full|quota|limit|exceed|space|size)|\bihr (?:postfach|konto|speicher)|votre bo[iî]te|su buz[oó]n|(?:sent|addressed|message|mail) to you (?:was|were|has been|have been)|messages? (?:are|is) (?:pending|waiting|held|on hold)|(?:pending|incoming|undelivered) (?:messages|mails|emails)|quarantine (?:summary|report|digest|notification)|spam (?:quarantine|summary|digest)|quarantäne|cuarentena|quarantaine|postfix smtp server: errors from|transcript of session follows\. in:/

/** People begin and end their mails so. */
const GREETING =
  /^\s{0,4}(?:hi|hello|dear|hallo|guten (?:tag|morgen)|liebe[rs]?|sehr geehrte\w*|bonjour|hola|ciao|buongiorno|beste|hej|dzień dobry|здравствуйте)\b[^:]{0,40}[,!]?\s*$|^\s{0,4}(?:(?:kind|best|warm) regards|regards|cheers|thanks|many thanks|mit freundlichen grüßen|viele grüße|lg|cordialement|saludos|pozdrawiam)\b/im

/** Whom notices tell to ask. */
const OF_A_ROLE =
  /^(?:help|helpdesk|hilfe|info|support|soporte|feedback|contact|kontakt|service|office|it|admin|questions|fragen|team)(?:[-._+][^@]{0,20})?@/

export function isTied(notice: Notice, tied: Tied): boolean {
  const { headers, words, subject, reported, returned } = notice
  if (reported.length > 0 || notice.isDeclared) return true
  const isServer = nameOfSender(headers) === 'server'
  if (returned?.how === 'part' && isServer) return true
  if (OF_THE_READER.test(words) || OF_THE_READER.test(subject)) return returned !== undefined && tied.technical
  if (!isServer) return isTiedByProgram(notice, tied)
  return hasNullPath(headers) ? isTiedByServer(notice, tied) : isTiedByName(notice, tied)
}

/** Whoever only has no return path, or calls it an automatic answer, may be any program: a form, a monitor, somebody's absence notice. */
function isTiedByProgram(notice: Notice, { technical, server, told }: Tied): boolean {
  const { headers, said, returned } = notice
  if (returned?.how === 'part') return server || told
  const isForm = firstHeader(headers, 'reply-to') !== undefined || GREETING.test(said)
  const isReturned = returned !== undefined && (technical || server)
  return !isForm && told && isReturned && foreignIn(notice, said).length > 0
}

/** It wants no answer, and is a server's by name. Servers also send reminders, rules and statistics so. */
function isTiedByServer(notice: Notice, { technical, server, told, hinted }: Tied): boolean {
  if (server && (told || technical || namesSomebody(notice))) return true
  const isCoded = technical && (hinted || notice.returned !== undefined || isDaemonByName(notice.headers))
  if (isCoded || speaksInLayout(notice)) return told || namesSomebody(notice)
  // An administrator has rules and warnings to send as well, and says whom to ask; who is only a mail server speaks of mail.
  const foreign = foreignIn(notice, notice.said)
  if (isDaemonByName(notice.headers)) return foreign.length > 0 && (told || hasFailureWords(notice.words))
  return told && (technical || notice.returned !== undefined || foreign.some((one) => !OF_A_ROLE.test(one)))
}

/** Anybody can call himself a mail server, and its administrator is a person as well: frauds name nobody but whom they write to. */
function isTiedByName(notice: Notice, { technical, server, told }: Tied): boolean {
  const { sender, said, returned } = notice
  const isForeign = returned !== undefined || foreignIn(notice, said).length > 0
  // Exchange also asks for approvals and keeps journals, and repeats our subject in theirs.
  const isFailure = server || (told && (returned !== undefined || hasFailureWords(notice.words)))
  if (sender === 'daemon') return (technical && namesSomebody(notice)) || (isForeign && isFailure)
  const isAutomatic = firstHeader(notice.headers, 'auto-submitted') !== undefined
  const isSaid = told || returned !== undefined || (technical && (server || isAutomatic))
  return !GREETING.test(said) && isSaid && (technical || (isForeign && isFailure))
}

function namesSomebody({ said, returned }: Notice): boolean {
  return returned !== undefined || addressesIn(said).length > 0
}

/** A daemon without a return path puts an address in the place where servers put it: that is enough in any language. */
export function speaksInLayout({ headers, sender, said, words }: Notice): boolean {
  if (sender !== 'daemon' || !hasNullPath(headers)) return false
  const lines = linesOf(said)
  if (lines.some((line) => CODED_LINE.test(line) || MARKED_LINE.test(line))) return true
  if (!hasFailureWords(words)) return false
  // An address alone in its line is also whom to ask, and an administrator says so.
  return lines.some((line) => LABEL_LINE.test(line) || (isDaemonByName(headers) && BARE_LINE.test(line)))
}

function hasFailureWords(words: string): boolean {
  return FAILURE_PHRASES.some((phrase) => words.includes(phrase))
}
