// What ties a notice to a mail that did not arrive: an address that failed, a code, what came back. Words of failure alone tie it to
// nothing; shops, quota warnings, frauds and people have them as well.
import type { Notice } from './bounce.ts'
import { hasNullPath, nameOfSender } from './bounce-sender.ts'
import { addressesIn, linesOf } from './bounce-text.ts'
import { firstHeader } from './header.ts'

export interface Tied {
  /** A code or a report, or the returned mail. */
  technical: boolean
  /** A sentence that only mail servers write. */
  server: boolean
  /** The subject says so in a server's words. */
  told: boolean
}

const ADDRESS = '[^\\s<>()@,;:"]{1,64}@[^\\s<>()@,;:"]{2,200}'
const CODED_LINE = new RegExp(`<?${ADDRESS}>?:?.{0,60}\\b[45]\\d\\d[ -]`)
const COLON_LINE = new RegExp(`^\\s{0,4}<${ADDRESS}>:|^\\s{0,8}<?${ADDRESS}>?\\s{0,8}$`)

/** Quota warnings are about the reader's own box, and notices of a filter about what came in. */
const OF_THE_READER =
  /\byour (?:own )?(?:mailbox|mail box|account|quota|inbox)\b.{0,60}\b(?:full|quota|limit|exceed|space|size)|\bihr (?:postfach|konto|speicher)|votre bo[iî]te|su buz[oó]n|(?:sent|addressed|message|mail) to you (?:was|were|has been|have been)|messages? (?:are|is) (?:pending|waiting|held|on hold)|(?:pending|incoming|undelivered) (?:messages|mails|emails)|postfix smtp server: errors from|transcript of session follows\. in:/

/** People begin and end their mails so. */
const GREETING =
  /^\s{0,4}(?:hi|hello|dear|hallo|guten (?:tag|morgen)|liebe[rs]?|sehr geehrte\w*|bonjour|hola|ciao|buongiorno|beste|hej|dzień dobry|здравствуйте)\b[^:]{0,40}[,!]?\s*$|^\s{0,4}(?:(?:kind|best|warm) regards|regards|cheers|thanks|many thanks|mit freundlichen grüßen|viele grüße|lg|cordialement|saludos|pozdrawiam)\b/im

export function isTied(notice: Notice, { technical, server, told }: Tied): boolean {
  const { headers, sender, words, subject, reported, said, returned } = notice
  if (reported.length > 0 || returned?.how === 'part' || notice.failedRecipients.length > 0) return true
  if (OF_THE_READER.test(words) || OF_THE_READER.test(subject)) return returned !== undefined && technical
  const names = addressesIn(said).length > 0
  const isNull = hasNullPath(headers)
  const isServer = nameOfSender(headers) === 'server'
  // Whoever only has no return path, or calls it an automatic answer, may be any program: a form, a monitor, somebody's absence notice.
  if (!isServer) {
    const isForm = firstHeader(headers, 'reply-to') !== undefined || GREETING.test(said)
    return !isForm && names && (technical || server) && (server || told)
  }
  if (isNull) return technical || names || server
  if (sender === 'daemon') return technical || (names && (server || told))
  return !GREETING.test(said) && names && (technical || server || told)
}

/** A daemon without a return path lists an address in the way of servers: that is enough in any language. */
export function speaksInLayout({ headers, sender, said }: Notice): boolean {
  if (sender !== 'daemon' || !hasNullPath(headers)) return false
  return linesOf(said).some((line) => CODED_LINE.test(line) || COLON_LINE.test(line))
}
