// One agent, several desks, one queue.
import { expect, test } from 'vitest'
import { CUTS, countAgentQueue, listAgentQueue } from '../src/agent-queue.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { take } from '../src/conversation.ts'
import type { QueuePlace } from '../src/queue.ts'
import { snooze } from '../src/snooze.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { DESK, makeWorld } from './setup/world.ts'

const DESKS = [DESK, 'other']

/** Customers in turn at either desk, every third of them at the same instant as the one before. */
async function makeDesks(open: OpenTestDb, count: number) {
  const world = await makeWorld(open)
  const writes = async (name: string, desk: string, at: number): Promise<string> => {
    const { conversation_id: id } = await world.customerWrites('Hello?', {
      at,
      from: { address: `${name}@example.org` },
    })
    await world.db.transaction(async (trx) => {
      await trx.updateTable('conversation').set({ desk }).where('id', '=', id).execute()
      await trx.updateTable('response_window').set({ desk }).where('conversation_id', '=', id).execute()
    })
    return id
  }
  const now = world.clock.now()
  const ids: string[] = []
  for (let n = 0; n < count; n++)
    ids.push(await writes(`c${n}`, DESKS[n % 2] ?? DESK, now - (n - (n % 3 === 2 ? 1 : 0)) * MINUTE))
  const looking = () => ({ desks: DESKS, person: 'U1', now: world.clock.now() })
  return { world, ids, looking, writes }
}

eachDatabase((open) => {
  test('Q3: the queues of several desks are one, in one order, and its pages skip and repeat nobody', async () => {
    const { world, ids, looking, writes } = await makeDesks(open, 24)
    const whole = await listAgentQueue(world.db, looking(), { cut: 'waiting', limit: 50 })
    const order = whole.rows.map(({ dueAt, startedAt }) => [dueAt, startedAt])
    expect(order).toEqual(order.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d))
    const seen: string[] = []
    let after: QueuePlace | undefined
    for (let isMore = true; isMore; ) {
      const page = await listAgentQueue(world.db, looking(), { cut: 'waiting', limit: 5, ...(after && { after }) })
      seen.push(...page.rows.map(({ conversationId }) => conversationId))
      after = page.rows.at(-1)
      isMore = page.isMore
      await writes(`early${seen.length}`, 'other', world.clock.now() - 2 * HOUR)
    }
    expect(seen).toEqual(whole.rows.map(({ conversationId }) => conversationId))
    expect(new Set(seen)).toEqual(new Set(ids))
  })

  test('Q3: every figure is the length of its list', async () => {
    const { world, ids, looking } = await makeDesks(open, 12)
    await world.db.transaction(async (trx) => {
      await take(trx, ids[0] ?? '', 'U1')
      await take(trx, ids[1] ?? '', 'U2')
      for (const id of ids.slice(0, 4).filter((_, n) => n !== 1))
        await snooze(trx, id, { by: 'U1', until: trx.now() + 48 * HOUR, isPastDueKnown: true })
    })
    await world.clock.advance(24 * HOUR - 6 * MINUTE)
    const counts = await countAgentQueue(world.db, looking())
    const lengths = await Promise.all(
      CUTS.map(async (cut) => [cut, (await listAgentQueue(world.db, looking(), { cut, limit: 50 })).rows.length]),
    )
    expect(counts).toEqual(Object.fromEntries(lengths))
    expect(counts).toMatchObject({ snoozed: 3, all: 12, waiting: 9, unassigned: 8 })
    expect(counts.overdue).toBeGreaterThan(0)
    expect(counts.overdue).toBeLessThan(12)
  })
})
