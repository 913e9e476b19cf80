// Watches what must go on: the outbox loop, each mailbox, Slack. It stands beside them and not on them, so that it can say that they stand still.
import { type Clock, MINUTE, SECOND } from './clock.ts'
import type { Db, Trx } from './db/open.ts'
import type { Schema } from './db/schema.ts'
import type { Log } from './log.ts'

export interface Watched {
  /** Unique: `outbox`, `email:support`, `slack`. */
  name: string
  /** A problem that lasts this long is an incident. */
  limitMs: number
  /** Each instance has its own: that ours is well says nothing of another's. */
  isOurs: boolean
  /** What is wrong, in a sentence; undefined when all is well. */
  problem(): string | undefined
}

export interface HeartbeatOptions {
  db: Db
  clock: Clock
  log: Log
  /** This instance's id. */
  owner: string
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
  const incidents = makeIncidents(options)
  const look = async (watched: Watched) => {
    const problem = watched.problem()
    if (problem === undefined) {
      badSince.delete(watched.name)
      if (await incidents.claimRecovery(watched)) await recover(watched.name)
      return
    }
    const since = badSince.get(watched.name)
    // Seen twice: a process that was frozen for a while, and wakes, finds everything late for a moment.
    if (since === undefined) return void badSince.set(watched.name, clock.monotonic())
    if (clock.monotonic() - since < watched.limitMs) return
    if (await incidents.claimAlarm(watched.name)) await alarm(watched.name, problem)
  }
  const alarm = async (name: string, problem: string) => {
    log.error({ watched: name, problem }, 'heartbeat: this has not worked for a while')
    await told(name, `Deskbell: ${name} does not work. ${problem}`)
    await incidents.told(name)
  }
  const recover = async (name: string) => {
    log.info({ watched: name }, 'heartbeat: this works again')
    await told(name, `Deskbell: ${name} works again.`)
    await incidents.close(name)
  }
  const told = async (name: string, text: string) => {
    try {
      await options.sound(name, text)
    } catch (error) {
      await incidents.release(name)
      throw error
    }
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

/** Longer than it takes to sound an alarm; whoever claimed it and died is not waited for any longer. */
const CLAIM_MS = 2 * MINUTE
const STORE_MS_MAX = 10 * SECOND

type Incidents = Pick<HeartbeatOptions, 'db' | 'clock' | 'owner'>

/** Kept in the store; while that does not answer, in memory. */
function makeIncidents({ db, clock, owner }: Incidents) {
  /** Somebody was told of these by us, which the store does not know of all. */
  const remembered = new Map<string, 'stored' | 'unstored'>()
  const isUnstored = (name: string) => remembered.get(name) === 'unstored'
  const write = async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => {
    const done = db.transaction(work)
    done.catch(() => undefined) // It may fail after we have stopped waiting.
    const tooLate = new AbortController()
    const late = clock.wait(STORE_MS_MAX, tooLate.signal).then(() => {
      throw new Error('the store does not answer')
    })
    late.catch(() => undefined)
    return await Promise.race([done, late]).finally(() => tooLate.abort())
  }
  return {
    /** True when somebody has to be told that it is broken, by us. */
    claimAlarm: (name: string) =>
      write(async (trx) => {
        await trx
          .insertInto('incident')
          .values({ name, owner, since: clock.now(), claimed_at: null, told_at: null })
          .onConflict((oc) => oc.column('name').doNothing())
          .execute()
        const row = await getForUpdate(trx, name)
        const told_at = row?.told_at ?? (isUnstored(name) ? clock.now() : null)
        if (told_at === null && isClaimed(row, clock.now())) return false
        await change(trx, name, { owner, told_at, claimed_at: told_at === null ? clock.now() : null })
        return told_at === null
      }).catch(() => !remembered.has(name)),
    async told(name: string): Promise<void> {
      remembered.set(name, 'unstored')
      await write((trx) => change(trx, name, { told_at: clock.now(), claimed_at: null })).then(
        () => remembered.set(name, 'stored'),
        () => undefined,
      )
    },
    /** True when somebody was told that it is broken, and has to be told that it is not any more, by us. */
    claimRecovery: ({ name, isOurs }: Watched) =>
      write(async (trx) => {
        const row = await getForUpdate(trx, name)
        if (!row || row.told_at === null) {
          if (!isUnstored(name)) remembered.delete(name) // Another instance has called it off.
          return isUnstored(name)
        }
        if (isClaimed(row, clock.now())) return false
        if (isOurs && row.owner !== owner && (await isAlive(trx, row.owner))) return false
        await change(trx, name, { claimed_at: clock.now() })
        return true
      }).catch(() => false), // Good news can wait for the store.
    /** Nobody could be told; whoever comes next tries again. */
    async release(name: string): Promise<void> {
      await write((trx) => change(trx, name, { claimed_at: null })).catch(() => undefined)
    },
    async close(name: string): Promise<void> {
      remembered.delete(name)
      await write((trx) => trx.deleteFrom('incident').where('name', '=', name).execute())
    },
  }
}

type Incident = Schema['incident']

async function getForUpdate(trx: Trx, name: string): Promise<Incident | undefined> {
  return await trx.selectFrom('incident').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()
}

/** A claim from the future was made before the wall clock was set back. */
function isClaimed(row: Incident | undefined, now: number): boolean {
  const at = row?.claimed_at ?? null
  return at !== null && at <= now && now < at + CLAIM_MS
}

async function change(trx: Trx, name: string, values: Partial<Incident>): Promise<void> {
  await trx.updateTable('incident').set(values).where('name', '=', name).execute()
}

async function isAlive(trx: Trx, id: string): Promise<boolean> {
  return (await trx.selectFrom('instance').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
}
