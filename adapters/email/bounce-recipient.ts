// Whom a mail did not reach, and why: from the report's fields, else from the words for people.
import type { BouncedRecipient, Lasting, Notice } from './bounce.ts'
import { NO_REASON, reasonSentence } from './bounce-reason.ts'
import { addressesIn, linesOf, searchable, withoutIds } from './bounce-text.ts'
import { FAILURE_PHRASES, GIVEN_UP_PHRASES, TRYING_PHRASES } from './bounce-words.ts'
import { allHeaders } from './header.ts'
import { returnedHeader } from './returned-mail.ts'

export interface Blamed {
  recipients: BouncedRecipient[]
  lasting: Lasting
  reason: string
}

const RECIPIENTS_MAX = 50
const REASON_LINES_MAX = 6
/** What stands for a server or its keeper, and not for whom we wrote to. */
const SERVERS_OWN =
  /^(?:mailer-?daemon|mail-?daemon|postmaster|post_master|abuse|helpdesk|support|hostmaster|noreply|no-reply)@/

export function blamed(notice: Notice): Blamed {
  const recipients = notice.reported.length > 0 ? fromReport(notice) : fromWords(notice)
  const worst = recipients.find(({ lasting }) => lasting === 'hard') ?? recipients[0]
  if (worst)
    return {
      recipients: recipients.filter(({ address }) => address !== ''),
      lasting: worst.lasting,
      reason: worst.reason,
    }
  return { recipients: [], lasting: lastingOf(notice), reason: reasonIn(notice, undefined) }
}

function fromReport(notice: Notice): BouncedRecipient[] {
  const found = new Map<string, BouncedRecipient>()
  for (const { address = '', outcome, status, diagnostic } of notice.reported) {
    if (outcome === 'arrived') continue
    const lasting = outcome === 'failed' ? 'hard' : 'soft'
    const said = diagnostic || wordsBelow(notice, address)
    const one = { address, lasting, reason: reasonSentence(status, said) } as const
    // One that failed has failed, whatever else is said of it.
    if (!found.has(address) || lasting === 'hard') found.set(address, one)
    if (found.size >= RECIPIENTS_MAX) break
  }
  return [...found.values()]
}

/** Exim has no diagnostic code for what it refused itself: the reason stands below the address, in the words for people. */
function wordsBelow({ said }: Notice, address: string): string {
  const lines = linesOf(said)
  const named = lines.findIndex((line) => address !== '' && line.toLowerCase().includes(address))
  if (named === -1) return ''
  const below = lines.slice(named + 1, named + 1 + REASON_LINES_MAX)
  const end = below.findIndex((line) => line.trim() === '')
  return below
    .slice(0, end === -1 ? undefined : end)
    .join(' ')
    .trim()
}

function fromWords(notice: Notice): BouncedRecipient[] {
  const lasting = lastingOf(notice)
  return addressesOf(notice)
    .slice(0, RECIPIENTS_MAX)
    .map((address) => ({ address, lasting, reason: reasonIn(notice, address) }))
}

/** The mail that came back says to whom it was; without it, the addresses that are neither ours nor the server's. */
function addressesOf(notice: Notice): string[] {
  const { failedRecipients, returned, said, quoted } = notice
  if (failedRecipients.length > 0) return failedRecipients
  const written = ['to', 'cc', 'bcc', 'x-original-to'].flatMap((key) =>
    addressesIn(returnedHeader(returned, key) ?? ''),
  )
  // The commands of a session begin like quotes: `>>> RCPT TO:<ada@example.org>`.
  for (const text of [withoutIds(said), quoted]) {
    const named = addressesIn(text)
    const both = named.filter((address) => written.includes(address))
    if (both.length > 0) return both
    const foreign = foreignIn(notice, text)
    if (foreign.length > 0) return alike(text, foreign)
  }
  return written.length === 1 ? written : []
}

/** Addresses that are neither the reader's nor the server's own. */
export function foreignIn({ headers, returned }: Notice, text: string): string[] {
  const ours = ['to', 'delivered-to', 'from', 'reply-to'].flatMap((key) =>
    allHeaders(headers, key).flatMap(addressesIn),
  )
  const senders = ['from', 'reply-to', 'return-path', 'sender'].flatMap((key) =>
    addressesIn(returnedHeader(returned, key) ?? ''),
  )
  return addressesIn(text).filter((one) => !SERVERS_OWN.test(one) && !ours.includes(one) && !senders.includes(one))
}

/** The first, and those that begin a line in the same way: further ones in a sentence are whom to ask. */
function alike(text: string, [first = '', ...others]: readonly string[]): string[] {
  const lines = linesOf(text).map((line) => line.toLowerCase())
  const shape = lines.map((line) => shapeOf(line, first)).find((one) => one !== undefined)
  return [first, ...others.filter((one) => shape !== undefined && lines.some((line) => shapeOf(line, one) === shape))]
}

function shapeOf(line: string, address: string): string | undefined {
  const at = line.indexOf(address)
  const before = line.slice(0, Math.max(at, 0))
  if (at === -1 || !/^\s{0,10}[<"]?$/.test(before)) return undefined
  return `${before}${/^[>"]?:?/.exec(line.slice(at + address.length))?.[0]}`
}

/** `soft` only where the server says that it goes on: what is silent about it, or full, or gives up, is over. */
function lastingOf({ words, subject }: Notice): Lasting {
  const all = `${subject} ${words}`
  const goesOn = TRYING_PHRASES.some((phrase) => all.includes(phrase))
  return goesOn && !GIVEN_UP_PHRASES.some((phrase) => all.includes(phrase)) ? 'soft' : 'hard'
}

const STATUS = /\b[45]\.\d{1,3}\.\d{1,3}\b/
const REPLY = /\b[45]\d\d\b/

function reasonIn(notice: Notice, address: string | undefined): string {
  const said = saidOf(notice, address)
  return said ? reasonSentence(STATUS.exec(said)?.[0], said) : NO_REASON
}

function saidOf({ said }: Notice, address: string | undefined): string {
  const lines = linesOf(said)
  const named = address === undefined ? -1 : lines.findIndex((line) => line.toLowerCase().includes(address))
  const near = named === -1 ? '' : nearTo(lines, named, address ?? '')
  if (isTelling(near)) return near
  const coded = lines.findIndex((line) => REPLY.test(line) && isTelling(line))
  const telling = coded === -1 ? lines.findIndex(isTelling) : coded
  return telling === -1 ? near : `${lines[telling] ?? ''} ${continued(lines, telling)}`.trim()
}

/** The rest of its line, and what stands below until the next empty one. */
function nearTo(lines: readonly string[], at: number, address: string): string {
  const line = lines[at] ?? ''
  const rest = line.slice(line.toLowerCase().indexOf(address) + address.length).replace(/^[\s>:.,;)"'\]-]+/, '')
  return `${rest} ${continued(lines, at)}`.trim()
}

function continued(lines: readonly string[], at: number): string {
  const below = lines.slice(at + 1, at + 1 + REASON_LINES_MAX)
  const end = below.findIndex((line) => line.trim() === '')
  return below
    .slice(0, end === -1 ? undefined : end)
    .map((line) => line.trim())
    .join(' ')
}

function isTelling(text: string): boolean {
  const words = searchable(text)
  return STATUS.test(words) || /\b[45]\d\d[ -]/.test(words) || FAILURE_PHRASES.some((phrase) => words.includes(phrase))
}
