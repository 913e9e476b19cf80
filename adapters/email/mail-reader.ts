// Reads a folder from the cursor on and hands what is new over to be kept, in batches: the next is fetched while one is stored.
import type { ImapFlow } from 'imapflow'
import type { Intake, RawEvent } from '../../src/channel.ts'
import { type Clock, DAY, MINUTE } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import {
  advance,
  advanceBacklog,
  beginBacklog,
  type Cursor,
  firstCursor,
  isImport,
  isMissing,
  isRenumberedOften,
  isTooOld,
  readCursor,
  renumbered,
  uidSet,
  withoutBacklog,
  withoutMissing,
  writeCursor,
} from './cursor.ts'
import type { FetchTrouble } from './fetch-trouble.ts'
import type { Ask, OpenFolder } from './imap-connection.ts'
import { KeepFailed } from './imap-problem.ts'
import { batches, type Listed, mailFetch, type Stamp } from './mail-fetch.ts'
import type { MailboxConfig } from './mailbox-config.ts'
import { MISSING_KEPT_MS } from './missing-uid.ts'

const LISTED_MAX = 1000
/** Of the backlog, before we look whether something new has come. */
const BIT_MAILS_MAX = 200
const BIT_BYTES_MAX = 16 * 1024 * 1024
const GAPS_EVERY_MS = 15 * MINUTE

export interface ReaderTools {
  client: ImapFlow
  config: MailboxConfig
  intake: Intake
  clock: Clock
  log: Log
  ask: Ask
  trouble: FetchTrouble
  signal: AbortSignal
}

export interface MailReader {
  /** Keeps everything that is new; how many mails that were. */
  readNew(): Promise<number>
  /** Keeps a bit of what was there before; false when nothing of it is left. */
  readBacklog(): Promise<boolean>
  /** Every 15 minutes, keeps what the server showed too late. */
  fillGaps(): Promise<void>
  /** How far the import of a first start is. */
  importing(): { done: number; total: number } | undefined
  /** The server numbers the folder anew all the time. */
  isRenumberedOften(): boolean
}

/** The cursor of a folder as it was left; what is stored there is the store's trouble. */
export async function storedCursor(intake: Intake, folder: string): Promise<Cursor | undefined> {
  try {
    return readCursor(await intake.readCursor(folder))
  } catch (error) {
    throw new KeepFailed((error as Error).message, { cause: error })
  }
}

export async function mailReader(
  tools: ReaderTools,
  folder: OpenFolder,
  stored: Cursor | undefined,
): Promise<MailReader> {
  const { client, config, intake, clock, log, trouble, signal } = tools
  trouble.enter(folder.uidValidity)
  const { lastKnownUid, search, list, fetch } = mailFetch(tools, folder)
  let cursor = openingCursor(stored)
  /** When the folder was last known to be read to its end. */
  let readToEndAt = stored?.at
  let isUnchanged = stored !== undefined && isAsLeft(stored)
  let gapsLookedAt = -Infinity
  /** What is left of the backlog, once the server has said what there is. */
  let waiting: number[] | undefined
  let importTotal = 0
  // Without this, mail that comes while we are stopped would at the next start be older than the start.
  if (!stored) await keep([], cursor)

  function openingCursor(known: Cursor | undefined): Cursor {
    if (!known) return firstCursor(folder, config.since, clock.now())
    if (known.uidValidity === folder.uidValidity) return known
    log.warn({ channel: config.name, folder: config.folder }, 'the server numbered the folder anew; reading it again')
    return renumbered(known, folder, clock.now())
  }

  /** The server's word that nothing has come, gone or changed since: then one look is saved. The next one asks all the same. */
  function isAsLeft({ uidValidity, uid, modseq, missing, backlog }: Cursor): boolean {
    if (modseq === undefined || missing || backlog) return false
    return uidValidity === folder.uidValidity && modseq === folder.modseq && uid === folder.lastUid
  }

  async function keep(raws: RawEvent[], next: Cursor): Promise<void> {
    if (signal.aborted) throw new Error('stopping')
    try {
      await intake.keep(raws, { key: config.folder, value: writeCursor(next) })
    } catch (error) {
      throw new KeepFailed((error as Error).message, { cause: error })
    }
    cursor = next
    // Of an import its progress is told, not each of a thousand batches.
    const level = raws[0]?.canWait ? 'debug' : 'info'
    if (raws.length > 0) log[level]({ channel: config.name, mails: raws.length }, '<= email')
  }

  async function readNew(): Promise<number> {
    const startedAt = clock.now()
    let count = 0
    if (!isUnchanged) {
      const isMany = lastKnownUid() - cursor.uid > LISTED_MAX
      if (isMany) count += await takeFound(await search({ uid: `${cursor.uid + 1}:*` }))
      const listed = await list(`${cursor.uid + 1}:*`)
      // `n:*` always names the last mail, be it older than n.
      count += await take(listed.filter(({ uid }) => uid > cursor.uid))
    }
    isUnchanged = false
    readToEndAt = startedAt
    settleVanished()
    return count
  }

  async function takeFound(uids: number[]): Promise<number> {
    const fresh = uids.filter((uid) => uid > cursor.uid)
    let count = 0
    for (let start = 0; start < fresh.length; start += LISTED_MAX) {
      const some = await list(uidSet(fresh.slice(start, start + LISTED_MAX)))
      count += await take(some.filter(({ uid }) => uid > cursor.uid))
    }
    return count
  }

  async function readBacklog(): Promise<boolean> {
    const { backlog } = cursor
    if (!backlog) return false
    waiting ??= await findBacklog(backlog)
    const bit = waiting.slice(0, BIT_MAILS_MAX)
    const listed = bit.length > 0 ? await list(uidSet(bit)) : []
    const taken = withinBytes(listed.filter(({ uid }) => isAfter(backlog.uid, uid, backlog.to)))
    await take(taken, advanceBacklog)
    const end = taken.length < listed.length ? (taken.at(-1)?.uid ?? 0) : (bit.at(-1) ?? Infinity)
    waiting = waiting.filter((uid) => uid > end)
    if (waiting.length > 0) return true
    await keep([], withoutBacklog(cursor))
    return false
  }

  async function findBacklog({ uid, to, since }: { uid: number; to: number; since: number }): Promise<number[]> {
    // SINCE knows days only, in whatever time zone the server lives.
    const days = since > DAY && { since: new Date(since - DAY) }
    const found = uid < to ? await search({ uid: `${uid + 1}:${to}`, ...days }) : []
    const within = found.filter((each) => isAfter(uid, each, to))
    cursor = beginBacklog(cursor, new Set(within), clock.now())
    importTotal = (cursor.backlog?.done ?? 0) + within.length
    return within
  }

  /** At most one batch is being stored while one is in hand. */
  async function take(listed: Listed[], advanced = advance): Promise<number> {
    let planned = cursor
    let storing: Promise<void> = Promise.resolve()
    let count = 0
    for (const batch of batches(listed, trouble.isSuspect)) {
      const wanted = batch.filter(isWanted)
      const raws = await fetch(wanted, stampOf)
      await storing
      planned = asRead(advanced(planned, uidsOf(batch), settled(batch, wanted, raws), clock.now()))
      if (raws.length > 0) storing = keep(raws, planned)
      else cursor = planned
      storing.catch(() => undefined) // It is awaited above or below; this only says so to Node.
      count += raws.length
    }
    await storing
    return count
  }

  function asRead(next: Cursor): Cursor {
    return { ...next, at: readToEndAt ?? next.at }
  }

  function isWanted(mail: Listed): boolean {
    return !(isOfBacklog(mail) && mail.internalDate < (cursor.backlog?.since ?? 0))
  }

  function isOfBacklog({ uid }: Listed): boolean {
    return cursor.backlog !== undefined && isAfter(cursor.backlog.uid, uid, cursor.backlog.to)
  }

  /**
   * The server's time for the mail. What was not there when the folder was last read to its end cannot have come before that,
   * unless the server hid it (then its own time stands), and nothing comes from the future.
   */
  function arrivedAt({ uid, internalDate }: Listed): number {
    const earliest = uid <= cursor.uid ? -Infinity : (readToEndAt ?? -Infinity)
    return Math.min(Math.max(internalDate, earliest), clock.now())
  }

  function stampOf(mail: Listed): Stamp {
    const at = arrivedAt(mail)
    return {
      arrivedAt: at,
      isImport: isImport(cursor, { uid: mail.uid, arrivedAt: at }),
      isBacklog: isOfBacklog(mail),
    }
  }

  async function fillGaps(): Promise<void> {
    if (clock.monotonic() - gapsLookedAt < GAPS_EVERY_MS) return
    gapsLookedAt = clock.monotonic()
    const late = cursor.missing ? await findLate() : []
    for (const batch of batches(late, trouble.isSuspect)) {
      const raws = await fetch(batch, stampOf)
      const given = uidsIn(raws)
      for (const { uid } of batch) if (!given.has(uid)) trouble.withheld(uid)
      if (raws.length > 0) await keep(raws, withoutMissing(cursor, given, clock.now()))
    }
    await noteEnd()
  }

  async function findLate(): Promise<Listed[]> {
    const recent = await search({ since: new Date(clock.now() - MISSING_KEPT_MS - DAY) })
    const late = recent.filter((uid) => uid <= cursor.uid && isMissing(cursor, uid))
    const listed = late.length > 0 ? await list(uidSet(late)) : []
    const tooOld = listed.filter(({ internalDate }) => isTooOld(cursor, internalDate))
    cursor = withoutMissing(cursor, new Set(uidsOf(tooOld)), clock.now())
    return listed.filter((mail) => !tooOld.includes(mail))
  }

  /** Mail that is moved here while we are away came after this, whatever its own time says. */
  async function noteEnd(): Promise<void> {
    const { highestModseq, noModseq } = client.mailbox || {}
    const modseq = noModseq || !highestModseq ? undefined : String(highestModseq)
    const isNoted = (readToEndAt ?? 0) - cursor.at < GAPS_EVERY_MS && cursor.modseq === modseq
    if (!isNoted) await keep([], { ...asRead(cursor), ...(modseq !== undefined && { modseq }) })
  }

  /** Whoever deleted or moved away what we were still looking for has settled it. What we have keeps: nothing is deleted here. */
  function settleVanished(): void {
    const { vanished } = folder
    if (cursor.missing && vanished.size > 0) cursor = withoutMissing(cursor, vanished, clock.now())
    vanished.clear()
  }

  return {
    readNew,
    readBacklog,
    fillGaps,
    importing() {
      if (cursor.backlog?.done === undefined || !waiting) return undefined
      return { done: importTotal - waiting.length, total: importTotal }
    },
    isRenumberedOften: () => isRenumberedOften(cursor, clock.now()),
  }
}

function isAfter(uid: number, each: number, to: number): boolean {
  return each > uid && each <= to
}

/** As many as may be in hand at once, and at least one. */
function withinBytes(listed: Listed[]): Listed[] {
  let bytes = 0
  return listed.filter((mail, index) => {
    bytes += mail.bytes
    return index === 0 || bytes <= BIT_BYTES_MAX
  })
}

function uidsOf(listed: Listed[]): number[] {
  return listed.map(({ uid }) => uid)
}

function uidsIn(raws: RawEvent[]): Set<number> {
  return new Set(raws.map(({ meta }) => Number(meta?.uid)))
}

/** What need not be looked for again: it was given to us, or nobody wants it. */
function settled(batch: Listed[], wanted: Listed[], raws: RawEvent[]): Set<number> {
  const unwanted = batch.filter((mail) => !wanted.includes(mail))
  return new Set([...uidsOf(unwanted), ...uidsIn(raws)])
}
