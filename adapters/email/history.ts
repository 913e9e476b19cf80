// Where the history below a customer's words begins: at a help desk's delimiter, a title, a header block or an intro.
import { labelOf } from './header-label.ts'
import { type HistoryMark, historyMark } from './history-mark.ts'
import { notesHeaderAt } from './notes-header.ts'
import { headerBlockAt, OUTLOOK_RULE } from './quote-header.ts'
import { beginsWithIntro, introEndingAt, type Looks } from './quote-intro.ts'
import { isReplyDelimiter } from './reply-delimiter.ts'
import { nextWords, type ReplyLine, wordsEnd } from './reply-line.ts'

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

/** The line from which everything down to the end is history, whether or not it is marked as quoted. */
export function findHistory(lines: ReplyLine[], looks: Looks, evidence: FoldEvidence): number | 'forward' {
  const blocks = { notBefore: 0 }
  const told = evidence.forwarded ? undefined : evidence.historyAt
  for (const [index, line] of lines.entries()) {
    if (index === told) return index
    if (line.blank) continue
    const found = line.quoted ? markedTitleAt(lines, index) : historyAt(lines, index, looks, blocks)
    if (found === 'original') return evidence.forwarded ? 'forward' : index
    if (found !== undefined) return found
  }
  return lines.length
}

function historyAt(lines: ReplyLine[], index: number, looks: Looks, blocks: Blocks): number | HistoryMark | undefined {
  const line = lines[index]
  if (line && isReplyDelimiter(line)) return index
  return oldMailAt(lines, index, blocks) ?? notesHeaderAt(lines, index) ?? introAbove(lines, index, looks)
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
  if (title?.mark === 'forward') return 'forward'
  if (title && !isAnnounced(lines, index) && (title.certain || headerFollows(lines, index))) return 'original'
  if (index < blocks.notBefore) return undefined
  const announced = OUTLOOK_RULE.test(lines[wordsEnd(lines, 0, index) - 1]?.view ?? '')
  const block = headerBlockAt(lines, index, announced)
  blocks.notBefore = block.seenTo
  return block.found && (announced || !isAnnounced(lines, index)) ? 'original' : undefined
}

const TITLE_LINES_MAX = 12

/** Some programs put quote marks before the title of an old mail, and none before the mail. */
function markedTitleAt(lines: ReplyLine[], index: number): number | undefined {
  if (lines[index - 1]?.quoted) return undefined
  const rest = lines.slice(index, index + TITLE_LINES_MAX)
  const isTitle = (line: ReplyLine) => line.quoted && (line.view === '' || labelOf(line) || historyMark(line))
  const length = rest.findIndex((line) => !isTitle(line))
  const end = index + (length < 0 ? rest.length : length)
  const next = lines[nextWords(lines, end)]
  const title = lines.slice(index, end).some((line) => historyMark(line)?.mark === 'original')
  return title && next && !next.quoted ? index : groupWiseAt(lines, index)
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
  markInitials(lines, index + 1)
  if (lines[nextWords(lines, index + 1)]?.quoted) return undefined
  if (!intro.strong || isAnnounced(lines, intro.from)) return undefined
  // "On 4 March at 9:12 your colleague wrote:" and then what they wrote: a program leaves a line free where it names no address.
  return intro.spoken || (lines[index + 1]?.blank ?? true) ? intro.from : undefined
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
export function withoutIntro(lines: ReplyLine[], history: number, looks: Looks): number {
  let end = withoutTitle(lines, withoutRules(lines, history), history)
  const intro = introEndingAt(lines, end - 1, looks)
  if (intro) end = withoutRules(lines, intro.from)
  return end
}

const TITLED = /^[-\u2010-\u2015_=*]{2,20} ?[^-\u2010-\u2015_=*]{2,40} ?[-\u2010-\u2015_=*]{2,20}$/u

/** "----- Skilaboð -----" right above a block of headers is its title, in whatever language. */
function withoutTitle(lines: ReplyLine[], end: number, history: number): number {
  const title = lines[end - 1]
  const isTitle = title !== undefined && TITLED.test(title.view) && historyMark(title)?.mark !== 'forward'
  return isTitle && headerBlockAt(lines, history, true).found ? withoutRules(lines, end - 1) : end
}

function withoutRules(lines: ReplyLine[], to: number): number {
  let end = wordsEnd(lines, 0, to)
  while (end > 0 && /^[-_=*~\u2010-\u2015#+>|]{3,}$/.test((lines[end - 1]?.view ?? '').replaceAll(' ', ''))) {
    end = wordsEnd(lines, 0, end - 1)
  }
  return end
}
