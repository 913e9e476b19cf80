// The loop that turns kept raw events into messages: in batches, in order, and never stopped by a poisoned one.
import { backoffMs } from './breaker.ts'
import { ParseError, type RawEvent } from './channel.ts'
import { type Clock, MINUTE } from './clock.ts'
import type { Db, Trx } from './db/open.ts'
import type { Random } from './id.ts'
import {
  type Claimed,
  claimKept,
  hasDueKept,
  type Kept,
  postponeKept,
  readRaw,
  releaseUnheld,
  settleKept,
} from './intake.ts'
import type { Log } from './log.ts'

/** What to do with one channel's raw events. */
export interface Source<Event = unknown> {
  parse(raw: RawEvent): Promise<Event[]>
  /** Everything the events change, in the transaction that also settles the intake row. */
  receive(trx: Trx, kept: Kept, events: Event[]): Promise<void>
  /** Makes what could not be read visible. */
  quarantine(trx: Trx, kept: Kept, error: string): Promise<void>
}

export interface IntakeOptions {
  db: Db
  clock: Clock
  random: Random
  log: Log
  owner: string
  sources: ReadonlyMap<string, Source>
  batchMax: number
  strikesMax: number
  tickMs: number
}

export interface IntakeRunner {
  start(): void
  wake(): void
  stop(): Promise<void>
  /** One batch; false when nothing was due. */
  pass(): Promise<boolean>
  recover(): Promise<void>
}

type Read = { kept: Kept; events: unknown[]; failure?: never } | { kept: Kept; failure: Error; events?: never }

const NO_BODY = new Uint8Array()

export function makeIntakeRunner(options: IntakeOptions): IntakeRunner {
  const { db, clock, log } = options
  const stopping = new AbortController()
  const held = new Set<string>()
  let nap = new AbortController()
  let running = Promise.resolve()
  const read = async (): Promise<Read[]> => {
    if (!(await hasDueKept(db, clock.now()))) return []
    const claimed = await db.transaction((trx) => claimKept(trx, options.owner, options.batchMax))
    for (const row of claimed) held.add(row.id)
    // Each parse starts before the one in front of it has ended; what is received keeps its order.
    return await Promise.all(claimed.map((row) => readOne(options, row)))
  }
  const receive = async (reads: Read[]) => {
    await receiveAll(options, reads).finally(() => {
      for (const { kept } of reads) held.delete(kept.id)
    })
  }
  const loop = async () => {
    let ahead: Promise<Read[]> | undefined
    while (!stopping.signal.aborted) {
      nap = new AbortController()
      const { signal } = nap
      const reads = await (ahead ?? caught(read()))
      // A full batch means that more is waiting: it is parsed while this one is written.
      ahead = reads.length >= options.batchMax ? caught(read()) : undefined
      await caught(receive(reads).then(() => []))
      if (reads.length === 0) await clock.wait(options.tickMs, signal)
    }
    if (ahead) await caught(receive(await ahead).then(() => []))
  }
  const caught = (work: Promise<Read[]>) =>
    work.catch((error: unknown): Read[] => {
      log.error({ error: String(error) }, 'intake: a batch failed; its rows wait and are tried again')
      return []
    })
  return {
    start: () => {
      running = loop()
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort()
      nap.abort()
      await running
    },
    async pass() {
      const reads = await read()
      await receive(reads)
      return reads.length > 0
    },
    recover: () => releaseUnheld(db, options.owner, held),
  }
}

async function readOne({ db, sources, strikesMax }: IntakeOptions, claimed: Claimed): Promise<Read> {
  let kept: Kept = { ...claimed, raw: { ...claimed.raw, body: NO_BODY } }
  try {
    kept = await readRaw(db, claimed)
    const source = sources.get(kept.channel)
    if (!source) throw new Error(`${kept.channel} is not configured any more; put it back or leave the row`)
    // Attempts are counted before the work: beyond the last strike, each ended with the program and not with an error.
    if (kept.attempts > strikesMax) throw new ParseError('the program stopped each time it read this', { final: true })
    return { kept, events: await source.parse(kept.raw) }
  } catch (error) {
    return { kept, failure: error instanceof Error ? error : new Error(String(error)) }
  }
}

/** Together in one transaction, which is cheap; when one of them fails, each in its own, so that it fails alone. */
async function receiveAll(options: IntakeOptions, reads: Read[]): Promise<void> {
  if (reads.length === 0) return
  const { db, log } = options
  try {
    await db.transaction(async (trx) => {
      for (const read of reads) await receiveOne(options, trx, read)
    })
  } catch {
    // Whose fault it was shows when each goes alone.
    log.info({ batch: reads.length }, 'intake: a batch is taken in one by one')
    for (const read of reads) await receiveAlone(options, read)
  }
}

async function receiveAlone(options: IntakeOptions, read: Read): Promise<void> {
  try {
    await options.db.transaction((trx) => receiveOne(options, trx, read))
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    await options.db
      .transaction((trx) => strike(options, trx, read.kept, failure))
      .catch(() => options.db.transaction((trx) => postpone(options, trx, read.kept, failure)))
  }
}

async function receiveOne(options: IntakeOptions, trx: Trx, read: Read): Promise<void> {
  if (read.failure) return await strike(options, trx, read.kept, read.failure)
  if (!(await settleKept(trx, read.kept, 'received'))) return
  await options.sources.get(read.kept.channel)?.receive(trx, read.kept, read.events)
}

async function strike(options: IntakeOptions, trx: Trx, kept: Kept, error: Error): Promise<void> {
  const { log, sources, strikesMax } = options
  const source = sources.get(kept.channel)
  const isOut = kept.attempts >= strikesMax || (error instanceof ParseError && error.final)
  log.warn(
    { intake: kept.id, channel: kept.channel, strike: kept.attempts, error: tellable(error) },
    'intake: could not take in an event',
  )
  // Nobody has tried to read it: it waits for its channel with no strike against it.
  if (!source)
    return await postponeKept(trx, { ...kept, attempts: kept.attempts - 1 }, trx.now() + MINUTE, error.message)
  if (!isOut) return await postpone(options, trx, kept, error)
  if (await settleKept(trx, kept, 'quarantined', error.message)) await source.quarantine(trx, kept, error.message)
}

async function postpone({ random }: IntakeOptions, trx: Trx, kept: Kept, error: Error): Promise<void> {
  await postponeKept(trx, kept, trx.now() + backoffMs(random, kept.attempts), error.message)
}

/** An error that nobody foresaw may quote what it choked on: the row keeps its words, the log its name. */
function tellable(error: Error): string {
  return error instanceof ParseError ? error.message : error.name
}
