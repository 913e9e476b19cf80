// The header block Outlook, Exchange and their kin put above a quoted mail instead of "On … wrote:".
import { kindOf, type Label, type LabelKind, labelOf } from './header-label.ts'
import { nextWords, type ReplyLine } from './reply-line.ts'

const BLOCK_LINES_MAX = 30
// An address list goes on over many lines; a wrapped subject over two.
const CONTINUATIONS_MAX = 12
const FIELD = /^[*_]{0,2}\p{L}[\p{L}\p{M}' /-]{1,28}[*_]{0,2} ?[:：](?!\/\/)/u
const ADDRESS_LIST = /[@;,<>]/
const DATED = /\p{Nd}{1,2}\D{1,14}\p{Nd}/u
const TIMED = /\p{Nd}{1,2} ?[:.h時时시] ?\p{Nd}{2}|\p{Nd}{1,2} ?[ap]\.?m\b/iu
/** Above or below them in the raw source of a mail, which somebody shows us. */
const TRANSPORT = /^(?:received|return-path|message-id|delivered-to|mime-version|dkim-signature|x-[a-z-]{2,40}) ?:/i
export const OUTLOOK_RULE = /^[_]{10,}$/

export interface HeaderBlock {
  /** How far the search went: no block begins before this line either. */
  seenTo: number
  found: boolean
}

/**
 * `announced`: a rule or an "Original message" stands above it. Otherwise three of From, Sent, To and Subject must be there, and nothing
 * that speaks of a form a customer filled in.
 */
export function headerBlockAt(lines: ReplyLine[], at: number, announced: boolean): HeaderBlock {
  const first = lines[at]
  const label = first && !first.quoted && labelOf(first)
  if (!first || !label || isSource(lines, at)) return { seenTo: at, found: false }
  if (isInOneLine(first.view, label)) return { seenTo: at, found: true }
  const { labels, foreign, last } = readBlock(lines, at)
  // A file of settings has such lines too, and a rule below them.
  if (!announced && /^[-=_]{3,}$/.test(lines[last + 1]?.view ?? '')) return { seenTo: last, found: false }
  const fields = foreign + (hasFieldAbove(lines, at) ? 1 : 0)
  return { seenTo: last, found: isMailHeader(labels, announced, fields) }
}

/** Raw source, or a file of settings: `from:`, `"from":`. */
function isSource(lines: ReplyLine[], at: number): boolean {
  return /^["'{ ]{0,3}[a-z]/.test(lines[at]?.view ?? '') || TRANSPORT.test(lines[at - 1]?.view ?? '')
}

function readBlock(lines: ReplyLine[], at: number): { labels: Label[]; foreign: number; last: number } {
  const labels: Label[] = []
  let foreign = 0
  let last = at
  let continued = 0
  for (let index = at; index < Math.min(lines.length, at + BLOCK_LINES_MAX); index++) {
    const line = lines[index]
    if (!line || line.quoted) break
    const label = labelOf(line)
    if (label) {
      labels.push(label)
      last = index
      continued = 0
    } else if (line.blank) {
      // Some programs leave a line free after each; a block that is whole ends here.
      if (kindsIn(labels).size >= 4 || !isLabelLine(lines[nextWords(lines, index)])) break
    } else if (FIELD.test(line.view) && !line.view.includes('@')) foreign++
    else if (++continued > continuationsMax(line, labels)) break
  }
  return { labels, foreign, last }
}

function isLabelLine(line: ReplyLine | undefined): boolean {
  return line !== undefined && !line.quoted && labelOf(line) !== undefined
}

function continuationsMax(line: ReplyLine, labels: Label[]): number {
  const inList = ['to', 'copy'].includes(labels.at(-1)?.kind ?? '')
  return inList && ADDRESS_LIST.test(line.view) ? CONTINUATIONS_MAX : 2
}

function kindsIn(labels: Label[]): Set<LabelKind> {
  return new Set(labels.map(({ kind }) => kind).filter((kind) => kind !== 'other' && kind !== 'copy'))
}

function isMailHeader(labels: Label[], announced: boolean, foreignFields: number): boolean {
  const kinds = kindsIn(labels)
  const sent = labels.find(({ kind }) => kind === 'sent')
  if (!kinds.has('from')) return (announced && kinds.size >= 3) || isDateAndAddress(labels)
  const dated = sent !== undefined && (sent.value === '' || DATED.test(sent.value))
  // A form a customer filled in has a sender, a subject and a date too, among fields no mail has.
  if (foreignFields > 0 && !(kinds.size === 4 && dated)) return false
  if (announced && kinds.size >= 2) return true
  // A fax has all of them, and neither an address nor the time of day.
  if (!labels.some(({ value }) => value.includes('@')) && !TIMED.test(sent?.value ?? '')) return false
  const addressed = labels.some(({ kind, value }) => kind === 'from' && value.includes('@'))
  // "From: Berlin, To: Paris, Date: 3 May" is a journey.
  if (!kinds.has('subject') && !addressed) return false
  if (kinds.size >= 3) return dated || (sent === undefined && addressed)
  return kinds.size === 2 && addressed && dated && labels[0]?.kind === 'from'
}

/** "Date: Wed, 16 May 2012 00:15:02 -0600" above "To: ada@example.org": nobody but a program writes so. */
function isDateAndAddress([first, second]: Label[]): boolean {
  return (
    first?.kind === 'sent' &&
    /\d{4} \d{1,2}:\d{2}/.test(first.value) &&
    second?.kind === 'to' &&
    second.value.includes('@')
  )
}

export function isField(view: string): boolean {
  return FIELD.test(view)
}

function hasFieldAbove(lines: ReplyLine[], at: number): boolean {
  const above = lines[at - 1]
  return above !== undefined && !above.blank && !above.quoted && FIELD.test(above.view) && !labelOf(above)
}

/** Some conversions run the whole block together: "From: Ada Sent: Monday, … To: … Subject: …". */
function isInOneLine(view: string, first: Label): boolean {
  if (first.kind !== 'from') return false
  const kinds = new Set<LabelKind>()
  for (const { 1: name } of view.matchAll(/(?:^|[\s*>)\]])([^\s:*：]{1,20})[* ]{0,2}[:：]/gu)) {
    const kind = kindOf(name ?? '')
    if (kind) kinds.add(kind)
  }
  return kinds.has('sent') && kinds.has('subject') && kinds.has('to')
}
