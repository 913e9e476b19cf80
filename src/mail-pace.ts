// How fast a mailbox may send: most providers want no more than a mail or two at a time, and some count a day's.

import { SECOND } from './clock.ts'
import type { Pace } from './rate.ts'

const CONCURRENCY_MAX = 2
/** For what no mailbox of the configuration sends: alarms, and replies of one that was there. */
const DEFAULT_MS = SECOND / 5

type Mailboxes = Readonly<Record<string, { sendEveryMs: number }>>

/** Undefined for the keys of others. */
export function mailPaceOf(mailboxes: Mailboxes, rateKey: string): Pace | undefined {
  const mailbox = /^send:email:(.+)$/.exec(rateKey)?.[1]
  if (mailbox === undefined && !rateKey.startsWith('alarm:')) return undefined
  return { minMs: mailboxes[mailbox ?? '']?.sendEveryMs ?? DEFAULT_MS, concurrencyMax: CONCURRENCY_MAX }
}
