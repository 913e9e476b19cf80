// What conversations are about: a changed subject after a long time begins something new, the same one suggests and no more.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../src/clock.ts'
import { close } from '../src/close.ts'
import { foldTopic, isTelling } from '../src/topic.ts'
import { eachDatabase } from './setup/database.ts'
import { answered, mailFixture, makePostOffice, type PostOffice } from './setup/post-office.ts'

const letter = (subject: string, more = '', from = 'anna@customer.test') =>
  `From: ${from}\nTo: support@desk.test\nSubject: ${subject}\n${more}\n\nHello, it is me.\n`
const withToken = (values: Record<string, string>, subject: string, id: string) =>
  letter(subject, `Cc: support+${values.TOKEN}@desk.test\nMessage-ID: <${id}@customer.test>`)

async function closedFor(office: PostOffice, ms: number) {
  const first = await answered(office, 'thread/question')
  await office.world.db.transaction((trx) => close(trx, first.id, 'U1'))
  await office.world.clock.advance(ms)
  return first
}

eachDatabase((open) => {
  describe('E10: a conversation that was closed', () => {
    // Seen failing: when the time since it was closed is not asked for, and when the topics are not compared.
    test('more than a week ago is not reopened by another subject: a new one begins, and leads to it', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await closedFor(office, 8 * DAY)
      const message = await office.arrives(withToken(values, 'A leaking tap', 'n1'))
      expect(message.conversation_id).not.toBe(id)
      expect(await office.world.conversation(message.conversation_id)).toMatchObject({ related_to: id })
      expect(await office.opened(message.conversation_id)).toEqual({
        relatedTo: id,
        relatedBy: 'token',
        because: 'changed-subject',
      })
      expect((await office.led(message)).passed).toEqual([{ by: 'token', why: 'changed-subject', to: id }])
      expect(await office.world.conversation(id)).toMatchObject({ state: 'closed' })
    })

    test('and what the customer writes next under that subject goes on there', async () => {
      const office = await makePostOffice(open)
      const { values } = await closedFor(office, 8 * DAY)
      const one = await office.arrives(withToken(values, 'A leaking tap', 'n1'))
      const two = await office.arrives(withToken(values, 'Re: a leaking  tap!', 'n2'))
      expect(two.conversation_id).toBe(one.conversation_id)
      const three = await office.arrives(withToken(values, 'My bicycle', 'n3'))
      expect(three.conversation_id).not.toBe(one.conversation_id)
    })

    test.each([
      ['under the same subject, after a year', 'RE: [EXTERNAL] Aw: where is my order', 365 * DAY],
      ['under a subject of ours that they answer', 'Re: Where is my order?', 30 * DAY],
      ['with no subject at all', '', 30 * DAY],
      ['under another subject, within the week', 'A leaking tap', 7 * DAY],
    ])('is reopened %s', async (_, subject, ms) => {
      const office = await makePostOffice(open)
      const { id, values } = await closedFor(office, ms)
      const message = await office.arrives(withToken(values, subject, 'n1'))
      expect(message.conversation_id).toBe(id)
      expect(await office.world.conversation(id)).toMatchObject({ state: 'open' })
    })

    test('is left closed by a machine’s letter, whatever its subject', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await closedFor(office, 30 * DAY)
      const message = await office.arrives(await mailFixture('thread/vacation', values))
      expect(message.conversation_id).toBe(id)
      expect(await office.world.conversation(id)).toMatchObject({ state: 'closed' })
      expect(await office.world.openWindow(id)).toBeUndefined()
    })

    test('after how long, the configuration says', async () => {
      const office = await makePostOffice(open)
      Object.assign(office.world.desk, { changedSubjectMs: 40 * DAY })
      const { id, values } = await closedFor(office, 39 * DAY)
      expect((await office.arrives(withToken(values, 'A leaking tap', 'n1'))).conversation_id).toBe(id)
    })
  })

  test('E10: a changed subject in an open conversation stays in it, and the answer has it', async () => {
    const office = await makePostOffice(open)
    const { id, values } = await answered(office, 'thread/question')
    await office.world.clock.advance(60 * DAY)
    const message = await office.arrives(withToken(values, 'AW: [EXTERNAL] Re: Please cancel', 'n1'))
    expect(message).toMatchObject({ conversation_id: id, topic: 'Please cancel' })
    const reply = await office.world.agentReplies('Done.', { conversation: id })
    const parts = await office.world.db.selectFrom('part').select('subject').where('message_id', '=', reply).execute()
    expect(parts).toEqual([{ subject: 'Re: Please cancel' }])
  })

  describe('E8: a subject alone', () => {
    const relatedTo = async (office: PostOffice, mail: string) => {
      const { conversation_id } = await office.arrives(mail)
      return (await office.world.conversation(conversation_id)).related_to
    }

    test('suggests, for the same person within a month, and never joins', async () => {
      const office = await makePostOffice(open)
      const first = await office.arrives(letter('Leaking tap in 4b', 'Message-ID: <a@x>'))
      const id = first.conversation_id
      const second = await office.arrives(letter('Re: leaking TAP in 4b', 'Message-ID: <b@x>'))
      expect(second.conversation_id).not.toBe(id)
      expect(await office.opened(second.conversation_id)).toEqual({ relatedTo: id, because: 'same-subject' })
      expect(await office.world.openWindow(id)).toBeDefined()
      expect(await office.world.openWindow(second.conversation_id)).toBeDefined()
    })

    test('says nothing from another person, even of the same domain, after a month, or from a forger or a machine', async () => {
      const office = await makePostOffice(open)
      await office.arrives(letter('Leaking tap in 4b', 'Message-ID: <a@x>'))
      expect(await relatedTo(office, letter('Leaking tap in 4b', 'Message-ID: <b@x>', 'ben@customer.test'))).toBeNull()
      const forged = 'Authentication-Results: mx.desk.test; dmarc=fail\nMessage-ID: <c@x>'
      expect(await relatedTo(office, letter('Leaking tap in 4b', forged))).toBeNull()
      const machine = 'Auto-Submitted: auto-generated\nMessage-ID: <d@x>'
      expect(await relatedTo(office, letter('Leaking tap in 4b', machine))).toBeNull()
      await office.world.clock.advance(31 * DAY + HOUR)
      expect(await relatedTo(office, letter('Leaking tap in 4b', 'Message-ID: <e@x>'))).toBeNull()
    })

    test.each(['Hello', 'Re: Question', 'Order', '', 'Bestellung', 'Help!!', 'Re:'])(
      'says nothing when it is “%s”',
      async (subject) => {
        const office = await makePostOffice(open)
        await office.arrives(letter(subject, 'Message-ID: <a@x>'))
        expect(await relatedTo(office, letter(subject, 'Message-ID: <b@x>'))).toBeNull()
      },
    )
  })
})

test('subjects are the same whatever their case, spaces and marks at the ends', () => {
  expect(foldTopic('  Where IS\tmy  order?! ')).toBe('where is my order')
  expect(foldTopic('ﬁsh — ')).toBe('fish')
  expect(['Order 4711', 'Leaking tap', '订单很久没到', 'Lamp'].map(isTelling)).toEqual([true, true, true, true])
  expect(['Order', 'Hello!', 'Question, urgent', '???', '1'].map(isTelling)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
