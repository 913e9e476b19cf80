// Who is alive. Each instance counts a beat; the others judge it by their own monotonic clocks, never by anybody's wall clock.
import { type Clock, SECOND } from './clock.ts'
import type { Db } from './db/open.ts'
import type { Log } from './log.ts'

export const BEAT_MS = 5 * SECOND
const DEAD_AFTER_MS = 60 * SECOND
const TRUSTED_FOR_MS = 40 * SECOND

export interface Instance {
  readonly id: string
  /** Says we live, and removes whoever has not counted for a minute. Call every `BEAT_MS`. */
  beat(): Promise<void>
  /** Takes or keeps what only one instance may hold, such as a mailbox connection. */
  lease(name: string): Promise<boolean>
  /** False once we have been silent so long that others may soon take over. */
  isTrusted(): boolean
  leave(): Promise<void>
}

/** On SQLite the file lock proves that every earlier instance is dead; on PostgreSQL they are watched first. */
export async function joinInstances(db: Db, tools: { clock: Clock; log: Log; id: string }): Promise<Instance> {
  const { clock, log, id } = tools
  const seen = new Map<string, { beat: number; since: number }>()
  let lastBeatAt = clock.monotonic()
  await db.transaction(async (trx) => {
    if (db.engine === 'sqlite') await trx.deleteFrom('instance').execute()
    await trx.insertInto('instance').values({ id, beat: 0, started_at: trx.now() }).execute()
  })
  return {
    id,
    async beat() {
      const startedAt = clock.monotonic()
      await db.transaction(async (trx) => {
        await trx
          .insertInto('instance')
          .values({ id, beat: 0, started_at: trx.now() })
          .onConflict((oc) => oc.column('id').doUpdateSet((eb) => ({ beat: eb('instance.beat', '+', 1) })))
          .execute()
        const others = await trx.selectFrom('instance').select(['id', 'beat']).where('id', '<>', id).execute()
        for (const dead of watch(seen, others, clock.monotonic())) {
          await trx.deleteFrom('instance').where('id', '=', dead.id).where('beat', '=', dead.beat).execute()
          log.warn({ instance: dead.id }, 'an instance has been silent for a minute; taking over its work')
        }
      })
      lastBeatAt = startedAt
    },
    async lease(name) {
      const held = await db.selectFrom('lease').select('owner').where('name', '=', name).executeTakeFirst()
      if (held?.owner === id) return true
      const row = await db.transaction((trx) =>
        trx
          .insertInto('lease')
          .values({ name, owner: id, term: 1 })
          .onConflict((oc) =>
            oc
              .column('name')
              .doUpdateSet((eb) => ({ owner: id, term: eb('lease.term', '+', 1) }))
              .where((eb) =>
                eb.or([
                  eb('lease.owner', '=', id),
                  eb('lease.owner', 'not in', (alive) => alive.selectFrom('instance').select('instance.id')),
                ]),
              ),
          )
          .returning('owner')
          .executeTakeFirst(),
      )
      return row?.owner === id
    },
    isTrusted: () => clock.monotonic() - lastBeatAt < TRUSTED_FOR_MS,
    async leave() {
      await db.transaction((trx) => trx.deleteFrom('instance').where('id', '=', id).execute())
    },
  }
}

/** Remembers when each count last changed, and returns those that have stood still too long. */
function watch(
  seen: Map<string, { beat: number; since: number }>,
  others: { id: string; beat: number }[],
  now: number,
): { id: string; beat: number }[] {
  for (const { id, beat } of others) if (seen.get(id)?.beat !== beat) seen.set(id, { beat, since: now })
  for (const id of seen.keys()) if (!others.some((other) => other.id === id)) seen.delete(id)
  return others.filter(({ id }) => now - (seen.get(id)?.since ?? now) >= DEAD_AFTER_MS)
}
