// Who is blocked: what they write is kept, calls nobody, and can be made to count.
import { expect, test } from 'vitest'
import { block, isBlocked, listBlocked, unblock } from '../src/block.ts'
import { HOUR } from '../src/clock.ts'
import { linkPeople, unlinkPeople } from '../src/person.ts'
import { checkWindows } from '../src/rebuild.ts'
import { reclassify } from '../src/reclassify.ts'
import { BEN, inPlace, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { DESK, makeWorld } from './setup/world.ts'

const EVE = { address: 'eve@example.org', name: 'Eve' }

eachDatabase((open) => {
  test('W2: what a blocked contact writes opens no window, wakes nothing and is shown nowhere, until a person says it counts', async () => {
    const world = await makeWorld(open)
    const { db, policies, clock } = world
    await world.customerWrites('Buy this', { from: EVE })
    await world.agentReplies('No.')
    const old = await world.conversation()
    const contactId = (await db.selectFrom('contact').select('id').executeTakeFirstOrThrow()).id
    await db.transaction((trx) => block(trx, contactId, 'U1'))
    expect(await db.transaction((trx) => block(trx, contactId, 'U2'))).toBe(false)
    await world.runOutbox()
    await clock.advance(HOUR)
    const shown = world.shown.length
    const again = await world.customerWrites('Buy it now', { from: EVE, acknowledgeable: true })
    const anew = await world.customerWrites('Buy that', { from: EVE, evidence: [], keys: [] })
    await world.runOutbox()
    expect(world.shown.length).toBe(shown)
    expect(again.conversation_id).toBe(old.id)
    expect((await world.conversation(old.id)).state).toBe('waiting-customer')
    expect(await world.conversation(anew.conversation_id)).toMatchObject({ state: 'closed', card_ts: null })
    expect(await db.selectFrom('response_window').select('id').where('ended_at', 'is', null).execute()).toEqual([])
    const received = await world.facts('message-received')
    expect(received.map(({ data }) => JSON.parse(data).blocked)).toEqual([undefined, true, true])
    expect(await listBlocked(db, [DESK])).toMatchObject([{ address: EVE.address, held: 2, by: 'U1', desk: DESK }])
    expect(await listBlocked(db, ['other'])).toEqual([])

    // A person knows better, and the customer has waited since their message came.
    const by = { agentId: 'U1', policies }
    expect(await db.transaction((trx) => reclassify(trx, anew.id, true, by))).toBe(true)
    expect(await world.openWindow(anew.conversation_id)).toMatchObject({ started_at: anew.arrived_at })
    expect((await world.conversation(anew.conversation_id)).state).toBe('open')

    // Once it is over, what came meanwhile is shown, and the next message counts.
    expect(await db.transaction((trx) => unblock(trx, contactId, 'U1'))).toBe(1)
    expect(await db.transaction((trx) => unblock(trx, contactId, 'U1'))).toBeUndefined()
    await world.runOutbox()
    expect(world.shown.slice(shown)).toContain(`entry ${old.id}`)
    const next = await world.customerWrites('Sorry. A real question?', { from: EVE })
    expect(await world.openWindow(old.id)).toMatchObject({ started_at: next.arrived_at })
    expect((await checkWindows(db)).differences).toEqual([])
  })

  test('Q16: a block holds for the whole person, on every channel, as long as they are linked', async () => {
    const chat = await makeChat(open)
    const { db, policies } = chat
    await chat.customerWrites('Is it red?', inPlace('ada'))
    await chat.customerWrites('Is it blue?', { ...inPlace('ben'), from: BEN })
    const { id: conversationId } = await chat.conversation()
    const [ada, ben] = (await db.selectFrom('contact').select('id').orderBy('id').execute()).map(({ id }) => id) as [
      string,
      string,
    ]
    await db.transaction((trx) => block(trx, ada, 'U1'))
    expect([await isBlocked(db, ada), await isBlocked(db, ben)]).toEqual([true, false])
    const by = { how: 'agent' as const, agentId: 'U1' }
    const link = await db.transaction((trx) =>
      linkPeople(trx, { contactId: ada, otherId: ben, by, conversationId, policies }),
    )
    const said = await chat.customerWrites('Hello?', { ...inPlace('ben'), from: BEN })
    expect((await chat.message(said.id)).held_at).not.toBeNull()
    await db.transaction((trx) => unlinkPeople(trx, link ?? '', { agentId: 'U1', policies }))
    expect([await isBlocked(db, ada), await isBlocked(db, ben)]).toEqual([true, false])
  })
})
