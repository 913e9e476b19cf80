// A customer hears at once that their message arrived: once, and only who may; it answers nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { putAcknowledgement } from '../src/acknowledgement.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { getIdentity } from '../src/contact.ts'
import type { Db } from '../src/db/open.ts'
import { makeAcknowledgingWorld } from './setup/acknowledging.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, fakeChannel, inbound } from './setup/fake-channel.ts'
import { always, calendarPolicy } from './setup/policy.ts'

const BEN = { address: 'ben@example.org', name: 'Ben Bitdiddle' }
const QUESTION = 'Where is my order, and when will it be here?'
const SOON = calendarPolicy(0.5, { definition: JSON.stringify({ window: 'calendar:30m' }) })
const elsewhere = (n: number) => ({ evidence: [], keys: [], subject: `Matter ${n}` })

eachDatabase((open) => {
  describe('an acknowledgement', () => {
    test('W2: reaches the customer with when to expect an answer, and the window waits as before', async () => {
      const world = await makeAcknowledgingWorld(open, { zone: 'Europe/Berlin' })
      await world.asks(QUESTION)
      expect(world.reached()).toEqual([ADA, ...world.reached().slice(1)])
      const { text, ...message } = await world.acknowledgement()
      expect(text).toContain('Hello Ada,')
      expect(text).toContain(
        'by Tuesday, January 6, 2026, 10:00 AM (Central European Standard Time), that is within 24 hours of its arrival',
      )
      expect(message).toMatchObject({ delivery: 'accepted', author: 'deskbell', automated: 'acknowledgement' })
      expect(await world.openWindow()).toMatchObject({ ended_at: null, due_at: world.clock.now() + 24 * HOUR })
      expect(await world.conversation()).toMatchObject({ state: 'new', owner_id: null })
      expect(await world.facts('reply-accepted')).toEqual([])
      expect(await world.facts('acknowledgement-accepted')).toHaveLength(1)
      await world.passTime(24 * HOUR)
      expect(world.pings.map(({ step }) => step)).toEqual(['due'])
    })

    test('is rendered for one reader: no name, no copies, no subject and no words of theirs', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION, { subject: 'URGENT', cc: [BEN], to: [{ address: 'support@example.com' }, BEN] })
      const { conversationToken, ...mail } = world.rendered[0] ?? {}
      expect(conversationToken).toBe((await world.conversation()).token)
      expect(mail).toMatchObject({ automated: 'acknowledgement', to: [{ address: ADA }], cc: [], agentName: '' })
      expect(mail).toMatchObject({
        subject: 'We have received your message',
        answers: { replyHandle: 'handle', text: '' },
      })
    })

    test('greets nobody by name whose sender is not verified', async () => {
      const world = await makeAcknowledgingWorld(open, { acknowledge: 'unverified' })
      await world.asks(QUESTION, { sender: 'none' })
      expect((await world.acknowledgement()).text).toMatch(/^Hello,/)
    })

    test('comes once in a window, however often they write', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (const text of ['One?', 'Two?', 'Three?']) await world.asks(text)
      expect(await world.acknowledgements()).toHaveLength(1)
      expect(await world.effects('acknowledgement')).toHaveLength(1)
    })

    test('comes once in seven days to a sender, whatever they write about', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks('One?', elsewhere(1))
      await world.asks('Two?', elsewhere(2))
      await world.passTime(7 * DAY - SECOND)
      await world.asks('Three?', elsewhere(3))
      expect(await world.acknowledgements()).toHaveLength(1)
      await world.asks('And I?', { ...elsewhere(4), from: BEN })
      expect(await world.acknowledgements()).toHaveLength(2)
      await world.passTime(SECOND)
      await world.asks('Four?', elsewhere(5))
      expect(await world.acknowledgements()).toHaveLength(3)
    })

    test('comes once to a sender whose two mails are taken in before either is acknowledged', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks('One?', { ...elsewhere(1), rests: true })
      await world.asks('Two?', { ...elsewhere(2), rests: true })
      expect(await world.effects('acknowledgement')).toHaveLength(2)
      await world.runOutbox()
      expect(await world.acknowledgements()).toHaveLength(1)
      expect((await world.effects('acknowledgement')).map(({ state }) => state).sort()).toEqual(['accepted', 'undone'])
    })

    test('is not sent when the answer was there first', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION, { rests: true })
      await world.db.transaction(async (trx) => {
        await trx
          .updateTable('outbox')
          .set({ due_at: trx.now() + MINUTE })
          .where('kind', '=', 'acknowledgement')
          .execute()
      })
      await world.agentReplies('Tomorrow.')
      await world.passTime(MINUTE)
      expect(world.channel.delivered.map(({ text }) => text)).toEqual(['Tomorrow.'])
      expect(await world.effects('acknowledgement')).toMatchObject([{ state: 'undone', error: 'answered meanwhile' }])
    })

    test('is not sent while an answer is on its way', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION, { rests: true })
      await world.agentSends(await world.agentPreviews('Tomorrow.'))
      await world.runOutbox()
      expect(await world.acknowledgements()).toEqual([])
    })

    test('does not make an agent’s draft stale, and the answer after it ends the window', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION, { rests: true })
      const draft = await world.agentPreviews('Tomorrow.')
      await world.runOutbox()
      expect(await world.acknowledgements()).toHaveLength(1)
      expect(await world.agentSends(draft)).toMatchObject({ kind: 'queued' })
      await world.passTime(MINUTE)
      expect(await world.openWindow()).toBeUndefined()
      expect((await world.conversation()).state).toBe('waiting-customer')
    })

    test.each(['hard', 'soft'] as const)('that bounces (%s) is shown and changes nothing else', async (lasting) => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION)
      const before = { window: await world.windows(), state: (await world.conversation()).state }
      const { id } = await world.acknowledgement()
      await world.agentReplies('Tomorrow.')
      const answered = { window: await world.windows(), state: (await world.conversation()).state }
      expect(answered).not.toEqual(before)
      await world.replyBounces(id, lasting)
      expect({ window: await world.windows(), state: (await world.conversation()).state }).toEqual(answered)
      expect(await world.facts('reply-voided')).toEqual([])
      const { delivery, warnings } = await world.message(id)
      expect(delivery).toBe(lasting === 'hard' ? 'bounced' : 'deferred')
      expect(warnings).toContain('no such user')
    })
  })

  describe('E12: nobody gets an acknowledgement', () => {
    test.each([
      ['whose address was forged', { sender: 'fail' as const }, 'unverified' as const],
      ['of whose address nothing is known', { sender: 'none' as const }, 'on' as const],
      ['whose mail came with an import', { imported: true as const }, 'unverified' as const],
      ['who is a machine', { automated: 'sent by a program' }, 'unverified' as const],
    ])('%s', async (_, wrote, acknowledge) => {
      const world = await makeAcknowledgingWorld(open, { acknowledge })
      await world.asks(QUESTION, wrote)
      expect(await world.effects('acknowledgement')).toEqual([])
    })

    test('whose mail a list, a forwarder or a hidden copy brought to us', async () => {
      const world = await makeAcknowledgingWorld(open, { acknowledge: 'unverified' })
      await world.customerWrites(QUESTION)
      expect(await world.effects('acknowledgement')).toEqual([])
    })

    test('unless the mailbox says so', async () => {
      const world = await makeAcknowledgingWorld(open)
      Object.assign(world.desk, { acknowledge: undefined })
      await world.asks(QUESTION)
      expect(await world.effects('acknowledgement')).toEqual([])
    })

    test('more than an hour late, as after downtime', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks('Old?', { ...elsewhere(1), at: world.clock.now() - HOUR - 1 })
      expect(await world.effects('acknowledgement')).toEqual([])
      await world.asks('New?', { ...elsewhere(2), at: world.clock.now() - HOUR })
      expect(await world.acknowledgements()).toHaveLength(1)
    })

    test('that waited for more than an hour in the outbox', async () => {
      const world = await makeAcknowledgingWorld(open)
      await world.asks(QUESTION, { rests: true })
      await world.clock.advance(HOUR + 1)
      await world.runOutbox()
      expect(await world.effects('acknowledgement')).toMatchObject([{ state: 'undone', error: 'too late to say so' }])
    })

    test('that promises what is past', async () => {
      const world = await makeAcknowledgingWorld(open, { policies: always(SOON) })
      await world.asks('First?')
      expect((await world.acknowledgement()).text).not.toContain('hours')
      await world.db.transaction(async (trx) => void (await trx.deleteFrom('acknowledgement').execute()))
      await world.asks('Another matter?', { ...elsewhere(1), rests: true })
      await world.clock.advance(30 * MINUTE)
      await world.runOutbox()
      expect(await world.acknowledgements()).toHaveLength(1)
    })

    test('for a window that an import brought', async () => {
      const world = await makeAcknowledgingWorld(open)
      const message = await world.customerWrites(QUESTION)
      const conversation = await world.conversation()
      const identity = await getIdentity(world.db, conversation.identity_id)
      const putOne = () =>
        world.db.transaction((trx) =>
          putAcknowledgement(
            trx,
            { conversation, identity, message },
            inbound(QUESTION, { acknowledgeable: true }),
            'on',
          ),
        )
      const watch = (at: number | null) =>
        world.db.transaction(
          async (trx) => void (await trx.updateTable('response_window').set({ watched_at: at }).execute()),
        )
      await watch(null)
      await putOne()
      expect(await world.effects('acknowledgement')).toEqual([])
      await watch(world.clock.now())
      await putOne()
      expect(await world.effects('acknowledgement')).toHaveLength(1)
    })
  })

  describe('an acknowledgement whose fate is', () => {
    const sentWith = async (lookUp: 'lookup' | 'none', arrives: boolean) => {
      const channel = fakeChannel('email:support', lookUp)
      const world = await makeAcknowledgingWorld(open, { channel })
      channel.fates.push({ kind: 'uncertain', arrives })
      await world.asks(QUESTION)
      for (let minute = 0; minute < 10; minute++) {
        await world.current().outbox.recover()
        await world.passTime(MINUTE)
      }
      return world
    }

    test('uncertain is never sent twice where nobody can look', async () => {
      const world = await sentWith('none', true)
      const [first] = world.channel.delivered
      expect(world.channel.delivered.filter(({ text }) => text === first?.text)).toHaveLength(1)
      expect(await world.acknowledgement()).toMatchObject({ delivery: 'uncertain' })
      expect(await world.effects('acknowledgement')).toMatchObject([{ state: 'undone' }])
    })

    test('a refusal is told, and asks for nobody’s decision', async () => {
      const world = await makeAcknowledgingWorld(open)
      world.channel.fates.push({ kind: 'rejected', reason: 'no such user' })
      await world.asks(QUESTION)
      expect(await world.acknowledgement()).toMatchObject({ delivery: 'rejected', warnings: '["no such user"]' })
      expect(await world.openWindow()).toBeDefined()
    })

    test('a busy server is tried again, and then let be', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 20; n++) world.channel.fates.push({ kind: 'temporary' })
      await world.asks(QUESTION)
      for (let minute = 0; minute < 70; minute++) await world.passTime(MINUTE)
      expect(await world.effects('acknowledgement')).toMatchObject([{ state: 'undone' }])
      expect(world.channel.sends).toBeGreaterThan(1)
      expect(world.channel.delivered).toEqual([])
    })
  })

  test('W2: an acknowledgement that was begun when the program died is neither lost sight of nor sent twice', async () => {
    const channel = fakeChannel('email:support', 'none')
    const world = await makeAcknowledgingWorld(open, { channel })
    channel.fates.push({ kind: 'dies', arrives: true })
    await world.asks(QUESTION, { rests: true })
    await world.current().outbox.pass()
    await untilDelivered(world.db)
    await world.restart()
    for (let minute = 0; minute < 5; minute++) await world.passTime(MINUTE)
    expect(channel.delivered.filter(({ text }) => text.startsWith('Hello'))).toHaveLength(1)
    expect(await world.acknowledgement()).toMatchObject({ delivery: 'uncertain' })
    expect(await world.openWindow()).toBeDefined()
  })
})

async function untilDelivered(db: Db): Promise<void> {
  await expect
    .poll(async () => (await db.selectFrom('message').select('id').where('automated', 'is not', null).execute()).length)
    .toBe(1)
}

eachDatabase((open) => {
  test('E12: none of a customer’s words are in what they get, whatever they write', async () => {
    const world = await makeAcknowledgingWorld(open)
    const words = fc.stringMatching(/^[A-Za-z<>[\]()*_#{}%|&:/. ]{1,60}$/)
    let n = 0
    await fc.assert(
      fc.asyncProperty(words, words, words, async (subject, body, name) => {
        n += 1
        const mark = `zq${n}`
        const theirs = [`${mark}${subject}`, `${mark}${body}`, `${mark}${name} Qz`]
        const [title = '', text = '', from = ''] = theirs
        await world.asks(text, { ...elsewhere(n), subject: title, from: { address: `p${n}@example.org`, name: from } })
        const mail = world.rendered.at(-1)
        expect(mail?.to).toEqual([{ address: `p${n}@example.org` }])
        expect(`${mail?.subject}\n${mail?.markdown}\n${mail?.answers?.text}`).not.toContain(mark)
      }),
      { numRuns: 60 },
    )
    expect(await world.acknowledgements()).toHaveLength(n)
  })
})
