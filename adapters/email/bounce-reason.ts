// Why a mail did not arrive, as one sentence for the agent: what it means, then the server's own words.
import { cleanLine } from './clean-text.ts'

const REASON_MAX = 300
export const NO_REASON = 'The mail server gave no reason.'

/** By enhanced status code (RFC 3463); the class, failed or delayed, is said elsewhere. */
const MEANINGS: [RegExp, string][] = [
  [/^\d\.1\.(?:1|10|0)$/, 'The address does not exist'],
  [/^\d\.1\.2$|^\d\.4\.4$|^\d\.1\.8$/, 'Their mail server cannot be found'],
  [/^\d\.1\.3$/, 'The address is not written right'],
  [/^\d\.1\.6$/, 'The mailbox has moved'],
  [/^\d\.2\.1$/, 'The mailbox is closed'],
  [/^\d\.2\.2$/, 'The mailbox is full'],
  [/^\d\.2\.3$|^\d\.3\.4$/, 'The mail is too large for them'],
  [/^\d\.4\.[17]$/, 'Their server could not be reached'],
  [/^\d\.4\.6$/, 'Their mail goes round in circles'],
  [/^\d\.7\.\d{1,3}$/, 'Their server refuses our mail'],
]

/** In the order of how surely they say it. */
const WORDS: [RegExp, string][] = [
  [
    /mailbox (?:is )?full|over ?quota|quota exceeded|exceeded (?:the )?(?:storage|quota)|disk quota|postfach ist voll|insufficient (?:disk|storage)/i,
    'The mailbox is full',
  ],
  [
    /(?:message|mail) (?:is )?too (?:large|big)|size exceeds|exceeds (?:the )?(?:maximum )?size/i,
    'The mail is too large for them',
  ],
  [
    /user unknown|unknown user|no such (?:user|recipient|mailbox|address)|does not exist|doesn't exist|doesn't have|unknown (?:address|recipient|mailbox)|recipient ?(?:not ?found|unknown)|not listed in|no mailbox here|unrouteable address|invalid (?:recipient|user|mailbox)|empfänger unbekannt|utilisateur inconnu|address (?:couldn't|could not) be found|宛先不明|不存在/i,
    'The address does not exist',
  ],
  [
    /host (?:or domain )?(?:name )?(?:unknown|not found)|unknown host|domain (?:name )?(?:not found|does not)|find any host|no mx/i,
    'Their mail server cannot be found',
  ],
  [/spam|blacklist|blocklist|blocked|policy|refused|denied|rejected|relay/i, 'Their server refuses our mail'],
  [/timed? ?out|connection refused|unreachable|retry time|could not connect/i, 'Their server could not be reached'],
]

/** `said`: the server's own words, as they came. */
export function reasonSentence(status: string | undefined, said: string): string {
  const own = cleanLine(said, REASON_MAX)
  const meaning = meaningOf(status, own)
  const isNews = status !== undefined && !status.endsWith('.0.0') && !own.includes(status)
  const words = isNews ? `${status} ${own}`.trim() : own
  if (!meaning) return words || NO_REASON
  return words ? cleanLine(`${meaning}: ${words}`, REASON_MAX) : `${meaning}.`
}

function meaningOf(status: string | undefined, words: string): string | undefined {
  const byStatus = MEANINGS.find(([pattern]) => status !== undefined && pattern.test(status))
  const byWords = WORDS.find(([pattern]) => pattern.test(words))
  return (byStatus ?? byWords)?.[1]
}
