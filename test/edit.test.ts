import { describe, expect, test } from 'vitest'
import { askAnew } from '../src/ask-anew.ts'
import type { ExternalId } from '../src/channel.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { merge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { deletion, edit, inPlace, inThread, MAYA, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { inbound, rawOf } from './setup/fake-channel.ts'

eachDatabase((open) => {
  describe('an edit', () => {
    test('Q10: the message says what it says now, and every version stays', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      await chat.hears(edit(asked.external_id, 'Is it blue?', { arrivedAt: asked.arrived_at + 1 }))
      await chat.hears(edit(asked.external_id, 'Is it green?', { arrivedAt: asked.arrived_at + 2 }))
      expect(await chat.message(asked.id)).toMatchObject({ text: 'Is it green?', edited_at: asked.arrived_at + 2 })
      const texts = (await chat.versions(asked.id)).map(({ text }) => text)
      expect(texts).toEqual(['Is it red?', 'Is it blue?', 'Is it green?'])
      expect(await chat.facts('message-edited')).toHaveLength(2)
    })

    test('Q10: it opens no window and moves none', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      await chat.later()
      await chat.hears(edit(asked.external_id, 'Is it blue?', { arrivedAt: chat.clock.now() }))
      expect(await chat.windows()).toMatchObject([{ started_by: asked.id, started_at: asked.arrived_at }])
      await chat.agentReplies('Yes.')
      await chat.hears(edit(asked.external_id, 'Is it grey?', { arrivedAt: chat.clock.now() }))
      expect(await chat.openWindow()).toBeUndefined()
      expect((await chat.conversation()).state).toBe('waiting-customer')
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('told twice it is one version', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      const changed = edit(asked.external_id, 'Is it blue?', { arrivedAt: asked.arrived_at + 1 })
      await chat.keep([rawOf(changed, 'live'), rawOf(changed, 'from history')])
      await chat.runIntake()
      expect(await chat.versions(asked.id)).toHaveLength(2)
    })

    test('the newest by the platform’s time is what it says, in whatever order we hear of them', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('one', inPlace())
      await chat.hears(edit(asked.external_id, 'three', { arrivedAt: asked.arrived_at + 2 }))
      await chat.hears(edit(asked.external_id, 'two', { arrivedAt: asked.arrived_at + 1 }))
      expect((await chat.message(asked.id)).text).toBe('three')
      expect(await chat.versions(asked.id)).toHaveLength(3)
    })

    test('Q10: heard of before its message it waits for it, also over a restart', async () => {
      const chat = await makeChat(open)
      const asked = inbound('Is it red?', { ...inPlace(), at: chat.clock.now() })
      await chat.hears(edit(asked.externalId, 'Is it blue?', { arrivedAt: chat.clock.now() + 1 }))
      await chat.clock.advance(HOUR)
      await chat.runIntake()
      await chat.restart()
      expect(await chat.count('message')).toBe(0)
      await chat.hears(asked)
      const [message] = await chat.messages()
      expect(message?.text).toBe('Is it blue?')
      expect(await chat.versions(message?.id ?? '')).toHaveLength(2)
      expect(await chat.openWindow()).toMatchObject({ started_at: asked.arrivedAt })
    })

    test('heard of while another instance takes its message in, it is applied a moment later', async () => {
      const chat = await makeChat(open)
      const asked = inbound('Is it red?', { ...inPlace(), at: chat.clock.now() })
      await chat.hears(edit(asked.externalId, 'Is it blue?', { arrivedAt: chat.clock.now() + 1 }))
      await chat.hears(asked)
      // As if neither had seen the other: the message did not find who waits for it.
      await chat.clock.advance(MINUTE)
      await chat.runIntake()
      const [message] = await chat.messages()
      expect(message?.text).toBe('Is it blue?')
    })

    test('Q5, Q10: it stops a draft that was made before it, and the next one answers what it says now', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      const stale = await chat.agentPreviews('Yes.')
      await chat.hears(edit(asked.external_id, 'Is it blue?', { arrivedAt: chat.clock.now() }))
      const stopped = await chat.agentSends(stale)
      expect(stopped).toMatchObject({ kind: 'stale', news: [{ id: asked.id, text: 'Is it blue?' }] })
      const seen = stopped.kind === 'stale' ? stopped.seenSeq : 0
      expect(await chat.agentSends(stale, { confirmedSeq: seen })).toMatchObject({ kind: 'queued' })
      const fresh = await chat.agentPreviews('No.')
      expect(await chat.agentSends(fresh)).toMatchObject({ kind: 'queued' })
    })

    test('Q5: in a conversation that was joined to a longer one it is no news for ever', async () => {
      const chat = await makeChat(open)
      const other = await chat.customerWrites('Hello?', inPlace('other'))
      for (let n = 0; n < 5; n++) {
        await chat.hears(edit(other.external_id, `Hello ${n}?`, { arrivedAt: other.arrived_at + n + 1 }))
      }
      const asked = await chat.customerWrites('Is it red?', { ...inPlace('another'), from: { address: 'eve' } })
      const by = { agentId: 'U1', policies: chat.policies }
      await chat.db.transaction((trx) => merge(trx, other.conversation_id, asked.conversation_id, by))
      const draft = await chat.agentPreviews('Yes.', { conversation: asked.conversation_id })
      expect(await chat.agentSends(draft)).toMatchObject({ kind: 'queued' })
    })

    test('Q10: of what was answered it is one line in the thread; of what waits it is none', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      await chat.hears(edit(asked.external_id, 'Is it blue?', { arrivedAt: chat.clock.now() }))
      expect(await chat.effects('edited')).toHaveLength(0)
      await chat.agentReplies('Yes.')
      await chat.hears(edit(asked.external_id, 'And the price?', { arrivedAt: chat.clock.now() }))
      expect(await chat.effects('edited')).toHaveLength(1)
    })

    test('Q10: one that crossed a reply on its way is a line too', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      await chat.agentSends(await chat.agentPreviews('Yes.'))
      await chat.hears(edit(asked.external_id, 'And the price?', { arrivedAt: chat.clock.now() }))
      expect(await chat.effects('edited')).toHaveLength(1)
    })

    test('Q10: a person says that it asks something new: it waits from the edit on, once', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      await chat.agentReplies('Yes.')
      const editedAt = chat.clock.now()
      await chat.hears(edit(asked.external_id, 'And the price?', { arrivedAt: editedAt }))
      await chat.later()
      const by = { agentId: 'U1', policies: chat.policies }
      const say = () => chat.db.transaction((trx) => askAnew(trx, asked.id, 2, by))
      expect([await say(), await say()]).toEqual([true, false])
      expect(await chat.openWindow()).toMatchObject({ started_at: editedAt, label: 'next' })
      expect((await chat.conversation()).state).toBe('open')
      expect((await checkWindows(chat.db)).differences).toEqual([])
      await chat.agentReplies('Ten.')
      expect((await chat.windows()).map(({ ended_as }) => ended_as)).toEqual(['answered', 'answered'])
    })

    test('what an edit adds is fetched, and what it takes away stays', async () => {
      const chat = await makeChat(open)
      const file = (name: string, bytes: number) => ({ name, type: 'image/png', bytes, ref: `link to ${name}` })
      const asked = await chat.customerWrites('Look', { ...inPlace(), attachments: [file('a.png', 3)] })
      const attachments = [file('b.png', 4)]
      await chat.hears(edit(asked.external_id, 'Look here', { arrivedAt: chat.clock.now(), attachments }))
      const rows = await chat.db.selectFrom('attachment').selectAll().orderBy('name').execute()
      expect(rows.map(({ name, removed_at }) => [name, removed_at !== null])).toEqual([
        ['a.png', true],
        ['b.png', false],
      ])
      expect(await chat.effects('fetch')).toHaveLength(2)
    })
  })

  describe('a deletion', () => {
    test('Q10: marks the message and keeps its words; whoever waits goes on waiting until a person decides', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      const at = asked.arrived_at + MINUTE
      await chat.hears(deletion(asked.external_id, at))
      await chat.hears(deletion(asked.external_id, at))
      expect(await chat.message(asked.id)).toMatchObject({ deleted_at: at, text: 'Is it red?' })
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id })
      expect(await chat.facts('message-deleted')).toHaveLength(1)
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('Q10: heard of before its message it waits for it', async () => {
      const chat = await makeChat(open)
      const asked = inbound('Is it red?', { ...inPlace(), at: chat.clock.now() })
      await chat.hears(deletion(asked.externalId, chat.clock.now() + 1))
      await chat.hears(asked)
      const [message] = await chat.messages()
      expect(message).toMatchObject({ deleted_at: chat.clock.now() + 1, text: 'Is it red?' })
    })

    test('Q5: stops a draft that was made before it', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      const draft = await chat.agentPreviews('Yes.')
      await chat.hears(deletion(asked.external_id, chat.clock.now()))
      expect(await chat.agentSends(draft)).toMatchObject({ kind: 'stale', news: [{ id: asked.id }] })
    })

    test('W9: of what an agent had answered in the thread, it gives the customer their wait back', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inThread())
      const from = { address: 'maya', name: 'Maya' }
      const at = chat.clock.now() + MINUTE
      const answer = inbound('Yes', { ...inThread(), from, agentId: MAYA, at })
      await chat.hears(answer, edit(answer.externalId, 'Yes, red', { arrivedAt: at + 1 }))
      expect(await chat.openWindow()).toBeUndefined()
      const [, said] = await chat.messages()
      expect(said).toMatchObject({ direction: 'outbound', text: 'Yes, red' })
      expect(await chat.effects('edited')).toHaveLength(0)
      await chat.hears(deletion(answer.externalId, at + 2))
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id, started_at: asked.arrived_at })
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('W9: of a reply of ours by somebody else, it gives the customer their wait back', async () => {
      const chat = await makeChat(open)
      const asked = await chat.customerWrites('Is it red?', inPlace())
      const id = await chat.agentReplies('Yes.')
      const [part] = await chat.db.selectFrom('part').selectAll().where('message_id', '=', id).execute()
      await chat.hears(deletion(part?.external_id as ExternalId, chat.clock.now()))
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id, started_at: asked.arrived_at })
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })
  })
})
