// What belongs to a conversation besides its messages goes where they go: promises, drafts, replies for later.
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import { getConversation } from '../src/conversation.ts'
import { listOpenOf, listOwnFollowUps, makeFollowUp } from '../src/follow-up.ts'
import { findKeptDraft, keepDraft } from '../src/kept-draft.ts'
import { merge, type split, unmerge } from '../src/move.ts'
import { schedule } from '../src/scheduled.ts'
import { findScheduled } from '../src/scheduled-stop.ts'
import { eachDatabase } from './setup/database.ts'
import { splitOff } from './setup/splitting.ts'
import { DESK, makeWorld, type World } from './setup/world.ts'

const ANN = { address: 'ann@example.org' }
const BOB = { address: 'bob@example.org' }
const move = <T>(
  world: World,
  work: (...by: [Parameters<typeof split>[0], Parameters<typeof split>[3]]) => Promise<T>,
) => world.db.transaction((trx) => work(trx, { agentId: 'U1', policies: world.policies }))

eachDatabase((open) => {
  test('Q11, Q15: joined to another conversation, promises, drafts and replies for later go along, and what is parted has its own again', async () => {
    const world = await makeWorld(open)
    const { db, clock } = world
    const draft = (composer: string, markdown: string) => ({ composer, markdown, answers: {} })
    const keep = (agentId: string, conversationId: string, composer: string, markdown: string) =>
      db.transaction((trx) => keepDraft(trx, { agentId, conversationId }, draft(composer, markdown)))
    const kept = async (agentId: string, conversationId: string) =>
      (await findKeptDraft(db, { agentId, conversationId }, clock.now()))?.markdown
    const promises = async (text: string, conversationId: string) =>
      await db.transaction(async (trx) =>
        makeFollowUp(trx, await getConversation(trx, conversationId), {
          ...{ kind: 'promise', text, by: 'U1', for: undefined, dueAt: clock.now() + 5 * HOUR },
        }),
      )
    const open_ = async (id: string) => (await listOpenOf(db, [id], 10)).map(({ text }) => text)

    const ann = (await world.customerWrites('Where is it?', { from: ANN })).conversation_id
    const more = await world.customerWrites('And do you have lamps?', { from: ANN })
    const bob = (await world.customerWrites('I ask for Ann', { from: BOB })).conversation_id
    await world.db.transaction((trx) =>
      trx.updateTable('conversation').set({ owner_id: 'U2', state: 'open' }).where('id', '=', bob).execute(),
    )
    await promises('refund', ann)
    await promises('lamp', bob)
    await keep('U1', ann, 'one', 'Dear Ann')
    await keep('U2', ann, 'two', 'Soon.')
    await keep('U2', bob, 'three', 'Dear Bob')
    const later = await world.agentPreviews('It leaves tomorrow.', { conversation: ann, agent: 'U3' })
    const sendAt = clock.now() + HOUR
    await db.transaction((trx) => schedule(trx, later, { agentId: 'U3', sendAt, isPastDueKnown: true }))
    const previewed = await world.agentPreviews('Now.', { conversation: ann, agent: 'U4' })
    // A part of it is another matter: what was promised stays with the rest.
    const part = await move(world, (trx, by) => splitOff(trx, ann, [more.id], by))
    expect([await open_(ann), await open_(part)]).toEqual([['refund'], []])
    await promises('catalogue', part)
    expect(await move(world, (trx, by) => merge(trx, part, ann, by))).toEqual({ kind: 'moved' })
    expect([await open_(ann), await open_(part)]).toEqual([['refund', 'catalogue'], []])
    expect(await findScheduled(db, later)).toMatchObject({ state: 'stopped', because: 'joined' })

    expect(await move(world, (trx, by) => merge(trx, ann, bob, by))).toEqual({ kind: 'moved' })
    expect([await open_(ann), await open_(bob)]).toEqual([[], ['refund', 'lamp', 'catalogue']])
    const mine = { person: 'U2', desks: [DESK], until: clock.now() + HOUR * 9, limit: 9 }
    expect(await listOwnFollowUps(db, mine)).toHaveLength(3) // Whoever has the conversation has them.
    expect(await kept('U1', bob)).toBe('Dear Ann')
    expect(await kept('U2', bob)).toBe('Soon.\n\nDear Bob')
    expect(await kept('U3', bob)).toBe('It leaves tomorrow.')
    await keep('U4', ann, 'four', 'Written in a form that was open') // It goes where it will be looked for.
    expect(await kept('U4', bob)).toBe('Written in a form that was open')
    expect(await world.agentSends(previewed, { agent: 'U4' })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('joined to another'),
    })
    await promises('made in an old form', ann)
    expect(await open_(bob)).toContain('made in an old form')
    await keep('U1', bob, 'one', 'Dear Ann and Bob')

    // What came in between is parted first.
    expect(await move(world, (trx, by) => unmerge(trx, part, by))).toMatchObject({ kind: 'refused' })
    expect(await world.conversation(part)).toMatchObject({ merged_into: ann })
    const both = await world.agentPreviews('To all.', { conversation: bob, agent: 'U5' })
    await db.transaction((trx) => schedule(trx, both, { agentId: 'U5', sendAt, isPastDueKnown: true }))
    expect(await move(world, (trx, by) => unmerge(trx, ann, by))).toEqual({ kind: 'moved' })
    expect([await open_(ann), await open_(bob)]).toEqual([
      ['refund', 'catalogue'],
      ['lamp', 'made in an old form'],
    ])
    expect([await kept('U1', ann), await kept('U1', bob)]).toEqual([undefined, 'Dear Ann and Bob'])
    expect([await kept('U2', ann), await kept('U2', bob)]).toEqual([undefined, 'Soon.\n\nDear Bob'])
    expect([await kept('U3', ann), await kept('U3', bob)]).toEqual(['It leaves tomorrow.', undefined])
    expect(await findScheduled(db, both)).toMatchObject({ state: 'stopped', because: 'joined' })
    expect(await move(world, (trx, by) => unmerge(trx, part, by))).toEqual({ kind: 'moved' })
    expect([await open_(ann), await open_(part)]).toEqual([['refund'], ['catalogue']])
    // They are called where the promises are now.
    await world.passTime(6 * HOUR)
    const calls = await world.effects('follow-up-call')
    const due = calls.filter(({ payload }) => payload.includes('"due"')).map(({ conversation_id }) => conversation_id)
    expect(due.toSorted()).toEqual([ann, bob, bob, part].toSorted())
  })

  test('Q11: what was answered before it was joined is not open when it is parted, and what is asleep wakes', async () => {
    const world = await makeWorld(open)
    const ann = (await world.customerWrites('Where is it?', { from: ANN })).conversation_id
    await world.agentReplies('Here.', { conversation: ann })
    await world.passTime(MINUTE)
    const bob = (await world.customerWrites('Hello', { from: BOB })).conversation_id
    await world.agentReplies('Hello!', { conversation: bob })
    const asks = await world.customerWrites('And?', { from: ANN })
    await move(world, (trx, by) => merge(trx, ann, bob, by))
    expect(await world.conversation(bob)).toMatchObject({ state: 'open' })
    await move(world, (trx, by) => unmerge(trx, ann, by))
    expect(await world.conversation(bob)).toMatchObject({ state: 'waiting-customer' })
    expect(await world.conversation(ann)).toMatchObject({ state: 'open' })
    await move(world, (trx, by) => splitOff(trx, ann, [asks.id], by))
    expect(await world.conversation(ann)).toMatchObject({ state: 'waiting-customer' })
    await move(world, (trx, by) => merge(trx, ann, bob, by))
    await move(world, (trx, by) => unmerge(trx, ann, by))
    expect(await world.conversation(ann)).toMatchObject({ state: 'waiting-customer' })
  })
})
