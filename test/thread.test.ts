// Whose conversation it is: real mail of many clients and servers, read and taken in, and what the log says of the reason.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../src/clock.ts'
import { explainPlaces } from '../src/led.ts'
import { merge, unmerge } from '../src/move.ts'
import { eachDatabase } from './setup/database.ts'
import { answered, mailFixture, makePostOffice } from './setup/post-office.ts'

/** Fixture, what decides and its place, and what is passed over. Without what decides: why it is only related, if it is. */
type Case = { by?: string; rank?: number; because?: string; passed?: string[]; automated?: RegExp }

const CASES: Record<string, Case> = {
  gmail: { by: 'token', rank: 1 },
  'outlook-desktop': { by: 'signed-id', rank: 1 },
  'outlook-com-references': { by: 'signed-id', rank: 1, passed: ['reference unknown'] },
  'exchange-parent-id': { by: 'signed-id', rank: 1 },
  'apple-mail': { by: 'signed-id', rank: 1, passed: ['reference unknown'] },
  thunderbird: { by: 'token', rank: 1 },
  'mobile-no-references': { by: 'token', rank: 1 },
  'mailing-list': {
    because: 'no-participant',
    passed: ['signed-id no-participant', 'reference no-participant'],
    automated: /mailing list/,
  },
  'list-and-us': { by: 'token', rank: 1 },
  'forwarded-to-a-colleague': {
    because: 'no-participant',
    passed: ['token no-participant', 'signed-id no-participant', 'reference unknown', 'reference no-participant'],
  },
  'edited-subject': { by: 'token', rank: 1 },
  alias: { by: 'token', rank: 1 },
  'migrated-ids': { passed: ['reference unknown', 'reference unknown'] },
  'two-tokens': { by: 'token', rank: 1, passed: ['token weaker'] },
  'token-against-id': { by: 'token', rank: 1, passed: ['signed-id weaker', 'reference weaker'] },
  'tampered-token': { passed: ['token unknown'] },
  'tampered-signature': {},
  'several-ids-and-comments': { by: 'signed-id', rank: 1, passed: ['reference unknown', 'reference unknown'] },
  'references-of-130-ids': { by: 'signed-id', rank: 1, passed: Array(10).fill('reference unknown') },
  'folded-and-quoted-ids': { by: 'signed-id', rank: 1, passed: ['reference unknown'] },
  'uppercase-ids': { by: 'signed-id', rank: 1 },
  'ids-without-brackets': { by: 'signed-id', rank: 1 },
  'token-in-cc': { by: 'token', rank: 1 },
  'token-in-delivered-to': { by: 'token', rank: 1 },
  'token-in-the-quote': { because: 'same-subject' },
  'own-message-again': { by: 'reference', rank: 1 },
  spoofed: { because: 'sender-failed', passed: ['token sender-failed', 'signed-id sender-failed'] },
  'named-by-somebody-else': { because: 'hearsay', passed: ['token hearsay'] },
  'without-a-sender': {},
  'ticket-system-answers': { by: 'token', rank: 1 },
  vacation: { by: 'token', rank: 1, automated: /Auto-Submitted/ },
}

eachDatabase((open) => {
  describe('E7: an answer', () => {
    // Seen failing: without the tokens, and with strangers let in.
    test.each(Object.entries(CASES))('%s', async (name, { by, rank, because, passed = [], automated }) => {
      const office = await makePostOffice(open)
      const mine = await answered(office, 'thread/question')
      const other = await answered(office, 'thread/other-question', 'OTHER_')
      const message = await office.arrives(await mailFixture(`thread/${name}`, { ...other.values, ...mine.values }))
      const led = await office.led(message)
      expect({ by: led.by, rank: led.rank }).toEqual({ by, rank })
      const over = (led.passed ?? []) as { by: string; why: string }[]
      expect(over.map((one) => `${one.by} ${one.why}`)).toEqual(passed)
      expect(message.conversation_id === mine.id).toBe(by !== undefined)
      if (by === undefined) {
        const { related_to } = await office.world.conversation(message.conversation_id)
        expect(related_to).toBe(because === undefined ? null : mine.id)
        expect((await office.opened(message.conversation_id)).because).toBe(because)
      }
      if (automated) expect(message.automated).toMatch(automated)
      else expect(message.automated).toBeNull()
      const window = await office.world.openWindow(message.conversation_id)
      expect(window?.started_by).toBe(automated ? undefined : message.id)
    })

    test('to a reply whose id our server changed finds the way by the copy in our own mailbox', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      await office.arrives(await mailFixture('thread/exchange-own-copy', values))
      const message = await office.arrives(await mailFixture('thread/exchange-rewritten-id', values))
      expect(message.conversation_id).toBe(id)
      expect(await office.led(message)).toMatchObject({ by: 'reference', passed: [{ why: 'unknown' }] })
    })

    test('carries nothing that the log would tell in words: ids and kinds only', async () => {
      const office = await makePostOffice(open)
      const { values } = await answered(office, 'thread/question')
      await office.arrives(await mailFixture('thread/forwarded-to-a-colleague', values))
      const facts = await office.world.db.selectFrom('fact').select('data').execute()
      expect(JSON.stringify(facts)).not.toMatch(/order|anna|ben@|Fwd|desk\.test/i)
    })

    test('is explained to whoever asks why it is where it is', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      const joined = await office.arrives(await mailFixture('thread/apple-mail', values))
      const stranger = await office.arrives(await mailFixture('thread/forwarded-to-a-colleague', values))
      const here = await explainPlaces(office.world.db, id)
      expect(here[0]).toBe('# Why these messages are here')
      expect(here.at(-1)).toBe(
        `Message ${joined.id}: it carries the id of a reply of ours, which we had signed (first of what it carries). Passed over: reference, which nobody knows.`,
      )
      const there = await explainPlaces(office.world.db, stranger.conversation_id)
      expect(there[1]).toContain(`nothing led it elsewhere, possibly related to ${id} (no-participant).`)
      expect(there[1]).toContain(`token to ${id}, as the sender takes no part there`)
    })
  })

  describe('E8: who takes part', () => {
    test('whom a verified customer brings in answers in the same conversation; lists, machines and we do not take part', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      await office.arrives(await mailFixture('thread/with-a-colleague', values))
      expect(await office.participants(id)).toEqual(['anna@customer.test', 'ben@customer.test'])
      const message = await office.arrives(await mailFixture('thread/colleague-answers-all', values))
      expect(message).toMatchObject({ conversation_id: id, author: 'ben@customer.test' })
    })

    // Seen failing: when the verdict on the sender is not asked for.
    test('whom an unverified or a forged sender names does not take part', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      const mail = await mailFixture('thread/with-a-colleague', values)
      await office.arrives(mail.replace(/^Authentication-Results:.*\n/m, ''))
      await office.arrives(mail.replace(/dkim=pass.*$/m, 'dmarc=fail').replace('k1@', 'k3@'))
      expect(await office.participants(id)).toEqual(['anna@customer.test'])
      const message = await office.arrives(await mailFixture('thread/colleague-answers-all', values))
      expect(message.conversation_id).not.toBe(id)
    })

    test('a stranger who carries the key adds nobody to the conversation, and goes on in one of their own', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      const mail = await mailFixture('thread/forwarded-to-a-colleague', values)
      const first = await office.arrives(mail)
      const second = await office.arrives(mail.replace('f1@', 'f2@'))
      expect(await office.participants(id)).toEqual(['anna@customer.test'])
      expect(second.conversation_id).toBe(first.conversation_id)
      expect(await office.led(second)).toMatchObject({ by: 'token', via: id })
      expect(await office.world.windows(first.conversation_id)).toHaveLength(1)
    })

    test('A2: a stranger gets into no conversation of another, whatever they put into the header', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      const { TOKEN = '', OURS = '' } = values
      const lines = [
        `To: Desk <support+${TOKEN}@desk.test>`,
        'To: support@desk.test, anna@customer.test',
        `Cc: help+${TOKEN}@desk.test, Anna <anna@customer.test>`,
        `Delivered-To: support+${TOKEN}@desk.test`,
        `In-Reply-To: ${OURS}`,
        `References: <q1@customer.test> ${OURS}`,
        `X-Microsoft-Original-Message-ID: ${OURS}`,
        'Message-ID: <q1@customer.test>',
        `Message-ID: ${OURS}`,
        'Reply-To: Anna Example <anna@customer.test>',
        'Sender: anna@customer.test',
        'Return-Path: <anna@customer.test>',
        'Subject: Re: Where is my order?',
        'List-Id: <support.desk.test>',
        'Authentication-Results: mx.desk.test; dmarc=pass header.from=customer.test',
        'Authentication-Results: mx.desk.test; dmarc=fail',
        'X-Forwarded-Message-Id: <q1@customer.test>',
      ]
      const senders = [
        'eve@evil.test',
        '"anna@customer.test" <eve@evil.test>',
        'no-reply@evil.test',
        'anna@customer.test.evil.test',
      ]
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.subarray(lines), fc.constantFrom(...senders), async (chosen, from) => {
          run += 1
          const message = await office.arrives(
            [`From: ${from}`, `Date: ${run}`, ...chosen, '', `Letter ${run}`].join('\n'),
          )
          expect(message.text.trim()).toBe(`Letter ${run}`)
          expect(message.conversation_id).not.toBe(id)
          expect(await office.participants(id)).toEqual(['anna@customer.test'])
        }),
        { numRuns: 60 },
      )
    })

    // Seen failing: when parting leaves the guests where they were.
    test('whom an agent joins takes part from then on, with both clocks right, and no more once they are parted', async () => {
      const office = await makePostOffice(open)
      const { world } = office
      const { id, values } = await answered(office, 'thread/question')
      await world.clock.advance(HOUR)
      const older = await office.arrives(await mailFixture('thread/thunderbird', values))
      await world.clock.advance(HOUR)
      const mail = await mailFixture('thread/forwarded-to-a-colleague', values)
      const theirs = (await office.arrives(mail)).conversation_id
      const by = { agentId: 'U1', policies: world.policies }
      expect(await world.db.transaction((trx) => merge(trx, theirs, id, by))).toEqual({ kind: 'moved' })
      expect(await world.openWindow(id)).toMatchObject({ started_by: older.id, started_at: older.arrived_at })
      expect(await world.openWindow(theirs)).toBeUndefined()
      const joined = await office.arrives(mail.replace('f1@', 'f2@'))
      expect(joined.conversation_id).toBe(id)

      expect(await world.db.transaction((trx) => unmerge(trx, theirs, by))).toEqual({ kind: 'moved' })
      expect(await world.openWindow(id)).toMatchObject({ started_at: older.arrived_at })
      expect(await world.openWindow(theirs)).toMatchObject({ started_at: older.arrived_at + HOUR })
      // What they wrote while joined stays, and so do they; a guest who wrote nothing goes.
      expect(await office.participants(id)).toEqual(['anna@customer.test', 'ben@elsewhere.test'])
      expect(await office.participants(theirs)).toEqual(['ben@elsewhere.test', 'carl@elsewhere.test'])
    })

    test('who was joined by mistake and wrote nothing there is a stranger again', async () => {
      const office = await makePostOffice(open)
      const { world } = office
      const { id, values } = await answered(office, 'thread/question')
      const mail = await mailFixture('thread/forwarded-to-a-colleague', values)
      const theirs = (await office.arrives(mail)).conversation_id
      const by = { agentId: 'U1', policies: world.policies }
      await world.db.transaction((trx) => merge(trx, theirs, id, by))
      await world.db.transaction((trx) => unmerge(trx, theirs, by))
      expect(await office.participants(id)).toEqual(['anna@customer.test'])
      expect((await office.arrives(mail.replace('f1@', 'f2@'))).conversation_id).toBe(theirs)
    })

    test('another address of the same contact takes part', async () => {
      const office = await makePostOffice(open)
      const { id, values } = await answered(office, 'thread/question')
      const { db } = office.world
      const ben = await office.arrives(
        await mailFixture('thread/colleague-answers-all', { ...values, TOKEN: 'x', OURS: '<none@x>' }),
      )
      const anna = await db.selectFrom('identity').selectAll().where('address', '=', 'anna@customer.test').execute()
      const contact = anna[0]?.contact_id ?? ''
      await db.transaction((trx) =>
        trx.updateTable('identity').set({ contact_id: contact }).where('address', '=', ben.author).execute(),
      )
      const again = await mailFixture('thread/colleague-answers-all', values)
      expect((await office.arrives(again.replace('k2@', 'k4@'))).conversation_id).toBe(id)
    })

    test('whom we wrote to takes part once the server has taken the mail, and whom it refused does not', async () => {
      const office = await makePostOffice(open)
      const { world } = office
      const { id } = await answered(office, 'thread/question')
      world.channel.refused.set('carl@customer.test', 'no such user')
      const parts = await world.db.selectFrom('part').select(['message_id', 'recipients']).execute()
      expect(parts).toHaveLength(1)
      const draft = await world.agentPreviews('And a copy.', { conversation: id })
      const recipients = [
        { address: 'anna@customer.test' },
        { address: 'ben@customer.test' },
        { address: 'carl@customer.test' },
      ]
      await world.db.transaction((trx) =>
        trx
          .updateTable('part')
          .set({ recipients: JSON.stringify(recipients) })
          .where('message_id', '=', draft)
          .execute(),
      )
      await world.agentSends(draft)
      expect(await office.participants(id)).toEqual(['anna@customer.test'])
      await world.passTime(DAY)
      expect(await office.participants(id)).toEqual(['anna@customer.test', 'ben@customer.test'])
    })
  })

  describe('E11: mail sent as lists and ticket systems send', () => {
    // Seen failing: when any evidence is enough.
    test.each([
      ['from somebody who carries nothing of ours', { TOKEN: 'x', OURS: '<none@of.ours>' }, ''],
      ['from somebody who takes no part', {}, 'eve@elsewhere.test'],
      ['that only answers their own mail', { TOKEN: 'x', OURS: '<q1@customer.test>' }, ''],
    ])('is a machine’s %s', async (_, changed, from) => {
      const office = await makePostOffice(open)
      const { values } = await answered(office, 'thread/question')
      const mail = await mailFixture('thread/ticket-system-answers', { ...values, ...changed })
      const message = await office.arrives(from ? mail.replaceAll('anna@customer.test', from) : mail)
      expect(message.automated).toBe('sent through a mailing list')
      expect(await office.world.openWindow(message.conversation_id)).toBeUndefined()
    })

    test('is a person’s when it answers us, but no machine of ours answers it', async () => {
      const office = await makePostOffice(open)
      const { values } = await answered(office, 'thread/question')
      Object.assign(office.world.desk, { acknowledge: 'on' })
      const message = await office.arrives(await mailFixture('thread/ticket-system-answers', values))
      expect(message.automated).toBeNull()
      expect(await office.world.effects('acknowledgement')).toEqual([])
    })
  })

  describe('E8: evidence that leads to another desk', () => {
    async function otherDesk() {
      const office = await makePostOffice(open)
      const mine = await answered(office, 'thread/question')
      Object.assign(office.world.desk, { addressesOf: () => ['support@desk.test'] })
      office.addMailbox('sales', 'sales@desk.test', 'sales')
      return { office, ...mine }
    }
    const outlook = async (values: Record<string, string>, to: string) =>
      (await mailFixture('thread/outlook-desktop', values)).replace(
        '<support@desk.test>\nReferences',
        `<${to}>\nReferences`,
      )

    test('an id that travels along does not bring a letter to sales before the support desk', async () => {
      const { office, id, values } = await otherDesk()
      const message = await office.arrives(await outlook(values, 'sales@desk.test'), 'email:sales')
      expect(message.conversation_id).not.toBe(id)
      expect(await office.world.conversation(message.conversation_id)).toMatchObject({ desk: 'sales', related_to: id })
      expect(await office.opened(message.conversation_id)).toMatchObject({ because: 'other-desk' })
    })

    test('its reply address does, as does a letter written to both', async () => {
      const { office, id, values } = await otherDesk()
      const byToken = await office.arrives(await mailFixture('thread/gmail', values), 'email:sales')
      expect(byToken.conversation_id).toBe(id)
      const both = await office.arrives(await outlook(values, 'support@desk.test>, <sales@desk.test'), 'email:sales')
      expect(both.conversation_id).toBe(id)
    })
  })
})
