// Several people join, part, split and move the same conversations at once: whoever comes first wins, and all of it fits together.
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import { moveToDesk } from '../src/desk-move.ts'
import { makeFollowUp } from '../src/follow-up.ts'
import { merge, split, unmerge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { eachDatabase } from './setup/database.ts'
import { DESK, makeWorld, seededRandom, type World } from './setup/world.ts'

const ROUNDS = 12
const AT_ONCE = 4

eachDatabase((open) => {
  test('Q4, Q11: whatever several people join, part, split, move and promise at once, each message is in one conversation and every clock is right', async () => {
    const world = await makeWorld(open)
    const { db, policies } = world
    const random = seededRandom(7)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random.fraction() * of.length)] as T
    const by = { agentId: 'U1', policies }
    for (const name of ['ann', 'bob', 'cleo']) {
      const from = { address: `${name}@example.org` }
      const about = { from, subject: name, topic: name }
      await world.customerWrites('One', { ...about, evidence: [], keys: [name as never] })
      for (const text of ['Two', 'Three'])
        await world.customerWrites(text, { ...about, evidence: [{ by: 'reference', key: name as never }], keys: [] })
      await world.clock.advance(MINUTE)
    }
    const done = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      const all = await db.selectFrom('conversation').selectAll().orderBy('id').execute()
      const said = await db
        .selectFrom('message')
        .select(['id', 'conversation_id'])
        .where('direction', '=', 'inbound')
        .execute()
      const joined = all.filter(({ merged_into }) => merged_into !== null)
      const acts = Array.from({ length: AT_ONCE }, () => {
        const [one, other] = [pick(all), pick(all)]
        const { id: message, conversation_id: from } = pick(said)
        const to = one.desk === DESK ? 'billing' : DESK
        const acts = {
          join: () => db.transaction((trx) => merge(trx, one.id, other.id, by)),
          part: () => db.transaction((trx) => unmerge(trx, pick(joined.length > 0 ? joined : all).id, by)),
          split: () => db.transaction((trx) => split(trx, from, [message], by)),
          move: () => db.transaction((trx) => moveToDesk(trx, one.id, { by: 'U1', to, note: 'For you.', policies })),
          promise: () =>
            db.transaction((trx) =>
              makeFollowUp(trx, one, {
                ...{ kind: 'promise', text: 'soon', by: 'U1', for: undefined, dueAt: trx.now() + HOUR },
              }),
            ),
        }
        const name = pick(['join', 'join', 'part', 'part', 'split', 'move', 'promise'] as const)
        return { name, run: acts[name] }
      })
      const ends = await Promise.all(acts.map(({ run }) => run()))
      for (const [n, end] of ends.entries()) {
        const isDone = end === 'moved' || (typeof end === 'object' && end.kind === 'moved')
        const { name } = acts[n] ?? { name: 'promise' }
        if (isDone) done.set(name, (done.get(name) ?? 0) + 1)
      }
      expect(await findDisorder(world), `round ${round}: ${acts.map(({ name }) => name).join()}`).toEqual([])
    }
    expect([...done.keys()].toSorted()).toEqual(['join', 'move', 'part', 'split'])
  })
})

async function findDisorder({ db }: World): Promise<string[]> {
  const all = await db.selectFrom('conversation').selectAll().execute()
  const messages = await db.selectFrom('message').selectAll().execute()
  const windows = await db.selectFrom('response_window').selectAll().execute()
  const promises = await db.selectFrom('follow_up').selectAll().execute()
  const rootOf = (one: Row, hops = 0): Row | undefined => {
    const next = all.find(({ id }) => id === one.merged_into)
    return next && hops <= all.length ? rootOf(next, hops + 1) : one.merged_into === null ? one : undefined
  }
  const wrong = all.flatMap((one) => {
    const mine = <T extends { conversation_id: string }>(rows: T[]) =>
      rows.filter((row) => row.conversation_id === one.id)
    const isEmpty = mine(messages).every(({ direction }) => direction !== 'inbound')
    const isOwn = one.merged_into === null
    const rules: Record<string, boolean> = {
      'is closed and waits': mine(windows).some(({ ended_at }) => ended_at === null) && one.state === 'closed',
      'waits at another desk': mine(windows).some(({ desk }) => desk !== one.desk),
      'is its own and empty': isOwn && isEmpty,
      'went elsewhere, and not all of it': !isOwn && (!isEmpty || mine(promises).length > 0 || one.state !== 'closed'),
      'went nowhere, or to another desk': rootOf(one)?.desk !== one.desk,
    }
    return Object.keys(rules)
      .filter((rule) => rules[rule])
      .map((rule) => `${one.id} ${rule}`)
  })
  const places = new Set(messages.map(({ conversation_id, seq }) => `${conversation_id} ${seq}`))
  const { differences } = await checkWindows(db)
  return [
    ...wrong,
    ...(places.size === messages.length ? [] : ['two messages have one place']),
    ...differences.map((one) => JSON.stringify(one)),
  ]
}

type Row = Awaited<ReturnType<World['conversation']>>
