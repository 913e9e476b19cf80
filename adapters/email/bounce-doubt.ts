// What looks like a bounce and is none: absence notices, receipts, complaints, questions back, and people who speak of bounces.
import { firstHeader, type Header } from './header.ts'
import type { ParsedMail } from './parsed-mail.ts'

/** An answer or a forward. A mail server's subject begins with none of these, unless it repeats ours behind its own words. */
const ANSWER =
  /^\s*(?:\[[^\]]{0,60}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|ynt|res|rif|fw|fwd|wg|tr|rv|vl|enc|doorst|vb|pd|i|回复|答复|回覆|转发|轉寄|返信|転送)(?:\s{0,2}\[\d{1,3}\])?\s{0,2}[:：]/i

export function isAnswer(subject: string): boolean {
  return ANSWER.test(subject)
}

/** What somebody's own system calls a case: servers begin with their words, and what they repeat comes after. */
const CASE =
  /^\s*(?:[[(#][^\])]{0,60}\d|\[[^\]]{0,60}\]\s*\([a-z]{1,12}-\d|(?:ticket|case|request|incident|anfrage|vorgang)\b.{0,12}\d)/

export function isCase(subject: string): boolean {
  return CASE.test(subject)
}

const CLIENT =
  /^(?:apple mail|i(?:phone|pad) mail|microsoft (?:office )?outlook|mozilla|thunderbird|eudora|mutt|evolution|the bat)/i

/** Servers do not say with which program they write. */
export function isByHand(headers: Header[]): boolean {
  return firstHeader(headers, 'user-agent') !== undefined || CLIENT.test(firstHeader(headers, 'x-mailer') ?? '')
}

const ABSENCE_SUBJECT =
  /out of (?:the )?office|out-of-office|auto(?:matic|matische|mated)?[- ]?(?:reply|response|antwort|responder)|autoreply|vacation|on leave|on holiday|maternity|away from|abwesen|urlaub|absence|absent|fuera de la oficina|ausencia|fuori (?:sede|ufficio)|assente|ausência|férias|afwezig|automatisch antwoord|réponse automatique|respuesta automática|risposta automatica|resposta automática|autosvar|frånvaro|poissa|automatyczna odpowiedź|nieobecn|автоответ|отсутств|automatick|自動返信|自動応答|不在|自动回复|自動回覆|자동 ?회신|부재중|thank you for (?:your|contacting)|we have received your|your (?:message|mail|email) (?:has been|was) received|eingangsbestätigung|accusé de réception/
const ABSENCE_WORDS =
  /out of (?:the )?office|on (?:vacation|annual leave|parental leave|maternity leave|holiday)|i am (?:currently )?away|i'm (?:currently )?away|i will (?:be|return)|i'll be back|limited access to (?:my )?e-?mail|not in the office|bin ich (?:nicht|wieder|im|bis)|ich bin (?:bis|ab|vom|im|derzeit|zur zeit|nicht)|nicht im (?:büro|haus)|je suis (?:absent|en congé|actuellement)|estoy (?:fuera|de vacaciones|ausente)|sono (?:assente|fuori|in ferie)|estou (?:ausente|de férias)|no longer (?:work|with|employed)|has left the company|new (?:e-?mail )?address is|my (?:e-?mail )?address has changed|please update your|不在にしております|休暇/

export function isAbsence(subject: string, words: string): boolean {
  return ABSENCE_SUBJECT.test(subject) || ABSENCE_WORDS.test(words)
}

/** Somebody's filter asks whether a person wrote: the mail waits, and an answer releases it. */
const CHALLENGE =
  /confirm (?:that )?you(?:'re| are) (?:a )?(?:human|person|real)|challenge[- ]response|to (?:complete|confirm) (?:the )?delivery|verify (?:that )?you(?:r message| are|'re)|(?:click|reply|respond)[^.]{0,80}(?:to (?:have|get|release|deliver|confirm|prove|verify))|sender verification|not (?:a )?spam(?:mer)?\b[^.]{0,60}(?:click|reply)|(?:added|add) (?:you )?to (?:my|the|their|his|her) (?:list of )?(?:approved|allowed|white)|awaiting your (?:confirmation|verification)|one-time (?:confirmation|verification)|boxbe|spamarrest|tmda|bluebottle|waitlist|held for (?:moderator|approval)|awaits moderator/

export function isChallenge(words: string): boolean {
  return CHALLENGE.test(words)
}

const ARRIVED =
  /^\s*(?:delivered|relayed|expanded|zugestellt|übermittelt|remis|entregado|entregue|recapitato|bezorgd|levererat)\s?:|nachricht wurde (?:erfolgreich )?(?:zugestellt|übermittelt)|a bien été (?:remis|distribué)|\bsuccessful(?:ly)? (?:deliver|relay|mail deliver|sent|delivery)|delivery (?:has been|was|is) successful|\b(?:was|were|has been|have been) delivered (?:to|on|at)\b|was successfully|has been successfully|had successful delivery|return receipt|erfolgreich (?:zugestellt|übermittelt)|remis avec succès|entregado correctamente|relayed to the following/

/** A machine reports that all went well. */
export function isReceipt(words: string): boolean {
  return ARRIVED.test(words)
}

/** Reports of other kinds: complaints (RFC 5965), read receipts (RFC 8098), and what is measured of TLS (RFC 8460). */
const OTHER_REPORTS: [RegExp, string][] = [
  [/disposition-notification/i, 'a read receipt'],
  [/feedback-report/i, 'a report about a complaint'],
  [/tlsrpt/i, 'a report about mail servers'],
]

/** What such a report is, in a few words; undefined for everything else. `types` are those of its parts. */
export function otherReport(headers: Header[], types: readonly string[]): string | undefined {
  const type = firstHeader(headers, 'content-type') ?? ''
  const named = /^multipart\/report\b/i.test(type) ? type : ''
  const parts = types.filter((one) => one.startsWith('message/')).join(' ')
  return OTHER_REPORTS.find(([pattern]) => pattern.test(`${named} ${parts}`))?.[1]
}

/** Whatever it says, a mail in the form of a report was written by a machine (RFC 6522). */
export function machineReport({
  headers,
  attachments,
}: Pick<ParsedMail, 'headers' | 'attachments'>): string | undefined {
  const type = firstHeader(headers, 'content-type') ?? ''
  if (!/^multipart\/report\b/i.test(type)) return undefined
  return (
    otherReport(
      headers,
      attachments.map(({ mimeType }) => mimeType),
    ) ?? 'a delivery report'
  )
}

/** It came through a list, or is one's newsletter: whatever it quotes, it is addressed to many. */
export function isToMany(headers: Header[]): boolean {
  return ['list-id', 'list-unsubscribe', 'list-post', 'x-mailing-list'].some(
    (key) => firstHeader(headers, key) !== undefined,
  )
}

/** Exchange files a copy of what people write, in its own name and without a return path. */
export function isFiled(headers: Header[]): boolean {
  return firstHeader(headers, 'x-ms-journal-report') !== undefined
}

/** It counts mails, and names the ones it counts. */
export function isSummary(subject: string): boolean {
  return /\b(?:statisti\p{L}{1,6}|summary|digest|weekly|monthly)\b/u.test(subject)
}
