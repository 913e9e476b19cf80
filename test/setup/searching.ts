// Looking for things in a world's store, after all that was said is in the index.
import { sharing } from '../../src/db/search-thread.ts'
import { type Found, search } from '../../src/search.ts'
import { indexBatch } from '../../src/search-index.ts'
import { DESK, type World } from './world.ts'

const BATCHES_MAX = 1000

export async function takeIn({ db }: Pick<World, 'db'>): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch++)
    if (!(await db.transaction((trx) => indexBatch(trx, db.engine))).isMore) return
  throw new Error('the index never catches up')
}

export async function find(
  { db }: Pick<World, 'db'>,
  typed: string,
  { desks = [DESK], skip = 0, limit = 50 } = {},
): Promise<Found | undefined> {
  return await search(sharing(db), { typed, desks, skip, limit })
}

/** The conversations that are found, best first. */
export async function findIds(world: Pick<World, 'db'>, typed: string, desks = [DESK]): Promise<string[]> {
  return ((await find(world, typed, { desks }))?.hits ?? []).map(({ conversationId }) => conversationId)
}
