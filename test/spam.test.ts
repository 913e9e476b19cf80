// Spam, from every state and back; and what tags and hurry do when conversations are joined and parted.
import { expect, test } from 'vitest'
import { HOUR } from '../src/clock.ts'
import { label } from '../src/label.ts'
import { merge, unmerge } from '../src/move.ts'
import { checkWindows } from '../src/rebuild.ts'
import { markSpam, unmarkSpam } from '../src/spam.ts'
import { listTags } from '../src/tag.ts'
import { eachDatabase } from './setup/database.ts'
import { splitOff } from './setup/splitting.ts'
import { makeWorld } from './setup/world.ts'

eachDatabase((open) => {
  test('Q1, W8: spam is closed whatever it was, and open again since its first message when it was none', async () => {
    const world = await makeWorld(open)
    const by = { agentId: 'U1', policies: world.policies }
    for (const state of ['new', 'open', 'waiting-customer', 'snoozed', 'closed'] as const) {
      const from = { address: `${state}@example.org` }
      const { conversation_id: id, arrived_at } = await world.customerWrites('Buy', { from })
      await world.db.transaction((trx) => trx.updateTable('conversation').set({ state }).where('id', '=', id).execute())
      const mark = (upTo: number) => world.db.transaction((trx) => markSpam(trx, id, { ...by, upTo }))
      expect(await mark(1), state).toEqual({ kind: 'marked' })
      expect(await mark(1), state).toEqual({ kind: 'marked-before' })
      expect((await world.conversation(id)).state).toBe('closed')
      // They write again: it comes back by itself, and is marked once more.
      await world.clock.advance(HOUR)
      await world.customerWrites('Buy more', { from })
      expect((await world.conversation(id)).state).toBe('open')
      expect(await mark(1), state).toEqual({ kind: 'stale', upTo: 2 })
      expect(await mark(2), state).toEqual({ kind: 'marked' })
      expect(await world.db.transaction((trx) => unmarkSpam(trx, id, by))).toBe(true)
      expect(await world.db.transaction((trx) => unmarkSpam(trx, id, by))).toBe(false)
      expect((await world.conversation(id)).state).toBe('open')
      expect(await world.windows(id)).toMatchObject([{ started_at: arrived_at, ended_at: null }])
    }
    expect((await checkWindows(world.db)).differences).toEqual([])
  })

  test('Q11: tags and hurry go along into another conversation, back again, and with what is split off', async () => {
    const world = await makeWorld(open)
    const by = { agentId: 'U1', policies: world.policies }
    const write = async (name: string) =>
      (await world.customerWrites('Hello', { from: { address: `${name}@example.org` } })).conversation_id
    const [ann, bob] = [await write('ann'), await write('bob')]
    const set = (id: string, add: string[], priority: 'high' | 'normal' = 'normal') =>
      world.db.transaction((trx) => label(trx, id, { by: 'U1', priority, add, remove: [] }))
    const shown = async (id: string) => [
      (await world.conversation(id)).priority,
      ...(await listTags(world.db, id)).map(({ name }) => name),
    ]
    await set(ann, ['bill', 'vip'], 'high')
    await set(bob, ['vip'])
    for (let times = 0; times < 2; times++) {
      await world.db.transaction((trx) => merge(trx, ann, bob, by))
      expect(await shown(bob)).toEqual(['high', 'bill', 'vip'])
      await world.db.transaction((trx) => unmerge(trx, ann, by))
      expect(await shown(ann)).toEqual(['high', 'bill', 'vip'])
      expect(await shown(bob)).toEqual([null, 'vip'])
    }
    const { id } = await world.customerWrites('And lamps?', { from: { address: 'ann@example.org' } })
    const parted = await world.db.transaction((trx) => splitOff(trx, ann, [id], by))
    expect(await shown(parted)).toEqual(['high', 'bill', 'vip'])
    await world.db.transaction((trx) => markSpam(trx, bob, { ...by, upTo: 99 }))
    expect(await world.db.transaction((trx) => merge(trx, ann, bob, by))).toMatchObject({ kind: 'refused' })
  })
})
