// One seeded history: customers write, agents answer, machines die and clocks jump; then calm, and the reckoning.

import { agentsAnswer } from './agents.ts'
import { makeChance } from './chance.ts'
import { customersWrite, mailBounces } from './customers.ts'
import { findViolations } from './invariants.ts'
import type { Product } from './product.ts'
import { drawProfile, type Profile } from './profile.ts'
import { startProgram } from './program.ts'
import { openStore } from './store.ts'
import { makeTime } from './time.ts'
import { CALM_WIRE } from './wire.ts'
import { findReachable, type World } from './world.ts'

/** Returns what went wrong, in sentences; empty when all went well. `notes` collects what happened. */
export async function history(
  product: Product,
  seed: number,
  change: (profile: Profile) => Partial<Profile> = () => ({}),
  notes?: string[],
): Promise<string[]> {
  const world = await makeWorld(product, seed, change, notes)
  let over = false
  const life = live(world).then(() => {
    over = true
  })
  for (let calm = 0; !over; calm++) {
    await world.time.run(world.stormy ? 1_000 : CHECK_MS)
    if (calm > STEPS_MAX) throw new Error('the history does not end')
  }
  await life
  const violations = [...world.violations, ...(await findViolations(world))]
  for (const program of world.programs) program.machine.crash()
  await world.store.close()
  return violations
}

const CHECK_MS = 10_000
const STEPS_MAX = 10_000
const QUIET_MAX_MS = 2 * 3_600_000
const RESTART_MAX_MS = 60_000
const STEP_SIZES_MS = [1_000, 60_000, 3_600_000, 3_600_000, 86_400_000]

async function makeWorld(
  product: Product,
  seed: number,
  change: (profile: Profile) => Partial<Profile>,
  notes: string[] | undefined,
): Promise<World> {
  const chance = makeChance(seed)
  const time = makeTime()
  const drawn = drawProfile(chance)
  const profile = structuredClone({ ...drawn, ...change(drawn) })
  const clock = { now: time.wall, monotonic: time.elapsed, wait: time.wait, every: () => () => undefined }
  const { silentLog } = await import('../../src/log.ts')
  const store = await openStore(product, { clock, random: chance, log: silentLog })
  const note = (text: string) => notes?.push(`${(time.elapsed() / 1_000).toFixed(3).padStart(9)} ${text}`)
  note(JSON.stringify(profile))
  return {
    product,
    profile,
    time,
    chance,
    wireFaults: profile.wire,
    store,
    hang: { until: 0 },
    programs: [],
    starts: 0,
    questions: [],
    answers: [],
    copies: [],
    partCounts: new Map(),
    bounced: new Set(),
    delayed: new Set(),
    posts: [],
    violations: [],
    stormy: true,
    note,
  }
}

async function live(world: World): Promise<void> {
  for (let n = 0; n < world.profile.programs; n++) run(world)
  const bouncing = mailBounces(world)
  const people = Promise.all([customersWrite(world), agentsAnswer(world), clockJumps(world), programsEnd(world)])
  await Promise.race([people, world.time.wait(world.profile.activeMs + 120_000)])
  calm(world)
  await Promise.all([people, bouncing])
  await quiet(world)
}

/** A supervisor starts the next program when one dies. */
function run(world: World): void {
  world.starts += 1
  const number = world.starts
  const end = () => {
    world.note(`program ${number} ends`)
    void restart(world)
  }
  world.programs = [...world.programs.filter(({ machine }) => machine.isUp()), startProgram(world, end)]
  world.note(`program ${number} starts`)
}

async function restart(world: World): Promise<void> {
  await world.time.wait(world.chance.between(500, RESTART_MAX_MS))
  run(world)
}

/** The faults end; machines and the clock stay as they are for a moment, then the clock is put right. */
function calm(world: World): void {
  world.note('calm')
  world.stormy = false
  world.wireFaults = CALM_WIRE
  Object.assign(world.profile.machine, { crash: 0, freeze: 0, slow: 0 })
}

async function clockJumps(world: World): Promise<void> {
  const { time, chance, profile } = world
  for (let n = 0; n < profile.clockSteps; n++) {
    await time.wait(chance.between(0, profile.activeMs / profile.clockSteps))
    step(world, chance.pick(STEP_SIZES_MS) * chance.pick([-1, 1, 0.37, -0.37]))
  }
}

function step(world: World, ms: number): void {
  world.time.step(Math.trunc(ms))
  world.note(`the wall clock steps by ${Math.trunc(ms)} ms`)
}

async function programsEnd(world: World): Promise<void> {
  const { profile } = world
  const ends = [...Array(profile.stops).fill('stop'), ...Array(profile.kills).fill('kill')]
  await Promise.all(ends.map((way) => endOne(world, way)))
}

async function endOne(world: World, way: 'stop' | 'kill'): Promise<void> {
  const { time, chance, profile } = world
  await time.wait(chance.between(5_000, profile.activeMs))
  const program = findReachable(world)
  if (!program || !world.stormy) return
  world.note(`a ${way}`)
  if (way === 'kill') program.machine.crash()
  else void program.stop() // It may die while it stops.
}

/** Until nothing is owed any more, or it is plain that it never will be. */
async function quiet(world: World): Promise<void> {
  const { time } = world
  await time.wait(65_000)
  if (time.offset() !== 0) step(world, -time.offset())
  const until = time.elapsed() + QUIET_MAX_MS
  while (time.elapsed() < until) {
    await time.wait(CHECK_MS)
    if (!(await isBusy(world))) return
  }
  world.violations.push('it never came to rest')
}

async function isBusy({ store }: World): Promise<boolean> {
  const owed = await store
    .selectFrom('outbox')
    .select('id')
    .where('state', 'in', ['queued', 'sending', 'uncertain'])
    .limit(1)
    .executeTakeFirst()
  if (owed) return true
  const kept = await store
    .selectFrom('intake')
    .select('id')
    .where('state', 'in', ['kept', 'parsing'])
    .limit(1)
    .execute()
  return kept.length > 0
}
