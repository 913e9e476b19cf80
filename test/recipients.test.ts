import { expect, test } from 'vitest'
import { listRecipientChoices } from '../src/recipients.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA } from './setup/fake-channel.ts'
import { makeWorld } from './setup/world.ts'

const BOB = { address: 'bob@example.org', name: 'Bob' }
const EVE = { address: 'eve@elsewhere.example' }

eachDatabase((open) => {
  test('E23: copies are offered to whom the answered message names; new and outside ones are not ticked', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('First', { others: [{ address: 'old@example.org' }] })
    await world.customerWrites('Second', { others: [BOB, EVE] })
    const { id } = await world.conversation()
    expect(await listRecipientChoices(world.db, id)).toMatchObject({
      to: { address: ADA, ticked: true },
      cc: [
        { ...BOB, mark: 'new', ticked: false },
        { ...EVE, mark: 'outside', ticked: false },
      ],
    })
  })

  test('E23: whoever has had a reply of ours, or has written, is known', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('First', { others: [BOB] })
    world.channel.copies = [BOB]
    await world.agentSends(await world.agentPreviews('Yes.'))
    await world.passTime(60_000)
    await world.customerWrites('Second', { others: [BOB, EVE] })
    const { cc } = await listRecipientChoices(world.db, (await world.conversation()).id)
    expect(cc.map(({ address, mark, ticked }) => [address, mark, ticked])).toEqual([
      [BOB.address, 'known', true],
      [EVE.address, 'outside', false],
    ])
  })
})
