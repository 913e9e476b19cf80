// What agents see of a customer: who they are and what we know of them, and how somebody outside is asked because of them.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { openOffice } from './office.ts'

const ANA = 'Ana Ruiz <ana@customer.test>'

describe.skipIf(!hasBrowser())('what agents see of a customer', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera.close())

  test('the customer’s form, a question to somebody outside, and the answer in place', async () => {
    const office = await openOffice()
    const { slack, maya, stage, mail, workspace } = office
    const says = (callbackId: string) => slack.waitFor(() => maya.front()?.view.callback_id === callbackId, callbackId)
    const front = () => maya.front()?.id ?? ''
    const fill = (id: string, text: string) => slack.type(stage.agent, front(), id, id, text)
    office.mails({ from: ANA, subject: 'The lamp is broken', text: 'Its shade came in pieces. Can I have a new one?' })
    const card = await maya.waitForCard('The lamp is broken')
    await office.entries(card, 1)
    await maya.click(card, 'take')

    await maya.click(card, 'customer')
    await says('customer')
    await fill('called', 'Ana')
    await fill('note', 'Writes in the evening. Had a broken lamp in May too: be generous.')
    await camera.take('contact-1-customer', office.drawFront())
    await slack.submit(stage.agent, front())
    await slack.waitFor(() => maya.read(card).includes('be generous'), 'the note on the card')

    await slack.click(stage.agent, { channel: office.desk, ts: card.ts, actionId: 'more', value: `more ${idOf(card)}` })
    await slack.waitFor(() => maya.front() !== undefined, 'what more there is')
    await slack.click(stage.agent, { viewId: front(), actionId: 'outside' })
    await says('outside')
    await fill('outside_to', 'carl@lampworks.test')
    await fill('outside_text', 'Dear Carl, one of yours arrived broken. Can you send a new shade this week?')
    const quotes = maya.front()?.blocks.find(({ block_id }) => block_id === 'outside_quotes')
    const element = quotes?.element as { options: { value: string }[] } | undefined
    await slack.choose(stage.agent, front(), 'outside_quotes', 'outside_quotes', [element?.options[0]?.value ?? ''])
    await camera.take('contact-2-outside', office.drawFront())
    await slack.submit(stage.agent, front())
    await says('outside_preview')
    await slack.submit(stage.agent, front())
    await slack.waitFor(() => mail.outbound.length > 0, 'the mail to leave')
    const head = Buffer.from(mail.outbound[0]?.raw ?? '').toString()
    const replyTo = /^Reply-To:.*?<?([^\s<>]+@[^\s<>]+)>?\s*$/im.exec(head)?.[1] ?? ''
    await maya.closeAll()
    office.mails({
      from: 'Carl <carl@lampworks.test>',
      to: replyTo,
      subject: 'Re: The lamp is broken',
      text: 'A new shade leaves tomorrow, with our apologies.',
    })
    const thread = () =>
      workspace
        .thread(office.desk, card.ts)
        .map((message) => maya.read(message))
        .join('\n')
    await slack.waitFor(() => thread().includes('An answer from outside'), 'the answer')
    await camera.take('contact-3-thread', office.drawThread(card))
  })
})

const idOf = (card: { blocks?: unknown }) => /"value":"(v_[^"]*)"/.exec(JSON.stringify(card.blocks))?.[1] ?? ''
