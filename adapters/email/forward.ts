// What somebody passes on of somebody else's: who wrote it, what it says, and what was put above it. A mail may say this in its
// words, in the fashion of many mailers, or carry the other mail whole.
import { addressParser } from 'postal-mime'
import type { Address } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { decodeWords, recodeWords } from './encoded-word.ts'
import { firstHeader, type Header, splitMail } from './header.ts'
import { type LabelKind, labelOf } from './header-label.ts'
import { historyMark } from './history-mark.ts'
import type { MailFile } from './mail-content.ts'
import { readMailHeader } from './mail-header.ts'
import { messageIdOf, messageIdsIn } from './message-id.ts'
import { headerBlockAt } from './quote-header.ts'
import { type ReplyLine, readLines } from './reply-line.ts'
import { isAnswerSubject, isForwardSubject } from './subject.ts'

export interface Forward {
  /** As it is written there; undefined where it cannot be read. */
  from?: Address
  subject?: string
  /** What the original says. */
  text: string
  /** What whoever passes it on has written above. */
  note: string
  /** Of the original. */
  messageId?: string
  /** What the original answered, newest first. */
  references: string[]
}

const HEAD_READ_MAX = 64 * 1024
/** Between the mark and the header block. */
const GAP_MAX = 4
const REFERENCES_MAX = 20
/** Lines that a field may go on for. */
const CONTINUED_MAX = 3
const RULE = /^[-_=*–—‐]{5,}$/
/** `Anna <a@x>`, `Anna [mailto:a@x]`, `"Anna" <mailto:a@x>`, `a@x`. */
const ADDRESS = /[^\s<>()[\]"',;:]{1,128}@[^\s<>()[\]"',;:]{1,190}/
const MAIL_TYPES = new Set(['message/rfc822', 'message/global'])

/** Undefined for a mail that passes nothing on. */
export function forwardIn(mail: {
  headers: Header[]
  subject: string
  text: string
  files: readonly MailFile[]
  /** The words of a mail that is carried whole. */
  wordsOf(raw: Uint8Array): string
}): Forward | undefined {
  // What an answer carries of this kind stands in the history below it.
  if (isAnswerSubject(mail.subject)) return undefined
  return attachedMail(mail) ?? writtenMail(mail)
}

function attachedMail({ subject, text, files, wordsOf }: Parameters<typeof forwardIn>[0]): Forward | undefined {
  const mails = files.filter(({ mimeType }) => MAIL_TYPES.has(mimeType))
  const [only] = mails
  // Several are a collection, not somebody's question.
  if (!only || mails.length > 1) return undefined
  const raw = only.content
  const { headers } = readMailHeader(splitMail(raw.subarray(0, HEAD_READ_MAX)).head)
  const get = (key: string) => firstHeader(headers, key)
  const from = senderIn(get('from'))
  const title = cleanLine(decodeWords(get('subject') ?? ''))
  const isPassedOn = isForwardSubject(subject) || text.trim() === '' || sameStart(title, subject)
  if (!isPassedOn) return undefined
  const words = wordsOf(raw)
  const ids = ['references', 'in-reply-to'].flatMap((key) => messageIdsIn(get(key) ?? '', REFERENCES_MAX))
  const messageId = messageIdOf(get('message-id'))
  return {
    ...(from && { from }),
    ...(title && { subject: title }),
    text: words,
    // Where nothing was written, the words of the original are shown in its place.
    note: text.trim() === '' || text.includes(words.trim().slice(0, 200)) ? '' : text.trim(),
    ...(messageId !== undefined && { messageId }),
    references: ids.reverse(),
  }
}

function sameStart(title: string, subject: string): boolean {
  return title !== '' && subject.toLowerCase().includes(title.toLowerCase())
}

function senderIn(value: string | undefined): Address | undefined {
  const [first] = addressParser(recodeWords((value ?? '').slice(0, HEAD_READ_MAX)), { flatten: true })
  return first?.address ? { address: first.address, name: first.name } : undefined
}

function writtenMail({ headers, subject, text }: Parameters<typeof forwardIn>[0]): Forward | undefined {
  const lines = readLines(text)?.map(unquoted)
  if (!lines) return undefined
  const passedOn = firstHeader(headers, 'x-forwarded-message-id')
  const mark = lines.findIndex((line) => historyMark(line)?.mark === 'forward')
  if (mark < 0 && passedOn === undefined && !isForwardSubject(subject)) return undefined
  const block = mark >= 0 ? blockAfter(lines, mark) : firstBlock(lines)
  const [messageId] = messageIdsIn(passedOn ?? '', 1)
  const known = { ...(messageId !== undefined && { messageId }), references: [] }
  if (!block) return { text, note: '', ...known }
  const from = writtenSender(block.fields)
  const title = cleanLine(block.fields.get('subject') ?? '')
  return {
    ...(from && { from }),
    ...(title && { subject: title }),
    text: said(text, lines.slice(block.end)),
    note: said(text, lines.slice(0, block.start)),
    ...known,
  }
}

/** Apple Mail quotes what it passes on, mark and header and all. */
function unquoted(line: ReplyLine): ReplyLine & { wasQuoted: boolean } {
  return { ...line, wasQuoted: line.quoted, quoted: false, blank: line.view === '' }
}

type Line = ReturnType<typeof unquoted>

interface Block {
  fields: Map<LabelKind, string>
  /** The mark above it belongs to it. */
  start: number
  end: number
}

function blockAfter(lines: Line[], mark: number): Block | undefined {
  for (let at = mark + 1; at <= mark + GAP_MAX && at < lines.length; at++) {
    const block = blockAt(lines, at)
    if (block) return { ...block, start: mark }
  }
  return undefined
}

/** Outlook writes no mark, or one that it writes above answers too. */
function firstBlock(lines: Line[]): Block | undefined {
  for (let at = 0; at < lines.length; at++) {
    const block = lines[at]?.blank ? undefined : blockAt(lines, at)
    if (block) return block
  }
  return undefined
}

function blockAt(lines: Line[], at: number): Block | undefined {
  const { found, seenTo } = headerBlockAt(lines, at, true)
  if (!found) return undefined
  let start = at
  for (let above = at - 1; above >= 0; above--) {
    const line = lines[above]
    if (!line || !(line.blank || RULE.test(line.view) || historyMark(line))) break
    start = above
  }
  // A last field may go on in a second line; the empty line below ends it.
  const blank = lines.slice(seenTo + 1, seenTo + 2 + CONTINUED_MAX).findIndex((line) => line.blank)
  return { fields: fieldsIn(lines.slice(at, seenTo + 1)), start, end: seenTo + 1 + Math.max(0, blank) }
}

function fieldsIn(lines: Line[]): Map<LabelKind, string> {
  const fields = new Map<LabelKind, string>()
  let last: LabelKind | undefined
  for (const line of lines) {
    const label = labelOf(line)
    if (label) last = fields.has(label.kind) ? undefined : label.kind
    if (last !== undefined) fields.set(last, `${fields.get(last) ?? ''} ${label ? label.value : line.view}`.trim())
  }
  return fields
}

/** As a person reads it; a forward in quotes loses its marks. */
function said(text: string, lines: readonly Line[]): string {
  const isQuoted = lines.every((line) => line.blank || line.wasQuoted)
  return lines
    .map(({ from, to }) => text.slice(from, to))
    .map((line) => (isQuoted ? line.replace(/^\s{0,3}>[ \u00a0]?/, '') : line))
    .join('\n')
    .trim()
}

/** Where all fields stand in one line, nobody can tell whose the address in it is. */
function writtenSender(fields: Block['fields']): Address | undefined {
  const value = fields.size > 1 ? (fields.get('from') ?? '') : ''
  const found = ADDRESS.exec(value)
  if (!found) return undefined
  return { address: found[0], name: value.slice(0, found.index).replace(/mailto:?|[<>[\]("'*]/gi, ' ') }
}
