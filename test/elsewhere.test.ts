import { describe, expect, test } from 'vitest'
import type { ConversationKey, ExternalId, InboundMessage, OwnMessage } from '../src/channel.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { merge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { ADA, inbound, rawOf, type Wrote } from './setup/fake-channel.ts'
import { DESK, makeWorld } from './setup/world.ts'

const SUPPORT = 'support@example.com'
const LENA = 'lena@example.com'
const QUESTION = `thread:${ADA}` as ConversationKey

eachDatabase((open) => {
  describe('an answer from webmail', () => {
    test('E13, W2: seen in the Sent folder it is outbound, and ends the window at the time it was sent', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const asked = await world.customerWrites('Is it in stock?')
      const sentAt = asked.arrived_at + HOUR
      await world.clock.advance(2 * HOUR)
      await weAnswer('Yes, it is.', { at: sentAt })
      const [window] = await world.windows()
      expect(window).toMatchObject({ ended_as: 'answered', ended_at: sentAt })
      const answer = await world.message(window?.answered_by ?? '')
      expect(answer).toMatchObject({
        direction: 'outbound',
        author: SUPPORT,
        delivery: 'accepted',
        text: 'Yes, it is.',
      })
      expect((await world.conversation()).state).toBe('waiting-customer')
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('R6: a known agent is its author, and the owner of what nobody owned', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      await weAnswer('Yes.', { from: { address: LENA, name: 'Lena' } })
      const [window] = await world.windows()
      expect((await world.message(window?.answered_by ?? '')).author).toBe('U_LENA')
      expect((await world.conversation()).owner_id).toBe('U_LENA')
    })

    test('Q11: a question that is joined to it later is not answered by it', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const first = await world.customerWrites('Is it in stock?')
      const into = (await world.conversation()).id
      const other = { from: { address: 'ben@example.org' }, at: world.clock.now() + MINUTE }
      const asked = await world.customerWrites('And is it red?', other)
      const from = asked.conversation_id
      await world.clock.advance(2 * HOUR)
      await weAnswer('Yes.', { at: first.arrived_at + HOUR })
      await world.db.transaction((trx) => merge(trx, from, into, { agentId: 'U1', policies: world.policies }))
      expect(await world.openWindow(into)).toMatchObject({ started_by: asked.id, started_at: asked.arrived_at })
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('W2: what came just before it, and it does not refer to, may have crossed it and waits', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const first = await world.customerWrites('Is it in stock?', { keys: [QUESTION, 'mid:1' as ConversationKey] })
      const second = await world.customerWrites('In red?', { at: first.arrived_at + HOUR })
      const evidence = [{ by: 'reference' as const, key: 'mid:1' as ConversationKey }]
      await weAnswer('Yes.', { at: second.arrived_at + MINUTE, evidence })
      expect(await world.openWindow()).toMatchObject({ started_by: second.id })
    })

    test('E4: a copy that proved nothing counts once the Sent folder shows it', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      const externalId = 'same mail' as ExternalId
      await weAnswer('Yes.', { unproven: true, externalId })
      expect(await world.openWindow()).toBeDefined()
      await weAnswer('Yes.', { externalId }, 'in Sent')
      expect(await world.windows()).toMatchObject([{ ended_as: 'answered' }])
      expect(await world.count('message')).toBe(2)
    })

    test('what the customer wrote after it waits, although we hear of the answer later', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const first = await world.customerWrites('Is it in stock?')
      await world.clock.advance(HOUR)
      const second = await world.customerWrites('In red?')
      await weAnswer('Yes.', { at: first.arrived_at + MINUTE })
      expect(await world.openWindow()).toMatchObject({ started_by: second.id, started_at: second.arrived_at })
      expect((await world.conversation()).state).toBe('open')
    })

    test('seen before what it answers, it is put there once the question comes', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const at = world.clock.now()
      await world.clock.advance(HOUR)
      await weAnswer('Yes.', { at: at + MINUTE })
      expect(await world.count('conversation')).toBe(0)
      await world.customerWrites('Is it in stock?', { at, imported: true })
      await world.customerWrites('And is it red?', { at: at - HOUR, imported: true })
      await world.runIntake()
      expect(await world.openWindow()).toBeUndefined()
      expect(await world.windows()).toMatchObject([{ ended_as: 'answered', ended_at: at + MINUTE }])
      expect(await world.count('conversation')).toBe(1)
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('R6: heard of only after a later answer, it is the one that ended the window all the same', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const asked = await world.customerWrites('Is it in stock?')
      await world.clock.advance(2 * HOUR)
      await world.agentReplies('Yes, it is.')
      const sentAt = asked.arrived_at + HOUR
      await weAnswer('Yes.', { at: sentAt, from: { address: LENA, name: 'Lena' } })
      const [window, ...others] = await world.windows()
      expect(window).toMatchObject({ ended_as: 'answered', ended_at: sentAt })
      expect((await world.message(window?.answered_by ?? '')).author).toBe('U_LENA')
      expect(others).toEqual([])
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('R6: of two heard of late, each ends what it answered', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const first = await world.customerWrites('Is it in stock?')
      await world.clock.advance(2 * HOUR)
      const second = await world.customerWrites('In red?')
      await world.clock.advance(2 * HOUR)
      await world.agentReplies('Yes, in red.')
      await weAnswer('In red, too.', { at: second.arrived_at + HOUR })
      await weAnswer('Yes.', { at: first.arrived_at + HOUR })
      expect(await world.windows()).toMatchObject([
        { started_by: first.id, ended_at: first.arrived_at + HOUR },
        { started_by: second.id, ended_at: second.arrived_at + HOUR },
      ])
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('E6: seen in two places it is one answer', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      const answer = await weAnswer('Yes.')
      await world.keep([rawOf(answer, 'in copy')])
      await world.runIntake()
      expect(await world.count('message')).toBe(2)
      expect(await world.db.selectFrom('message_source').selectAll().execute()).toHaveLength(3)
    })

    test('the copy of a reply that left through us is no second one', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      const id = await world.agentPreviews('Yes.')
      await world.agentSends(id)
      await world.passTime(MINUTE)
      await weAnswer('Yes.', { keys: [`out:${id}:0` as ConversationKey] })
      expect(await world.count('message')).toBe(2)
    })
  })

  describe('a mail that we wrote first', () => {
    const offer = 'mid:offer' as ConversationKey
    const toOffer = { keys: ['mid:answer' as ConversationKey], evidence: [{ by: 'reference' as const, key: offer }] }
    const written = { keys: [offer], evidence: [], from: { address: LENA, name: 'Lena' } }

    test('stands in the conversation that its answer begins, and ends nothing there', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await weAnswer('Shall we send you the new lamp?', written)
      await world.clock.advance(HOUR)
      const answer = await world.customerWrites('Yes, please.', toOffer)
      expect(await world.openWindow()).toMatchObject({ started_by: answer.id })
      const messages = await world.db.selectFrom('message').selectAll().orderBy('arrived_at').execute()
      expect(messages).toMatchObject([
        { direction: 'outbound', author: 'U_LENA', text: 'Shall we send you the new lamp?' },
        { direction: 'inbound', text: 'Yes, please.' },
      ])
      expect(new Set(messages.map((message) => message.conversation_id)).size).toBe(1)
      expect((await checkWindows(world.db)).differences).toEqual([])
    })

    test('E8: is shown to nobody by whom it was not received', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await weAnswer('Shall we send you the new lamp?', written)
      await world.customerWrites('Let me see.', { ...toOffer, from: { address: 'mallory@example.org' } })
      expect(await world.count('message')).toBe(1)
    })
  })

  describe('what ends nothing', () => {
    test('E13: whoever merely writes our address in From is shown as what nothing proves', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const asked = await world.customerWrites('Is it in stock?')
      await weAnswer('Yes.', { unproven: true })
      expect(await world.openWindow()).toMatchObject({ started_by: asked.id })
      const [, shown] = await world.db.selectFrom('message').selectAll().orderBy('seq').execute()
      expect(shown).toMatchObject({ direction: 'inbound', automated: expect.stringContaining('nothing proves') })
    })

    test('E11: a vacation notice of our own mailbox', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      await weAnswer('We are closed.', { automated: 'a vacation notice' })
      expect(await world.openWindow()).toBeDefined()
      expect(await world.count('message')).toBe(1)
    })

    test('E23: a mail to somebody whom the customer merely copied', async () => {
      const { world, weAnswer } = await makeOffice(open)
      const supplier = { address: 'supplier@example.net' }
      await world.customerWrites('Is it in stock?', { people: [supplier], others: [supplier] })
      await weAnswer('Do you have it?', { to: [supplier] })
      expect(await world.openWindow()).toBeDefined()
    })

    test('a mail to a colleague about it, which is shown all the same', async () => {
      const { world, weAnswer } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      await weAnswer('Do you know?', { from: { address: LENA }, to: [{ address: 'stock@example.net' }] })
      expect(await world.openWindow()).toBeDefined()
      const [, shown] = await world.db.selectFrom('message').selectAll().orderBy('seq').execute()
      expect(shown).toMatchObject({
        text: 'Do you know?',
        automated: 'Lena wrote this to stock@example.net, and not to the customer',
      })
    })
  })

  describe('an agent who answers from their own address, with us in copy', () => {
    const copied = { from: { address: LENA, name: 'Lena' }, to: [{ address: ADA }], cc: [{ address: SUPPORT }] }

    test('W2, R6: ends the window when the server has verified them', async () => {
      const { world } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      await world.keep([
        rawOf(inbound('Yes.', { ...copied, ...toQuestion, at: world.clock.now() + 1, sender: 'pass' })),
      ])
      await world.runIntake()
      expect(await world.windows()).toMatchObject([{ ended_as: 'answered' }])
      expect((await world.conversation()).owner_id).toBe('U_LENA')
    })

    test('is no customer because the customer copied them', async () => {
      const { world } = await makeOffice(open)
      await world.customerWrites('Is it in stock?', { people: [{ address: LENA }], others: [{ address: LENA }] })
      await world.keep([
        rawOf(inbound('Yes.', { ...copied, ...toQuestion, at: world.clock.now() + 1, sender: 'pass' })),
      ])
      await world.runIntake()
      expect(await world.windows()).toMatchObject([{ ended_as: 'answered' }])
    })

    test('ends nothing when nothing proves that it is them', async () => {
      const { world } = await makeOffice(open)
      await world.customerWrites('Is it in stock?')
      await world.keep([rawOf(inbound('Yes.', { ...copied, ...toQuestion, sender: 'none' }))])
      await world.runIntake()
      expect(await world.openWindow()).toBeDefined()
      expect(await world.count('conversation')).toBe(1)
      expect(await world.count('message')).toBe(2)
    })

    test('is a customer where they are the one who asks', async () => {
      const { world } = await makeOffice(open)
      const from = { address: LENA, name: 'Lena' }
      await world.customerWrites('My own lamp is broken', { from })
      const again = await world.customerWrites('Hello?', { from })
      expect(again.direction).toBe('inbound')
      expect(await world.count('conversation')).toBe(1)
      expect(await world.openWindow()).toBeDefined()
    })
  })
})

const toQuestion = { evidence: [{ by: 'reference' as const, key: QUESTION }], keys: [] }

let answers = 0

type Answered = Wrote & { unproven?: true }

/** With Lena at the desk, whose mail address Slack knows. */
async function makeOffice(open: OpenTestDb) {
  const world = await makeWorld(open)
  await world.db.transaction((trx) =>
    trx
      .insertInto('agent')
      .values({ id: 'U_LENA', name: 'Lena', email: 'Lena@Example.com', desk: DESK, joined_at: 0, left_at: null })
      .execute(),
  )
  /** As the adapter hands over what it finds in the Sent folder. */
  const weAnswer = async (text: string, { unproven, ...wrote }: Answered = {}, place?: string): Promise<OwnMessage> => {
    answers += 1
    const said: InboundMessage = inbound(text, {
      ...{ from: { address: SUPPORT }, to: [{ address: ADA }], at: world.clock.now(), ...toQuestion },
      externalId: `answer/${answers}` as ExternalId,
      ...wrote,
    })
    const { externalId, arrivedAt, keys } = said
    const event: OwnMessage = { kind: 'own', externalId, arrivedAt, keys, said, ...(!unproven && { isProven: true }) }
    await world.keep([rawOf(event, place)])
    await world.runIntake()
    return event
  }
  return { world, weAnswer }
}
