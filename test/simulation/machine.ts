// One running program that can die or hang between any two of its calls. What it holds of the world goes through here.
import { type Clock, repeat } from '../../src/clock.ts'
import type { Db, Loop, Trx } from '../../src/db/open.ts'
import type { Chance } from './chance.ts'
import type { Product } from './product.ts'
import type { SimTime } from './time.ts'

/** How likely each trouble is at one crossing between a machine and the world. */
export interface MachineFaults {
  crash: number
  freeze: number
  /** Every freeze lasts the full minute and no two overlap, so that somebody awake takes the work over. */
  longFreezes?: boolean
  slow: number
}

export interface Machine {
  clock: Clock
  db: Db
  /** Every call to the world passes here twice, going out and coming back. A dead machine never gets through. */
  cross(): Promise<void>
  isUp(): boolean
  isFrozen(): boolean
  /** Nothing it has begun will ever go on. */
  crash(): void
  /** Since when it has run without a pause. */
  steadySince(): number
}

export interface MachineWorld {
  product: Product
  time: SimTime
  chance: Chance
  faults: MachineFaults
  store: Db
  /** Until when some machine hangs. */
  hang: { until: number }
  /** How the store judges who is alive: by a file lock, or by watching each other. */
  engine: Db['engine']
  onCrash(): void
  note(text: string): void
}

// A process that hangs for longer than the others need to declare it dead, look twice and send again, exactly between
// its last check and its write, can make a second copy: the one thing the outbox does not promise. So a freeze is a
// minute at most, and no second one follows before the row has surely been given up or settled.
const FREEZE_MAX_MS = 60_000
const FREEZE_PAUSE_MS = 150_000
const SLOW_MAX_MS = 1_500
const AWAKE_MS = 10_000

export function makeMachine(world: MachineWorld): Machine {
  const { time, chance, faults } = world
  const startedAt = time.elapsed()
  const clockFrom = chance.between(0, 1_000_000) // Every process counts its monotonic time from somewhere else.
  let dead = false
  let thawsAt = 0
  let freezesFrom = startedAt + chance.between(0, FREEZE_PAUSE_MS)
  const crash = () => {
    if (dead) return
    dead = true
    world.onCrash()
  }
  const pass = async () => {
    while (!dead && thawsAt > time.elapsed()) await time.wait(thawsAt - time.elapsed())
    if (dead) await new Promise<never>(() => undefined)
  }
  const freeze = () => {
    thawsAt =
      time.elapsed() + (faults.longFreezes || chance.happens(0.5) ? FREEZE_MAX_MS : chance.between(500, FREEZE_MAX_MS))
    freezesFrom = thawsAt + FREEZE_PAUSE_MS
    world.hang.until = Math.max(world.hang.until, thawsAt)
    world.note(`a program hangs for ${thawsAt - time.elapsed()} ms`)
  }
  const mayFreeze = () =>
    time.elapsed() >= freezesFrom && !(faults.longFreezes && world.hang.until > time.elapsed() - AWAKE_MS)
  const cross = async () => {
    if (!dead && thawsAt <= time.elapsed()) {
      if (chance.happens(faults.crash)) crash()
      else if (chance.happens(faults.freeze) && mayFreeze()) freeze()
      else if (chance.happens(faults.slow)) await time.wait(chance.between(1, SLOW_MAX_MS))
    }
    await pass()
  }
  const wait: Clock['wait'] = async (ms, signal) => {
    await time.wait(ms, signal)
    await pass()
  }
  const clock: Clock = {
    now: time.wall,
    monotonic: () => clockFrom + time.elapsed() - startedAt,
    wait,
    every: repeat(wait),
  }
  return {
    clock,
    db: reachedThrough(cross, clock, world),
    cross,
    crash,
    isUp: () => !dead,
    isFrozen: () => thawsAt > time.elapsed(),
    steadySince: () => Math.max(thawsAt, startedAt),
  }
}

/** The shared store as one program sees it: with its own ids and its own loops to wake. */
function reachedThrough(
  cross: () => Promise<void>,
  clock: Clock,
  { product, store, chance, engine }: MachineWorld,
): Db {
  const newId = product.id.idMaker(clock, chance)
  const wakers = new Map<Loop, () => void>()
  const transaction = async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => {
    await cross()
    const woken = new Set<Loop>()
    const own = { now: clock.now, newId, random: chance, wake: (loop: Loop) => void woken.add(loop) }
    try {
      const result = await store.transaction((trx) => work(Object.assign(trx, own)))
      for (const loop of woken) wakers.get(loop)?.()
      return result
    } finally {
      await cross()
    }
  }
  const selectFrom = (...from: Parameters<Db['selectFrom']>) => crossing(store.selectFrom(...from), cross)
  return {
    engine,
    newId,
    selectFrom: selectFrom as Db['selectFrom'],
    with: store.with,
    transaction,
    onWake: (loop, wake) => void wakers.set(loop, wake),
    migrate: store.migrate,
    close: async () => undefined,
  }
}

const RUNNING = new Set<string | symbol>(['execute', 'executeTakeFirst', 'executeTakeFirstOrThrow'])

/** A query that crosses when it runs, and whose refinements do too. */
function crossing<Query extends object>(query: Query, cross: () => Promise<void>): Query {
  return new Proxy(query, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (RUNNING.has(name)) {
        return async (...args: unknown[]) => {
          const rows: unknown = await member.apply(target, args)
          await cross()
          return rows
        }
      }
      return (...args: unknown[]) => {
        const next: unknown = member.apply(target, args)
        return typeof next === 'object' && next !== null && 'execute' in next ? crossing(next, cross) : next
      }
    },
  })
}
