import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { rerun } from '../src/outbox.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, fakeChannel } from './setup/fake-channel.ts'
import { makeWorld, SOON, type World } from './setup/world.ts'

const LETTER = 'Yes.\n\nIt ships today.\n\nBye.'

eachDatabase((open) => {
  test('an accepted reply is recorded with its parts, its recipient, its facts and the end of the window', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const id = await world.agentReplies('Yes.')
    expect(await world.message(id)).toMatchObject({ delivery: 'accepted', direction: 'outbound', warnings: '[]' })
    expect(await recipientsOf(world, id)).toEqual([{ address: ADA, state: 'accepted', reason: null }])
    const [fact] = await world.facts('reply-accepted')
    expect(fact).toMatchObject({ message_id: id, actor: 'U1' })
    expect(JSON.parse(fact?.data ?? '{}')).toMatchObject({ answersUpTo: 1, at: world.clock.now() })
    expect(await world.facts('window-ended')).toHaveLength(1)
    expect((await world.conversation()).state).toBe('waiting-customer')
  })

  test('parts that were accepted before the program died are not sent again', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'accepted' }, { kind: 'dies', arrives: false })
    await dieSending(world, LETTER)
    await world.restart()
    await world.passTime(0) // Looks at once,
    await world.passTime(45 * SECOND) // once more after 45 s, and then sends what is missing.
    await world.passTime(10 * SECOND)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['Yes.', 'It ships today.', 'Bye.'])
    expect((await world.windows())[0]).toMatchObject({ ended_as: 'answered' })
  })

  test('what the customer had received when the program died is found, and nothing is sent again', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'dies', arrives: true })
    const id = await dieSending(world, 'Yes.')
    await world.restart()
    await world.passTime(0)
    expect(world.channel.delivered).toHaveLength(1)
    expect(await world.message(id)).toMatchObject({ delivery: 'accepted' })
    expect(await world.openWindow()).toBeUndefined()
  })

  test('parts that were accepted before the server had enough are not sent again', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'accepted' }, { kind: 'temporary' })
    const id = await world.agentReplies(LETTER)
    expect((await world.message(id)).delivery).toBe('deferred')
    expect(await world.openWindow()).toBeDefined()
    await world.passTime(10 * SECOND)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['Yes.', 'It ships today.', 'Bye.'])
    expect((await world.message(id)).delivery).toBe('accepted')
  })

  test('who has lost a reply to another instance after its first part leaves the rest to that one', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    // Frozen for so long that everybody takes us for dead, and what we were at for uncertain.
    const doubted = { state: 'uncertain', owner: null, due_at: world.clock.now() + 10 * SECOND } as const
    const freeze = () => world.db.transaction((trx) => trx.updateTable('outbox').set(doubted).execute())
    world.channel.fates.push({ kind: 'accepted', before: freeze })
    const id = await world.agentPreviews(LETTER)
    await world.agentSends(id, { undoMs: 0 })
    const attempts = await world.current().outbox.pass()
    await Promise.all(attempts)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['Yes.'])
    await world.passTime(10 * SECOND) // The other one looks, and once more,
    await world.passTime(45 * SECOND)
    await world.passTime(10 * SECOND)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['Yes.', 'It ships today.', 'Bye.'])
    expect((await world.message(id)).delivery).toBe('accepted')
  })

  test('a refusal is shown with its reason, and the customer goes on waiting', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'rejected', reason: 'This mailbox does not exist. Ask for another address.' })
    const id = await world.agentReplies('Yes.')
    const { delivery, warnings } = await world.message(id)
    expect(delivery).toBe('rejected')
    expect(JSON.parse(warnings)).toEqual(['This mailbox does not exist. Ask for another address.'])
    expect(await world.facts('reply-rejected')).toHaveLength(1)
    expect(await world.openWindow()).toBeDefined()
    await world.passTime(HOUR)
    expect(world.channel.sends).toBe(1)
  })

  test('a recipient that was refused is named with the reason: partly delivered', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.copies.push({ address: 'bob@example.org' })
    world.channel.refused.set('bob@example.org', 'mailbox full')
    const id = await world.agentReplies('Yes.')
    const { delivery, warnings } = await world.message(id)
    expect(delivery).toBe('partly-delivered')
    expect(JSON.parse(warnings)).toEqual(['Not delivered to bob@example.org: mailbox full'])
    expect(await recipientsOf(world, id)).toEqual([
      { address: ADA, state: 'accepted', reason: null },
      { address: 'bob@example.org', state: 'rejected', reason: 'mailbox full' },
    ])
    expect(await world.openWindow()).toBeUndefined() // The one who asked has the answer.
  })

  test('an uncertain reply is shown as that until somebody has looked, and is not sent twice', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'uncertain', arrives: true })
    const id = await world.agentReplies('Yes.')
    expect(world.channel.delivered).toHaveLength(1)
    expect((await world.message(id)).delivery).toBe('accepted') // The look that followed at once has found it.
    expect(await world.facts('reply-uncertain')).toHaveLength(1)
    await world.passTime(HOUR)
    expect(world.channel.sends).toBe(1)
  })

  test('E15: meanwhile the reply says that it may have arrived, and after a wait the very same bytes leave again', async () => {
    const world = await makeWorld(open, { channel: fakeChannel('email:support', 'none') })
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'uncertain', arrives: true })
    const id = await world.agentReplies('Yes.')
    for (let second = 0; second < 40; second += 10) {
      expect((await world.message(id)).delivery).toBe('uncertain')
      expect(world.channel.sends).toBe(1)
      expect(await world.openWindow()).toBeDefined() // It ends on accepted.
      await world.passTime(10 * SECOND)
    }
    await world.passTime(10 * SECOND)
    await world.passTime(10 * SECOND)
    expect(world.channel.sends).toBe(2)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['Yes.', 'Yes.'])
    expect((await world.message(id)).delivery).toBe('accepted')
    expect(await world.openWindow()).toBeUndefined()
  })

  test('E15: where nobody can look, the same bytes are sent three times at most; then a person decides', async () => {
    const world = await makeWorld(open, { channel: fakeChannel('email:support', 'none') })
    await world.customerWrites('Is it in stock?')
    const lost = { kind: 'uncertain', arrives: false } as const
    world.channel.fates.push(lost, lost, lost, lost, lost)
    const id = await world.agentReplies('Yes.')
    for (let minute = 0; minute < 30; minute++) await world.passTime(MINUTE)
    expect(world.channel.sends).toBe(3)
    expect((await world.message(id)).delivery).toBe('parked')
    expect(await world.facts('reply-parked')).toHaveLength(1)
    expect(await world.openWindow()).toBeDefined()

    world.channel.fates.length = 0
    const [effect] = await world.effects('reply')
    expect(await world.db.transaction((trx) => rerun(trx, effect?.id ?? ''))).toBe(true)
    await world.passTime(0)
    expect(world.channel.sends).toBe(4)
    expect((await world.message(id)).delivery).toBe('accepted')
    expect(await world.openWindow()).toBeUndefined()
  })

  test('E14: a bounce binds to its reply, which is shown as bounced with the reason; again is no second fact', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const id = await world.agentReplies('Yes.')
    await world.replyBounces(id)
    await world.replyBounces(id)
    const { delivery, warnings } = await world.message(id)
    expect(delivery).toBe('bounced')
    expect(JSON.parse(warnings)).toEqual(['Not delivered: no such user'])
    expect(await world.facts('reply-voided')).toHaveLength(1)
    expect(await world.count('conversation')).toBe(1)
  })

  test('E14: a soft bounce is shown as deferred, and takes nothing back', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const id = await world.agentReplies('Yes.')
    await world.replyBounces(id, 'soft')
    expect((await world.message(id)).delivery).toBe('deferred')
    expect(await world.openWindow()).toBeUndefined()
    await world.replyBounces(id, 'hard')
    await world.replyBounces(id, 'soft')
    expect((await world.message(id)).delivery).toBe('bounced')
    expect(await world.openWindow()).toBeDefined()
  })

  test('a report about something that we never sent changes nothing', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.')
    await world.replyBounces('m_none')
    expect(await world.facts('reply-voided')).toEqual([])
    expect(await world.count('conversation')).toBe(1)
  })

  test('a reply accepted in a closed conversation leaves it waiting for the customer', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const close = () =>
      world.db.transaction((trx) => trx.updateTable('conversation').set({ state: 'closed' }).execute())
    await world.agentReplies('Yes.', { meanwhile: close })
    expect((await world.conversation()).state).toBe('waiting-customer')
  })
})

/** The program gets as far as handing the reply over and is killed there. */
async function dieSending(world: World, text: string): Promise<string> {
  const id = await world.agentPreviews(text)
  await world.agentSends(id)
  await world.clock.advance(10 * SECOND)
  await world.current().outbox.pass() // Its attempt never ends.
  await expect.poll(() => world.channel.fates.length, SOON).toBe(0)
  return id
}

async function recipientsOf(world: World, messageId: string) {
  const rows = world.db.selectFrom('recipient').select(['address', 'state', 'reason'])
  return await rows.where('message_id', '=', messageId).orderBy('address').execute()
}
