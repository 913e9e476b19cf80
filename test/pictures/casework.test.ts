// What an agent does to a conversation as a case, photographed: look at the pictures in test-output/pictures after a change.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { html } from '../../src/sandbox/page/html.ts'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { openOffice } from './office.ts'

const ANA = 'Ana Ruiz <ana@customer.test>'

describe.skipIf(!hasBrowser())('pictures of casework', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera?.close())

  test('what more there is, priority and tags, a split, and a conversation that goes to another desk', async () => {
    const office = await openOffice({ billing: true })
    const { slack, maya, stage, workspace } = office
    office.mails({
      from: ANA,
      subject: 'The bill for order 4711',
      text: 'Hello,\n\nthe bill says 900 and I ordered for 90.\n\nAna',
      messageId: '<bill@customer.test>',
    })
    const card = await maya.waitForCard('order 4711')
    await office.entries(card, 1)
    office.mails({
      from: ANA,
      subject: 'Re: The bill for order 4711',
      text: 'And a very different thing: when do you open on Saturdays? I would like to come by, if that is possible at all, with my dog.',
      inReplyTo: '<bill@customer.test>',
    })
    await office.entries(card, 2)
    const front = () => maya.front()?.id ?? ''
    const says = (callbackId: string) => slack.waitFor(() => maya.front()?.view.callback_id === callbackId, callbackId)
    const more = async (action?: string) => {
      const menu = JSON.stringify(workspace.message(office.desk, card.ts)?.blocks).match(/more (v_\w+)/)?.[0] ?? ''
      await slack.click(stage.agent, { channel: office.desk, ts: card.ts, actionId: 'more', value: menu })
      await says('told')
      if (action === undefined) return
      await slack.click(stage.agent, { viewId: front(), actionId: action })
      await says(action)
    }
    await more()
    const forms = [office.drawFront()]
    await maya.closeAll()
    for (const action of ['follow_up', 'counts', 'join_with', 'spam']) {
      await more(action)
      forms.push(office.drawFront())
      await maya.closeAll()
    }
    await camera.take('case-0-more-phone', html`${forms.map((form) => html`${form}<br>`)}`, { shape: 'phone' })
    await more('label')
    await slack.choose(stage.agent, front(), 'priority', 'priority', 'high')
    await slack.type(stage.agent, front(), 'new', 'new', 'bill, vip')
    await camera.take('case-1-label', office.drawFront())
    await slack.submit(stage.agent, front())
    await more('split')
    await camera.take('case-2-split', office.drawFront())
    await maya.closeAll()
    await more('desk_move')
    await slack.choose(stage.agent, front(), 'to', 'to', 'billing')
    await slack.type(
      stage.agent,
      front(),
      'note',
      'note',
      'Ana was charged 900 for 90. I promised an answer by Monday.',
    )
    await slack.submit(stage.agent, front())
    const root = () => workspace.messages(office.bills).find(({ botId }) => botId !== undefined)
    const there = await slack.waitFor(root, 'the card at the other desk')
    await slack.waitFor(() => workspace.thread(office.bills, there.ts).length > 3, 'its history')
    await slack.waitFor(() => maya.read(card).includes('Moved'), 'the old card to say so')
    await camera.take('case-3-moved', office.drawThread(there, office.bills))
  })
})
