// What an agent passes on to a mailbox of ours: the customer's question, the agent's note apart, and nobody else's to do.
import { describe, expect, test } from 'vitest'
import { enter } from '../src/desk/agents.ts'
import { eachDatabase } from './setup/database.ts'
import { answered, mailFixture, makePostOffice, type PostOffice } from './setup/post-office.ts'

const NOTE = 'Came to my own box. Difficult customer, be kind.'

const CASES: Record<string, { subject?: string; text: string; name?: string | null; note?: null }> = {
  gmail: { text: 'Where is my order 4711?\n\nAnna' },
  'gmail-german': { subject: 'Wo ist meine Bestellung?', text: 'Wo ist meine Bestellung 4711?' },
  outlook: { text: 'Where is my order 4711?', name: 'Example, Anna' },
  'outlook-german': { subject: 'Wo ist meine Bestellung?', text: 'Wo ist meine Bestellung 4711?' },
  'outlook-french': { subject: 'Où est ma commande ?', text: 'Où est ma commande 4711 ?' },
  'outlook-spanish': { subject: '¿Dónde está mi pedido?', text: '¿Dónde está mi pedido 4711?' },
  'apple-mail': { text: 'Where is my order 4711?' },
  'apple-mail-plain': { text: 'Where is my order 4711?' },
  thunderbird: { text: 'Where is my order 4711?' },
  'without-a-note': { text: 'Where is my order 4711?', name: null, note: null },
  attached: { text: 'Where is my order 4711?', name: 'Anna Exämple' },
}

async function withMaya(office: PostOffice): Promise<PostOffice> {
  const profile = { id: 'U_MAYA', name: 'maya', profile: { email: 'Maya@Desk.test', display_name: 'Maya Lindt' } }
  await office.world.db.transaction((trx) => enter(trx, 'main', profile))
  return office
}

const notesOf = async ({ world }: PostOffice) =>
  await world.db.selectFrom('message').select(['author', 'text']).where('direction', '=', 'note').execute()

eachDatabase((open) => {
  describe('a forward by an agent is the question of whoever wrote the original', () => {
    // Seen failing: when the note is left in the text, which an answer quotes.
    test.each(Object.entries(CASES))('%s', async (name, { subject = 'Where is my order?', text, name: who, note }) => {
      const office = await withMaya(await makePostOffice(open))
      const at = office.world.clock.now()
      const message = await office.arrives(await mailFixture(`forward/${name}`))
      expect(message).toMatchObject({ author: 'anna@customer.test', subject, text, sender: 'none', arrived_at: at })
      const identity = await office.world.db.selectFrom('identity').selectAll().execute()
      const expected = who === null ? null : (who ?? 'Anna Example')
      expect(identity).toMatchObject([{ address: 'anna@customer.test', name: expected }])
      expect(await office.participants(message.conversation_id)).toEqual(['anna@customer.test'])
      expect(await notesOf(office)).toEqual(note === null ? [] : [{ author: 'U_MAYA', text: NOTE }])
      expect(await office.world.openWindow()).toMatchObject({ started_by: message.id, started_at: at })
      expect(await office.led(message)).toMatchObject({ forwardedBy: 'U_MAYA' })
      expect(JSON.parse(message.warnings)).toContain(
        'Passed on by Maya Lindt (maya@desk.test). Replies go to anna@customer.test.',
      )
    })
  })

  test('the answer to it goes to the customer, answers their own mail and repeats nothing of the agent’s note', async () => {
    const office = await withMaya(await makePostOffice(open))
    await office.arrives(await mailFixture('forward/thunderbird'))
    await office.world.agentReplies('It is on its way.')
    const [part] = await office.world.db.selectFrom('part').selectAll().execute()
    const body = Buffer.from(part?.body ?? []).toString()
    expect(office.world.channel.delivered.map(({ to }) => to)).toEqual(['anna@customer.test'])
    expect(body).toContain('In-Reply-To: <q1@customer.test>')
    expect(body).toContain('Subject: Re: Where is my order?')
    expect(body).not.toMatch(/Difficult|maya@/)
  })

  test('what answers a reply of ours, sent to the agent’s own box, joins its conversation', async () => {
    const office = await withMaya(await makePostOffice(open))
    const { id, values } = await answered(office, 'thread/question')
    const message = await office.arrives(await mailFixture('forward/attached', values))
    expect(message.conversation_id).toBe(id)
    expect(await office.led(message)).toMatchObject({ by: 'signed-id', forwardedBy: 'U_MAYA' })
  })

  test('the customer’s next mail, straight to us, goes on in the conversation that the forward began', async () => {
    const office = await withMaya(await makePostOffice(open))
    const { conversation_id: id } = await office.arrives(await mailFixture('forward/thunderbird'))
    const next = await office.arrives(await mailFixture('thread/own-message-again'))
    expect(next.conversation_id).toBe(id)
  })

  describe('it is an ordinary mail', () => {
    const ordinary = async (office: PostOffice, mail: string) => {
      const message = await office.arrives(mail)
      expect(message.author).toBe('maya@desk.test')
      expect(message.text).toContain('Difficult customer')
      expect(await notesOf(office)).toEqual([])
      return message
    }

    test('from somebody who is no agent', async () => {
      const office = await makePostOffice(open)
      await ordinary(office, await mailFixture('forward/gmail'))
    })

    test('from an agent who has left', async () => {
      const office = await withMaya(await makePostOffice(open))
      await office.world.db.transaction((trx) => trx.updateTable('agent').set({ left_at: 1 }).execute())
      await ordinary(office, await mailFixture('forward/gmail'))
    })

    // Seen failing: when the verdict is only asked to be no failure.
    test('from whom our server does not verify to be the agent', async () => {
      const office = await withMaya(await makePostOffice(open))
      const mail = await mailFixture('forward/gmail')
      await ordinary(office, mail.replace('dmarc=pass', 'dmarc=none'))
      await ordinary(office, mail.replace('dmarc=pass', 'dmarc=fail').replace('gmail@desk', 'other@desk'))
      const forged = mail.replace(/^(Authentication-Results): mx.desk.test/m, '$1: mx.evil.test')
      await ordinary(office, forged.replace('gmail@desk', 'third@desk'))
    })

    test('when it cannot be read who wrote the original, or when that is one of us; then it says so', async () => {
      const office = await withMaya(await makePostOffice(open))
      for (const name of ['unreadable', 'of-our-own']) {
        const message = await ordinary(office, await mailFixture(`forward/${name}`))
        expect(message.warnings).toContain('cannot be read who that was. Replies go to maya@desk.test')
      }
    })

    // Seen failing: when a forward mark anywhere in the history is enough.
    test('when an agent answers a customer, whose forward stands in the history below', async () => {
      const office = await withMaya(await makePostOffice(open))
      const answer = (await mailFixture('forward/gmail')).replace('Subject: Fwd:', 'Subject: Re: Fwd:')
      await ordinary(office, answer)
      const copied = (await mailFixture('forward/gmail')).replace(
        'To: support@',
        'Cc: anna@customer.test\nTo: support@',
      )
      await ordinary(office, copied.replace('gmail@desk', 'copied@desk'))
    })

    test('when it passes nothing on', async () => {
      const office = await withMaya(await makePostOffice(open))
      const message = await office.arrives(await mailFixture('forward/no-forward'))
      expect(message).toMatchObject({ author: 'maya@desk.test', warnings: '[]' })
    })
  })

  test('without a configured server an agent is taken at their word', async () => {
    const office = await withMaya(await makePostOffice(open, { authServer: '' }))
    const message = await office.arrives(await mailFixture('forward/gmail'))
    expect(message.author).toBe('anna@customer.test')
  })
})
