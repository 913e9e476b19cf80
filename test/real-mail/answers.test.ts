// What comes back after a reply: the customer's own answer, a machine's, or our mail itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { DOMAINS } from '../setup/exim.ts'
import { type MailServers, mailServersSkipped, startMailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { openRealDesk } from './desk.ts'
import { readMailbox, writeAll } from './mailbox.ts'

describe.skipIf(mailServersSkipped())('after a reply, on real servers,', () => {
  let servers: MailServers
  beforeAll(async () => {
    servers = await startMailServers()
  })
  afterAll(() => servers?.stop())

  eachDatabase((_, fresh, engine) => {
    test('E14: a delivery report brings the waiting time back, counted from the customer’s question', async () => {
      const user = servers.user(`returned-${engine}`)
      const desk = await openRealDesk(servers, user, await fresh())
      try {
        await writeAll(servers, user, [{ from: `ada@${DOMAINS.bounce}`, subject: 'Question', text: 'Where is it?' }])
        const [question] = await desk.hears(1)
        const conversationId = question?.conversation_id ?? ''

        const reply = await desk.answers(conversationId, 'It left today.')

        const { warnings } = await desk.becomes(reply, 'bounced')
        expect(warnings).toContain('The account does not exist')
        const windows = await desk.windows(conversationId)
        expect(windows.at(-1)).toMatchObject({ started_at: question?.arrived_at, ended_at: null })
        expect(await desk.messages('inbound')).toHaveLength(1)
      } finally {
        await desk.stop()
      }
    })

    test('E11: an absence notice is kept and shown, and nobody has to answer it', async () => {
      const user = servers.user(`away-${engine}`)
      const desk = await openRealDesk(servers, user, await fresh())
      try {
        await writeAll(servers, user, [{ from: `ada@${DOMAINS.vacation}`, subject: 'Question', text: 'Where is it?' }])
        const [question] = await desk.hears(1)

        await desk.answers(question?.conversation_id ?? '', 'It left today.')

        const [, notice] = await desk.hears(2)
        expect(notice).toMatchObject({
          conversation_id: question?.conversation_id,
          text: expect.stringContaining('away'),
        })
        expect(notice?.automated).toBeTruthy()
        const windows = await desk.windows(question?.conversation_id ?? '')
        expect(windows.map(({ ended_as }) => ended_as)).toEqual(['answered'])
      } finally {
        await desk.stop()
      }
    })

    test('E9: the customer’s answer to the reply address comes to the same conversation and waits', async () => {
      const user = servers.user(`again-${engine}`)
      const customer = `ada-${engine}@customer.test`
      const desk = await openRealDesk(servers, user, await fresh())
      try {
        await writeAll(servers, user, [{ from: customer, subject: 'Question', text: 'Where is it?' }])
        const [question] = await desk.hears(1)
        const reply = await desk.answers(question?.conversation_id ?? '', 'It left today.')
        await desk.becomes(reply, 'accepted')
        await until(async () => (await readMailbox(servers, customer)).length > 0, 'the reply in the mailbox')
        const [received] = await readMailbox(servers, customer)
        const replyTo = /^Reply-To:[^<]*<([^>]+)>/im.exec(received?.toString('latin1') ?? '')?.[1] ?? ''
        expect(replyTo).toContain('+')

        // Another subject and no References: only the address can lead it back.
        await writeAll(servers, replyTo, [{ from: customer, subject: 'And then?', text: 'It has not come.' }])

        const [, answer] = await desk.hears(2)
        expect(answer?.conversation_id).toBe(question?.conversation_id)
        const windows = await desk.windows(question?.conversation_id ?? '')
        expect(windows.map(({ ended_as }) => ended_as)).toEqual(['answered', null])
      } finally {
        await desk.stop()
      }
    })
  })
})
