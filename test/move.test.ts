import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../src/clock.ts'
import { reopen } from '../src/close.ts'
import { listFacts } from '../src/fact.ts'
import { merge, unmerge } from '../src/move.ts'
import { foldWindows, WINDOW_FACTS } from '../src/response-window.ts'
import { listWindows } from '../src/window-record.ts'
import { eachDatabase } from './setup/database.ts'
import { always, calendarPolicy } from './setup/policy.ts'
import { splitOff } from './setup/splitting.ts'
import { makeWorld, type World } from './setup/world.ts'

const ANN = { address: 'ann@example.org' }
const BOB = { address: 'bob@example.org' }

eachDatabase((open) => {
  test('E8: two who wait become one who waits since the older of the two', async () => {
    const world = await makeWorld(open)
    const older = await world.customerWrites('Where is it?', { from: ANN })
    await world.clock.advance(HOUR)
    const newer = await world.customerWrites('Still nothing', { from: BOB })
    await move(world, (trx, by) => merge(trx, older.conversation_id, newer.conversation_id, by))
    expect(await shape(world, older.conversation_id)).toEqual([])
    expect(await shape(world, newer.conversation_id)).toEqual([`open since ${older.id}`])
    expect(await world.conversation(older.conversation_id)).toMatchObject({
      state: 'closed',
      merged_into: newer.conversation_id,
    })
    await world.passTime(older.arrived_at + DAY - world.clock.now())
    expect(world.pings).toHaveLength(1)
    await world.passTime(DAY)
    expect(world.pings).toHaveLength(1)
  })

  test('E8, W10: joined to a conversation with a stricter promise, the ladder follows that one', async () => {
    const world = await makeWorld(open, {
      policies: {
        ...always(calendarPolicy()),
        choose: ({ address }) => (address === BOB.address ? calendarPolicy(2, { name: 'strict' }) : calendarPolicy()),
      },
    })
    const patient = await world.customerWrites('Where is it?', { from: ANN })
    const strict = await world.customerWrites('Hello', { from: BOB })
    await world.agentReplies('Hello!', { conversation: strict.conversation_id })
    await move(world, (trx, by) => merge(trx, patient.conversation_id, strict.conversation_id, by))
    await world.passTime(2 * HOUR)
    expect(world.pings).toHaveLength(1)
  })

  test('E8: what was answered before stays answered, and what waits in the other goes on waiting', async () => {
    const world = await makeWorld(open)
    const answered = await world.customerWrites('Where is it?', { from: ANN })
    const reply = await world.agentReplies('On its way.', { conversation: answered.conversation_id })
    const waiting = await world.customerWrites('And mine?', { from: BOB })
    await move(world, (trx, by) => merge(trx, answered.conversation_id, waiting.conversation_id, by))
    expect((await shape(world, waiting.conversation_id)).toSorted()).toEqual([
      `answered by ${reply}, since ${answered.id}`,
      `open since ${waiting.id}`,
    ])
  })

  test('E8: an answer that bounces after the merge is taken back where its question is now', async () => {
    const world = await makeWorld(open)
    const question = await world.customerWrites('Where is it?', { from: ANN })
    const reply = await world.agentReplies('On its way.', { conversation: question.conversation_id })
    const other = await world.customerWrites('Hello', { from: BOB })
    await move(world, (trx, by) => merge(trx, question.conversation_id, other.conversation_id, by))
    await world.replyBounces(reply)
    expect(await shape(world, other.conversation_id)).toEqual([`open since ${question.id}`])
  })

  test('Q11: an answer that bounces opens the window of a question that was split off as well', async () => {
    const world = await makeWorld(open)
    const one = await world.customerWrites('Where is it?')
    const two = await world.customerWrites('And do you have lamps?')
    const reply = await world.agentReplies('On its way, and yes.')
    const id = await move(world, (trx, by) => splitOff(trx, one.conversation_id, [two.id], by))
    expect(await shape(world, id)).toEqual([`answered by ${reply}, since ${two.id}`])
    await world.replyBounces(reply)
    expect(await shape(world, id)).toEqual([`open since ${two.id}`])
    expect(await shape(world, one.conversation_id)).toEqual([`open since ${one.id}`])
  })

  test('Q11: a question that is split off waits since it was asked, in a conversation of its own', async () => {
    const world = await makeWorld(open)
    const one = await world.customerWrites('Where is it?')
    await world.clock.advance(MINUTE)
    const two = await world.customerWrites('And do you have lamps?')
    const id = await move(world, (trx, by) => splitOff(trx, one.conversation_id, [two.id], by))
    await world.agentReplies('On its way.', { conversation: one.conversation_id })
    expect(await shape(world, id)).toEqual([`open since ${two.id}`])
    expect((await world.openWindow(id))?.started_at).toBe(two.arrived_at)
  })

  test('an answer to what was merged leads to where it is now', async () => {
    const world = await makeWorld(open)
    const first = await world.customerWrites('Where is it?', { from: ANN })
    const other = await world.customerWrites('Hello', { from: BOB })
    await move(world, (trx, by) => merge(trx, first.conversation_id, other.conversation_id, by))
    const again = await world.customerWrites('Well?', { from: ANN })
    expect(again.conversation_id).toBe(other.conversation_id)
  })

  test('nothing moves while a reply is on its way, nor into itself, nor twice', async () => {
    const world = await makeWorld(open)
    const one = await world.customerWrites('Where is it?', { from: ANN })
    const two = await world.customerWrites('Hello', { from: BOB })
    const into = (from: string, to: string) => move(world, (trx, by) => merge(trx, from, to, by))
    expect(await into(one.conversation_id, one.conversation_id)).toMatchObject({ kind: 'refused' })
    await world.agentSends(await world.agentPreviews('Soon.', { conversation: one.conversation_id }))
    expect(await into(one.conversation_id, two.conversation_id)).toMatchObject({ kind: 'refused' })
    await world.passTime(MINUTE)
    expect(await into(one.conversation_id, two.conversation_id)).toEqual({ kind: 'moved' })
    expect(await into(one.conversation_id, two.conversation_id)).toMatchObject({ kind: 'refused' })
    expect(await into(two.conversation_id, one.conversation_id)).toMatchObject({ kind: 'refused' })
  })

  test('E8: what belongs to another desk is not joined', async () => {
    const world = await makeWorld(open)
    const one = await world.customerWrites('Where is it?', { from: ANN })
    const two = await world.customerWrites('Hello', { from: BOB })
    const elsewhere = { desk: 'billing' }
    await world.db.transaction((trx) =>
      trx.updateTable('conversation').set(elsewhere).where('id', '=', two.conversation_id).execute(),
    )
    const merged = await move(world, (trx, by) => merge(trx, one.conversation_id, two.conversation_id, by))
    expect(merged).toEqual({ kind: 'refused', reason: 'The other conversation is at another desk.' })
    expect(await shape(world, one.conversation_id)).toEqual([`open since ${one.id}`])
  })

  test('a conversation that went into another is not reopened by an old button', async () => {
    const world = await makeWorld(open)
    const one = await world.customerWrites('Where is it?', { from: ANN })
    const two = await world.customerWrites('Hello', { from: BOB })
    await move(world, (trx, by) => merge(trx, one.conversation_id, two.conversation_id, by))
    expect(await world.db.transaction((trx) => reopen(trx, one.conversation_id, 'U1'))).toBe(false)
    expect(await world.conversation(one.conversation_id)).toMatchObject({ state: 'closed' })
  })

  test('Q11: a merge that is taken back leaves both as they were, whatever had happened before', async () => {
    const world = await makeWorld(open)
    let run = 0
    const step = fc.constantFrom('ann asks', 'bob asks', 'ann is answered', 'bob is answered', 'an hour passes')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        run += 1
        const [ann, bob] = [{ address: `ann${run}@example.org` }, { address: `bob${run}@example.org` }]
        const a = (await world.customerWrites('Where is it?', { from: ann })).conversation_id
        const b = (await world.customerWrites('Hello', { from: bob })).conversation_id
        for (const what of steps) await play(world, what, { ann: { at: ann, id: a }, bob: { at: bob, id: b } })
        const before = [await shape(world, a), await shape(world, b)]
        await move(world, (trx, by) => merge(trx, a, b, by))
        expect((await shape(world, b)).filter((line) => line.startsWith('open')).length).toBeLessThanOrEqual(1)
        await move(world, (trx, by) => unmerge(trx, a, by))
        expect([await shape(world, a), await shape(world, b)]).toEqual(before)
        for (const id of [a, b]) {
          const told = foldWindows(await listFacts(world.db, id, WINDOW_FACTS)).map(({ startedBy }) => startedBy)
          expect((await listWindows(world.db, id)).map((row) => row.started_by).toSorted()).toEqual(told.toSorted())
        }
      }),
      { numRuns: 15 },
    )
  })
})

type Side = { at: { address: string }; id: string }

async function play(world: World, what: string, { ann, bob }: { ann: Side; bob: Side }): Promise<void> {
  if (what === 'an hour passes') return await world.passTime(HOUR)
  const { at, id } = what.startsWith('ann') ? ann : bob
  if (what.endsWith('asks')) await world.customerWrites('More', { from: at })
  else await world.agentReplies('Yes.', { conversation: id })
}

async function move<T>(
  world: World,
  work: (trx: Parameters<typeof merge>[0], by: Parameters<typeof merge>[3]) => Promise<T>,
): Promise<T> {
  return await world.db.transaction((trx) => work(trx, { agentId: 'U1', policies: world.policies }))
}

async function shape(world: World, conversationId: string): Promise<string[]> {
  const rows = await listWindows(world.db, conversationId)
  return rows
    .toSorted((a, b) => a.started_at - b.started_at || (a.id < b.id ? -1 : 1))
    .map((row) =>
      row.ended_at === null
        ? `open since ${row.started_by}`
        : `${row.ended_as} by ${row.answered_by}, since ${row.started_by}`,
    )
}
