// "Too much mail": said of our account and not of this mail, so every reply has to wait, and none is to blame. By the words and codes
// of those who run the servers, for the codes alone do not tell it from a full mailbox or a greylist.
import { HOUR, MINUTE } from '../../src/clock.ts'

/** Codes that refuse for now, and those that some servers use for a quota although they mean for good. */
const PATTERNS: { code: RegExp; says: RegExp; waitMs: number }[] = [
  // Exchange: so many connections or mails of one mailbox at once.
  { code: /^4/, says: /4\.3\.2 .{0,40}(?:storedrv|concurrent|thread limit)/i, waitMs: MINUTE },
  // A day's or an hour's quota: Gmail 5.4.5, Exchange 5.1.90, 5.2.12x and 5.7.23x, cPanel, SES.
  { code: /^[45]/, says: /\b(?:5\.4\.5|5\.1\.90|5\.7\.23[2-6])\b/, waitMs: HOUR },
  {
    code: /^[45]/,
    says: /(?:daily|hourly|per day|per hour|24.hour).{0,40}(?:quota|limit|exceed)|(?:quota|limit|max(?:imum)?) .{0,40}(?:daily|hourly|per day|per hour|emails per)|exceeded the max (?:emails|defers)/i,
    waitMs: HOUR,
  },
  // A rate: Gmail 4.7.28, Postfix's anvil, SES and the rest.
  { code: /^4/, says: /\b4\.7\.28\b/, waitMs: 10 * MINUTE },
  {
    code: /^4/,
    says: /too (?:much mail|many (?:messages|emails|mails|connections|concurrent|login|sessions|requests))|(?:rate|sending|message) ?limit|rate.?limit|throttl|sending rate|sending too (?:fast|quickly)|(?:connection|mail) rate/i,
    waitMs: 5 * MINUTE,
  },
]
/** A mailbox that gets too much mail is the customer's; a full one too. */
const OF_THE_RECIPIENT =
  /\b(?:4\.2\.1|4\.2\.2|5\.2\.2|5\.2\.1)\b|user you are trying to contact|recipient.{0,20}(?:over ?quota|receiving)/i
const REPLY_READ_MAX = 500

/** How long to wait before anything more is sent; undefined where the reply says nothing of that kind. */
export function throttleMs(response: string | undefined): number | undefined {
  const reply = (response ?? '').slice(0, REPLY_READ_MAX).replace(/\s+/g, ' ')
  if (OF_THE_RECIPIENT.test(reply)) return undefined
  return PATTERNS.find(({ code, says }) => code.test(reply) && says.test(reply))?.waitMs
}
