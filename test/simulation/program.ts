// Deskbell as `main.ts` puts it together, on one machine of a history.
import type { Channel, Intake } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Source } from '../../src/intake-runner.ts'
import type { Policies } from '../../src/policy.ts'
import type { RateLimiter } from '../../src/rate.ts'
import { always, calendarPolicy } from '../setup/policy.ts'
import { CHAT, customerChannel, MAIL } from './customer-channel.ts'
import { deskHandlers } from './desk-handlers.ts'
import { type Machine, makeMachine } from './machine.ts'
import type { World } from './world.ts'

export interface Program {
  machine: Machine
  channels: ReadonlyMap<string, Channel>
  intakes: ReadonlyMap<string, Intake>
  isReady(): boolean
  /** As SIGTERM does: takes no new work, waits a little for what is in the air, and leaves. */
  stop(): Promise<void>
}

const DESK = 'desk'
const TICK_MS = 5_000
const DRAIN_MS = 10_000

export function policiesOf({ profile }: World): Policies {
  return always(calendarPolicy(profile.windowHours))
}

export function startProgram(world: World, onCrash: () => void): Program {
  const { product, profile } = world
  const engine = profile.store === 'one-by-lock' ? 'sqlite' : 'postgres'
  const machine = makeMachine({ ...world, faults: profile.machine, engine, onCrash })
  const { db, clock } = machine
  const channels = new Map([CHAT, MAIL].map((name) => [name, customerChannel(name, machine, world)]))
  const parts = runnersOf(world, machine, channels, db.newId('n'))
  let ready = false
  let stopBeat: () => void = () => undefined
  const start = async () => {
    const instance = await product.instance.joinInstances(db, { clock, log: parts.log, id: parts.owner })
    db.onWake('intake', parts.intake.wake)
    db.onWake('outbox', parts.outbox.wake)
    stopBeat = clock.every(product.instance.BEAT_MS, async () => {
      await instance.beat()
      await parts.intake.recover()
      await parts.outbox.recover()
    })
    await parts.intake.recover()
    await parts.outbox.recover()
    parts.intake.start()
    parts.outbox.start()
    ready = true
    return instance
  }
  const started = start()
  return {
    machine,
    channels,
    intakes: new Map([...channels.keys()].map((name) => [name, product.intake.intakeOf(db, name)])),
    isReady: () => ready,
    async stop() {
      ready = false
      stopBeat()
      await parts.intake.stop()
      await Promise.race([parts.outbox.stop(), clock.wait(DRAIN_MS)])
      await (await started).leave()
      machine.crash() // The process ends, whatever was still in the air.
    },
  }
}

function runnersOf(world: World, machine: Machine, channels: ReadonlyMap<string, Channel>, owner: string) {
  const { product, profile, chance } = world
  const { db, clock } = machine
  const limits = product.outboxAttempt.ATTEMPT_LIMITS
  const log = quietLog(world)
  const policies = policiesOf(world)
  const shared = { db, clock, random: chance, log, owner, tickMs: TICK_MS }
  const sources = new Map<string, Source>()
  for (const [name, channel] of channels) {
    sources.set(name, product.inbox.channelSource(channel, { desk: DESK, policies }) as Source)
  }
  const channelOf = (name: string) => {
    const channel = channels.get(name)
    if (!channel) throw new Error(`there is no channel ${name}`)
    return channel
  }
  const outbox = product.outboxRunner.makeOutboxRunner({
    ...shared,
    limiter: pacer(clock, profile.deskPaceMs),
    handlers: {
      ...deskHandlers(machine, world),
      reply: product.delivery.replyHandler({ db, channelOf, policies }),
    },
    local: { ladder: product.ping.ladderHandler(policies) },
    limits: { ...limits, uncertainWaitMs: profile.uncertainWaitMs ?? limits.uncertainWaitMs },
  })
  const intake = product.intakeRunner.makeIntakeRunner({ ...shared, sources, batchMax: 20, strikesMax: 3 })
  return { intake, outbox, log, owner }
}

/** What the product logs goes into the history's own notes, for whoever replays it. */
function quietLog(world: World) {
  const write = (fields: unknown, message?: string) => world.note(`log: ${message} ${JSON.stringify(fields)}`)
  const log = { debug: write, info: write, warn: write, error: write, child: () => log }
  return log as unknown as typeof import('../../src/log.ts').silentLog
}

/** The desk's pace in simulated time, with a few admitted ahead of their turn so that some grow stale in the queue. */
function pacer(clock: Clock, deskMs: number): RateLimiter {
  const freeAt = new Map<string, number>()
  return {
    // Several at once, of which the last may grow stale; the next ones only when those had their turn.
    room: async (key) => ((freeAt.get(key) ?? 0) > clock.monotonic() ? 0 : 4),
    async schedule(key, attempt) {
      const now = clock.monotonic()
      const turn = Math.max(now, freeAt.get(key) ?? now)
      if (key.startsWith('desk:')) freeAt.set(key, turn + deskMs)
      if (turn > now) await clock.wait(turn - now)
      return await attempt()
    },
    sharedBy: (key) => key,
    reset: () => freeAt.clear(),
  }
}
