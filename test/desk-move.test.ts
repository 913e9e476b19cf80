// Which desk a conversation belongs to: by where it was written, and by who moved it since.
import { expect, test } from 'vitest'
import { MINUTE } from '../src/clock.ts'
import { moveToDesk } from '../src/desk-move.ts'
import { markSpam } from '../src/spam.ts'
import { addTags, findOrAddTags, listTags } from '../src/tag.ts'
import { inChannel, inPlace, inThread, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { DESK, type World } from './setup/world.ts'

const move = (world: World, id: string, to = 'billing', note = 'For you.') =>
  world.db.transaction((trx) => moveToDesk(trx, id, { by: 'U1', to, note, policies: world.policies }))

eachDatabase((open) => {
  test('Q18: what is written in a place of another desk is that desk’s, and so is all that follows it there', async () => {
    const chat = await makeChat(open)
    const first = await chat.customerWrites('My bill is wrong', { ...inThread(), desk: 'billing' })
    const again = await chat.customerWrites('Hello?', { ...inThread(), desk: 'billing' })
    const other = await chat.customerWrites('My lamp is broken', inThread('thread 2'))
    expect(again.conversation_id).toBe(first.conversation_id)
    expect((await chat.conversation(first.conversation_id)).desk).toBe('billing')
    expect((await chat.conversation(other.conversation_id)).desk).toBe(DESK)
    expect((await chat.windows(first.conversation_id)).map(({ desk }) => desk)).toEqual(['billing'])
  })

  test('Q18, Q11: whoever goes on writing where they wrote is followed to the desk that has them now', async () => {
    const chat = await makeChat(open)
    for (const [n, where] of [inThread(), inPlace(), inChannel('a')].entries()) {
      const from = { address: `ada${n}`, name: 'Ada' }
      const wrote = { ...where, ...(where.group && { group: `group ${n}` as never }), from }
      const { conversation_id: id } = await chat.customerWrites('My bill is wrong', wrote)
      expect(await move(chat, id)).toBe('moved')
      const { evidence, keys } = n === 2 ? inChannel('b') : where
      const next = await chat.customerWrites('Hello?', { ...wrote, evidence: evidence ?? [], keys: keys ?? [] })
      expect(next.conversation_id).toBe(id)
      expect((await chat.conversation(id)).desk).toBe('billing')
    }
  })

  test('Q1, Q18: a move needs a line, an open conversation and no reply on its way; tags go along by their names', async () => {
    const world = await makeChat(open)
    const { conversation_id: id } = await world.customerWrites('My bill is wrong', inThread())
    await world.db.transaction(async (trx) => {
      const tags = (await findOrAddTags(trx, DESK, ['refund', 'vip'])) ?? []
      await findOrAddTags(trx, 'billing', ['vip'])
      await addTags(
        trx,
        id,
        tags.map((tag) => tag.id),
      )
    })
    expect(await move(world, id, DESK)).toBe('here-already')
    expect(await move(world, id, 'billing', ' \n')).toBe('note-missing')
    await world.agentSends(await world.agentPreviews('Soon.'))
    expect(await move(world, id)).toBe('sending')
    await world.passTime(MINUTE)
    expect(await move(world, id)).toBe('moved')
    expect((await listTags(world.db, id)).map(({ name }) => name)).toEqual(['refund', 'vip'])
    const mine = (await listTags(world.db, id)).map((tag) => tag.id)
    const theirs = await world.db.selectFrom('tag').select('id').where('desk', '=', 'billing').execute()
    expect(mine.toSorted()).toEqual(theirs.map((tag) => tag.id).toSorted())
    await world.db.transaction((trx) => markSpam(trx, id, { agentId: 'U1', upTo: 99, policies: world.policies }))
    expect(await move(world, id, DESK)).toBe('closed')
  })

  test('what waits to be posted when a conversation moves stands behind its new card', async () => {
    const world = await makeChat(open)
    const { conversation_id: id } = await world.customerWrites('My bill is wrong', inThread())
    const order = async () => {
      const rows = await world.db
        .selectFrom('outbox')
        .select(['kind', 'lane_at', 'id'])
        .where('lane', '=', `card:${id}`)
        .where('state', '=', 'queued')
        .orderBy('lane_at')
        .orderBy('id')
        .execute()
      return rows.map(({ kind }) => kind)
    }
    // The card is posted, and its first entry has been tried.
    await world.db.transaction(async (trx) => {
      await trx.updateTable('outbox').set({ state: 'accepted' }).where('kind', '=', 'card').execute()
      await trx.updateTable('outbox').set({ attempts: 2 }).where('kind', '=', 'entry').execute()
      await trx.updateTable('conversation').set({ card_channel: 'C1', card_ts: '1.1' }).where('id', '=', id).execute()
    })
    await move(world, id)
    expect(await order()).toEqual(['card-left', 'card', 'entry', 'entry'])
    expect(await world.db.selectFrom('outbox').select('attempts').where('attempts', '>', 0).execute()).toEqual([])
  })
})
