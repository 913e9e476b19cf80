// Watches what must go on: the outbox loop, each mailbox, Slack. It stands beside them and not on them, so that it can say that they stand still.
import { type Clock, MINUTE } from './clock.ts'
import type { Db } from './db/open.ts'
import type { Log } from './log.ts'

export interface Watched {
  /** Unique: `outbox`, `email:support`, `slack`. */
  name: string
  /** A problem that lasts this long is an incident. */
  limitMs: number
  /** What is wrong, in a sentence; undefined when all is well. */
  problem(): string | undefined
}

export interface HeartbeatOptions {
  db: Db
  clock: Clock
  log: Log
  watched(): readonly Watched[]
  /** Tells whoever can act, by whatever way is open, and not through the outbox. Rejects when nobody could be told. */
  sound(name: string, text: string): Promise<void>
}

export interface Heartbeat {
  /** Never rejects. */
  check(): Promise<void>
}

export const HEARTBEAT_EVERY_MS = MINUTE / 2

/** One alarm when it begins and one when it is over, across restarts and instances. */
export function makeHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { clock, log } = options
  const badSince = new Map<string, number>()
  const incidents = makeIncidents(options.db, clock)
  const look = async (watched: Watched) => {
    const problem = watched.problem()
    if (problem === undefined) {
      badSince.delete(watched.name)
      if (await incidents.isOpen(watched.name)) await recover(watched.name)
      return
    }
    const since = badSince.get(watched.name)
    // Seen twice: a process that was frozen for a while, and wakes, finds everything late for a moment.
    if (since === undefined) return void badSince.set(watched.name, clock.monotonic())
    if (clock.monotonic() - since < watched.limitMs) return
    if (await incidents.open(watched.name)) await alarm(watched.name, problem)
  }
  const alarm = async (name: string, problem: string) => {
    log.error({ watched: name, problem }, 'heartbeat: this has not worked for a while')
    await options.sound(name, `Deskbell: ${name} does not work. ${problem}`)
    await incidents.told(name)
  }
  const recover = async (name: string) => {
    log.info({ watched: name }, 'heartbeat: this works again')
    await options.sound(name, `Deskbell: ${name} works again.`)
    await incidents.close(name)
  }
  return {
    async check() {
      for (const watched of options.watched()) {
        await look(watched).catch((error: unknown) =>
          log.error({ watched: watched.name, error: String(error) }, 'heartbeat: nobody could be told; trying again'),
        )
      }
    },
  }
}

/** Kept in the store; while that does not answer, in memory. */
function makeIncidents(db: Db, clock: Clock) {
  const remembered = new Set<string>()
  const tried = async <T>(work: () => Promise<T>, otherwise: () => T): Promise<T> => await work().catch(otherwise)
  return {
    /** True when somebody has still to be told of it. */
    open: (name: string) =>
      tried(
        () =>
          db.transaction(async (trx) => {
            await trx
              .insertInto('incident')
              .values({ name, since: clock.now(), told_at: null })
              .onConflict((oc) => oc.column('name').doNothing())
              .execute()
            const row = await trx
              .selectFrom('incident')
              .select('told_at')
              .where('name', '=', name)
              .forUpdate()
              .executeTakeFirst()
            return row?.told_at === null && !remembered.has(name)
          }),
        () => !remembered.has(name),
      ),
    async told(name: string): Promise<void> {
      remembered.add(name)
      const told_at = clock.now()
      await tried(
        () =>
          db.transaction(async (trx) => {
            await trx.updateTable('incident').set({ told_at }).where('name', '=', name).execute()
          }),
        () => undefined,
      )
    },
    /** Somebody was told that it is broken. */
    isOpen: (name: string) =>
      tried(
        async () => {
          const row = await db.selectFrom('incident').select('told_at').where('name', '=', name).executeTakeFirst()
          return row !== undefined && row.told_at !== null
        },
        () => remembered.has(name),
      ),
    async close(name: string): Promise<void> {
      remembered.delete(name)
      await db.transaction(async (trx) => {
        await trx.deleteFrom('incident').where('name', '=', name).execute()
      })
    },
  }
}
