import { expect, test } from 'vitest'
import { type Assignment, assign } from '../src/assign.ts'
import { take } from '../src/conversation.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { DESK, makeWorld, type World } from './setup/world.ts'

async function makeStaffed(open: OpenTestDb): Promise<{ world: World; id: string }> {
  const world = await makeWorld(open)
  await world.db.transaction(async (trx) => {
    for (const [id, left_at] of [
      ['U1', null],
      ['U2', null],
      ['U3', null],
      ['U9', 1],
    ] as const) {
      const agent = { id, name: id, email: null, desk: DESK, joined_at: 0, left_at, away_until: null }
      await trx.insertInto('agent').values(agent).execute()
    }
  })
  const { conversation_id: id } = await world.customerWrites('Is it in stock?')
  return { world, id }
}

const assignTo = ({ world, id }: { world: World; id: string }, how: Partial<Assignment>) =>
  world.db.transaction((trx) => assign(trx, id, { by: 'U1', to: 'U2', seenOwner: undefined, note: '', ...how }))

eachDatabase((open) => {
  test('a conversation that nobody has is given away without a word', async () => {
    const staffed = await makeStaffed(open)
    expect(await assignTo(staffed, {})).toEqual({ kind: 'assigned' })
    expect(await staffed.world.conversation()).toMatchObject({ owner_id: 'U2', state: 'open' })
    const [fact] = await staffed.world.facts('conversation-assigned')
    expect(JSON.parse(fact?.data ?? '')).toEqual({ to: 'U2' })
  })

  test('Q15: handing over needs a note; with one, it is an internal message of the conversation', async () => {
    const staffed = await makeStaffed(open)
    const { world, id } = staffed
    await world.db.transaction((trx) => take(trx, id, 'U1'))
    for (const note of ['', '  \n ']) {
      expect(await assignTo(staffed, { seenOwner: 'U1', note })).toEqual({ kind: 'note-missing' })
    }
    expect((await world.conversation()).owner_id).toBe('U1')
    const note = 'Asked for the blue one; I promised an answer today.'
    expect(await assignTo(staffed, { seenOwner: 'U1', note })).toEqual({ kind: 'assigned' })
    expect((await world.conversation()).owner_id).toBe('U2')
    const notes = await world.db.selectFrom('message').selectAll().where('direction', '=', 'note').execute()
    expect(notes).toMatchObject([{ author: 'U1', text: note }])
    const [fact] = await world.facts('conversation-assigned')
    expect(fact).toMatchObject({ actor: 'U1', message_id: notes[0]?.id })
    expect(await world.openWindow()).toBeDefined()
  })

  test('Q4: who assigns what a colleague got meanwhile is told, and changes nothing', async () => {
    const staffed = await makeStaffed(open)
    const both = await Promise.all([assignTo(staffed, { to: 'U2' }), assignTo(staffed, { by: 'U3', to: 'U3' })])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['assigned', 'changed'])
    const { owner_id: owner } = await staffed.world.conversation()
    expect(both).toContainEqual({ kind: 'changed', owner })
    expect(await staffed.world.facts('conversation-assigned')).toHaveLength(1)
  })

  test('only an agent who is still at the desk can be given a customer', async () => {
    const staffed = await makeStaffed(open)
    for (const to of ['U9', 'U_STRANGER']) expect(await assignTo(staffed, { to })).toEqual({ kind: 'not-an-agent' })
    expect((await staffed.world.conversation()).owner_id).toBeNull()
  })
})
