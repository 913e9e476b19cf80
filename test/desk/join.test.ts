// "Join them" and "Part them", on the card of a conversation that may belong to another.
import { expect, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

const ANN = { address: 'ann@example.org', name: 'Ann' }
const STRANGER = { address: 'bob@example.org', name: 'Bob' }

eachDatabase((open) => {
  test('E8: a stranger’s letter with the key of another conversation is joined to it by an agent, and parted again', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    const first = await desk.customerWrites('Where is it?', { from: ANN, subject: 'Order 1' })
    const [key] = await world.db.selectFrom('conversation_key').select('key').execute()
    await world.clock.advance(HOUR)
    const evidence = [{ by: 'reference' as const, key: (key?.key ?? '') as never }]
    const other = await desk.customerWrites('I ask for Ann', { from: STRANGER, evidence, keys: [] })
    expect(desk.shownCard()).toMatch(
      /Possibly the same matter as Order 1 .*: it answers a message there, but its sender takes no part in it\./,
    )

    await desk.press(maya, 'join')
    await desk.settle()
    expect(desk.shownCard()).toContain('Joined to Order 1')
    expect(desk.shownCard()).toContain('[Part them]')
    expect(desk.shownCard()).not.toContain('Reply')
    const windows = await world.windows(first)
    expect(windows).toMatchObject([{ ended_at: null }])
    expect(await world.windows(other)).toEqual([])

    await desk.press(maya, 'part')
    await desk.settle()
    expect(desk.shownCard()).toContain('Possibly the same matter as Order 1')
    expect(await world.windows(other)).toMatchObject([{ ended_at: null }])
    expect(await world.windows(first)).toMatchObject([{ id: windows[0]?.id, ended_at: null }])
  })

  test('E8: a card says that only the subject speaks for it, or that the sender may be forged', async () => {
    const desk = await makeActingDesk(open)
    const { world } = desk
    const about = { subject: 'Re: Leaking tap', topic: 'Leaking tap', evidence: [], keys: [] }
    await desk.customerWrites('It drips', { from: ANN, ...about })
    await desk.customerWrites('It drips again', { from: ANN, ...about })
    expect(desk.shownCard()).toMatch(
      /Possibly the same matter as Re: Leaking tap .*: the same person wrote there under the same subject lately\./,
    )
    await desk.customerWrites('Where is it?', { from: STRANGER, subject: 'Order 2' })
    const key = await world.db.selectFrom('conversation_key').select('key').executeTakeFirstOrThrow()
    const evidence = [{ by: 'token' as const, key: key.key as never }]
    await desk.customerWrites('To another address, please', { from: STRANGER, sender: 'fail', evidence, keys: [] })
    expect(desk.shownCard()).toContain(
      'it was sent to its reply address, but it may not come from the address it names.',
    )
  })

  test('E8: a card says nothing of what another desk’s customer wrote about', async () => {
    const desk = await makeActingDesk(open)
    const { world } = desk
    const first = await desk.customerWrites('Where is it?', { from: ANN, subject: 'Order 1' })
    const [key] = await world.db.selectFrom('conversation_key').select('key').execute()
    await world.db.transaction((trx) =>
      trx.updateTable('conversation').set({ desk: 'billing' }).where('id', '=', first).execute(),
    )
    const evidence = [{ by: 'reference' as const, key: (key?.key ?? '') as never }]
    await desk.customerWrites('I ask for Ann', { from: STRANGER, evidence, keys: [] })
    expect(desk.shownCard()).toContain('I ask for Ann')
    expect(desk.shownCard()).not.toContain('Order 1')
  })
})
