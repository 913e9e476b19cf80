// An outbox whose outside world does what the test says, effect by effect.
import { SECOND } from '../../src/clock.ts'
import { makeLog } from '../../src/log.ts'
import { type Effect, type NewEffect, put } from '../../src/outbox.ts'
import { ATTEMPT_LIMITS, type Handler, type Look, type Outcome, type Settled } from '../../src/outbox-attempt.ts'
import { CLOCK_KEY, type LocalHandler, makeOutboxRunner, type OutboxRunner } from '../../src/outbox-runner.ts'
import type { RateLimiter } from '../../src/rate.ts'
import { type ManualClock, manualClock } from './clock.ts'
import type { OpenTestDb } from './database.ts'
import { openLimiter, seededRandom } from './world.ts'

const PASSES_MAX = 300

export type Outbox = Awaited<ReturnType<typeof makeOutbox>>

export const nameOf = (effect: Effect): string => JSON.parse(effect.payload).name

export async function makeOutbox(open: OpenTestDb, clock: ManualClock = manualClock(), limiter = openLimiter) {
  const random = seededRandom(7)
  const logLines: string[] = []
  const log = makeLog({ level: 'debug', secrets: [], write: (line) => void logLines.push(line) })
  const db = await open({ clock, random, log })
  const accepted: Outcome = { kind: 'accepted', ref: 'ref' }
  const outside = {
    /** What an attempt at this effect comes to. */
    answer: async (_effect: Effect): Promise<Outcome> => accepted,
    /** What a look after an uncertain attempt finds. */
    look: async (_effect: Effect): Promise<Look> => ({ kind: 'repeatable' }),
    local: (async () => undefined) as LocalHandler,
    settle: async (_settled: Settled): Promise<void> => undefined,
  }
  const sent: string[] = []
  const looked: string[] = []
  const settled: string[] = []
  const handler: Handler = {
    async send(effect) {
      sent.push(nameOf(effect))
      return await outside.answer(effect)
    },
    async verify(effect) {
      looked.push(nameOf(effect))
      return await outside.look(effect)
    },
    async settle(_trx, effect, how) {
      await outside.settle(how)
      settled.push(`${nameOf(effect)} ${how.kind}`)
    },
  }
  const options = { db, clock, random, log, handlers: { work: handler }, limits: ATTEMPT_LIMITS, tickMs: SECOND }
  const runner = (owner: string, pace: RateLimiter = limiter): OutboxRunner =>
    makeOutboxRunner({
      ...options,
      owner,
      limiter: pace,
      local: { chore: (trx, effect) => outside.local(trx, effect) },
    })
  await db.transaction((trx) => trx.insertInto('instance').values({ id: 'me', beat: 0, started_at: 0 }).execute())
  let current = runner('me')
  const outbox = {
    ...{ db, clock, logLines, outside, sent, looked, settled, runner },
    current: () => current,
    put: (name: string, effect: Partial<NewEffect> = {}) =>
      db.transaction((trx) =>
        put(trx, { kind: 'work', payload: { name }, rateKey: 'send:a', dueAt: clock.now(), ...effect }),
      ),
    putChore: (name: string, dueAt: number) => outbox.put(name, { kind: 'chore', rateKey: CLOCK_KEY, dueAt }),
    /** Does everything that is due, until nothing is. */
    async run(runs: OutboxRunner = current): Promise<void> {
      for (let pass = 0; pass < PASSES_MAX; pass++) {
        const attempts = await runs.pass()
        if (attempts.length === 0) return
        await Promise.all(attempts)
      }
      throw new Error('the outbox never comes to rest')
    },
    async passTime(ms: number): Promise<void> {
      await clock.advance(ms)
      await outbox.run()
    },
    /** The process is gone with all it remembered; another one takes over. */
    async restart(): Promise<void> {
      current = runner('me')
      await current.recover()
    },
    async row(name: string) {
      const rows = await db.selectFrom('outbox').selectAll().orderBy('id').execute()
      const found = rows.find((row) => JSON.parse(row.payload).name === name)
      if (!found) throw new Error(`there is no row ${name}`)
      return found
    },
    states: async () => {
      const rows = await db.selectFrom('outbox').select(['payload', 'state']).orderBy('id').execute()
      return rows.map((row) => `${JSON.parse(row.payload).name} ${row.state}`)
    },
  }
  return outbox
}
