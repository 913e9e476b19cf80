// What a mail is about: its subject without what mailers, lists and gateways put before it.
import { cleanLine } from './clean-text.ts'

const SUBJECT_MAX = 200
/** Prefixes stand in front of each other; nobody answers an answer more often than this by hand. */
const PREFIXES_MAX = 50

/** "Re:" in the languages of mailers, and what they write for "Fwd:". One word may be either, and counts for both. */
const ANSWERED =
  're|aw|antw|antwort|sv|vs|vá|r|ref|rép|res|odp|odg|отв|ответ|ynt|atb|bls|balas|vast|atsakymas|vedr|απ|σχετ|回复|回覆|答复|答覆|返信|回信|답장|회신|תגובה|השב|תשובה|رد|ตอบกลับ|trả lời'
const FORWARDED =
  'fwd?|wg|tr|rv|enc|i|vb|vl|vs|pd|doorst|videresendt|vidarebefordrat|továbbítás|přeposlat|přepos|ilt|i̇lt|пер|пересл|преп|πρθ|转发|轉寄|轉發|転送|전달|הועבר|إعادة توجيه|ส่งต่อ|chuyển tiếp|edasi|persiųsti|redirecționat'
/** `Re[2]:`, `Re (2):`, `Re^2:`, `Re²:` and the colon of Chinese and Japanese. */
const COUNT = '\\s{0,3}(?:[\\[(]\\d{1,3}[\\])]|\\^\\d{1,3}|[²³⁴])?\\s{0,3}'
const PREFIX = new RegExp(`^\\s{0,20}(?:${ANSWERED}|${FORWARDED})${COUNT}[:：]`, 'iu')
const FORWARD = new RegExp(`^\\s{0,20}(?:${FORWARDED})${COUNT}[:：]`, 'iu')
/** What a gateway puts before mail that comes from outside. */
const OUTSIDE =
  /^\s{0,20}(?:[[(<{*]{1,3}\s?(?:ext|extern|external|externe?s?|externa?|esterno|externo|zewn[ęe]trzn[ay]|caution|warning|sicher|suspect(?:ed)? spam|spam\??)(?:[ -](?:e-?mail|mail|sender|message|nachricht|absender))?\s?[\])>}*]{1,3}:?|(?:ext|extern|external)\s?:)/iu
/** A list's name in brackets. One with a number in it is a ticket's, and says what the mail is about. */
const LIST_TAG = /^\s{0,20}\[[^[\]\d]{1,60}\]/u

/** To tell a changed subject from the same one. Empty when the subject says nothing. */
export function topicOf(subject: string): string {
  return bare(subject, [PREFIX, OUTSIDE, LIST_TAG])
}

/** The subject of an answer: the customer's with one "Re:", however many there were and in whatever language. */
export function subjectOf(subject: string | undefined, isAnswer: boolean): string {
  const line = cleanLine(subject ?? '', SUBJECT_MAX)
  // A list's tag stays: their mailer groups by the subject they know.
  return isAnswer ? `Re: ${bare(line, [PREFIX, OUTSIDE])}`.trim() : line
}

/** Whether whoever sent it passes on what somebody else wrote. */
export function isForwardSubject(subject: string): boolean {
  return FORWARD.test(bare(subject, [OUTSIDE, LIST_TAG]))
}

/** Whether it answers: then what it passes on stands in the history below it. */
export function isAnswerSubject(subject: string): boolean {
  const start = bare(subject, [OUTSIDE, LIST_TAG])
  return PREFIX.test(start) && !FORWARD.test(start)
}

function bare(subject: string, prefixes: readonly RegExp[]): string {
  let rest = cleanLine(subject, SUBJECT_MAX).trim()
  for (let n = 0; n < PREFIXES_MAX; n++) {
    const found = prefixes.map((prefix) => prefix.exec(rest)?.[0].length ?? 0).find((length) => length > 0)
    if (found === undefined) return rest
    rest = rest.slice(found).trim()
  }
  return rest
}
