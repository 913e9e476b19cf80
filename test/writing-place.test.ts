import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { InboundMessage } from '../src/channel.ts'
import { DAY, MINUTE, SECOND } from '../src/clock.ts'
import { close } from '../src/close.ts'
import type { Db, Trx } from '../src/db/open.ts'
import { merge, unmerge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { listRecipientChoices } from '../src/recipients.ts'
import { BEN, inChannel, inPlace, inThread, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, inbound, rawOf, type Wrote } from './setup/fake-channel.ts'
import { splitOff } from './setup/splitting.ts'
import { until } from './setup/until.ts'

eachDatabase((open, _, engine) => {
  describe('lines of one person in a channel', () => {
    test('Q11: within the grouping time are one conversation, later ones another', async () => {
      const chat = await makeChat(open)
      const first = await chat.customerWrites('Hello', inChannel('a'))
      await chat.clock.advance(MINUTE)
      const second = await chat.customerWrites('My lamp is broken', inChannel('b'))
      await chat.clock.advance(2 * MINUTE)
      const third = await chat.customerWrites('The red one', inChannel('c'))
      await chat.clock.advance(2 * MINUTE + 1)
      const fourth = await chat.customerWrites('Another thing', inChannel('d'))
      expect([second, third].map(({ conversation_id }) => conversation_id)).toEqual(
        Array(2).fill(first.conversation_id),
      )
      expect(fourth.conversation_id).not.toBe(first.conversation_id)
    })

    test('Q11: the time is the configuration’s', async () => {
      const chat = await makeChat(open)
      Object.assign(chat.desk, { groupingMs: 10 * SECOND })
      await chat.customerWrites('Hello', inChannel('a'))
      await chat.clock.advance(11 * SECOND)
      await chat.customerWrites('My lamp is broken', inChannel('b'))
      expect(await chat.count('conversation')).toBe(2)
    })

    test('Q11: what is written in a thread of an earlier line goes there', async () => {
      const chat = await makeChat(open)
      const first = await chat.customerWrites('Hello', inChannel('a'))
      await chat.clock.advance(DAY)
      await chat.customerWrites('Another thing', inChannel('b'))
      const inFirst = await chat.customerWrites('About that one', inThread('thread of a'))
      expect(inFirst.conversation_id).toBe(first.conversation_id)
    })

    test('Q11: two people at once are two conversations', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Hello', inChannel('a'))
      await chat.customerWrites('Hello', { ...inChannel('b', 'channel/ben'), from: BEN })
      expect(await chat.count('conversation')).toBe(2)
    })
  })

  describe('at the same moment, in two instances', () => {
    const places: Record<string, (ms: number) => Wrote> = {
      'in a channel': (ms: number) => inChannel(`${ms}`),
      'in a thread': () => inThread(),
      'in a direct message': () => inPlace(),
      'at the top and below it': (ms: number) =>
        ms === 5 ? { ...inThread('thread of r'), from: BEN } : inChannel('r'),
      'below and at the top': (ms: number) => (ms === 0 ? { ...inThread('thread of r'), from: BEN } : inChannel('r')),
    }
    for (const [where, place] of Object.entries(places)) {
      test(`C27, Q11: two lines 5 ms apart ${where} make one conversation`, async () => {
        const chat = await makeChat(open)
        // A person we know, who has written there long ago.
        const { conversation_id: earlier } = await chat.customerWrites(
          'Hello',
          where === 'in a direct message' ? inPlace() : inChannel('earlier'),
        )
        await chat.agentReplies('Hello.')
        await chat.db.transaction((trx) => close(trx, earlier, 'U1'))
        await chat.clock.advance(8 * DAY)
        const [first, second] = await Promise.all(
          [0, 5].map((ms) => keepLine(chat, inbound('Hello', { ...place(ms), at: chat.clock.now() + ms }))),
        )
        const hasReceived = Promise.withResolvers<void>()
        const mayCommit = Promise.withResolvers<void>()
        const one = chat.db.transaction(async (trx) => {
          await first?.(trx)
          hasReceived.resolve()
          await mayCommit.promise
        })
        await hasReceived.promise
        let isOver = false
        const two = chat.db
          .transaction((trx) => second?.(trx) ?? Promise.resolve())
          .finally(() => {
            isOver = true
          })
        // The other one is held up by the first, or would be done before it.
        const isDecided = async () => isOver || engine === 'sqlite' || (await isSomebodyHeld(chat.db))
        await until(isDecided, 'one to hold up the other')
        mayCommit.resolve()
        await Promise.all([one, two])
        expect([await chat.count('message'), await chat.count('conversation')]).toEqual([4, 2])
        expect((await checkWindows(chat.db)).differences).toEqual([])
      })
    }
  })

  describe('a direct message', () => {
    test('goes on in the same conversation, also once that is closed', async () => {
      const chat = await makeChat(open)
      const first = await chat.customerWrites('Hello', inPlace())
      await chat.db.transaction((trx) => trx.updateTable('conversation').set({ state: 'closed' }).execute())
      await chat.clock.advance(DAY)
      const second = await chat.customerWrites('And again', inPlace())
      expect(second.conversation_id).toBe(first.conversation_id)
      expect((await chat.conversation()).state).toBe('open')
    })

    test('C25: begins a new one, linked to the old, when that was closed long ago, and goes on in it', async () => {
      const chat = await makeChat(open)
      const first = await chat.customerWrites('Hello', inPlace())
      await chat.agentReplies('Hello.')
      await chat.db.transaction((trx) => close(trx, first.conversation_id, 'U1'))
      await chat.clock.advance(8 * DAY)
      const second = await chat.customerWrites('Something else', inPlace())
      const third = await chat.customerWrites('Hello?', inPlace())
      expect(await chat.conversation()).toMatchObject({ id: second.conversation_id, related_to: first.conversation_id })
      expect(second.conversation_id).not.toBe(first.conversation_id)
      expect(third.conversation_id).toBe(second.conversation_id)
    })

    test('of somebody else under the same key is a conversation of their own', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Hello', inPlace())
      await chat.customerWrites('Hello', { ...inPlace(), from: BEN })
      expect(await chat.count('conversation')).toBe(2)
    })
  })

  test('everybody takes part in a thread', async () => {
    const chat = await makeChat(open)
    const first = await chat.customerWrites('Hello', inThread())
    const second = await chat.customerWrites('Me too', { ...inThread(), from: BEN })
    expect(second).toMatchObject({ conversation_id: first.conversation_id, direction: 'inbound' })
    expect(await chat.count('conversation')).toBe(1)
  })

  test('C26: a line of which we hear after the answers below it is in one conversation with them', async () => {
    const chat = await makeChat(open)
    const at = chat.clock.now()
    const colleague = { address: 'zoe', name: 'Zoe' }
    const below = await chat.customerWrites('Me too', { ...inThread('thread of a'), from: colleague, at: at + MINUTE })
    const line = await chat.customerWrites('My lamp is broken', { ...inChannel('a'), at })
    expect(line.conversation_id).toBe(below.conversation_id)
    expect(await chat.openWindow()).toMatchObject({ started_by: line.id, started_at: at })
    expect((await checkWindows(chat.db)).differences).toEqual([])
  })

  test('nobody is sent a copy of what is said in a thread', async () => {
    const chat = await makeChat(open)
    await chat.customerWrites('My lamp is broken', inThread())
    await chat.customerWrites('Mine too', { ...inThread(), from: BEN })
    const { to, cc } = await listRecipientChoices(chat.db, (await chat.conversation()).id)
    expect([to.address, cc]).toEqual([ADA, []])
  })

  test('Q11: a thread whose first message is split off goes on where the others are', async () => {
    const chat = await makeChat(open)
    const first = await chat.customerWrites('My lamp is broken', inThread())
    await chat.customerWrites('Also: what are your hours?', inThread())
    const by = { agentId: 'U1', policies: chat.policies }
    const id = first.conversation_id
    const parted = await chat.db.transaction((trx) => splitOff(trx, id, [first.id], by))
    expect((await chat.customerWrites('On Sunday?', inThread())).conversation_id).toBe(id)
    await chat.db.transaction((trx) => merge(trx, id, parted, by))
    expect((await chat.customerWrites('Hello?', inThread())).conversation_id).toBe(parted)
    await chat.db.transaction((trx) => unmerge(trx, id, by))
    expect((await chat.customerWrites('Anybody?', inThread())).conversation_id).toBe(id)
    expect((await checkWindows(chat.db)).differences).toEqual([])
  })

  test('Q11: splitting and joining again leave every clock as it was', async () => {
    const chat = await makeChat(open)
    const first = await chat.customerWrites('My lamp is broken', inChannel('a'))
    await chat.clock.advance(MINUTE)
    const second = await chat.customerWrites('Also: what are your hours?', inChannel('b'))
    const id = first.conversation_id
    const before = await chat.windows(id)
    const by = { agentId: 'U1', policies: chat.policies }
    const parted = await chat.db.transaction((trx) => splitOff(trx, id, [second.id], by))
    expect(await chat.openWindow(parted)).toMatchObject({ started_by: second.id, started_at: second.arrived_at })
    expect(await chat.openWindow(id)).toMatchObject({ started_by: first.id })
    // Their next line follows their last one, wherever that is now.
    const third = await chat.customerWrites('On Sunday?', inChannel('c'))
    expect(third.conversation_id).toBe(parted)
    await chat.db.transaction((trx) => merge(trx, parted, id, by))
    expect(await chat.windows(id)).toMatchObject(
      before.map(({ id: window, started_at }) => ({ id: window, started_at })),
    )
    await chat.db.transaction((trx) => unmerge(trx, parted, by))
    expect(await chat.openWindow(parted)).toMatchObject({ started_by: second.id, started_at: second.arrived_at })
    expect((await checkWindows(chat.db)).differences).toEqual([])
  })
})

type Chat = Awaited<ReturnType<typeof makeChat>>

/** What takes it in, in a transaction of the caller's. */
async function keepLine(chat: Chat, event: InboundMessage): Promise<(trx: Trx) => Promise<void>> {
  const raw = rawOf(event)
  await chat.keep([raw])
  const row = await chat.db.selectFrom('intake').selectAll().where('key', '=', raw.key).executeTakeFirstOrThrow()
  const kept = { id: row.id, channel: row.channel, blobId: row.blob_id, attempts: 1, claim: 1, raw }
  return async (trx) => await chat.sources.get(chat.channel.name)?.receive(trx, kept, [event])
}

async function isSomebodyHeld(db: Db): Promise<boolean> {
  const { rows } = await db.transaction((trx) =>
    sql<{ pid: number }>`select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(trx),
  )
  return rows.length > 0
}
