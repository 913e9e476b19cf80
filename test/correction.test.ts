import { describe, expect, test } from 'vitest'
import { SendError } from '../src/channel.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { askRetraction, previewCorrection, sendCorrection } from '../src/correction.ts'
import { merge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { countVersions } from '../src/version.ts'
import { deletion, inPlace, makeChat } from './setup/chat.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'

eachDatabase((open) => {
  describe('correcting a sent reply', () => {
    test('takes the place of what was sent, keeps what it said, and voids no answer', async () => {
      const { chat, id, correct, seen } = await makeAnswered(open)
      await correct('No, blue.')
      await chat.runOutbox()
      expect(seen()).toEqual(['No, blue.'])
      expect(await chat.message(id)).toMatchObject({ text: 'No, blue.', delivery: 'accepted' })
      expect((await chat.versions(id)).map(({ kind, text }) => [kind, text])).toEqual([
        ['original', 'Yes, red.'],
        ['correction', 'No, blue.'],
      ])
      expect(await chat.openWindow()).toBeUndefined()
      expect(await chat.facts('reply-corrected')).toMatchObject([{ actor: 'U1' }])
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('happens in order behind the replies that were sent before it', async () => {
      const { chat, correct, seen } = await makeAnswered(open)
      chat.channel.fates.push({ kind: 'temporary' })
      await chat.agentReplies('Anything else?')
      await correct('No, blue.')
      await chat.runOutbox()
      expect(seen()).toEqual(['Yes, red.'])
      await chat.passTime(HOUR)
      expect(chat.channel.delivered.map(({ text }) => text)).toEqual(['Yes, red.', 'Anything else?'])
      expect(seen()).toEqual(['No, blue.'])
    })

    test('an answer that was lost is no doubt: it is said once more', async () => {
      const { chat, correct, seen } = await makeAnswered(open)
      chat.channel.troubles.correct = [new SendError({ kind: 'uncertain' }, 'the connection broke'), new Error('what')]
      await correct('No, blue.')
      for (let n = 0; n < 3; n++) await chat.passTime(5 * MINUTE)
      expect(seen()).toEqual(['No, blue.'])
      expect(await chat.facts('reply-corrected')).toHaveLength(1)
    })

    test('refused by the platform, the reply says what it said, and the reason is kept', async () => {
      const { chat, id, correct, seen } = await makeAnswered(open)
      chat.channel.troubles.correct = [new SendError({ kind: 'rejected' }, 'too old to edit')]
      await correct('No, blue.')
      await chat.runOutbox()
      expect(seen()).toEqual(['Yes, red.'])
      expect((await chat.message(id)).text).toBe('Yes, red.')
      expect(await corrections(chat.db)).toMatchObject([{ state: 'rejected', error: 'too old to edit' }])
      expect(await chat.facts('correction-rejected')).toHaveLength(1)
    })

    test('given up after an hour it stands in nobody’s way', async () => {
      const { chat, id, correct } = await makeAnswered(open)
      chat.channel.troubles.correct = Array.from({ length: 50 }, () => new SendError({ kind: 'temporary' }, 'busy'))
      await correct('No, blue.')
      for (let n = 0; n < 3; n++) await chat.passTime(HOUR)
      expect(await corrections(chat.db)).toMatchObject([{ state: 'rejected' }])
      const other = await chat.customerWrites('Hello', { ...inPlace('other'), from: { address: 'eve' } })
      const by = { agentId: 'U1', policies: chat.policies }
      const { conversation_id: from } = await chat.message(id)
      expect(await chat.db.transaction((trx) => merge(trx, from, other.conversation_id, by))).toEqual({ kind: 'moved' })
    })

    test('Q4: of two who correct at once, the second is told', async () => {
      const { chat, id } = await makeAnswered(open)
      const request = { messageId: id, markdown: 'No, blue.', seenVersions: 0 }
      const drafts = ['U1', 'U2'].map((agentId) => ({ ...request, agentId }))
      const ids = await Promise.all(drafts.map((draft, n) => previewed(chat, draft, `m_correction_${n}`)))
      const results = [
        await chat.db.transaction((trx) => sendCorrection(trx, ids[0] ?? '', 'U1')),
        await chat.db.transaction((trx) => sendCorrection(trx, ids[1] ?? '', 'U2')),
      ]
      expect(results.map(({ kind }) => kind)).toEqual(['queued', 'stale'])
      await chat.runOutbox()
      expect((await chat.db.transaction((trx) => sendCorrection(trx, ids[1] ?? '', 'U2'))).kind).toBe('stale')
      expect((await chat.db.transaction((trx) => sendCorrection(trx, ids[0] ?? '', 'U1'))).kind).toBe('queued')
      expect(await chat.effects('revise')).toHaveLength(1)
    })

    test('more than the reply had room for is refused before anything is sent', async () => {
      const { correct, chat } = await makeAnswered(open)
      await expect(correct('No.\n\nBlue.')).rejects.toThrow('needs 2 messages')
      expect(await chat.effects('revise')).toHaveLength(0)
    })
  })

  describe('taking a sent reply back', () => {
    test('W9: voids the answer: the customer waits since they waited first', async () => {
      const { chat, id, asked, takeBack, seen } = await makeAnswered(open)
      await chat.clock.advance(HOUR)
      await takeBack()
      await chat.runOutbox()
      expect(seen()).toEqual([undefined])
      expect(await chat.openWindow()).toMatchObject({ started_by: asked.id, started_at: asked.arrived_at })
      expect(await chat.message(id)).toMatchObject({ deleted_at: chat.clock.now(), text: 'Yes, red.' })
      expect((await chat.conversation()).state).toBe('open')
      expect(await chat.facts('reply-retracted')).toMatchObject([{ actor: 'U1' }])
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('once, also when the platform tells of it as well', async () => {
      const { chat, id, takeBack } = await makeAnswered(open)
      await takeBack()
      const [part] = await chat.db.selectFrom('part').selectAll().where('message_id', '=', id).execute()
      await chat.hears(deletion(part?.external_id ?? '', chat.clock.now()))
      await chat.runOutbox()
      await chat.hears(deletion(part?.external_id ?? '', chat.clock.now()))
      expect(await chat.facts('reply-voided')).toHaveLength(1)
      expect((await chat.windows()).filter(({ ended_at }) => ended_at === null)).toHaveLength(1)
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('a correction that stood behind it says nothing any more', async () => {
      const { chat, correct, takeBack, seen } = await makeAnswered(open)
      await takeBack()
      await expect(correct('No, blue.')).resolves.toMatchObject({ kind: 'stale' })
      await chat.runOutbox()
      await expect(correct('No, blue.')).rejects.toThrow('nothing to correct')
      expect(seen()).toEqual([undefined])
    })

    test('R6: a reply that has not arrived cannot be taken back this way', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Is it red?', inPlace())
      chat.channel.fates.push({ kind: 'rejected', reason: 'This user blocks direct messages.' })
      const id = await chat.agentReplies('Yes.')
      expect((await chat.db.transaction((trx) => askRetraction(trx, id, 'U1'))).kind).toBe('gone')
    })
  })

  test('Q14: a reply that a closed direct message refuses says why, the window runs on, and the next one arrives', async () => {
    const chat = await makeChat(open)
    const asked = await chat.customerWrites('Is it red?', inPlace())
    const reason = 'This Discord user blocks direct messages. Ask them to write again, or try email.'
    chat.channel.fates.push({ kind: 'rejected', reason })
    const id = await chat.agentReplies('Yes.')
    expect(await chat.message(id)).toMatchObject({ delivery: 'rejected', warnings: JSON.stringify([reason]) })
    expect(chat.channel.sends).toBe(1)
    expect(await chat.openWindow()).toMatchObject({ started_by: asked.id, started_at: asked.arrived_at })
    expect(await chat.customerWrites('Hello?', inPlace())).toMatchObject({ conversation_id: asked.conversation_id })
    await chat.agentReplies('Yes, it is.')
    expect(await chat.openWindow()).toBeUndefined()
    expect(chat.channel.delivered).toMatchObject([{ text: 'Yes, it is.' }])
  })
})

type Chat = Awaited<ReturnType<typeof makeChat>>
type Request = Parameters<typeof previewCorrection>[2]

const corrections = (db: Chat['db']) => db.selectFrom('correction').selectAll().orderBy('id').execute()

async function previewed(chat: Chat, request: Request, id: string): Promise<string> {
  await previewCorrection(chat.db, chat.channel, request, { id, now: chat.clock.now() })
  return id
}

async function makeAnswered(open: OpenTestDb) {
  const chat = await makeChat(open)
  const asked = await chat.customerWrites('Is it red?', inPlace())
  const id = await chat.agentReplies('Yes, red.')
  let count = 0
  return {
    ...{ chat, asked, id },
    /** What the customer reads now of that reply. */
    seen: () => [chat.channel.shown.has('discord/0') ? chat.channel.shown.get('discord/0') : 'Yes, red.'],
    async correct(markdown: string) {
      count += 1
      const request = { messageId: id, agentId: 'U1', markdown, seenVersions: await countVersions(chat.db, id) }
      const draft = await previewed(chat, request, `m_correction_${count}`)
      return await chat.db.transaction((trx) => sendCorrection(trx, draft, 'U1'))
    },
    takeBack: () => chat.db.transaction((trx) => askRetraction(trx, id, 'U1')),
  }
}
