import { describe, expect, test } from 'vitest'
import { MINUTE } from '../src/clock.ts'
import { checkWindows } from '../src/rebuild.ts'
import { reclassify } from '../src/reclassify.ts'
import { BEN, inChannel, inPlace, inThread, MAYA, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { inbound } from './setup/fake-channel.ts'

const maya = { from: { address: 'maya', name: 'Maya' }, agentId: MAYA }

eachDatabase((open) => {
  describe('an agent who writes in the customer’s thread', () => {
    test('Q12, W2: ends the window, for all that stood before it, and owns what nobody owned', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Is it red?', inThread())
      await chat.customerWrites('Is it blue?', { ...inThread(), at: chat.clock.now() + MINUTE })
      const at = chat.clock.now() + MINUTE + 1
      await chat.hears(inbound('Yes, both.', { ...inThread(), ...maya, at, bystander: 'helper' }))
      const [window] = await chat.windows()
      expect(window).toMatchObject({ ended_as: 'answered', ended_at: at })
      const answer = await chat.message(window?.answered_by ?? '')
      expect(answer).toMatchObject({ direction: 'outbound', author: MAYA, delivery: 'accepted', bystander: null })
      expect(await chat.conversation()).toMatchObject({ owner_id: MAYA, state: 'waiting-customer' })
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('W2: what came after it waits, although we hear of the answer later', async () => {
      const chat = await makeChat(open)
      const first = await chat.customerWrites('Is it red?', inThread())
      const second = await chat.customerWrites('And blue?', { ...inThread(), at: first.arrived_at + 2 })
      await chat.hears(inbound('Yes.', { ...inThread(), ...maya, at: first.arrived_at + 1 }))
      expect(await chat.openWindow()).toMatchObject({ started_by: second.id })
    })

    test('Q12: heard of before the question, it is put there once that comes', async () => {
      const chat = await makeChat(open)
      const at = chat.clock.now()
      await chat.hears(inbound('Yes.', { ...inThread(), ...maya, at: at + 1 }))
      expect(await chat.count('message')).toBe(0)
      await chat.customerWrites('Is it red?', { ...inThread(), at })
      expect(await chat.windows()).toMatchObject([{ ended_as: 'answered', ended_at: at + 1 }])
    })

    test('Q12: is a customer in a conversation of their own', async () => {
      const chat = await makeChat(open)
      const from = { address: 'maya', name: 'Maya' }
      const first = await chat.customerWrites('My own lamp is broken', { ...inPlace(), from })
      const again = await chat.customerWrites('Hello?', { ...inPlace(), ...maya })
      expect(again).toMatchObject({ direction: 'inbound', conversation_id: first.conversation_id })
      expect(await chat.openWindow()).toMatchObject({ started_by: first.id })
    })

    test('Q12: outside of a conversation they say nothing that concerns us; it is on record', async () => {
      const chat = await makeChat(open)
      await chat.hears(inbound('We close at five.', { ...inChannel('a', 'channel/maya'), ...maya }))
      expect([await chat.count('message'), await chat.count('conversation')]).toEqual([0, 0])
      expect(await chat.facts('message-unplaced')).toHaveLength(1)
    })

    test('Q12: whoever left the desk is none of ours any more', async () => {
      const chat = await makeChat(open)
      await chat.db.transaction((trx) => trx.updateTable('agent').set({ left_at: 1 }).execute())
      const asked = await chat.customerWrites('Is it red?', inThread())
      const said = { ...inThread(), ...maya, bystander: 'member' as const }
      expect(await chat.customerWrites('Yes.', said)).toMatchObject({ direction: 'inbound', bystander: 'member' })
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id })
    })

    test('Q12: an id that no agent has is a customer’s', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Is it red?', { ...inThread(), agentId: 'U_NOBODY' })
      expect(await chat.openWindow()).toBeDefined()
    })
  })

  describe('a bystander', () => {
    const helper = { ...inThread(), from: BEN, bystander: 'helper' as const }

    test('Q12: is shown in the conversation, and opens, ends and reopens nothing', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inThread())
      const said = await chat.customerWrites('I think so', helper)
      expect(said).toMatchObject({ conversation_id: asked.conversation_id, bystander: 'helper' })
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id })
      await chat.agentReplies('Yes.')
      await chat.customerWrites('Told you', helper)
      expect(await chat.openWindow()).toBeUndefined()
      expect((await chat.conversation()).state).toBe('waiting-customer')
      const [, fact] = await chat.facts('message-received')
      expect(JSON.parse(fact?.data ?? '')).toMatchObject({ counts: false, bystander: 'helper' })
    })

    test('Q12: a person says that it needs an answer after all', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Is it red?', inThread())
      await chat.agentReplies('Yes.')
      const said = await chat.customerWrites('And in my size?', helper)
      const by = { agentId: 'U1', policies: chat.policies }
      await chat.db.transaction((trx) => reclassify(trx, said.id, true, by))
      expect(await chat.openWindow()).toMatchObject({ started_by: said.id, started_at: said.arrived_at })
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('Q12: answers to the customer are to the customer still', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Is it red?', { ...inThread(), replyHandle: 'to Ada' })
      await chat.customerWrites('I think so', { ...helper, replyHandle: 'to Ben' })
      const answered = await chat.agentPreviews('Yes.')
      expect((await chat.db.selectFrom('draft').selectAll().where('id', '=', answered).execute()).length).toBe(1)
      const [part] = await chat.db.selectFrom('part').selectAll().execute()
      expect(JSON.parse(part?.recipients ?? '')).toMatchObject([{ name: 'Ada Lovelace' }])
    })

    test('heard of before the conversation begins, they are shown once it does', async () => {
      const chat = await makeChat(open)
      await chat.hears(inbound('Me too', helper))
      expect(await chat.count('message')).toBe(0)
      await chat.customerWrites('Is it red?', inThread())
      expect(await chat.count('message')).toBe(2)
      expect(await chat.count('conversation')).toBe(1)
    })
  })
})
