// The loop that turns kept raw events into messages: in batches, in order, and never stopped by a poisoned one.
import { sql } from 'kysely'
import { backoffMs } from './breaker.ts'
import { ParseError, type RawEvent } from './channel.ts'
import type { Clock } from './clock.ts'
import type { Db, Trx } from './db/open.ts'
import type { Random } from './id.ts'
import { claimKept, type Kept, postponeKept, readRaw, releaseUnheld, settleKept } from './intake.ts'
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

export function makeIntakeRunner(options: IntakeOptions): IntakeRunner {
  const { db, clock, log } = options
  const stopping = new AbortController()
  const held = new Set<string>()
  let nap = new AbortController()
  let running = Promise.resolve()
  const pass = async () => {
    const claimed = await db.transaction((trx) => claimKept(trx, options.owner, options.batchMax))
    for (const row of claimed) held.add(row.id)
    try {
      // Each parse starts before the one in front of it has ended; what is received keeps its order.
      const reads = await Promise.all(claimed.map(async (row) => readOne(options, await readRaw(db, row))))
      await receiveAll(options, reads)
    } finally {
      for (const row of claimed) held.delete(row.id)
    }
    return claimed.length > 0
  }
  const loop = async () => {
    while (!stopping.signal.aborted) {
      nap = new AbortController()
      const { signal } = nap
      const hadWork = await pass().catch((error: unknown) => {
        log.error({ error: String(error) }, 'intake: a batch failed; its rows wait and are tried again')
        return false
      })
      if (!hadWork) await clock.wait(options.tickMs, AbortSignal.any([signal, stopping.signal]))
    }
  }
  return {
    start: () => {
      running = loop()
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort()
      await running
    },
    pass,
    recover: () => db.transaction((trx) => releaseUnheld(trx, options.owner, held)),
  }
}

async function readOne({ sources }: IntakeOptions, kept: Kept): Promise<Read> {
  try {
    const source = sources.get(kept.channel)
    if (!source) throw new Error(`${kept.channel} is not configured any more; put it back or leave the row`)
    return { kept, events: await source.parse(kept.raw) }
  } catch (error) {
    return { kept, failure: error instanceof Error ? error : new Error(String(error)) }
  }
}

async function receiveAll(options: IntakeOptions, reads: Read[]): Promise<void> {
  if (reads.length === 0) return
  await options.db.transaction(async (trx) => {
    for (const read of reads) await receiveOne(options, trx, read)
  })
}

/** One savepoint per event: what fails takes back its own writes only. */
async function receiveOne(options: IntakeOptions, trx: Trx, read: Read): Promise<void> {
  if (read.failure) return await strike(options, trx, read.kept, read.failure)
  await sql`savepoint received`.execute(trx)
  try {
    if (!(await settleKept(trx, read.kept, 'received'))) return
    await options.sources.get(read.kept.channel)?.receive(trx, read.kept, read.events)
    await sql`release savepoint received`.execute(trx)
  } catch (error) {
    await sql`rollback to savepoint received`.execute(trx)
    await strike(options, trx, read.kept, error instanceof Error ? error : new Error(String(error)))
  }
}

async function strike(options: IntakeOptions, trx: Trx, kept: Kept, error: Error): Promise<void> {
  const { log, random, sources, strikesMax } = options
  const source = sources.get(kept.channel)
  const isOut = kept.attempts >= strikesMax || (error instanceof ParseError && error.final)
  log.warn(
    { intake: kept.id, channel: kept.channel, strike: kept.attempts, error: error.message },
    'intake: could not take in an event',
  )
  if (!isOut || !source)
    return await postponeKept(trx, kept, trx.now() + backoffMs(random, kept.attempts), error.message)
  if (await settleKept(trx, kept, 'quarantined', error.message)) await source.quarantine(trx, kept, error.message)
}
