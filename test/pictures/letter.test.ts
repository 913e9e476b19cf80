// The composer's way from the customer's question to a letter that is theirs, as agents see it at each step.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { openOffice } from './office.ts'

describe.skipIf(!hasBrowser())('what agents see of letters', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera.close())

  test('choose, answer what it asks, be warned, and see what leaves', async () => {
    const office = await openOffice()
    const { slack, maya, stage } = office
    const front = () => {
      const view = maya.front()
      if (!view) throw new Error('nothing is open')
      return view
    }
    const says = (callbackId: string) => slack.waitFor(() => maya.front()?.view.callback_id === callbackId, callbackId)
    office.mails({
      from: 'RUIZ, ANA <ana@customer.test>',
      subject: 'My parcel',
      text: 'Hello,\n\nI ordered on Monday and am still waiting. When will my parcel come? And can I still change the colour?\n\nAna',
    })
    const card = await maya.waitForCard('My parcel')
    await office.entries(card, 1)
    await maya.click(card, 'reply')
    await says('composer')
    await camera.take('letter-1-choose', office.drawFront())
    await camera.take('letter-1-choose-phone-dark', office.drawFront(), { theme: 'dark', shape: 'phone' })

    await slack.click(stage.agent, { viewId: front().id, actionId: 'letter_1' })
    await slack.waitFor(
      () => front().blocks.some(({ block_id }) => block_id === 'fill-en/delay-reason'),
      'the questions',
    )
    await camera.take('letter-2-fill-ins', office.drawFront())
    await camera.take('letter-2-fill-ins-phone', office.drawFront(), { shape: 'phone' })

    const fill = (name: string, text: string) =>
      slack.type(stage.agent, front().id, `fill-en/delay-${name}`, 'fill', text)
    await fill('reason', ' ')
    await fill('next_step', 'a new one leaves today')
    await slack.choose(stage.agent, front().id, 'fill-en/delay-news_by', 'fill', '2030-06-17')
    await slack.submit(stage.agent, front().id)
    await camera.take('letter-3-unanswered', office.drawFront())

    await fill('reason', 'the carrier lost the first parcel')
    await slack.submit(stage.agent, front().id)
    await says('preview')
    await camera.take('letter-4-warning', office.drawFront())
    await camera.take('letter-4-warning-dark', office.drawFront(), { theme: 'dark' })

    await slack.close(stage.agent, front().id)
    const body = front().blocks.find(({ block_id }) => String(block_id).startsWith('body-'))
    const shown = (body?.element as { initial_value?: object } | undefined)?.initial_value
    const text = readBlocks([shown])
    const own = text.replace('I am sorry', 'The colour: yes, tell me which one you would like instead.\n\nI am sorry')
    await slack.type(stage.agent, front().id, String(body?.block_id), 'text', own)
    await slack.submit(stage.agent, front().id)
    await says('preview')
    await camera.take('letter-5-preview', office.drawFront())

    await slack.close(stage.agent, front().id)
    await slack.click(stage.agent, { viewId: front().id, actionId: 'called_by' })
    await says('called_by')
    await camera.take('letter-6-name', office.drawFront())
  })

  test('save what was said well, see how letters serve, and what one said before', async () => {
    const office = await openOffice({ billing: true })
    const { slack, maya, stage } = office
    const front = () => {
      const view = maya.front()
      if (!view) throw new Error('nothing is open')
      return view
    }
    const says = (callbackId: string) => slack.waitFor(() => maya.front()?.view.callback_id === callbackId, callbackId)
    office.mails({
      from: 'Ana Ruiz <ana@customer.test>',
      subject: 'Two colours',
      text: 'Hello,\n\nis it the blue one?\n\nAna',
    })
    const card = await maya.waitForCard('Two colours')
    await office.entries(card, 1)
    const said = 'Hello Ana,\n\nboth colours of order 4711 are in stock, Ana, and leave today.\n\nKind regards,\n\nMaya'
    await maya.compose(card, { edit: () => said })
    await maya.send()
    await maya.closeAll()
    const offering = () =>
      office.workspace.thread(office.desk, card.ts).find(({ blocks }) => JSON.stringify(blocks).includes('save_letter'))
    const reply = await slack.waitFor(() => {
      office.clock.forward(1000)
      return offering()
    }, 'the reply in the thread')
    await slack.click(stage.agent, { channel: office.desk, ts: reply.ts, actionId: 'save_letter' })
    await says('save_letter')
    await camera.take('letter-7-save', office.drawFront())
    await slack.type(stage.agent, front().id, 'when', 'when', 'They ask for a colour')
    await slack.submit(stage.agent, front().id)
    await maya.closeAll()

    await slack.command(stage.agent, office.desk, '/desk', 'letters')
    await says('letter_list')
    await camera.take('letter-8-list', office.drawFront())
    await slack.choose(stage.agent, front().id, 'find-0-', 'find_letter', 'en/two-colours')
    await slack.waitFor(() => front().blocks.length < 6, 'the letter that was looked for')
    await slack.click(stage.agent, { viewId: front().id, actionId: 'letter_row', value: 'versions en/two-colours' })
    await says('letter_versions')
    await camera.take('letter-9-versions', office.drawFront(), { theme: 'dark', shape: 'phone' })
  })
})
