// How far a folder has been read. UIDs alone are not enough: a server may show a mail late, or number all of them anew.
import { DAY, MINUTE } from '../../src/clock.ts'
import { isAmong, type MissingRange, stillMissing, withoutFound } from './missing-uid.ts'

export interface Cursor {
  uidValidity: string
  /** Every mail up to here was kept, is not wanted, waits in `backlog`, or is in `missing`. */
  uid: number
  /** What arrived before this instant was here before us and is not wanted; epoch milliseconds. */
  from: number
  /** When we first saw the folder: what arrived before is an import. */
  begunAt?: number
  /** Up to this UID the folder was filled then. Not known any more once the server has numbered it anew. */
  importTo?: number
  /** When the folder was last known to be read to its end. */
  at: number
  backlog?: Backlog
  missing?: MissingRange[]
  /** What the server called the state of the folder at the end of the last reading (RFC 7162), where it calls it anything. */
  modseq?: string
  /** When the folder was found numbered anew, of the last day. */
  renumberedAt?: number[]
}

/** What was there when we first saw the folder, or found it numbered anew. It is read bit by bit, behind what is new. */
export interface Backlog {
  /** Read up to here. */
  uid: number
  to: number
  /** Only mails that arrived at this instant or later are new to us. */
  since: number
  /** Mails read so far, of a first start; absent after a renumbering, of which nobody wants to see the progress. */
  done?: number
}

export interface Folder {
  uidValidity: string
  /** The highest UID given out so far. */
  lastUid: number
}

const RESCAN_MS = 30 * DAY
const RESCAN_OVERLAP_MS = DAY
const CLOCKS_DIFFER_MS_MAX = 5 * MINUTE
const RENUMBERINGS_A_DAY_MAX = 3
const RENUMBERINGS_KEPT_MAX = 10
/** Of so many UIDs before the end of a backlog the ones that do not show may be mails that came a moment ago. */
const FRESH_UIDS = 100

export function firstCursor(folder: Folder, since: 'now' | 'all' | number, now: number): Cursor {
  const { uidValidity, lastUid } = folder
  const from = since === 'now' ? now : since === 'all' ? 0 : since
  const cursor: Cursor = { uidValidity, uid: lastUid, from, at: now, begunAt: now, importTo: lastUid }
  if (since === 'now' || lastUid === 0) return cursor
  return { ...cursor, backlog: { uid: 0, to: lastUid, since: from, done: 0 } }
}

/** The folder was numbered anew: look again at all that may have come since it was last read; what is known is known by content. */
export function renumbered(cursor: Cursor, folder: Folder, now: number): Cursor {
  const renumberedAt = [...lastDay(cursor.renumberedAt, now), now].slice(-RENUMBERINGS_KEPT_MAX)
  const { uidValidity, lastUid } = folder
  const next: Cursor = { uidValidity, uid: lastUid, from: cursor.from, at: cursor.at, renumberedAt }
  if (cursor.begunAt !== undefined) next.begunAt = cursor.begunAt
  const looked = cursor.at - RESCAN_OVERLAP_MS
  // Where that happens all the time, a month of mail cannot be read each time.
  const since = Math.max(
    isRenumberedOften(next, now) ? looked : Math.min(now - RESCAN_MS, looked),
    cursor.from - CLOCKS_DIFFER_MS_MAX,
  )
  if (lastUid === 0) return next
  // What was not yet read of an import is still wanted.
  const { backlog: left } = cursor
  const backlog = { uid: 0, to: lastUid, since: Math.min(since, left?.since ?? Infinity) }
  return { ...next, backlog: left?.done === undefined ? backlog : { ...backlog, done: 0 } }
}

/** A server that does this several times a day is broken: UIDs mean nothing there. */
export function isRenumberedOften(cursor: Cursor, now: number): boolean {
  return lastDay(cursor.renumberedAt, now).length > RENUMBERINGS_A_DAY_MAX
}

/** The cursor once these were kept: `shown` are the UIDs the server listed, `kept` those it gave us or that are not wanted. */
export function advance(cursor: Cursor, shown: number[], kept: ReadonlySet<number>, now: number): Cursor {
  const missing = [...(cursor.missing ?? [])]
  let uid = cursor.uid
  for (const next of shown) {
    if (next > uid + 1) missing.push([uid + 1, next - 1, now])
    if (!kept.has(next)) missing.push([next, next, now])
    uid = Math.max(uid, next)
  }
  return withMissing({ ...cursor, uid }, missing, now)
}

/** The same of a part of the backlog, whose search leaves out what is old. */
export function advanceBacklog(cursor: Cursor, shown: number[], kept: ReadonlySet<number>, now: number): Cursor {
  const { backlog } = cursor
  if (!backlog) return cursor
  const missing = shown.filter((uid) => !kept.has(uid)).map((uid): MissingRange => [uid, uid, now])
  const next = { ...backlog, uid: Math.max(backlog.uid, ...shown) }
  if (backlog.done !== undefined) next.done = backlog.done + shown.length
  return withMissing({ ...cursor, backlog: next }, [...(cursor.missing ?? []), ...missing], now)
}

/** `found`: what the server says there is of it. */
export function beginBacklog(cursor: Cursor, found: ReadonlySet<number>, now: number): Cursor {
  const { to = 0, uid = 0 } = cursor.backlog ?? {}
  const first = Math.max(uid, to - FRESH_UIDS) + 1
  if (first > to) return cursor
  return withMissing(cursor, [...(cursor.missing ?? []), ...withoutFound([[first, to, now]], found)], now)
}

export function withoutBacklog({ backlog: _, ...cursor }: Cursor): Cursor {
  return cursor
}

export function isMissing(cursor: Cursor, uid: number): boolean {
  return isAmong(cursor.missing, uid)
}

/** Without the UIDs that turned up after all, and those nobody waits for any more. */
export function withoutMissing(cursor: Cursor, found: ReadonlySet<number>, now: number): Cursor {
  return withMissing(cursor, withoutFound(stillMissing(cursor.missing, now), found), now)
}

function withMissing({ missing: _, ...cursor }: Cursor, ranges: MissingRange[], now: number): Cursor {
  const missing = stillMissing(ranges, now)
  return { ...cursor, ...(missing.length > 0 && { missing }) }
}

/** Whether a mail is older than what anybody wants. */
export function isTooOld(cursor: Cursor, internalDate: number): boolean {
  return internalDate < cursor.from - CLOCKS_DIFFER_MS_MAX
}

/** Whether a mail was there before us. The server's times have seconds only, so its numbers are asked first. */
export function isImport(cursor: Cursor, mail: { uid: number; arrivedAt: number }): boolean {
  if (cursor.importTo !== undefined) return mail.uid <= cursor.importTo
  return mail.arrivedAt < (cursor.begunAt ?? -Infinity)
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor)
}

/** Anything unreadable counts as a first start would: the caller decides. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined
  const value = JSON.parse(text) as Partial<Cursor> & { scan?: { to: number; since: number } }
  if (typeof value.uid !== 'number' || value.uidValidity === undefined) {
    throw new Error(`email: the stored cursor ${text} is not one; delete it from channel_cursor to start anew`)
  }
  const { scan, ...rest } = value
  const cursor: Cursor = { from: 0, at: 0, ...rest, uid: value.uid, uidValidity: String(value.uidValidity) }
  // Of the first version, which read the backlog before anything else.
  if (!scan || cursor.uid >= scan.to) return cursor
  return { ...cursor, uid: scan.to, backlog: { uid: cursor.uid, ...scan } }
}

/** `1:3,7` for 1, 2, 3, 7. */
export function uidSet(uids: number[]): string {
  const ranges: string[] = []
  let first = 0
  for (const [index, uid] of uids.entries()) {
    if (index === 0 || uid !== (uids[index - 1] ?? 0) + 1) first = uid
    if (uids[index + 1] !== uid + 1) ranges.push(first === uid ? `${uid}` : `${first}:${uid}`)
  }
  return ranges.join(',')
}

function lastDay(instants: number[] | undefined, now: number): number[] {
  return instants?.filter((at) => at > now - DAY) ?? []
}
