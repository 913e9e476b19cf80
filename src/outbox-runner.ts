// The only loop that acts on the outside world: claims what is due as far as each rate allows, and sees it through.
import { makeBreaker } from './breaker.ts'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import type { Db, Trx } from './db/open.ts'
import type { Random } from './id.ts'
import type { Log } from './log.ts'
import type { Effect } from './outbox.ts'
import { type AttemptLimits, type AttemptTools, attempt, type Handler, lookAgain } from './outbox-attempt.ts'
import * as claims from './outbox-claim.ts'
import * as outboxClock from './outbox-clock.ts'
import * as settling from './outbox-settle.ts'
import { type RateLimiter, stepDetector } from './rate.ts'

/** Work that only reads and writes the store, done in the transaction that claims it. Returns when it is due again. */
export type LocalHandler = (trx: Trx, effect: Effect) => Promise<{ againAt: number } | undefined>

export interface OutboxOptions {
  db: Db
  clock: Clock
  random: Random
  log: Log
  /** This instance's id. */
  owner: string
  limiter: RateLimiter
  handlers: Record<string, Handler>
  /** Handlers of the rows under `CLOCK_KEY`. */
  local: Record<string, LocalHandler>
  limits: AttemptLimits
  tickMs: number
}

/** The rate key of rows that touch nothing but the store, and whose due time is a promise and not a wait. */
export const CLOCK_KEY = 'clock'

const IN_FLIGHT_MAX = 20
const LOOKS_MAX = 5
const LOCAL_BATCH = 50
const STEP_TOLERANCE_MS = 2 * SECOND

export interface OutboxRunner {
  start(): void
  wake(): void
  /** Takes no new work; resolves when everything in flight has ended. */
  stop(): Promise<void>
  /** Starts everything that is due; resolves to the attempts it started. */
  pass(): Promise<Promise<void>[]>
  /** Takes up what a dead instance, or an attempt of ours that could not be recorded, left in the air. */
  recover(): Promise<void>
  /** When the last pass ended, by the monotonic clock. */
  lastPassAt(): number
}

export function makeOutboxRunner(options: OutboxOptions): OutboxRunner {
  const { clock, log } = options
  const breaker = makeBreaker(clock, options.random)
  const tools: AttemptTools = { ...options, breaker, looks: new Map() }
  const inFlight = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  const stepOf = stepDetector(clock, STEP_TOLERANCE_MS)
  let nap = new AbortController()
  let lastPassAt = clock.monotonic()
  let hasPassed = false
  const turn: Turn = { last: new Map(), knocking: new Set() }

  const track = ({ id, ended }: Started) => {
    inFlight.set(id, ended)
    void ended.then(() => {
      if (inFlight.get(id) === ended) inFlight.delete(id)
      nap.abort() // Its key has room again, and its lane is free.
    })
    return ended
  }
  const pass = async () => {
    await meetClockStep(options, hasPassed ? stepOf() : await outboxClock.findStepBack(options.db, clock.now()))
    hasPassed = true
    if (await runLocal(options)) nap.abort() // There is more of it.
    const room = IN_FLIGHT_MAX - inFlight.size
    const looks = (await startLooks(tools, Math.min(LOOKS_MAX, room))).map(track)
    const attempts = await startAttempts(options, tools, turn, room, track)
    if (attempts.length > 0) nap.abort() // Of what shares a pace there may be room for one more.
    lastPassAt = clock.monotonic()
    return [...looks, ...attempts]
  }
  const loop = async () => {
    while (!stopping.signal.aborted) {
      nap = new AbortController() // Made before the pass: whoever wakes us during it has something new for us.
      const { signal } = nap
      await pass().catch((error: unknown) => log.error({ error: String(error) }, 'outbox: a pass failed; trying again'))
      await clock.wait(options.tickMs, signal)
    }
  }
  let running = Promise.resolve()
  return {
    start: () => {
      running = loop()
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort()
      nap.abort()
      await running
      await Promise.all(inFlight.values())
    },
    pass,
    recover: () => recover(tools, new Set(inFlight.keys())),
    lastPassAt: () => lastPassAt,
  }
}

interface Started {
  id: string
  ended: Promise<void>
}

interface Turn {
  /** The keys that were served last, by their rank: the next one comes first, so that a flood under one key starves no other. */
  last: Map<number, string>
  /** Keys with a shut door at which an attempt of ours is knocking: one at a time. */
  knocking: Set<string>
}

async function startAttempts(
  options: OutboxOptions,
  tools: AttemptTools,
  turn: Turn,
  room: number,
  track: (started: Started) => Promise<void>,
): Promise<Promise<void>[]> {
  const { db, clock, limiter, owner } = options
  const attempts: Promise<void>[] = []
  const places = placesOf(limiter)
  for (const { key, due } of inTurn(await claims.listDueKeys(db, clock.now()), turn)) {
    if (key === CLOCK_KEY || attempts.length >= room || !tools.breaker.passes(key) || turn.knocking.has(key)) continue
    const isProbe = tools.breaker.isProbe(key)
    const count = Math.min(isProbe ? 1 : room - attempts.length, await places.room(key))
    if (count === 0) continue
    const claimedAt = clock.monotonic() // Before the commit, which may take long: others count from then.
    const effects = await db.transaction((trx) => claims.claim(trx, key, owner, count))
    turn.last.set(rankOf(due), key)
    if (effects.length > 0) places.take(key)
    for (const effect of effects) {
      const ended = limiter.schedule(key, () => attempt(tools, effect, claimedAt))
      if (isProbe) turn.knocking.add(key)
      const gone = isProbe ? ended.finally(() => turn.knocking.delete(key)) : ended
      attempts.push(track({ id: effect.id, ended: gone }))
    }
  }
  return attempts
}

/**
 * Of a pace that several keys share each pass gives one place, to whoever is asked first. Were it free a moment later, it would not
 * be the turn of whoever is asked then.
 */
function placesOf(limiter: RateLimiter) {
  const full = new Set<string>()
  return {
    async room(key: string): Promise<number> {
      const shared = limiter.sharedBy(key)
      if (full.has(shared)) return 0
      const room = await limiter.room(key)
      if (room === 0 && shared !== key && (await limiter.room(shared)) === 0) full.add(shared)
      return room
    },
    take(key: string): void {
      const shared = limiter.sharedBy(key)
      if (shared !== key) full.add(shared)
    },
  }
}

/** One, two, up to four, up to eight ... */
function rankOf(due: number): number {
  return Math.ceil(Math.log2(due))
}

/**
 * Keys may share a pace that is less than all of them ask for. Under which little waits goes before, as it asks for less than its
 * share; were it to ask for more, as much would soon wait there as elsewhere, and they take turns.
 */
function inTurn(keys: readonly claims.DueKey[], { last }: Turn): claims.DueKey[] {
  const isNext = ({ key, due }: claims.DueKey) => key > (last.get(rankOf(due)) ?? '')
  const before = (a: claims.DueKey, b: claims.DueKey) =>
    rankOf(a.due) - rankOf(b.due) || Number(isNext(b)) - Number(isNext(a)) || (a.key < b.key ? -1 : 1)
  return keys.toSorted(before)
}

async function startLooks(tools: AttemptTools, count: number): Promise<Started[]> {
  if (count <= 0 || !(await claims.hasDueLook(tools.db, tools.clock.now()))) return []
  const effects = await tools.db.transaction((trx) => claims.claimUncertain(trx, tools.owner, count))
  return effects.map((effect) => ({ id: effect.id, ended: lookAgain(tools, effect) }))
}

async function recover(tools: AttemptTools, held: ReadonlySet<string>): Promise<void> {
  if ((await settling.listUnheld(tools.db, tools.owner, held)).length === 0) return
  await tools.db.transaction(async (trx) => {
    for (const effect of await settling.doubtUnheld(trx, tools.owner, held)) {
      await tools.handlers[effect.kind]?.settle?.(trx, effect, { kind: 'uncertain', error: settling.UNHELD })
    }
  })
}

/**
 * Each row in a transaction of its own with the claim, so that a failing one holds up no other. True when a whole batch
 * was done: there may be more.
 */
async function runLocal({ db, owner, local, log, clock }: OutboxOptions): Promise<boolean> {
  for (let count = 0; count < LOCAL_BATCH; count++) {
    if (!(await claims.hasDue(db, CLOCK_KEY, clock.now()))) return false
    try {
      if (!(await db.transaction((trx) => runOneLocal(trx, owner, local)))) return false // Another instance has it.
    } catch (error) {
      log.error({ error: String(error) }, 'outbox: local work failed; trying again in a minute')
      await db.transaction(async (trx) => {
        const [effect] = await claims.claim(trx, CLOCK_KEY, owner, 1)
        const postponement = {
          dueAt: trx.now() + MINUTE,
          error: String(error),
          giveBack: { attempt: false, send: true },
        }
        if (effect) await settling.postpone(trx, effect, postponement)
      })
    }
  }
  return true
}

/** False when there was nothing to take. */
async function runOneLocal(trx: Trx, owner: string, local: OutboxOptions['local']): Promise<boolean> {
  const [effect] = await claims.claim(trx, CLOCK_KEY, owner, 1)
  if (!effect) return false
  const handler = local[effect.kind]
  if (!handler) throw new Error(`no handler for ${effect.kind}`)
  const again = await handler(trx, effect)
  if (again) await settling.postpone(trx, effect, { dueAt: again.againAt, giveBack: { attempt: true, send: true } })
  else await settling.finish(trx, effect.id, undefined)
  return true
}

async function meetClockStep({ db, limiter, log }: OutboxOptions, stepMs: number): Promise<void> {
  if (Math.abs(stepMs) <= STEP_TOLERANCE_MS) return
  log.warn({ stepMs: Math.round(stepMs) }, 'the wall clock stepped')
  limiter.reset()
  await db.transaction((trx) => outboxClock.shiftWaits(trx, Math.trunc(stepMs), CLOCK_KEY))
}
