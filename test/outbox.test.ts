import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { type Effect, rerun, undo } from '../src/outbox.ts'
import { claim, claimUncertain, hasDue, listDueKeys } from '../src/outbox-claim.ts'
import { abandon, doubt, doubtUnheld, finish, postpone } from '../src/outbox-settle.ts'
import { eachDatabase } from './setup/database.ts'
import { makeOutbox, nameOf, type Outbox } from './setup/effects.ts'

const KEY = 'send:a'
const KEPT = { attempt: false, send: false }

eachDatabase((open) => {
  test('rows of one lane run one after the other, and other lanes do not wait for them', async () => {
    const outbox = await makeOutbox(open)
    for (const name of ['a1', 'a2', 'b1']) await outbox.put(name, { lane: name.slice(0, 1) })
    const first = await claimAll(outbox)
    expect(first.map(nameOf)).toEqual(['a1', 'b1'])
    expect(await claimAll(outbox)).toEqual([])
    await outbox.db.transaction((trx) => finish(trx, mustHave(first[0]).id, undefined))
    expect((await claimAll(outbox)).map(nameOf)).toEqual(['a2'])
  })

  test('a row that is postponed or uncertain holds its place in the lane', async () => {
    const outbox = await makeOutbox(open)
    for (const name of ['a1', 'a2']) await outbox.put(name, { lane: 'a' })
    const [first] = await claimAll(outbox)
    const later = { dueAt: outbox.clock.now() + MINUTE, giveBack: KEPT }
    await outbox.db.transaction((trx) => postpone(trx, mustHave(first), later))
    expect(await claimAll(outbox)).toEqual([])
    await outbox.clock.advance(MINUTE)
    const [again] = await claimAll(outbox)
    expect(again).toMatchObject({ id: first?.id, attempts: 2 })
    await outbox.db.transaction((trx) => doubt(trx, mustHave(again), outbox.clock.now(), 'lost'))
    expect(await claimAll(outbox)).toEqual([])
    await outbox.db.transaction((trx) => finish(trx, mustHave(again).id, undefined))
    expect((await claimAll(outbox)).map(nameOf)).toEqual(['a2'])
  })

  test('what is scheduled for later is outside its lane until it is due', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('tomorrow', { lane: 'a', dueAt: outbox.clock.now() + DAY })
    await outbox.put('today', { lane: 'a' })
    await outbox.run()
    expect(outbox.sent).toEqual(['today'])
    await outbox.clock.advance(DAY)
    await outbox.put('the day after', { lane: 'a', dueAt: outbox.clock.now() + 1 })
    await outbox.passTime(1)
    expect(outbox.sent).toEqual(['today', 'tomorrow', 'the day after'])
  })

  test('of many that ask for the same, the newest wins and one row waits', async () => {
    const outbox = await makeOutbox(open)
    for (const name of ['old', 'newer', 'newest']) await outbox.put(name, { coalesceKey: 'card' })
    await outbox.run()
    expect(outbox.sent).toEqual(['newest'])
    await outbox.put('again', { coalesceKey: 'card' })
    await outbox.run()
    expect(outbox.sent).toEqual(['newest', 'again'])
  })

  test('X5: what may wait for others is hurried by whoever does not wait, and never the other way about', async () => {
    const outbox = await makeOutbox(open)
    const keyAfter = async (rateKey: string) => {
      await outbox.put('card', { coalesceKey: 'card', rateKey })
      return (await outbox.row('card')).rate_key
    }
    expect(await keyAfter('desk:update:later')).toBe('desk:update:later')
    expect(await keyAfter('desk:update')).toBe('desk:update')
    expect(await keyAfter('desk:update:later')).toBe('desk:update')
  })

  test('the newest wins against one in flight too: whichever way that ends, the newest is sent after it', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('old', { coalesceKey: 'card', lane: 'card' })
    const [old] = await claimAll(outbox)
    await outbox.put('newest', { coalesceKey: 'card', lane: 'card' })
    expect(await claimAll(outbox)).toEqual([]) // One lane: the two never race.
    const later = { dueAt: outbox.clock.now(), giveBack: KEPT }
    await outbox.db.transaction((trx) => postpone(trx, mustHave(old), later))
    await outbox.run()
    expect(outbox.sent).toEqual(['newest'])
    expect(await outbox.states()).toEqual(['old undone', 'newest accepted'])
  })

  test('a dedupe key is used once, ever', async () => {
    const outbox = await makeOutbox(open)
    expect(await outbox.put('one', { dedupe: 'reply:1' })).toBeDefined()
    expect(await outbox.put('two', { dedupe: 'reply:1' })).toBeUndefined()
    await outbox.passTime(DAY)
    expect(await outbox.put('three', { dedupe: 'reply:1' })).toBeUndefined()
    await outbox.run()
    expect(outbox.sent).toEqual(['one'])
  })

  test('fifty at once with the same dedupe key make one row', async () => {
    const outbox = await makeOutbox(open)
    const puts = Array.from({ length: 50 }, (_, n) => outbox.put(`p${n}`, { dedupe: 'ping:1' }))
    expect((await Promise.all(puts)).filter((id) => id !== undefined)).toHaveLength(1)
    expect(await outbox.states()).toHaveLength(1)
  })

  test('due keys are listed whatever waits under them, and a claim takes the earliest of its key only', async () => {
    const outbox = await makeOutbox(open)
    const { clock, db } = outbox
    await outbox.put('later', { rateKey: 'b', dueAt: clock.now() + 1 })
    await outbox.put('second', { rateKey: 'a' })
    await outbox.put('first', { rateKey: 'a', dueAt: clock.now() - 5 })
    await outbox.put('other', { rateKey: 'c' })
    expect(await listDueKeys(db, clock.now())).toEqual([
      { key: 'a', due: 2 },
      { key: 'c', due: 1 },
    ])
    expect([await hasDue(db, 'a', clock.now()), await hasDue(db, 'b', clock.now())]).toEqual([true, false])
    const claimed = await db.transaction((trx) => claim(trx, 'a', 'me', 1))
    expect(claimed.map(nameOf)).toEqual(['first'])
    expect(claimed[0]).toMatchObject({ attempts: 1, sends: 1, claim: 1, startedAt: clock.now() })
    expect((await outbox.row('first')).state).toBe('sending') // Committed before the first byte.
  })

  test('workers that claim at the same time share the rows, and none is taken twice', async () => {
    const outbox = await makeOutbox(open)
    for (let n = 0; n < 40; n++) await outbox.put(`w${n}`)
    const takes = Array.from({ length: 8 }, (_, n) =>
      outbox.db.transaction((trx) => claim(trx, KEY, `worker ${n}`, 10)),
    )
    const names = (await Promise.all(takes)).flat().map(nameOf)
    expect(new Set(names).size).toBe(names.length)
    const rest = (await claimAll(outbox)).map(nameOf)
    expect(names.length + rest.length).toBe(40)
  })

  test('who lost the claim can settle nothing, but proof of delivery is recorded all the same', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('work')
    const mine = mustHave((await claimAll(outbox))[0])
    await outbox.db.transaction((trx) => doubtUnheld(trx, 'me', new Set())) // Another takes it for dead,
    const [theirs] = await outbox.db.transaction((trx) => claimUncertain(trx, 'other', 1)) // and looks.
    const now = outbox.clock.now()
    const lost = await outbox.db.transaction(async (trx) => [
      await postpone(trx, mine, { dueAt: now, giveBack: KEPT }),
      await doubt(trx, mine, now, 'lost'),
      await abandon(trx, mine, 'rejected', 'lost'),
    ])
    expect(lost).toEqual([false, false, false])
    expect(await outbox.row('work')).toMatchObject({ state: 'uncertain', claim: theirs?.claim })
    expect(await outbox.db.transaction((trx) => finish(trx, mine.id, 'ref'))).toBe(true)
    expect(await outbox.row('work')).toMatchObject({ state: 'accepted', external_ref: 'ref' })
    expect(await outbox.db.transaction((trx) => finish(trx, mine.id, 'twice'))).toBe(false)
    expect(await outbox.db.transaction((trx) => abandon(trx, mustHave(theirs), 'parked', 'late'))).toBe(false)
  })

  test('after a death what was in the air becomes uncertain, never queued again unseen', async () => {
    const outbox = await makeOutbox(open)
    for (const name of ['dead', 'held', 'alive']) await outbox.put(name)
    const take = (owner: string) => outbox.db.transaction((trx) => claim(trx, KEY, owner, 1))
    await take('gone')
    const [held] = await take('me')
    await outbox.db.transaction((trx) =>
      trx.insertInto('instance').values({ id: 'other', beat: 0, started_at: 0 }).execute(),
    )
    await take('other')
    const left = await outbox.db.transaction((trx) => doubtUnheld(trx, 'me', new Set([held?.id ?? ''])))
    expect(left.map(nameOf)).toEqual(['dead'])
    expect(await outbox.states()).toEqual(['dead uncertain', 'held sending', 'alive sending'])
    await outbox.db.transaction((trx) => doubtUnheld(trx, 'me', new Set()))
    expect((await outbox.row('held')).state).toBe('uncertain') // Ours, and we do not remember it.
  })

  test('Q8: what waits can be taken back; what was once claimed cannot', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('waits', { dedupe: 'reply:1', dueAt: outbox.clock.now() + 10 * SECOND })
    expect(await outbox.db.transaction((trx) => undo(trx, 'reply:1'))).toBe(true)
    expect(await outbox.db.transaction((trx) => undo(trx, 'reply:1'))).toBe(false)
    await outbox.put('goes', { dedupe: 'reply:2' })
    const [effect] = await claimAll(outbox)
    expect(await outbox.db.transaction((trx) => undo(trx, 'reply:2'))).toBe(false)
    const again = { dueAt: outbox.clock.now() + MINUTE, giveBack: { attempt: true, send: true } }
    await outbox.db.transaction((trx) => postpone(trx, mustHave(effect), again))
    expect(await outbox.db.transaction((trx) => undo(trx, 'reply:2'))).toBe(false)
    await outbox.passTime(HOUR)
    expect(outbox.sent).toEqual(['goes'])
  })

  test('a parked row is tried again when a person says so, at the end of its lane', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('parked', { lane: 'a' })
    const [effect] = await claimAll(outbox)
    const id = mustHave(effect).id
    expect(await outbox.db.transaction((trx) => rerun(trx, id))).toBe(false)
    await outbox.db.transaction((trx) => abandon(trx, mustHave(effect), 'parked', 'given up'))
    await outbox.clock.advance(2 * DAY)
    await outbox.put('ahead', { lane: 'a', dueAt: outbox.clock.now() - 1 })
    expect(await outbox.db.transaction((trx) => rerun(trx, id))).toBe(true)
    expect(await outbox.db.transaction((trx) => rerun(trx, id))).toBe(false)
    expect(await outbox.row('parked')).toMatchObject({ state: 'queued', attempts: 0, created_at: outbox.clock.now() })
    await outbox.run()
    expect(outbox.sent).toEqual(['ahead', 'parked'])
  })

  test('a parked row is not tried again when a newer one has taken its place', async () => {
    const outbox = await makeOutbox(open)
    await outbox.put('old', { coalesceKey: 'card' })
    const [effect] = await claimAll(outbox)
    await outbox.db.transaction((trx) => abandon(trx, mustHave(effect), 'parked', 'given up'))
    await outbox.put('new', { coalesceKey: 'card' })
    expect(await outbox.db.transaction((trx) => rerun(trx, mustHave(effect).id))).toBe(false)
  })
})

function mustHave(effect: Effect | undefined): Effect {
  if (!effect) throw new Error('nothing was claimed')
  return effect
}

async function claimAll(outbox: Outbox): Promise<Effect[]> {
  return await outbox.db.transaction((trx) => claim(trx, KEY, 'me', 100))
}
