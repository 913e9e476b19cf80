// UIDs that were passed over because the server did not show their mails: looked for again, for three days.
import { DAY } from '../../src/clock.ts'

/** First, last, and when that was noticed. */
export type MissingRange = [first: number, last: number, noticedAt: number]

/** Replication lag between a provider's servers was seen to last minutes; three days cover a weekend. */
export const MISSING_KEPT_MS = 3 * DAY
const MISSING_RANGES_MAX = 200

/** The newest, and those that somebody still waits for. */
export function stillMissing(ranges: MissingRange[] | undefined, now: number): MissingRange[] {
  const waiting = ranges?.filter(([, , noticedAt]) => noticedAt > now - MISSING_KEPT_MS) ?? []
  return waiting.slice(-MISSING_RANGES_MAX)
}

export function isAmong(ranges: MissingRange[] | undefined, uid: number): boolean {
  return ranges?.some(([first, last]) => uid >= first && uid <= last) ?? false
}

/** Without the UIDs that were found. */
export function withoutFound(ranges: MissingRange[], found: ReadonlySet<number>): MissingRange[] {
  return ranges.flatMap((range) => splitAt(range, found))
}

function splitAt([first, last, noticedAt]: MissingRange, found: ReadonlySet<number>): MissingRange[] {
  const inside = [...found].filter((uid) => uid >= first && uid <= last).sort((a, b) => a - b)
  const left: MissingRange[] = []
  let from = first
  for (const uid of inside) {
    if (uid > from) left.push([from, uid - 1, noticedAt])
    from = uid + 1
  }
  if (from <= last) left.push([from, last, noticedAt])
  return left
}
