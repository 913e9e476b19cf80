// "On Tue, Mar 5, 2013 at 10:30 AM, Ada <ada@example.org> wrote:", in any language, whole or broken over lines by the mail program.
import { hasTime, type Judgement, judge } from './intro-clue.ts'
import { endsWithVerb, LEAD } from './intro-words.ts'
import { phraseKey } from './phrase-key.ts'
import { keyOf, type ReplyLine } from './reply-line.ts'

const INTRO_LINES_MAX = 5
const INTRO_MAX = 420
const BROKEN_MIN = 28
/** Real mails have a handful of lines that look like an intro at first glance. Past this many nobody is quoting, somebody is testing us. */
export const LOOKS_MAX = 400

/** Counts what is still allowed to be looked at closely. */
export interface Looks {
  left: number
}

export interface Intro {
  from: number
  /** It carries what only a mail program writes. A weak one counts above marked quotes only. */
  strong: boolean
  /** It has an address and a verb, and so is no sentence of anybody's own. */
  spoken: boolean
}

/** "On Tue, Mar 5, 2013", and no word more. */
const LEAD_DAY = new RegExp(`${LEAD.source}[^\\p{L}]{0,12}$`, 'u')
const ENDS_LIKE_INTRO = /[:：﹕] ?[*_"'”»]{0,3}$|[-\u2010-\u2015]{2,}$/u
const ENDING_SEEN = 40

/** The intro whose last line is `end`; undefined when there is none. */
export function introEndingAt(lines: ReplyLine[], end: number, looks: Looks): Intro | undefined {
  const last = lines[end]
  if (!last || last.blank || last.quoted || !endsLikeIntro(last)) return undefined
  let best: (Intro & Judgement) | undefined
  for (const { from, joined, whole } of candidates(lines, end)) {
    // What is an intro already is not made longer by a line that was not broken.
    if (best?.named && !whole) break
    if (looks.left-- <= 0) return undefined
    const judged = judge(joined)
    if (judged && (!best || isBetter(judged, best))) best = { from, ...judged }
  }
  return best && { from: best.from, strong: best.strong, spoken: best.spoken }
}

function endsLikeIntro(line: ReplyLine): boolean {
  // A link ends in a bracket as well.
  if (/[>)\]][*_]{0,2}$/.test(line.view)) return line.view.includes('@')
  return ENDS_LIKE_INTRO.test(line.view) || endsWithVerb(keyOf(line).slice(-ENDING_SEEN))
}

/** The line, the line and the one above, and so on: mail programs break an intro like any other sentence. */
function* candidates(lines: ReplyLine[], end: number): Generator<{ from: number; joined: string; whole: boolean }> {
  let joined = ''
  let blanks = 0
  for (let from = end; from > end - INTRO_LINES_MAX && from >= 0; from--) {
    const line = lines[from]
    if (!line || line.quoted) return
    if (line.blank) {
      if (++blanks > 1) return
      continue
    }
    if (from < end && /[!?]$/.test(line.view)) return
    joined = joined ? `${keyOf(line)} ${joined}` : keyOf(line)
    if (joined.length > INTRO_MAX) return
    yield { from, joined, whole: isBroken(keyOf(line)) && (blanks === 0 || isDatedLead(keyOf(line))) }
  }
}

/** The first half of an intro may stand apart from the second; a sentence may not. */
function isDatedLead(key: string): boolean {
  return LEAD.test(key) && hasTime(key)
}

/** It is as long as lines are when a program breaks them, or ends where the sentence cannot. */
function isBroken(view: string): boolean {
  return view.length >= BROKEN_MIN || /[,<(،、，]$|@[^ ]+[>)]$/.test(view) || hasTime(view) || LEAD_DAY.test(view)
}

/** "On Tue …" begins an intro more surely than a name does; else the longer one must say more. */
function isBetter(judged: Judgement, best: Judgement): boolean {
  if (judged.strong !== best.strong) return judged.strong
  if (judged.led !== best.led) return judged.led
  return judged.led || judged.clues > best.clues
}

/** Yahoo goes on with the quoted words on the same line. */
export function beginsWithIntro(line: ReplyLine): boolean {
  if (line.quoted || line.view.length < 30 || !LEAD.test(keyOf(line).slice(0, 60))) return false
  const end = /[>)\]] ?[^<>:：@\p{N}]{0,30}[:：](?=[^:：]*\p{L})/u.exec(line.view)
  return end !== null && judge(phraseKey(line.view.slice(0, end.index + end[0].length)))?.strong === true
}
