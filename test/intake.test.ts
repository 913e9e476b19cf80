import { expect, test } from 'vitest'
import { getBlob } from '../src/blob.ts'
import { HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { channelSource } from '../src/inbox.ts'
import { claimKept, intakeOf, rerunKept, settleKept } from '../src/intake.ts'
import { eachDatabase } from './setup/database.ts'
import { brokenRaw, inbound, rawOf } from './setup/fake-channel.ts'
import { makeWorld, SOON, type World } from './setup/world.ts'

const NAME = 'email:support'

eachDatabase((open) => {
  test('E3: a mail that is kept twice is one mail', async () => {
    const world = await makeWorld(open)
    const raw = rawOf(inbound('Hello'))
    await world.keep([raw, raw], { key: 'INBOX', value: '7' })
    await world.keep([raw], { key: 'INBOX', value: '7' })
    expect(await world.count('intake')).toBe(1)
    expect(await world.count('blob')).toBe(1)
  })

  // Fails when keepAll() in src/intake.ts makes everything due at once. Seen to fail.
  test('W15: what can wait is taken in behind what is new, however much there is of it', async () => {
    const world = await makeWorld(open)
    for (let batch = 0; batch < 3; batch++) {
      const old = Array.from({ length: 40 }, (_, n) => rawOf(inbound(`Old ${batch * 40 + n}`)))
      await world.keep(old.map((raw) => ({ ...raw, canWait: true as const })))
    }
    await world.keep([rawOf(inbound('New'))])
    await world.runIntake()
    const texts = (await world.db.selectFrom('message').select('text').orderBy('id').execute()).map(({ text }) => text)
    expect(texts).toHaveLength(121)
    expect(texts.indexOf('New')).toBeLessThan(50) // In the first batch.
    expect(texts.filter((text) => text !== 'New')).toEqual(Array.from({ length: 120 }, (_, n) => `Old ${n}`))
  })

  // Fails when keep() in src/intake.ts moves the cursor in a transaction of its own, before the raws. Seen to fail.
  test('E3: a mail fetched but not stored appears once after a crash, for the cursor did not move', async () => {
    const world = await makeWorld(open)
    await world.keep([], { key: 'INBOX', value: '6' })
    const mail = rawOf(inbound('Hello'))
    const tooLong = rawOf(inbound('Hi'), 'k'.repeat(201))
    const dying = world.keep([mail, tooLong], { key: 'INBOX', value: '8' })
    await expect(dying).rejects.toThrow('hash keys over 200 bytes')
    expect(await world.count('intake')).toBe(0)
    expect(await world.count('blob')).toBe(0)
    await world.restart()
    expect(await intakeOf(world.db, NAME).readCursor('INBOX')).toBe('6') // So it is fetched again.
    await world.keep([mail], { key: 'INBOX', value: '7' })
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
    expect(await intakeOf(world.db, NAME).readCursor('INBOX')).toBe('7')
  })

  test('E3: when the cursor cannot be written, the mail is not kept either', async () => {
    const world = await makeWorld(open)
    const dying = world.keep([rawOf(inbound('Hello'))], { key: 'INBOX', value: null as never })
    await expect(dying).rejects.toThrow(/null/i)
    expect(await world.count('intake')).toBe(0)
  })

  test('E3: what was kept before a crash is taken in after it, once', async () => {
    const world = await makeWorld(open)
    await world.keep([rawOf(inbound('Hello'))])
    await world.restart()
    await world.runIntake()
    await world.restart()
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
  })

  // Fails when keepAll() in src/intake.ts looks which rows are there and inserts the rest, instead of `on conflict do
  // nothing`. Seen to fail on PostgreSQL; without either it fails on both.
  test('E4: two pollers on one mailbox yield one message, whoever is first', async () => {
    const world = await makeWorld(open)
    const mails = Array.from({ length: 10 }, (_, n) => inbound(`Mail ${n}`))
    const other = intakeOf(world.db, NAME)
    // The second copy came in another envelope, so only the key says that it is the same.
    const fetches = mails.flatMap((mail, n) => [
      world.keep([rawOf(mail, `INBOX/1/${n}`)]),
      other.keep([rawOf({ ...mail, warnings: ['fetched by the other'] }, `INBOX/1/${n}`)]),
    ])
    await Promise.all(fetches)
    const [one, two] = [world.instance('one'), world.instance('two')]
    await Promise.all([world.runIntake(one.intake), world.runIntake(two.intake)])
    await world.clock.advance(HOUR)
    await world.runIntake()
    expect(await world.count('intake')).toBe(10)
    expect(await world.count('message')).toBe(10)
    expect(await world.count('conversation')).toBe(1)
  })

  test('each channel has cursors of its own', async () => {
    const world = await makeWorld(open)
    await world.keep([], { key: 'INBOX', value: '7' })
    expect(await intakeOf(world.db, 'email:sales').readCursor('INBOX')).toBeUndefined()
  })

  test('the same key in two channels is two events', async () => {
    const world = await makeWorld(open)
    await world.keep([rawOf(inbound('Hello'), 'k')])
    await world.keep([rawOf(inbound('Hi'), 'k')], undefined, 'email:sales')
    expect(await world.count('intake')).toBe(2)
  })

  test('what is more than one bite is refused instead of growing without end', async () => {
    const world = await makeWorld(open)
    const raw = rawOf(inbound('Hello'))
    const many = Array.from({ length: 501 }, (_, n) => ({ ...raw, key: `k${n}` }))
    await expect(world.keep(many)).rejects.toThrow('at most 500')
    await world.keep(many.slice(0, 500))
    expect(await world.count('intake')).toBe(500)
  })

  test('an attempt is counted before the work, and what was tried before is taken up alone', async () => {
    const world = await makeWorld(open)
    await world.keep([rawOf(inbound('One')), brokenRaw('deadly', 0, 'deadly'), rawOf(inbound('Two'))])
    dying(world) // Never ends: the process dies of it.
    await expect.poll(async () => (await attemptsOf(world)).join(), SOON).toBe('1,1,1')
    await world.restart()
    const claim = () => world.db.transaction((trx) => claimKept(trx, 'first', 50))
    expect((await claim()).map((kept) => kept.attempts)).toEqual([2])
    expect((await claim()).map((kept) => kept.attempts)).toEqual([2])
    await world.keep([rawOf(inbound('Three'))])
    expect(await claim()).toHaveLength(1) // The third tried one, again without the new one behind it.
    expect(await claim()).toMatchObject([{ attempts: 1 }])
  })

  test('E17: what kills the program each time is put aside unread at last, and the rest gets through', async () => {
    const world = await makeWorld(open)
    await world.keep([brokenRaw('deadly', world.clock.now(), 'deadly'), rawOf(inbound('Hello'))])
    for (let death = 1; death <= 3; death++) {
      dying(world)
      await expect.poll(async () => (await attemptsOf(world))[0], SOON).toBe(death)
      await world.restart()
    }
    await world.runIntake()
    expect((await rows(world)).map((row) => row.state)).toEqual(['quarantined', 'received'])
    expect(await world.count('conversation')).toBe(2)
  })

  test('E17: after three failures the raw is a visible conversation with a window from T0, and is kept', async () => {
    const world = await makeWorld(open)
    const arrivedAt = world.clock.now() - HOUR
    const raw = brokenRaw('odd', arrivedAt)
    await world.keep([raw])
    for (let strike = 1; strike <= 3; strike++) {
      expect(await world.count('conversation')).toBe(0)
      await world.runIntake()
      expect((await attemptsOf(world))[0]).toBe(strike)
      await world.clock.advance(MINUTE)
    }
    const [row] = await rows(world)
    expect(row).toMatchObject({ state: 'quarantined', error: 'not a message' })
    expect(await world.openWindow()).toMatchObject({ started_at: arrivedAt, due_at: arrivedAt + 24 * HOUR })
    const message = await world.db.selectFrom('message').selectAll().executeTakeFirstOrThrow()
    expect(message.warnings).toContain('could not be read')
    expect(new Uint8Array(await getBlob(world.db, message.blob_id ?? ''))).toEqual(raw.body)
    expect(await world.effects('card')).toHaveLength(1)
    expect(await world.facts('raw-quarantined')).toHaveLength(1)
  })

  test('E17: what took too long or too much memory is put aside at the first strike', async () => {
    const world = await makeWorld(open)
    await world.keep([brokenRaw('bomb', world.clock.now(), 'bomb'), rawOf(inbound('Hello'))])
    await world.runIntake()
    expect((await rows(world)).map((row) => row.state)).toEqual(['quarantined', 'received'])
    expect(await world.count('conversation')).toBe(2)
  })

  test('E17: a person can have it read again after a fix', async () => {
    const world = await makeWorld(open)
    await world.keep([brokenRaw('bomb', world.clock.now(), 'bomb')])
    await world.runIntake()
    const id = (await rows(world))[0]?.id ?? ''
    world.channel.parse = async () => [inbound('Readable at last', { at: world.clock.now() })]
    expect(await world.db.transaction((trx) => rerunKept(trx, id))).toBe(true)
    await world.runIntake()
    expect(await rows(world)).toMatchObject([{ state: 'received', attempts: 1 }])
    const texts = await world.db.selectFrom('message').select('text').orderBy('id').execute()
    expect(texts.map(({ text }) => text)).toContain('Readable at last')
    expect(await world.db.transaction((trx) => rerunKept(trx, id))).toBe(false)
  })

  test('a poisoned event holds up none of the others in its batch, and nothing of it stays', async () => {
    const world = await makeWorld(open)
    const poisoned = inbound('Poison', { from: { address: 'eve@example.org' }, text: null as never })
    const raws = [rawOf(inbound('One')), rawOf(poisoned), rawOf(inbound('Two'))]
    await world.keep(raws)
    await world.current().intake.pass()
    const texts = await world.db.selectFrom('message').select('text').orderBy('seq').execute()
    expect(texts.map(({ text }) => text)).toEqual(['One', 'Two'])
    expect(await world.count('identity')).toBe(1)
    expect((await rows(world)).map((row) => row.state)).toEqual(['received', 'kept', 'received'])
  })

  test('what cannot even be put aside does not hold up the others', async () => {
    const world = await makeWorld(open)
    world.channel.salvage = () => inbound('', { text: null as never })
    await world.keep([brokenRaw('bomb', 0, 'bomb'), rawOf(inbound('Hello'))])
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
    expect((await rows(world))[0]).toMatchObject({ state: 'kept', error: expect.anything() })
  })

  test('an event of a channel that is not configured waits with the reason, and is read when it is back', async () => {
    const world = await makeWorld(open)
    await world.keep([rawOf(inbound('Hello'))], undefined, 'email:gone')
    for (let strike = 0; strike < 5; strike++) {
      await world.runIntake()
      await world.clock.advance(5 * MINUTE)
    }
    expect(await rows(world)).toMatchObject([{ state: 'kept', error: expect.stringContaining('not configured') }])
    world.sources.set('email:gone', channelSource({ ...world.channel, name: 'email:gone' }, world.desk))
    await world.runIntake()
    expect(await rows(world)).toMatchObject([{ state: 'received' }])
  })

  test('who lost a row to another instance can settle nothing', async () => {
    const world = await makeWorld(open)
    await world.keep([rawOf(inbound('Hello'))])
    const [mine] = await world.db.transaction((trx) => claimKept(trx, 'dead', 50))
    await world.current().intake.recover() // Nobody by the name of `dead` is alive.
    const [theirs] = await world.db.transaction((trx) => claimKept(trx, 'first', 50))
    if (!mine || !theirs) throw new Error('nothing was claimed')
    expect(await world.db.transaction((trx) => settleKept(trx, mine, 'received'))).toBe(false)
    expect(await world.db.transaction((trx) => settleKept(trx, theirs, 'received'))).toBe(true)
  })

  test('a living instance keeps what it is reading', async () => {
    const world = await makeWorld(open)
    await world.db.transaction((trx) =>
      trx.insertInto('instance').values({ id: 'other', beat: 0, started_at: 0 }).execute(),
    )
    await world.keep([rawOf(inbound('Hello'))])
    await world.db.transaction((trx) => claimKept(trx, 'other', 50))
    await world.current().intake.recover()
    expect(await rows(world)).toMatchObject([{ state: 'parsing', owner: 'other' }])
  })

  test('the loop takes in what is kept as soon as it is woken, and stops when it is told to', async () => {
    const world = await makeWorld(open)
    const { intake } = world.current()
    world.db.onWake('intake', () => intake.wake())
    intake.start()
    await world.keep([rawOf(inbound('Hello'))])
    await expect.poll(() => world.count('message'), SOON).toBe(1)
    await world.keep([rawOf(inbound('Hello?'))])
    await expect.poll(() => world.count('message'), SOON).toBe(2)
    await intake.stop()
    await world.keep([rawOf(inbound('Anybody?'))])
    await world.clock.advance(10 * SECOND)
    expect(await world.count('message')).toBe(2)
  })
})

async function rows(world: World) {
  return await world.db.selectFrom('intake').selectAll().orderBy('id').execute()
}

async function attemptsOf(world: World): Promise<number[]> {
  return (await rows(world)).map((row) => row.attempts)
}

/** What a process that is dead by then still tries finds no store any more, and nobody hears of it. */
function dying(world: World): void {
  world
    .current()
    .intake.pass()
    .catch(() => undefined)
}
