// A million conversations stored and ten thousand that wait: what falls due, the queue and the start cost what waits, not what is stored.
import { tmpdir } from 'node:os'
import { type Clock, DAY, SECOND, systemClock } from '../../src/clock.ts'
import { type Db, openDb } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { joinInstances } from '../../src/instance.ts'
import { silentLog } from '../../src/log.ts'
import { ATTEMPT_LIMITS } from '../../src/outbox-attempt.ts'
import { hasDue } from '../../src/outbox-claim.ts'
import { CLOCK_KEY, makeOutboxRunner, type OutboxRunner } from '../../src/outbox-runner.ts'
import { ladderHandler } from '../../src/ping.ts'
import type { Policies } from '../../src/policy.ts'
import { applyPolicies } from '../../src/policy-change.ts'
import { makePolicies } from '../../src/promises.ts'
import { countQueue, listQueue, type QueuePlace } from '../../src/queue.ts'
import { parseTarget } from '../../src/target.ts'
import { type FreshDatabase, freshPostgres, freshSqlite } from '../setup/fresh-database.ts'
import { startPostgres } from '../setup/postgres-server.ts'
import type { Figures } from './bench.ts'
import { type Crowd, DESKS, FIRST_DUE, NOW, seedCrowd } from './crowd-seed.ts'

const MANY: Crowd = { conversations: 1_000_000, waiting: 10_000 }
/** As many wait as are to fall due in one measurement after the other. */
const FEW: Crowd = { conversations: 1100, waiting: 1100 }
const RUNS = 50
const PAGE = 25
const DESK = 'desk0'

export async function crowd(): Promise<Figures> {
  const postgres = await startPostgres(tmpdir())
  const sqlite = await compare(async () => freshSqlite(tmpdir()), '')
  const onPostgres = await compare(() => freshPostgres(postgres.url), 'Postgres')
  await postgres.stop()
  return { ...sqlite, ...onPostgres }
}

async function compare(fresh: () => Promise<FreshDatabase>, suffix: string): Promise<Figures> {
  const few = await withCrowd(fresh, FEW, measureDue)
  const many = await withCrowd(fresh, MANY, async (db, clock) => ({
    ...(await measureQueue(db)),
    ...(await measureDue(db, clock)),
    ...(await measureStart(db)),
  }))
  const figures = {
    ...many,
    dueScanRatio: many.dueScanMs / few.dueScanMs,
    due100Ratio: many.due100Ms / few.due100Ms,
    due1000Ratio: many.due1000Ms / few.due1000Ms,
  }
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name}${suffix}`, value]))
}

interface BenchClock extends Clock {
  setTo(now: number): void
}

function makeClock(): BenchClock {
  let now = NOW
  return {
    ...systemClock(),
    now: () => now,
    setTo(at) {
      now = at
    },
  }
}

async function withCrowd<T extends Figures>(
  fresh: () => Promise<FreshDatabase>,
  size: Crowd,
  measure: (db: Db, clock: BenchClock) => Promise<T>,
): Promise<T & { seedSeconds: number }> {
  const { database, drop } = await fresh()
  const clock = makeClock()
  const tools = { clock, random: systemRandom(), log: silentLog }
  const seedSeconds = (await timed(() => seedCrowd(database, size, tools))) / SECOND
  const db = await openDb(database, tools)
  const figures = await measure(db, clock)
  await db.close()
  await drop()
  return { ...figures, seedSeconds }
}

/** A pass of the outbox when nothing is due, and the passes in which so many steps fire. */
async function measureDue(db: Db, clock: BenchClock) {
  const outbox = await makeOutbox(db, clock)
  const pass = async () => void (await Promise.all(await outbox.pass()))
  for (let run = 0; run < RUNS; run++) await pass() // Until every statement is prepared and compiled.
  const scans: number[] = []
  for (let run = 0; run < RUNS; run++) scans.push(await timed(pass))
  const fire = async (from: number, count: number) => {
    clock.setTo(FIRST_DUE + (from + count - 1) * SECOND)
    return await timed(async () => {
      while (await hasDue(db, CLOCK_KEY, clock.now())) await pass()
    })
  }
  return { dueScanMs: quantile(scans, 0.5), due100Ms: await fire(0, 100), due1000Ms: await fire(100, 1000) }
}

/** There is no room for what would leave: only what falls due is measured. */
async function makeOutbox(db: Db, clock: BenchClock): Promise<OutboxRunner> {
  const { id: owner } = await joinInstances(db, { clock, log: silentLog, id: 'bench' })
  return makeOutboxRunner({
    ...{ db, clock, owner, random: systemRandom(), log: silentLog },
    limiter: {
      room: async () => 0,
      schedule: (_, attempt) => attempt(),
      sharedBy: (key: string) => key,
      reset: () => undefined,
    },
    handlers: {},
    local: { ladder: ladderHandler(policiesOf('calendar:24h')) },
    limits: ATTEMPT_LIMITS,
    tickMs: SECOND,
  })
}

async function measureQueue(db: Db) {
  const { waiting } = await countQueue(db, DESK, NOW, NOW + DAY)
  if (waiting !== MANY.waiting / DESKS) throw new Error(`${waiting} customers wait at ${DESK}`)
  const middle = await findMiddle(db, waiting)
  const times = { page: [] as number[], middle: [] as number[], count: [] as number[] }
  for (let run = 0; run < RUNS; run++) {
    times.page.push(await timed(() => listQueue(db, DESK, { limit: PAGE })))
    times.middle.push(await timed(() => listQueue(db, DESK, { limit: PAGE, ...(middle && { after: middle }) })))
    times.count.push(await timed(() => countQueue(db, DESK, NOW, NOW + DAY)))
  }
  return {
    queuePageMsP50: quantile(times.page, 0.5),
    queuePageMsP95: quantile(times.page, 0.95),
    queueMiddlePageMsP50: quantile(times.middle, 0.5),
    queueMiddlePageMsP95: quantile(times.middle, 0.95),
    queueCountMsP50: quantile(times.count, 0.5),
    queueCountMsP95: quantile(times.count, 0.95),
  }
}

async function findMiddle(db: Db, waiting: number): Promise<QueuePlace | undefined> {
  let after: QueuePlace | undefined
  for (let seen = 0; seen < waiting / 2; seen += PAGE)
    after = (await listQueue(db, DESK, { limit: PAGE, ...(after && { after }) })).at(-1)
  return after
}

/** A start with the promises of yesterday, and one with other promises for all. */
async function measureStart(db: Db) {
  await applyPolicies(db, policiesOf('calendar:24h')) // It has seen none before.
  const samePoliciesMs = await timed(() => applyPolicies(db, policiesOf('calendar:24h')))
  const newPoliciesMs = await timed(async () => {
    const changed = await applyPolicies(db, policiesOf('calendar:8h'))
    if (changed !== MANY.waiting) throw new Error(`${changed} of ${MANY.waiting} windows have the new promise`)
  })
  return { samePoliciesMs, newPoliciesMs }
}

function policiesOf(window: string): Policies {
  const policies = Array.from({ length: DESKS }, (_, n) => ({
    ...{ name: `desk${n}`, desk: `desk${n}`, window: parseTarget(window), ladder: 'own' },
  }))
  const due = {
    name: 'due',
    time: { kind: 'due' as const },
    to: [{ kind: 'leads' as const }],
    acknowledgeMs: undefined,
  }
  return makePolicies({ policies, ladders: { own: [due] }, calendars: {}, tiers: {} })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
