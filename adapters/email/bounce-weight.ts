// Whether a notice is a bounce: what its sender, its words and what came back with it weigh together.
import type { Notice } from './bounce.ts'
import { isTied, speaksInLayout } from './bounce-anchor.ts'
import {
  isAbsence,
  isAnswer,
  isByHand,
  isCase,
  isChallenge,
  isFiled,
  isReceipt,
  isSummary,
  isToMany,
} from './bounce-doubt.ts'
import { hasNullPath, isDaemonByName, nameOfSender, type SenderKind } from './bounce-sender.ts'
import { SERVER_PHRASES } from './bounce-server-words.ts'
import { FAILURE_SUBJECTS, SUSPECT_SUBJECT } from './bounce-subject-words.ts'
import { FAILURE_PHRASES } from './bounce-words.ts'
import { firstHeader } from './header.ts'
import type { ReturnedMail } from './returned-mail.ts'

const SENDER: Record<SenderKind, number> = { daemon: 3, system: 2, program: 1, person: 0 }
const REPORT: Record<Notice['report'], number> = { whole: 5, part: 4, words: 3, none: 0 }
const RETURNED: Record<ReturnedMail['how'], number> = { part: 2, inline: 2, loose: 1 }
/** A mail server with a telling subject has nearly all of it, and so has a whole report; nothing has it that lacks either. */
const ENOUGH = 5
/** What a shop's or a monitor's mail would need besides its subject. */
const ENOUGH_OF_PROGRAM = 4

interface Evidence {
  report: number
  /** A sentence that only mail servers write. */
  server: number
  /** Words of failure that anybody may use. */
  failure: number
  code: number
  returned: number
  /** Its header says what it is. */
  declared: number
}

export function isBounce(notice: Notice): boolean {
  const { sender, reported, report } = notice
  if (reported.length > 0 && reported.every(({ outcome }) => outcome === 'arrived')) return false
  if (report === 'whole') return true
  const evidence = weigh(notice)
  return sender !== 'person' && !isDoubtful(notice, evidence) && isEnough(notice, evidence)
}

/** As mail servers write them; the number of a house, an order or an error of another kind looks different. */
const CODE =
  /\b[45]\d\d[ -]+[(<]?#?[45]\.\d{1,3}\.\d{1,3}|#[45]\.\d{1,3}\.\d{1,3}|\b5\d\d (?:user|no such|unknown|mailbox|recipient|relay|requested|sorry|invalid|address|message|account|delivery|<)/
/** What only a server's name makes one. */
const LOOSE_CODE =
  /(?:said|says|response was|error|errore|erreur|fehler|reason|problem|smtp|code|status|returned)\b[^.]{0,30}\b(?:4[25]\d|5[0-7]\d|[45]\.[0-7]\.\d{1,2})\b/

function weigh({ headers, words, report, returned, isDeclared }: Notice): Evidence {
  const isServer = nameOfSender(headers) === 'server' || hasNullPath(headers)
  return {
    report: REPORT[report],
    server: SERVER_PHRASES.some((phrase) => words.includes(phrase)) ? 3 : 0,
    failure: Math.min(2, FAILURE_PHRASES.filter((phrase) => words.includes(phrase)).length),
    code: CODE.test(words) || (isServer && LOOSE_CODE.test(words)) ? 1 : 0,
    returned: returned ? RETURNED[returned.how] : 0,
    declared: isDeclared ? 3 : 0,
  }
}

/** What resembles a bounce counts as one only if it carries what the others never do. */
function isDoubtful(notice: Notice, evidence: Evidence): boolean {
  const { headers, sender, subject, words } = notice
  const isNotice = sender === 'daemon' && hasNullPath(headers)
  if ((isToMany(headers) && !isNotice) || isFiled(headers) || isPersonal(notice)) return true
  if (isAttached(notice)) return false
  if (isSummary(subject)) return true
  const isServer = nameOfSender(headers) === 'server'
  if (!isServer && (isAnswer(subject) || isCase(subject))) return true
  const { server, code, returned } = evidence
  // Who asks back or is away sends what we wrote back as well.
  const isCertain = server > 0 && (code > 0 || (returned > 0 && isServer))
  return !isCertain && (isAbsence(subject, words) || isChallenge(words) || isReceipt(words) || isReceipt(subject))
}

/** A report, or what stands for one in the header: nobody has it by chance. */
function isAttached({ reported, report, isDeclared }: Notice): boolean {
  return (reported.length > 0 && report !== 'words') || isDeclared
}

function isEnough(notice: Notice, evidence: Evidence): boolean {
  const { headers, sender, subject } = notice
  const { report, server, failure, code, returned, declared } = evidence
  const all = report + server + failure + code + returned + declared
  const told = subjectWeight(subject)
  // What came back is also what somebody files, or asks about.
  if (all === returned && told < 2) return false
  const technical = report + code > 0 || returned > 1
  if (!isTied(notice, { technical, server: server > 0, told: told > 1, hinted: told > 0 })) return false
  if (speaksInLayout(notice)) return true
  // Shops, parcel services and quota warnings say "delivery failed" too; only mail servers say of what, or in which code.
  const isOfMail = report + code + declared > 0 || returned > 1 || (server > 0 && returned > 0)
  if (sender === 'program') {
    const isSent = told > 1 && returned > 0
    return isOfMail && (isSent || isAttached(notice)) && all >= ENOUGH_OF_PROGRAM
  }
  if (sender === 'system' && !(isOfMail || server > 0 || (told > 1 && all > 0))) return false
  // A name that nobody else has and no return path agree.
  const isAgreed = isDaemonByName(headers) && hasNullPath(headers)
  return SENDER[sender] + (isAgreed ? 1 : 0) + all + told >= ENOUGH
}

/** Behind "Re:" stands what somebody else called it. */
function subjectWeight(subject: string): number {
  if (isAnswer(subject)) return 0
  if ([...FAILURE_SUBJECTS, ...SERVER_PHRASES].some((phrase) => subject.includes(phrase))) return 3
  return SUSPECT_SUBJECT.test(subject) ? 1 : 0
}

/** An administrator is a person as well: who answers, forwards or writes by hand sends no notice. */
function isPersonal({ headers, sender, subject }: Notice): boolean {
  if (sender === 'daemon' || hasNullPath(headers)) return false
  const isReply = firstHeader(headers, 'in-reply-to') !== undefined || firstHeader(headers, 'references') !== undefined
  return isAnswer(subject) || isByHand(headers) || (isReply && firstHeader(headers, 'auto-submitted') === undefined)
}
