// What is new in a mail: the customer's words without the history quoted below them and the signature. For display only; when unsure, all of it.
import { type HistoryMark, historyMark } from './history-mark.ts'
import { headerBlockAt, OUTLOOK_RULE } from './quote-header.ts'
import { beginsWithIntro, introEndingAt, LOOKS_MAX, type Looks } from './quote-intro.ts'
import { isReplyDelimiter } from './reply-delimiter.ts'
import { nextWords, type ReplyLine, readLines, wordsEnd } from './reply-line.ts'
import { disclaimerStart, signatureStart } from './signature-mark.ts'

/** A signature, a quote, the footers of two lists: each takes a round. */
const TAIL_ROUNDS_MAX = 12

/** What the HTML of the same mail says, in lines of the text. */
export interface FoldEvidence {
  /** The first line of the history. */
  historyAt?: number
  /** Lines from..to of marked signatures. */
  signatures?: { from: number; to: number }[]
  /** Lines the customer indented in their own mail: no quotes, although they are marked like them. */
  indents?: { from: number; to: number }[]
  /** The subject says that the mail passes another one on: then the old mail is the news. */
  forwarded?: boolean
}

/** The new words of a plain text body; the whole of it when nothing is quoted in it or nothing would be left. */
export function visibleReply(text: string): string {
  return foldReply(text) ?? text
}

/** Undefined when nothing is to be hidden. */
export function foldReply(text: string, evidence: FoldEvidence = {}): string | undefined {
  const lines = readLines(text)
  if (!lines) return undefined
  for (const { from, to } of evidence.indents ?? []) for (const line of lines.slice(from, to)) line.quoted = false
  const looks: Looks = { left: LOOKS_MAX }
  const history = findHistory(lines, looks, evidence)
  if (history === 'forward') return undefined
  const cut = history < lines.length ? withoutIntro(lines, history, looks) : history
  const end = withoutTail(lines, cut, looks, evidence)
  const start = withoutLeadingQuote(lines, end, cut, looks)
  // Whatever made us look this often was not written by a mail program.
  if (looks.left <= 0) return undefined
  return slice(text, lines, start, end)
}

function slice(text: string, lines: ReplyLine[], start: number, end: number): string | undefined {
  const first = lines[start]
  const last = lines[end - 1]
  if (!first || !last || start >= end) return undefined
  const visible = text.slice(first.from, last.to).trimEnd()
  return visible.trim() === '' || visible.trim() === text.trim() ? undefined : visible
}

/** The line from which everything down to the end is history, whether or not it is marked as quoted. */
function findHistory(lines: ReplyLine[], looks: Looks, evidence: FoldEvidence): number | 'forward' {
  const blocks = { notBefore: 0 }
  const told = evidence.forwarded ? undefined : evidence.historyAt
  for (const [index, line] of lines.entries()) {
    if (index === told) return index
    if (line.blank) continue
    const found = line.quoted ? groupWiseAt(lines, index) : historyAt(lines, index, looks, blocks)
    if (found === 'original') return evidence.forwarded ? 'forward' : index
    if (found !== undefined) return found
  }
  return lines.length
}

function historyAt(lines: ReplyLine[], index: number, looks: Looks, blocks: Blocks): number | HistoryMark | undefined {
  const line = lines[index]
  if (line && isReplyDelimiter(line)) return index
  return oldMailAt(lines, index, blocks) ?? introAbove(lines, index, looks)
}

/** How far a search for a header block has come in vain. */
interface Blocks {
  notBefore: number
}

/** A title or a block of header lines. */
function oldMailAt(lines: ReplyLine[], index: number, blocks: Blocks): HistoryMark | undefined {
  const line = lines[index]
  if (!line) return undefined
  const title = historyMark(line)
  if (title && (title.mark === 'forward' || title.certain || headerFollows(lines, index))) return title.mark
  if (index < blocks.notBefore) return undefined
  const announced = OUTLOOK_RULE.test(lines[wordsEnd(lines, 0, index) - 1]?.view ?? '')
  const block = headerBlockAt(lines, index, announced)
  blocks.notBefore = block.seenTo
  return block.found && (announced || !isAnnounced(lines, index)) ? 'original' : undefined
}

/** GroupWise writes ">>> Ada Lovelace 03/05/13 10:30 AM >>>" above an old mail without quote marks. */
function groupWiseAt(lines: ReplyLine[], index: number): number | undefined {
  const ends = />>> ?$/.test(lines[index]?.view ?? '')
  return ends && !lines[nextWords(lines, index + 1)]?.quoted ? index : undefined
}

/** An intro above lines that carry no quote marks, of the sort that only a mail program writes. */
function introAbove(lines: ReplyLine[], index: number, looks: Looks): number | undefined {
  const line = lines[index]
  if (line && beginsWithIntro(line)) return index
  const intro = introEndingAt(lines, index, looks)
  if (!intro) return undefined
  const next = lines[nextWords(lines, index + 1)]
  if (next?.quoted) return undefined
  markInitials(lines, index + 1)
  if (lines[nextWords(lines, index + 1)]?.quoted) return undefined
  return intro.strong ? intro.from : undefined
}

/** The Bat! marks quotes with the writer's initials: "AL> ". Only an intro above makes them one. */
function markInitials(lines: ReplyLine[], from: number): void {
  const initials = /^\p{Lu}[\p{L}]{0,3}>/u.exec(lines[nextWords(lines, from)]?.view ?? '')?.[0]
  if (!initials) return
  for (const line of lines.slice(from)) if (line.view.startsWith(initials)) line.quoted = true
}

function headerFollows(lines: ReplyLine[], index: number): boolean {
  return headerBlockAt(lines, nextWords(lines, index + 1), true).found
}

/** "I received this mail:" above a block of headers: the customer shows us a mail, it is not the history of ours. */
function isAnnounced(lines: ReplyLine[], index: number): boolean {
  const above = lines[wordsEnd(lines, 0, index) - 1]
  return above !== undefined && /[:：]$/.test(above.view) && !above.quoted
}

/** The rule and the intro above what was found to be history belong to it. */
function withoutIntro(lines: ReplyLine[], history: number, looks: Looks): number {
  let end = withoutRules(lines, history)
  const intro = introEndingAt(lines, end - 1, looks)
  if (intro) end = withoutRules(lines, intro.from)
  return end
}

function withoutRules(lines: ReplyLine[], to: number): number {
  let end = wordsEnd(lines, 0, to)
  while (end > 0 && /^[-_=*~\u2010-\u2015#+>|]{3,}$/.test((lines[end - 1]?.view ?? '').replaceAll(' ', ''))) {
    end = wordsEnd(lines, 0, end - 1)
  }
  return end
}

/** Quotes and signatures at the end, in whatever order they stand. */
function withoutTail(lines: ReplyLine[], to: number, looks: Looks, evidence: FoldEvidence): number {
  let end = wordsEnd(lines, 0, to)
  for (let round = 0; round < TAIL_ROUNDS_MAX; round++) {
    const before = end
    end = wordsEnd(lines, 0, markedSignatureStart(end, evidence))
    end = wordsEnd(lines, 0, signatureStart(lines, 0, end))
    end = wordsEnd(lines, 0, disclaimerStart(lines, end))
    end = wordsEnd(lines, 0, quoteStart(lines, end, looks))
    if (end === before) break
  }
  return end
}

function markedSignatureStart(end: number, { signatures = [] }: FoldEvidence): number {
  return signatures.find(({ from, to }) => from < end && end <= to)?.from ?? end
}

function quoteStart(lines: ReplyLine[], end: number, looks: Looks): number {
  if (!lines[end - 1]?.quoted) return end
  let start = end
  while (start > 0 && (lines[start - 1]?.quoted || lines[start - 1]?.blank)) start--
  const above = wordsEnd(lines, 0, start)
  const intro = introEndingAt(lines, above - 1, looks)
  if (intro) return intro.from
  // A single line close below the words may be the customer's own: "> 5 kg cost more".
  if (above === end - 1 && above > 0) return end
  // "I do not understand this:" and then the quote: the words need it.
  return /[:：]$/.test(lines[above - 1]?.view ?? '') ? end : start
}

/** Whoever answers below the quote, and only there, is read without it. */
function withoutLeadingQuote(lines: ReplyLine[], end: number, cut: number, looks: Looks): number {
  const first = nextWords(lines, 0, end)
  const quote = lines[first]?.quoted ? first : quoteBelowIntro(lines, first, end, looks)
  if (quote === undefined) return first
  let answer = quote
  while (answer < end && (lines[answer]?.quoted || lines[answer]?.blank)) answer++
  for (let index = answer; index < cut; index++) if (lines[index]?.quoted) return first
  return answer < end ? answer : first
}

function quoteBelowIntro(lines: ReplyLine[], first: number, end: number, looks: Looks): number | undefined {
  for (let index = first; index < Math.min(end, first + 5); index++) {
    if (lines[index]?.blank) return undefined
    const quote = nextWords(lines, index + 1, end)
    if (lines[quote]?.quoted) return introEndingAt(lines, index, looks)?.from === first ? quote : undefined
  }
  return undefined
}
