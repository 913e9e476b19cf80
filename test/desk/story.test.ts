// What a person's cards tell of their other conversations, as those go on.
import { expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../src/clock.ts'
import { close } from '../../src/close.ts'
import { getConversation } from '../../src/conversation.ts'
import { endFollowUp, makeFollowUp } from '../../src/follow-up.ts'
import { putAll } from '../../src/outbox.ts'
import { linkPeople } from '../../src/person.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

const ANN = { address: 'ann@example.org', name: 'Ann' }
const STRANGER = { address: 'stranger@example.org', name: 'Sam' }
const anew = { evidence: [], keys: [] }

eachDatabase((open) => {
  test('X5: where very many cards wait to tell of others, no more are added', async () => {
    const desk = await makeActingDesk(open)
    const { world } = desk
    await desk.customerWrites('Where is it?', { from: ANN, subject: 'One' })
    const owed = Array.from({ length: 51 }, (_, n) => ({
      ...{ kind: 'card', payload: {}, rateKey: 'desk:update:later' },
      ...{ coalesceKey: `other ${n}`, dueAt: world.clock.now() + HOUR },
    }))
    await world.db.transaction((trx) => putAll(trx, owed))
    await desk.customerWrites('And this?', { from: ANN, subject: 'Two', evidence: [], keys: ['two' as never] })
    const later = world.db.selectFrom('outbox').select('id').where('rate_key', '=', 'desk:update:later')
    expect(await later.execute()).toHaveLength(owed.length)
  })

  test('S16: a card tells anew of the person’s other conversations when one begins, changes hands, is promised something, answered and closed, and of no single message', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, channel, maya, tom } = desk
    const one = await desk.customerWrites('Where is it?', { from: ANN, subject: 'One' })
    const { ts } = desk.card()
    const card = () => readMessage(slack.workspace.message(channel, ts) ?? { text: '' })
    const updates = () => slack.log.filter(({ method, args }) => method === 'chat.update' && args.ts === ts).length
    const does = async (work: Parameters<typeof world.db.transaction>[0]) => {
      await world.db.transaction(work)
      await desk.settle()
      return card()
    }
    expect(card()).not.toContain('Also from them')
    const two = await desk.customerWrites('And this?', {
      from: ANN,
      subject: 'Two',
      evidence: [],
      keys: ['two' as never],
    })
    expect(card()).toContain('Also from them: “Two” by email (waiting)')
    await desk.press(tom, 'take')
    await desk.settle()
    expect(card()).toContain('“Two” by email (open, Tom Okafor)')

    const before = updates()
    const evidence = [{ by: 'reference' as const, key: 'two' as never }]
    for (let n = 0; n < 30; n++)
      await world.customerWrites(`More ${n}`, { from: ANN, subject: 'Two', evidence, keys: [] })
    await desk.settle()
    expect(updates()).toBe(before)

    let promise = ''
    const said = {
      kind: 'promise',
      text: 'the refund',
      by: tom,
      for: undefined,
      dueAt: world.clock.now() + HOUR,
    } as const
    expect(
      await does(async (trx) => {
        promise = await makeFollowUp(trx, await getConversation(trx, two), said)
      }),
    ).toContain('On another card of theirs: promised until')
    await world.passTime(HOUR)
    expect(card()).toContain('On another card of theirs: promise broken since')
    expect(await does((trx) => endFollowUp(trx, promise, tom, 'kept'))).not.toContain('the refund')
    await world.agentReplies('It is there.', { agent: tom, conversation: two })
    expect(card()).toContain('“Two” by email (answered, Tom Okafor)')
    expect(await does((trx) => close(trx, two, tom))).toContain('“Two” by email (closed, Tom Okafor)')

    // Somebody who turns out to be the same person, and is parted from nothing else by it.
    const other = await desk.customerWrites('Hello', { from: STRANGER, subject: 'Three', ...anew })
    const contactOf = async (id: string) => {
      const row = await world.db
        .selectFrom('conversation')
        .innerJoin('identity', 'identity.id', 'conversation.identity_id')
        .select('identity.contact_id')
        .where('conversation.id', '=', id)
        .executeTakeFirstOrThrow()
      return row.contact_id
    }
    const [contactId, otherId] = [await contactOf(one), await contactOf(other)]
    const by = { how: 'agent', agentId: maya } as const
    const link = { contactId, otherId, by, conversationId: one, policies: world.policies }
    expect(await does((trx) => linkPeople(trx, link))).toContain('“Three” by email (waiting)')
    await desk.press(maya, 'take')
    await desk.settle()
    expect(card()).toContain('“Three” by email (open, Maya Lindt)')

    // What is closed itself is left alone, however the others go on.
    await world.agentReplies('There.', { agent: maya, conversation: one })
    await does((trx) => close(trx, one, maya))
    const last = updates()
    await world.clock.advance(DAY + SECOND)
    await desk.customerWrites('And a fourth', { from: ANN, subject: 'Four', ...anew })
    expect(updates()).toBe(last)
  })
})
