// What a bounce does to the reply that came back: a result per recipient, and only the customer's own takes the answer back.
import { expect, test } from 'vitest'
import type { ConversationKey } from '../src/channel.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, fakeChannel, inbound, rawOf } from './setup/fake-channel.ts'
import { makeWorld, type World } from './setup/world.ts'

const BOB = 'bob@example.org'
const EVE = 'eve@example.org'

const lost = (address: string, reason: string, lasting: 'hard' | 'soft' = 'hard') => ({
  lasting,
  reason,
  recipients: [{ address, lasting, reason }],
})

/** A reply to Ada with a copy to Bob has been accepted. */
async function replyWithCopy(world: World, ...more: string[]): Promise<string> {
  await world.customerWrites('Is it in stock?')
  world.channel.copies.push(...[BOB, ...more].map((address) => ({ address })))
  return await world.agentReplies('Yes.')
}

async function recipientsOf({ db }: World, id: string): Promise<string[]> {
  const rows = await db.selectFrom('recipient').selectAll().where('message_id', '=', id).orderBy('address').execute()
  return rows.map(({ address, state }) => `${address} ${state}`)
}

const warningsOf = async (world: World, id: string) => JSON.parse((await world.message(id)).warnings) as string[]

eachDatabase((open) => {
  // Seen failing: when every hard bounce voids the reply.
  test('E14: a copy that bounces is shown and takes nothing back', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    await world.replyBounces(id, 'hard', lost(BOB, 'mailbox full'))
    expect((await world.message(id)).delivery).toBe('partly-delivered')
    expect(await warningsOf(world, id)).toEqual([`Not delivered to ${BOB}: mailbox full`])
    expect(await recipientsOf(world, id)).toEqual([`${ADA} accepted`, `${BOB} bounced`])
    expect(await world.facts('reply-voided')).toEqual([])
    expect(await world.openWindow()).toBeUndefined()
  })

  test('E14, W9: when the customer’s own mail bounces too, the window is open again from its original start', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    const [answered] = await world.windows()
    await world.replyBounces(id, 'hard', lost(BOB, 'mailbox full'))
    await world.replyBounces(id, 'hard', lost(ADA, 'no such user'))
    expect((await world.message(id)).delivery).toBe('bounced')
    expect(await warningsOf(world, id)).toEqual([
      `Not delivered to ${ADA}: no such user`,
      `Not delivered to ${BOB}: mailbox full`,
    ])
    expect(await world.facts('reply-voided')).toHaveLength(1)
    expect(await world.openWindow()).toMatchObject({ started_at: answered?.started_at, due_at: answered?.due_at })
  })

  test('E14: one notice can speak of several recipients', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world, EVE)
    const recipients = [...lost(BOB, 'full').recipients, ...lost(EVE, 'slow', 'soft').recipients]
    await world.replyBounces(id, 'hard', { recipients })
    expect(await recipientsOf(world, id)).toEqual([`${ADA} accepted`, `${BOB} bounced`, `${EVE} deferred`])
    expect((await world.message(id)).delivery).toBe('partly-delivered')
    expect(await warningsOf(world, id)).toHaveLength(2)
  })

  test('E14: a notice about an address behind a forwarding is about the customer', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    await world.replyBounces(id, 'hard', lost('ada@elsewhere.test', 'no such user'))
    expect((await world.message(id)).delivery).toBe('bounced')
    expect(await world.openWindow()).toBeDefined()
  })

  test('E14: a delay after a bounce, and a delay twice, change nothing', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    await world.replyBounces(id, 'soft', lost(ADA, 'slow', 'soft'))
    expect((await world.message(id)).delivery).toBe('deferred')
    expect(await world.openWindow()).toBeUndefined()
    await world.replyBounces(id, 'hard', lost(ADA, 'gone'))
    await world.replyBounces(id, 'soft', { ...lost(ADA, 'slow again', 'soft'), externalId: 'late' as never })
    expect((await world.message(id)).delivery).toBe('bounced')
    expect(await warningsOf(world, id)).toEqual([`Not delivered to ${ADA}: gone`])
  })

  test('E14: a bounce that overtakes the news of the acceptance has the last word, for a copy as well', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.copies.push({ address: BOB })
    const id = await world.agentPreviews('Yes.')
    const before = () => world.replyBounces(id, 'hard', lost(BOB, 'full'))
    world.channel.fates.push({ kind: 'accepted', before })
    await world.agentSends(id)
    await world.passTime(10_000)
    expect((await world.message(id)).delivery).toBe('partly-delivered')
    expect(await recipientsOf(world, id)).toEqual([`${ADA} accepted`, `${BOB} bounced`])
    expect(await world.openWindow()).toBeUndefined()
  })

  // Seen failing: when a notice without a reply of ours is dropped.
  test('E14: a notice that belongs to nothing of ours is kept and shown, and nobody has to answer it', async () => {
    const world = await makeWorld(open)
    const notice = inbound('This is the mail system at host mx.', {
      from: { address: 'mailer-daemon@mx.test' },
      automated: 'a delivery report',
      keys: [],
      evidence: [],
    })
    await world.replyBounces('m_none', 'hard', { externalId: notice.externalId, notice })
    await world.replyBounces('m_none', 'hard', { externalId: notice.externalId, notice, arrivedAt: 1 })
    expect(await world.count('message')).toBe(1)
    expect(await world.db.selectFrom('message').selectAll().executeTakeFirst()).toMatchObject({
      direction: 'inbound',
      author: 'mailer-daemon@mx.test',
      automated: 'a delivery report',
    })
    expect(await world.openWindow()).toBeUndefined()
  })

  test('E14: the notice itself stays in reach of the reply it is about', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    await world.replyBounces(id)
    const raws = await world.db
      .selectFrom('message_source')
      .innerJoin('intake', 'intake.id', 'message_source.intake_id')
      .select('intake.key')
      .where('message_source.message_id', '=', id)
      .execute()
    expect(raws).toHaveLength(1)
    expect(raws[0]?.key).toContain('report/')
  })

  test('E14: the strongest key decides, and one that several replies share means the newest', async () => {
    const shared = 'token:all' as ConversationKey
    const channel = fakeChannel('email:support')
    const render = channel.render.bind(channel)
    channel.render = async (message) =>
      (await render(message)).map((part) => ({ ...part, keys: [...part.keys, shared] }))
    const world = await makeWorld(open, { channel })
    await world.customerWrites('Is it in stock?')
    const first = await world.agentReplies('Yes.')
    const second = await world.agentReplies('It ships today.')
    await world.replyBounces(first, 'hard', { of: [`out:${first}:0` as ConversationKey, shared] })
    expect((await world.message(first)).delivery).toBe('bounced')
    expect((await world.message(second)).delivery).toBe('accepted')
    await world.replyBounces(second, 'hard', { of: ['mid:unknown' as ConversationKey, shared] })
    expect((await world.message(second)).delivery).toBe('bounced')
  })

  test('E14: the author is told once, and once more when a copy comes back as well', async () => {
    const world = await makeWorld(open)
    const id = await replyWithCopy(world)
    await world.replyBounces(id, 'soft', lost(ADA, 'slow', 'soft'))
    expect(await world.effects('returned')).toEqual([])
    await world.replyBounces(id, 'hard', lost(ADA, 'gone'))
    await world.keep([rawOf(inboundBounceAgain(id), 'the same in another mailbox')])
    await world.runIntake()
    await world.replyBounces(id, 'hard', lost(BOB, 'full'))
    const told = await world.effects('returned')
    expect(told.map(({ payload }) => JSON.parse(payload))).toEqual([
      { messageId: id, addresses: [ADA], isVoid: true },
      { messageId: id, addresses: [BOB], isVoid: false },
    ])
    expect(told.every(({ due_at, created_at }) => due_at === created_at)).toBe(true)
  })
})

const inboundBounceAgain = (id: string) => ({
  kind: 'bounce' as const,
  externalId: `report/${id}/again` as never,
  arrivedAt: 0,
  of: [`out:${id}:0` as ConversationKey],
  ...lost(ADA, 'gone'),
})
