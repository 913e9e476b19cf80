import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../src/clock.ts'
import { nextSeq, take } from '../src/conversation.ts'
import type { Delivery } from '../src/db/schema.ts'
import { countQueue, listQueue, type QueueFilter, type QueuePlace, type QueueRow } from '../src/queue.ts'
import { eachDatabase } from './setup/database.ts'
import { always, calendarPolicy } from './setup/policy.ts'
import { DESK, makeWorld, type World } from './setup/world.ts'

eachDatabase((open) => {
  test('Q3: whoever is due first stands first, whenever they wrote', async () => {
    const policy = calendarPolicy(24)
    const isHurried = (address: string) => address === 'hurried@example.org'
    const choose = ({ address }: { address: string }) => (isHurried(address) ? calendarPolicy(4) : policy)
    const world = await makeWorld(open, { policies: { ...always(policy), choose } })
    await writes(world, 'early@example.org')
    await world.clock.advance(HOUR)
    await writes(world, 'late@example.org')
    await world.clock.advance(HOUR)
    await writes(world, 'hurried@example.org')
    expect(addresses(await list(world))).toEqual(['hurried@example.org', 'early@example.org', 'late@example.org'])
  })

  // Fails when listQueue() in src/queue.ts orders by due time and id alone. Seen to fail.
  test('Q3: of those due at the same time, whoever has waited longest stands first', async () => {
    const dueAt = Date.UTC(2026, 0, 6)
    const world = await makeWorld(open, { policy: { dueAt: () => dueAt } })
    const now = world.clock.now()
    for (const [name, minutes] of Object.entries({ b: 5, c: 9, a: 7 }))
      await writes(world, `${name}@example.org`, now - minutes * MINUTE)
    expect(addresses(await list(world))).toEqual(['c@example.org', 'a@example.org', 'b@example.org'])
  })

  test('Q3: the filters show mine, nobody’s, what is overdue, and only on request what sleeps', async () => {
    const world = await makeWorld(open)
    const [mine, nobodys, yours, asleep] = await writeAll(world, ['mine', 'nobodys', 'yours', 'asleep'], HOUR)
    await world.db.transaction((trx) => take(trx, mine, 'U1'))
    await world.db.transaction((trx) => take(trx, yours, 'U2'))
    await snooze(world, asleep)
    const ids = async (filter: QueueFilter) => (await list(world, filter)).map(({ conversationId }) => conversationId)
    expect(await ids({})).toEqual([mine, nobodys, yours])
    expect(await ids({ withSnoozed: true })).toEqual([mine, nobodys, yours, asleep])
    expect(await ids({ ownerId: 'U1' })).toEqual([mine])
    expect(await ids({ ownerId: null })).toEqual([nobodys])
    expect(await ids({ ownerId: null, withSnoozed: true })).toEqual([nobodys, asleep])
    await world.clock.advance(DAY - 2 * HOUR)
    expect(await ids({ dueBefore: world.clock.now() + 1 })).toEqual([mine, nobodys])
    expect(await ids({ dueBefore: world.clock.now() + 1, ownerId: null })).toEqual([nobodys])
  })

  test('Q3: whoever was answered, and whoever writes to another desk, is not in the list', async () => {
    const world = await makeWorld(open)
    const [answered, elsewhere] = await writeAll(world, ['answered', 'elsewhere', 'waiting'])
    await world.agentReplies('Yes.', { conversation: answered })
    await world.db.transaction((trx) =>
      trx.updateTable('response_window').set({ desk: 'other' }).where('conversation_id', '=', elsewhere).execute(),
    )
    expect(addresses(await list(world))).toEqual(['waiting@example.org'])
    expect(addresses(await listQueue(world.db, 'other', { limit: 10 }))).toEqual(['elsewhere@example.org'])
  })

  // Fails when listQueue() in src/queue.ts begins a page by due time alone: `.where('response_window.due_at', '>', …)`,
  // or when its tie asks for the later start alone. Seen to fail.
  test('Q3: page by page, nobody who stays is left out or comes twice, whoever comes and goes meanwhile', async () => {
    const world = await makeWorld(open)
    await fc.assert(
      fc.asyncProperty(customers, pageLimit, fc.array(change, { maxLength: 12 }), async (waiting, limit, changes) => {
        const desk = await newDesk(world)
        const ids: string[] = []
        for (const at of waiting) ids.push(await seed(world, desk, at))
        const gone = new Set<string>()
        const seen = await readPages(world, desk, limit, async (page) => {
          const next = changes[page]
          if (next?.kind === 'comes') await seed(world, desk, next.at)
          if (next?.kind === 'goes') await end(world, leave(gone, ids[next.which % ids.length] ?? ''))
        })
        expect(new Set(seen).size).toBe(seen.length)
        expect(ids.filter((id) => !gone.has(id) && !seen.includes(id))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('P11: the figures are those of the lists at that instant', async () => {
    const world = await makeWorld(open)
    const ids = await writeAll(world, ['a', 'b', 'c', 'd', 'e', 'f'], 5 * HOUR)
    const [a, , c, d, , f] = ids
    await world.db.transaction((trx) => take(trx, a, 'U1'))
    await snooze(world, c)
    await world.agentReplies('Yes.', { conversation: d })
    await world.clock.advance(10)
    for (const hours of [0, 1, 12, 24]) {
      await world.clock.advance(hours * HOUR)
      const now = world.clock.now()
      const endOfDay = now + 8 * HOUR
      const counts = await countQueue(world.db, DESK, now, endOfDay)
      const all = { withSnoozed: true }
      const lengthOf = async (filter: QueueFilter) => (await list(world, filter)).length
      expect(counts).toEqual({
        waiting: await lengthOf(all),
        overdue: await lengthOf({ ...all, dueBefore: now + 1 }),
        dueToday: (await lengthOf({ ...all, dueBefore: endOfDay })) - (await lengthOf({ ...all, dueBefore: now + 1 })),
        unassigned: await lengthOf({ ...all, ownerId: null }),
        snoozed: (await lengthOf(all)) - (await lengthOf({})),
        undelivered: 0,
        broken: 0,
      })
    }
    expect(ids).toContain(f)
    expect(await countQueue(world.db, DESK, world.clock.now(), world.clock.now())).toMatchObject({
      ...{ waiting: 5, overdue: 5, unassigned: 4, snoozed: 1 },
    })
  })

  test('P11: an empty desk counts nothing', async () => {
    const world = await makeWorld(open)
    const nothing = { waiting: 0, overdue: 0, dueToday: 0, unassigned: 0, snoozed: 0, undelivered: 0, broken: 0 }
    expect(await countQueue(world.db, DESK, 1, 2)).toEqual(nothing)
  })

  // Fails when countUndelivered() in src/queue.ts does not ask for a later reply that arrived. Seen to fail.
  test.each<[string, Delivery[], number]>([
    ['a reply that was refused', ['rejected'], 1],
    ['a reply that bounced', ['bounced'], 1],
    ['a reply of which nobody knows', ['uncertain'], 1],
    ['a reply that was given up', ['parked'], 1],
    ['two that were refused: one conversation', ['rejected', 'parked'], 1],
    ['a refused one after one that arrived', ['accepted', 'rejected'], 1],
    ['a refused one before one that arrived', ['rejected', 'accepted'], 0],
    ['a refused one before one that some of the recipients got', ['bounced', 'partly-delivered'], 0],
    ['one that is still on its way', ['queued', 'deferred', 'sending'], 0],
    ['one that was taken back', ['undone'], 0],
  ])('P11: %s counts as what it is', async (_, deliveries, count) => {
    const world = await makeWorld(open)
    const [id] = await writeAll(world, ['ada'])
    for (const delivery of deliveries) await insertReply(world, id, delivery)
    const undelivered = async () => (await countQueue(world.db, DESK, world.clock.now(), 0)).undelivered
    expect(await undelivered()).toBe(count)
    await world.db.transaction((trx) => trx.updateTable('conversation').set({ state: 'closed' }).execute())
    expect(await undelivered()).toBe(0)
  })

  test('P11: an automatic acknowledgement neither hides a reply that did not arrive nor counts as one', async () => {
    const world = await makeWorld(open)
    const [id] = await writeAll(world, ['ada'])
    const undelivered = async () => (await countQueue(world.db, DESK, world.clock.now(), 0)).undelivered
    await insertReply(world, id, 'bounced', 'acknowledgement')
    expect(await undelivered()).toBe(0)
    await insertReply(world, id, 'bounced')
    await insertReply(world, id, 'accepted', 'acknowledgement')
    expect(await undelivered()).toBe(1)
  })
})

const PAGES_MAX = 100
/** Instants so few that many fall together. */
const instant = fc.record({ dueAt: fc.integer({ min: 1, max: 4 }), startedAt: fc.integer({ min: 1, max: 3 }) })
const customers = fc.array(instant, { minLength: 3, maxLength: 12 })
const pageLimit = fc.integer({ min: 1, max: 4 })
const change = fc.oneof(
  fc.record({ kind: fc.constant('comes' as const), at: instant }),
  fc.record({ kind: fc.constant('goes' as const), which: fc.nat(11) }),
)

const list = (world: World, filter: QueueFilter = {}) => listQueue(world.db, DESK, { limit: 100, filter })
const addresses = (rows: QueueRow[]) => rows.map(({ address }) => address)

async function writes(world: World, address: string, at = world.clock.now()): Promise<string> {
  return (await world.customerWrites('Is it in stock?', { from: { address }, at })).conversation_id
}

/** Each a moment after the one before. Their conversations. */
async function writeAll<const Names extends readonly string[]>(world: World, names: Names, apartMs = MINUTE) {
  const ids: string[] = []
  for (const name of names) {
    if (ids.length > 0) await world.clock.advance(apartMs)
    ids.push(await writes(world, `${name}@example.org`))
  }
  return ids as { [Index in keyof Names]: string }
}

async function snooze(world: World, id: string): Promise<void> {
  await world.db.transaction((trx) =>
    trx
      .updateTable('conversation')
      .set({ state: 'snoozed', snoozed_until: trx.now() + HOUR })
      .where('id', '=', id)
      .execute(),
  )
}

/** Every conversation in the order of the pages; something happens after each. */
async function readPages(
  world: World,
  desk: string,
  limit: number,
  between: (page: number) => Promise<void>,
): Promise<string[]> {
  const seen: string[] = []
  let after: QueuePlace | undefined
  for (let page = 0; page < PAGES_MAX; page++) {
    const rows = await listQueue(world.db, desk, { limit, ...(after && { after }) })
    seen.push(...rows.map(({ conversationId }) => conversationId))
    after = rows.at(-1)
    if (!after) return seen
    await between(page)
  }
  throw new Error('the pages never end')
}

function leave(gone: Set<string>, id: string): string {
  gone.add(id)
  return id
}

let desks = 0

/** With a conversation to copy. */
async function newDesk(world: World): Promise<string> {
  if ((await world.count('conversation')) === 0) await writes(world, 'ada@example.org')
  desks += 1
  return `desk${desks}`
}

/** Somebody who waits at that desk. */
async function seed(world: World, desk: string, at: { dueAt: number; startedAt: number }): Promise<string> {
  const like = await world.db.selectFrom('conversation').selectAll().limit(1).executeTakeFirstOrThrow()
  const window = await world.db.selectFrom('response_window').selectAll().limit(1).executeTakeFirstOrThrow()
  return await world.db.transaction(async (trx) => {
    const id = trx.newId('v')
    await trx
      .insertInto('conversation')
      .values({ ...like, id, desk, token: id })
      .execute()
    const times = { due_at: at.dueAt, started_at: at.startedAt, ended_at: null, ended_as: null }
    await trx
      .insertInto('response_window')
      .values({ ...window, id: trx.newId('w'), conversation_id: id, desk, ...times })
      .execute()
    return id
  })
}

async function end(world: World, conversationId: string): Promise<void> {
  await world.db.transaction((trx) =>
    trx
      .updateTable('response_window')
      .set({ ended_at: 1, ended_as: 'answered' })
      .where('conversation_id', '=', conversationId)
      .execute(),
  )
}

async function insertReply(
  world: World,
  conversationId: string,
  delivery: Delivery,
  automated: string | null = null,
): Promise<void> {
  const like = await world.db.selectFrom('message').selectAll().limit(1).executeTakeFirstOrThrow()
  await world.db.transaction(async (trx) => {
    const id = trx.newId('m')
    const seq = await nextSeq(trx, conversationId)
    await trx
      .insertInto('message')
      .values({
        ...like,
        id,
        seq,
        conversation_id: conversationId,
        external_id: id,
        direction: 'outbound',
        delivery,
        automated,
      })
      .execute()
  })
}
