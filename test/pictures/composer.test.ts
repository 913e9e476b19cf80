// A reply that is begun, found again and sent for later, as agents see it.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { richFromMarkdown } from '../../src/slack/markdown-rich.ts'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { openOffice } from './office.ts'

const ANSWER = [
  'Dear Ana,\n\n**yes**, you can still change the colour. Either',
  '1. write me the one you would like, or\n2. choose it *yourself*:\n   - open [your order](https://shop.example/orders)\n   - press ~~Edit~~ `Change`',
  '> I ordered on Monday and am still waiting.\n\nIt leaves tomorrow.',
].join('\n\n')

describe.skipIf(!hasBrowser())('what agents see of a reply that they begin', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera.close())

  test('a draft that was kept, its preview, and a reply for later', async () => {
    const office = await openOffice()
    const { slack, maya, stage } = office
    const front = () => {
      const view = maya.front()
      if (!view) throw new Error('nothing is open')
      return view
    }
    const says = (callbackId: string) => slack.waitFor(() => maya.front()?.view.callback_id === callbackId, callbackId)
    office.mails({
      ...{ from: 'Ana Ruiz <ana@customer.test>', subject: 'My parcel' },
      text: 'Hello,\n\nI ordered on Monday and am still waiting. Can I still change the colour?\n\nAna',
    })
    const card = await maya.waitForCard('My parcel')
    await office.entries(card, 1)
    await maya.click(card, 'reply')
    await says('composer')
    await slack.type(stage.agent, front().id, 'body-0', 'text', richFromMarkdown(ANSWER) as never)
    await slack.close(stage.agent, front().id)
    await maya.click(card, 'reply')
    await says('composer')
    await camera.take('composer-1-kept', office.drawFront())
    await slack.submit(stage.agent, front().id)
    await says('preview')
    await slack.click(stage.agent, { viewId: front().id, actionId: 'send_later' })
    await says('schedule')
    await camera.take('composer-2-later', office.drawFront())
    await slack.submit(stage.agent, front().id)
    await slack.close(stage.agent, front().id)
    await office.entries(card, 2)
    await maya.click(card, 'reply')
    await says('composer')
    await slack.waitFor(() => maya.read(maya.findCard('My parcel') ?? card).includes('writing'), 'the card')
    await camera.take('composer-3-thread', office.drawThread(maya.findCard('My parcel') ?? card))
  })
})
