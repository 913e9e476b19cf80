// How far a folder has been read. UIDs alone are not enough: a server may show a mail late, or number all of them anew.
import { DAY, MINUTE } from '../../src/clock.ts'

export interface Cursor {
  uidValidity: string
  /** Every mail up to here was kept, is not wanted, or is in `missing`. */
  uid: number
  /** What arrived before this instant was here before us and is not wanted; epoch milliseconds. */
  from: number
  /** When we first saw the folder: what arrived before is an import. */
  begunAt?: number
  /** Up to this UID the folder was filled then. Not known any more once the server has numbered it anew. */
  importTo?: number
  /** When the folder was last known to be read to its end. */
  at: number
  /** After a first start or a renumbering: up to `to`, only mails that arrived at `since` or later are new to us. */
  scan?: { to: number; since: number }
  /** UIDs that were passed over because the server did not show them: first, last, and when that was noticed. */
  missing?: [number, number, number][]
}

export interface Folder {
  uidValidity: string
  /** The highest UID given out so far. */
  lastUid: number
}

/** Replication lag between a provider's servers was seen to last minutes; three days cover a weekend. */
export const MISSING_KEPT_MS = 3 * DAY
const MISSING_RANGES_MAX = 200
const RESCAN_MS = 30 * DAY
const RESCAN_OVERLAP_MS = DAY
const CLOCKS_DIFFER_MS_MAX = 5 * MINUTE

export function firstCursor(folder: Folder, since: 'now' | 'all' | number, now: number): Cursor {
  const cursor: Cursor = {
    uidValidity: folder.uidValidity,
    uid: 0,
    from: 0,
    at: now,
    begunAt: now,
    importTo: folder.lastUid,
  }
  if (since === 'now') return { ...cursor, uid: folder.lastUid, from: now }
  if (since === 'all') return cursor
  return { ...cursor, from: since, scan: { to: folder.lastUid, since } }
}

/** The folder was numbered anew: look again at all that may have come since it was last read; what is known is known by content. */
export function renumbered(cursor: Cursor, folder: Folder, now: number): Cursor {
  const looked = Math.min(now - RESCAN_MS, cursor.at - RESCAN_OVERLAP_MS)
  const since = Math.max(looked, cursor.from - CLOCKS_DIFFER_MS_MAX)
  return {
    uidValidity: folder.uidValidity,
    uid: 0,
    from: cursor.from,
    at: cursor.at,
    ...(cursor.begunAt !== undefined && { begunAt: cursor.begunAt }),
    scan: { to: folder.lastUid, since },
  }
}

/** The cursor once these were kept: `shown` are the UIDs the server listed, `kept` those it gave us or that are not wanted. */
export function advance(cursor: Cursor, shown: number[], kept: Set<number>, now: number): Cursor {
  const missing = cursor.missing?.filter(([, , noticed]) => noticed > now - MISSING_KEPT_MS) ?? []
  let uid = cursor.uid
  for (const next of shown) {
    // During a scan the search leaves out what is old; that is not missing.
    if (next > uid + 1 && !inScan(cursor, next)) missing.push([uid + 1, next - 1, now])
    if (!kept.has(next)) missing.push([next, next, now])
    uid = Math.max(uid, next)
  }
  const { missing: _, scan, ...rest } = cursor
  return {
    ...rest,
    uid,
    ...(scan && uid < scan.to && { scan }),
    ...(missing.length > 0 && { missing: missing.slice(-MISSING_RANGES_MAX) }),
  }
}

export function isMissing(cursor: Cursor, uid: number): boolean {
  return cursor.missing?.some(([first, last]) => uid >= first && uid <= last) ?? false
}

/** Without the UIDs that turned up after all, and those nobody waits for any more. */
export function withoutMissing(cursor: Cursor, found: Set<number>, now: number): Cursor {
  const missing = (cursor.missing ?? [])
    .filter(([, , noticed]) => noticed > now - MISSING_KEPT_MS)
    .flatMap((range) => splitAt(range, found))
  const { missing: _, ...rest } = cursor
  return { ...rest, ...(missing.length > 0 && { missing: missing.slice(-MISSING_RANGES_MAX) }) }
}

/** Whether a mail was there before us. The server's times have seconds only, so its numbers are asked first. */
export function isImport(cursor: Cursor, mail: { uid: number; arrivedAt: number }): boolean {
  if (cursor.importTo !== undefined) return mail.uid <= cursor.importTo
  return mail.arrivedAt < (cursor.begunAt ?? -Infinity)
}

export function inScan(cursor: Cursor, uid: number): boolean {
  return cursor.scan !== undefined && uid <= cursor.scan.to
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor)
}

/** Anything unreadable counts as a first start would: the caller decides. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined
  const value = JSON.parse(text) as Partial<Cursor>
  if (typeof value.uid !== 'number' || value.uidValidity === undefined) {
    throw new Error(`email: the stored cursor ${text} is not one; delete it from channel_cursor to start anew`)
  }
  return { from: 0, at: 0, ...value, uid: value.uid, uidValidity: String(value.uidValidity) }
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

function splitAt([first, last, noticed]: [number, number, number], found: Set<number>): [number, number, number][] {
  const inside = [...found].filter((uid) => uid >= first && uid <= last).sort((a, b) => a - b)
  const left: [number, number, number][] = []
  let from = first
  for (const uid of inside) {
    if (uid > from) left.push([from, uid - 1, noticed])
    from = uid + 1
  }
  if (from <= last) left.push([from, last, noticed])
  return left
}
