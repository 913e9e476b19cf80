import { expect, test } from 'vitest'
import type { OutboundMessage } from '../src/channel.ts'
import { merge } from '../src/move.ts'
import { listRecipientChoices } from '../src/recipients.ts'
import { preview } from '../src/reply.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, fakeChannel } from './setup/fake-channel.ts'
import { makeWorld, type World } from './setup/world.ts'

const BOB = { address: 'bob@example.org', name: 'Bob Babbage' }
const LAWYER = { address: 'eve@lawyers.test' }
const COLLEAGUE = { address: 'sales@our-shop.test' }

const isOurs = (address: string) => address.endsWith('@our-shop.test')
const choicesOf = async (world: World) => await listRecipientChoices(world.db, (await world.conversation()).id, isOurs)

/** Asks for a preview as the composer does; what the channel was given to render. */
async function rendered(world: World, cc?: string[]) {
  const given: OutboundMessage[] = []
  const channel = {
    ...world.channel,
    render: (message: OutboundMessage) => {
      given.push(message)
      return world.channel.render(message)
    },
  }
  const { id, seq_last: seenSeq } = await world.conversation()
  const agent = { id: 'U1', name: 'Grace Hopper' }
  const request = { conversationId: id, agent, markdown: 'Yes.', template: undefined, seenSeq, ...(cc && { cc }) }
  const tools = { id: world.db.newId('m'), now: world.clock.now(), isOurs }
  const shown = await preview(world.db, channel, request, tools)
  return { ...shown, message: given[0] }
}

eachDatabase((open) => {
  test('E23: whoever the answered mail names beside us is offered: new and outside ones have to be ticked', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [BOB, LAWYER, COLLEAGUE] })
    expect(await choicesOf(world)).toEqual({
      to: { address: ADA, name: 'Ada Lovelace', mark: 'known', ticked: true },
      cc: [
        { ...BOB, mark: 'new', ticked: false },
        { ...LAWYER, mark: 'outside', ticked: false },
        { ...COLLEAGUE, mark: 'new', ticked: false },
      ],
    })
    const { message, recipients } = await rendered(world)
    expect(message?.cc).toEqual([])
    expect(recipients).toEqual([{ address: ADA, name: 'Ada Lovelace', mark: 'known' }])
  })

  test('E23: what was ticked leaves, and the preview marks it', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [BOB, LAWYER] })
    const { message, recipients } = await rendered(world, [LAWYER.address, BOB.address])
    expect(message?.to).toEqual([{ address: ADA, name: 'Ada Lovelace' }])
    expect(message?.cc).toEqual([LAWYER, BOB])
    expect(recipients.map(({ mark }) => mark)).toEqual(['known', 'outside', 'new'])
  })

  test('E23: who has had a reply before is known and gets a copy, unless the agent takes them out', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [BOB] })
    world.channel.copies.push(BOB)
    await world.agentReplies('Yes.')
    world.channel.copies.length = 0
    await world.customerWrites('In red?', { others: [BOB, LAWYER] })
    expect((await choicesOf(world)).cc).toEqual([
      { ...BOB, mark: 'known', ticked: true },
      { ...LAWYER, mark: 'outside', ticked: false },
    ])
    expect((await rendered(world)).message?.cc).toEqual([BOB])
    expect((await rendered(world, [])).message?.cc).toEqual([])
  })

  test('E23: whoever refused the mail has had nothing, and is not known by it', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [BOB] })
    world.channel.copies.push(BOB)
    world.channel.refused.set(BOB.address, 'mailbox full')
    await world.agentReplies('Yes.')
    await world.customerWrites('In red?', { others: [BOB] })
    expect((await choicesOf(world)).cc).toEqual([{ ...BOB, mark: 'new', ticked: false }])
  })

  test('E23: an address that only an earlier mail named is not drawn in again, nor can it be', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [LAWYER] })
    await world.customerWrites('Forget the lawyers.')
    expect((await choicesOf(world)).cc).toEqual([])
    await expect(rendered(world, [LAWYER.address])).rejects.toThrow(/eve@lawyers.test is not on the message/)
  })

  test('E23: the contact gets it once, however often the mail names them', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [{ address: ADA }, BOB] })
    expect((await choicesOf(world)).cc.map(({ address }) => address)).toEqual([BOB.address])
    expect((await rendered(world, [ADA])).message?.cc).toEqual([])
  })

  test('an out-of-office notice is not what is answered: what the customer wrote before it is', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?', { others: [BOB], replyHandle: 'the question' })
    await world.customerWrites('I am away.', { automated: 'it says so', others: [LAWYER], replyHandle: 'the notice' })
    const { message } = await rendered(world)
    expect(message?.answers).toMatchObject({ replyHandle: 'the question', text: 'Is it in stock?' })
    expect((await choicesOf(world)).cc.map(({ address }) => address)).toEqual([BOB.address])
  })

  test('only the new words of a mail are quoted back', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('In red?\n\nOn Monday you wrote:\n> Yes.', { unquoted: 'In red?' })
    expect((await rendered(world)).message?.answers?.text).toBe('In red?')
  })

  test('after two conversations are joined, whoever asked last gets the answer too', async () => {
    const world = await makeWorld(open, { channel: fakeChannel('email:support') })
    await world.customerWrites('Is it in stock?')
    const kept = await world.conversation()
    await world.customerWrites('Me too!', { from: BOB })
    const joined = await world.conversation()
    await world.db.transaction((trx) => merge(trx, joined.id, kept.id, { agentId: 'U1', policies: world.policies }))
    const { to, cc } = await listRecipientChoices(world.db, kept.id, isOurs)
    expect(to.address).toBe(ADA)
    expect(cc).toEqual([{ ...BOB, mark: 'known', ticked: true }])
  })
})
