// Reads a folder from the cursor on and hands what is new over to be kept, in batches: the next is fetched while one is stored.
import type { ImapFlow } from 'imapflow'
import type { Intake, RawEvent } from '../../src/channel.ts'
import { type Clock, DAY, MINUTE } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import {
  advance,
  type Cursor,
  type Folder,
  firstCursor,
  inScan,
  isImport,
  isMissing,
  MISSING_KEPT_MS,
  readCursor,
  renumbered,
  uidSet,
  withoutMissing,
  writeCursor,
} from './cursor.ts'
import type { Ask } from './imap-connection.ts'
import { KeepFailed } from './imap-problem.ts'
import { batches, type Listed, mailFetch, type Stamp } from './mail-fetch.ts'
import type { MailboxConfig } from './mailbox-config.ts'

const LISTED_MAX = 1000
const GAPS_EVERY_MS = 15 * MINUTE

export interface ReaderTools {
  client: ImapFlow
  config: MailboxConfig
  intake: Intake
  clock: Clock
  log: Log
  ask: Ask
  signal: AbortSignal
}

export interface MailReader {
  /** Keeps everything that is new; how many mails that were. */
  readNew(): Promise<number>
  /** Every 15 minutes, keeps what the server showed too late. */
  fillGaps(): Promise<void>
}

export async function mailReader(tools: ReaderTools, folder: Folder): Promise<MailReader> {
  const { client, config, intake, clock, log, ask, signal } = tools
  const { lastKnownUid, search, list, fetch } = mailFetch(client, config, folder, ask, clock)
  const stored = await storedCursor()
  let cursor = openingCursor(stored)
  /** When the folder was last known to be read to its end. */
  let readToEndAt = stored?.at
  let gapsLookedAt = -Infinity
  // Without this, mail that comes while we are stopped would at the next start be older than the start.
  if (!stored) await keep([], cursor)

  async function storedCursor(): Promise<Cursor | undefined> {
    try {
      return readCursor(await intake.readCursor(config.folder))
    } catch (error) {
      throw new KeepFailed((error as Error).message, { cause: error })
    }
  }

  function openingCursor(known: Cursor | undefined): Cursor {
    if (!known) return firstCursor(folder, config.since, clock.now())
    if (known.uidValidity === folder.uidValidity) return known
    log.warn({ channel: config.name, folder: config.folder }, 'the server numbered the folder anew; reading it again')
    return renumbered(known, folder, clock.now())
  }

  async function keep(raws: RawEvent[], next: Cursor): Promise<void> {
    if (signal.aborted) throw new Error('stopping')
    try {
      await intake.keep(raws, { key: config.folder, value: writeCursor(next) })
    } catch (error) {
      throw new KeepFailed((error as Error).message, { cause: error })
    }
    cursor = next
    if (raws.length > 0) log.info({ channel: config.name, mails: raws.length }, '<= email')
  }

  async function readNew(): Promise<number> {
    const startedAt = clock.now()
    let count = cursor.scan ? await scan(cursor.scan) : 0
    if (lastKnownUid() - cursor.uid > LISTED_MAX) count += await takeFound(await search({ uid: `${cursor.uid + 1}:*` }))
    const listed = await list(`${cursor.uid + 1}:*`)
    // `n:*` always names the last mail, be it older than n.
    count += await take(listed.filter(({ uid }) => uid > cursor.uid))
    readToEndAt = startedAt
    return count
  }

  async function scan({ to, since }: { to: number; since: number }): Promise<number> {
    // SINCE knows days only, in whatever time zone the server lives.
    const wanted = { uid: `${cursor.uid + 1}:${to}`, since: new Date(since - DAY) }
    const count = cursor.uid < to ? await takeFound((await search(wanted)).filter((uid) => uid <= to)) : 0
    const { scan: _, ...rest } = cursor
    const next = { ...rest, uid: Math.max(cursor.uid, to) }
    await keep([], next)
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

  /** At most one batch is being stored while one is in hand. */
  async function take(listed: Listed[]): Promise<number> {
    let planned = cursor
    let storing: Promise<void> = Promise.resolve()
    let count = 0
    for (const batch of batches(listed)) {
      const wanted = batch.filter(isWanted)
      const raws = await fetch(wanted, stampOf)
      await storing
      const at = readToEndAt ?? planned.at
      planned = { ...advance(planned, uidsOf(batch), settled(batch, wanted, raws), clock.now()), at }
      if (raws.length > 0) storing = keep(raws, planned)
      else cursor = planned
      storing.catch(() => undefined) // It is awaited above or below; this only says so to Node.
      count += raws.length
    }
    await storing
    return count
  }

  function isWanted(mail: Listed): boolean {
    return !(cursor.scan && inScan(cursor, mail.uid) && mail.internalDate < cursor.scan.since)
  }

  /**
   * The server's time for the mail. What was not there when the folder was last read to its end cannot have come before that,
   * unless the server hid it (then its own time stands), and nothing comes from the future.
   */
  function arrivedAt({ uid, internalDate }: Listed): number {
    const late = uid <= cursor.uid || inScan(cursor, uid)
    const earliest = late ? -Infinity : (readToEndAt ?? -Infinity)
    return Math.min(Math.max(internalDate, earliest), clock.now())
  }

  function stampOf(mail: Listed): Stamp {
    const at = arrivedAt(mail)
    return { arrivedAt: at, isImport: isImport(cursor, { uid: mail.uid, arrivedAt: at }) }
  }

  async function fillGaps(): Promise<void> {
    if (clock.monotonic() - gapsLookedAt < GAPS_EVERY_MS) return
    gapsLookedAt = clock.monotonic()
    if (!cursor.missing) return
    const recent = await search({ since: new Date(clock.now() - MISSING_KEPT_MS - DAY) })
    const late = recent.filter((uid) => uid <= cursor.uid && isMissing(cursor, uid))
    for (const batch of batches(late.length > 0 ? await list(uidSet(late)) : [])) {
      const raws = await fetch(batch, stampOf)
      if (raws.length > 0) await keep(raws, withoutMissing(cursor, uidsIn(raws), clock.now()))
    }
  }

  return { readNew, fillGaps }
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
