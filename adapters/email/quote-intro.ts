// "On Monday, Ada wrote:" in the words of many mailers: what stands above the mail that is answered.
import { type ReplyLine, withoutQuoteMarks } from './reply-line.ts'

/** Mailers break the line at 72 to 78 characters, wherever that is. */
const LINES_MAX = 5
const LENGTH_MAX = 500

/** As they stand before the colon, in the languages people write mail in. */
const WROTE =
  /wrote|writes|schrieb|geschrieben|hat am|a écrit|écrit|escribió|escribio|escreveu|ha scritto|schreef|skrev|napisał|napisała|pisze|pisał|пишет|писал|написал|написала|пише|написав|napsal|napísal|írta|kirjoitti|yazdı|yazmış|έγραψε|a scris|написа|rašė|rakstīja|kirjutas|napisao|je napisal|viết|เขียน|menulis|skrifaði|写道|寫道|のメッセージ|さんは書きました|wrote on|작성|כתב|كتب|пишува|написано|schrieb am/iu
const ADDRESS = /[^\s<>()"'@]{1,100}@[^\s<>()"'@]{1,200}\.[^\s<>()"'@]{1,60}/u
const DATE =
  /\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d{4}\s?[年년]|\b\d{1,2}(?:st|nd|rd|th|\.|er|º)?,? (?:de )?\p{L}{3,12}\.?,?(?: de)?(?: г\.)? \d{2,4}|\p{L}{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:at )?\d{2,4}|\b(?:19|20)\d\d\b/u
const TIME = /\b\d{1,2}[:.h]\d{2}(?![\d.])/u
const ENDS = /[:：]$/
const ENDS_SOFTLY = /(?:wrote|schrieb|写道|寫道|작성|님이 작성)\s?[.…]?$/iu

export interface QuoteIntro {
  /** The line after it. */
  end: number
  /** It says when and who in a mailer's way: nothing a person would type, whatever follows. */
  isCertain: boolean
}

/** Undefined when none begins at this line. */
export function quoteIntro(lines: readonly ReplyLine[], at: number): QuoteIntro | undefined {
  let joined = ''
  for (let i = at; i < Math.min(lines.length, at + LINES_MAX); i++) {
    const line = lines[i]
    // An empty line within, as some mailers wrote it, is no intro of a known kind.
    if (!line || line.isBlank) return undefined
    joined = `${joined} ${withoutQuoteMarks(line.bare)}`.trim()
    if (joined.length > LENGTH_MAX) return undefined
    const said = joined.replace(/^[-–—*]{2,}\s?/, '').replace(/\s?[-–—*]{2,}$/, '')
    if (!ENDS.test(said) && !ENDS_SOFTLY.test(said)) continue
    const found = judge(said, i === at)
    if (found !== undefined) return { end: i + 1, isCertain: found }
    if (ENDS.test(joined)) return undefined
  }
  return undefined
}

/** True when certain, false when it takes quoted lines below to believe it, undefined when it is none. */
function judge(joined: string, isOneLine: boolean): boolean | undefined {
  const address = ADDRESS.test(joined)
  const date = DATE.test(joined)
  const time = TIME.test(joined)
  const wrote = WROTE.test(joined)
  if (address && date && (time || wrote)) return true
  if (wrote && date && time && startsLikeOne(joined)) return true
  if (wrote && (date || address || time)) return false
  if (address && (date || QUOTING.test(joined))) return false
  // "Ada wrote:" of the oldest mailers.
  return wrote && isOneLine && joined.length < 80 && ENDS.test(joined) ? false : undefined
}

/** Webmailers of the old school name no date. */
const QUOTING =
  /^(?:quoting|zitat von|zitiere|selon|citando|citat (?:från|af)|cytowanie|цитирование|in article|in message|also sprach)\b/iu

const STARTS =
  /^(?:on|am|le|el|em|il|in data|op|den|d\.|dne|dňa|dana|dnia|w dniu|на|в|у|ngày|pada|ในวันที่|în|בתאריך|ב|في|\\*|pe|στις|tarihinde|vào|på|ons|在|於|\d|["“<']|\p{L}{2,4}[.,] )/iu

function startsLikeOne(joined: string): boolean {
  return STARTS.test(joined)
}
