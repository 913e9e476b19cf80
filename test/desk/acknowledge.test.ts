// "Snooze ping", and who may act on one.
import { expect, test } from 'vitest'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

async function makePinged(open: OpenTestDb) {
  const desk = await makeActingDesk(open)
  const id = await desk.customerWrites('Is it in stock?')
  await desk.comeDue()
  return { ...desk, id }
}

eachDatabase((open) => {
  test('P7: acknowledging silences the step and not the window, and the ping says who has seen it', async () => {
    const desk = await makePinged(open)
    const { lea, world } = desk
    await desk.pressOnPing(lea, 'acknowledge')
    expect(await world.facts('ping-acknowledged')).toMatchObject([{ actor: lea }])
    expect(await world.openWindow()).toBeDefined()
    await desk.settle()
    expect(desk.shownPing()).toContain(`@${lea} has seen this`)
    expect(desk.shownPing()).not.toContain('[Snooze ping]')
  })

  test('P6, P7: a second click says that it was acknowledged before, and by whom', async () => {
    const desk = await makePinged(open)
    const { lea, maya, world, slack, channel } = desk
    const windowId = (await world.openWindow())?.id ?? ''
    await desk.pressOnPing(lea, 'acknowledge')
    await desk.pressOnPing(lea, 'acknowledge')
    expect(await desk.hears(lea, 'already')).toContain('You have snoozed this ping already.')
    const blocks = [
      {
        type: 'actions' as const,
        elements: [
          {
            type: 'button' as const,
            action_id: 'acknowledge',
            text: { type: 'plain_text' as const, text: 'Snooze ping' },
            value: windowId,
          },
        ],
      },
    ]
    const { ts = '' } = await desk.room().clients.post.chat.postMessage({ channel, text: 'The same ping', blocks })
    await slack.click(maya, { channel, ts, actionId: 'acknowledge' })
    expect(await desk.hears(maya, 'already')).toContain(`<@${lea}> has snoozed this ping already.`)
    expect(await world.facts('ping-acknowledged')).toHaveLength(1)
  })

  test('a lead who is no member of the channel takes, answers and acts under their own name', async () => {
    const desk = await makePinged(open)
    const { lea, world, id } = desk
    await desk.pressOnPing(lea, 'take')
    expect((await world.conversation(id)).owner_id).toBe(lea)
    await desk.pressOnPing(lea, 'reply')
    await desk.waitForScreen(lea, 'Your answer')
    await desk.type(lea, 'Yes, it is.')
    await desk.submit(lea)
    await desk.submit(lea)
    expect(await world.effects('reply')).toHaveLength(1)
    await desk.settle()
    expect(desk.thread().at(-1)).toContain(`@${lea} replied to `)
    expect(await world.facts('action-refused')).toEqual([])
  })

  test('P6: who replies first has the conversation, and the ping shows it before the reply has left', async () => {
    const desk = await makePinged(open)
    const { maya } = desk
    await desk.press(maya, 'reply')
    await desk.waitForScreen(maya, 'Your answer')
    await desk.type(maya, 'Yes, it is.')
    await desk.submit(maya)
    await desk.submit(maya)
    await desk.settle()
    expect(desk.shownPing()).toContain('An answer is overdue')
    expect(desk.shownPing()).toContain(`@${maya} has it`)
  })

  test('S18: somebody who is neither agent nor lead changes nothing by any button, and each attempt is on record', async () => {
    const desk = await makePinged(open)
    const { world, slack, channel } = desk
    const guest = slack.addUser({ name: 'guest', isGuest: true }).id
    const stranger = slack.addUser({ name: 'stranger', teamId: 'T0OTHER' }).id
    for (const who of [guest, stranger]) slack.join(who, channel)
    await desk.eventsIn()
    const before = await world.conversation()
    const windowId = (await world.openWindow())?.id ?? ''
    const names = [
      'take',
      'reply',
      'assign',
      'acknowledge',
      'waive',
      'snooze',
      'close',
      'reopen',
      'why',
      'join',
      'part',
    ] as const
    const elements = names.map((name) => ({
      type: 'button' as const,
      action_id: name,
      text: { type: 'plain_text' as const, text: name },
      value: name === 'acknowledge' ? windowId : before.id,
    }))
    const blocks = [{ type: 'actions' as const, elements }]
    const { ts = '' } = await desk.room().clients.post.chat.postMessage({ channel, text: 'Everything', blocks })
    for (const who of [guest, stranger]) {
      for (const [n, name] of names.entries()) {
        await slack.click(who, { channel, ts, actionId: name })
        await slack.waitFor(() => desk.told(who).length === n + 1, `a word about ${name}`)
      }
      expect(desk.isModalOpen(who)).toBe(false)
    }
    const refused = (await world.facts('action-refused')).map(({ actor, data }) => [actor, JSON.parse(data)])
    expect(refused).toEqual([
      ...names.map((action) => [guest, { action, reason: 'guest' }]),
      ...names.map((action) => [stranger, { action, reason: 'other-organisation' }]),
    ])
    expect(await world.conversation()).toEqual(before)
    expect(await world.openWindow()).toBeDefined()
  })

  test('S18: a lead who became a guest, or whose account is gone, is no lead any more', async () => {
    const desk = await makePinged(open)
    const { lea, world, slack } = desk
    slack.changeUser(lea, { isGuest: true })
    await desk.pressOnPing(lea, 'take')
    await desk.hears(lea, 'Guests can read along')
    expect((await world.conversation()).owner_id).toBeNull()
    expect(await world.facts('action-refused')).toHaveLength(1)
  })
})
