// A reply that is put right, or taken back, from its entry in the thread.
import { expect, test } from 'vitest'
import { SendError } from '../../src/channel.ts'
import { inPlace } from '../setup/chat.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { fakeChat } from '../setup/fake-channel.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('an agent corrects a reply: what the customer reads changes, and the thread keeps what it said', async () => {
    const { desk, channel, press } = await makeAnswered(open)
    expect(desk.thread()[1]).toContain('[Correct…] [Take back…]')
    await press('correct')
    await desk.waitForScreen(desk.maya, 'What it should say')
    await desk.fill(desk.maya, 'text', 'No, blue.')
    await desk.submit(desk.maya)
    expect(await desk.waitForScreen(desk.maya, 'takes the place of what was sent. The thread')).toContain('No, blue.')
    expect(channel.shown.size).toBe(0)
    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, 'Saved')
    await desk.settle()
    expect([...channel.shown.values()]).toEqual(['No, blue.'])
    expect(desk.thread()[1]).toContain('No, blue.')
    expect(desk.thread()[1]).toContain('✏️ Corrected ')
    expect(desk.thread()[1]).not.toContain('Yes, red.')
    desk.slack.workspace.modals.delete(desk.maya)
    await press('show_versions')
    const shown = await desk.waitForScreen(desk.maya, 'All versions')
    expect(shown).toContain('Yes, red.')
    expect(shown).toContain('by Maya Lindt')
  })

  test('an agent takes a reply back: it says so, and the customer waits again', async () => {
    const { desk, channel, press } = await makeAnswered(open)
    expect(desk.shownCard()).not.toContain('answer due')
    await press('retract', desk.tom)
    await desk.settle()
    expect([...channel.shown.values()]).toEqual([undefined])
    expect(desk.thread()[1]).toContain('🗑️ Taken back ')
    expect(desk.thread()[1]).not.toContain('[Correct…]')
    expect(desk.shownCard()).toContain('answer due')
  })

  test('what the platform refuses is said on the entry, and can be tried again', async () => {
    const { desk, channel, press } = await makeAnswered(open)
    channel.troubles.correct = [new SendError({ kind: 'rejected' }, 'The message is too old.')]
    await press('retract')
    await desk.settle()
    expect(desk.thread()[1]).toContain(
      'could not take it back: The message is too old. The customer reads what they read',
    )
    expect(desk.thread()[1]).toContain('[Take back…]')
    expect(desk.shownCard()).not.toContain('answer due')
  })

  test('Q18: nobody from outside the desk may', async () => {
    const { desk, channel, press } = await makeAnswered(open)
    const guest = desk.slack.addUser({ name: 'guest', isGuest: true }).id
    desk.slack.join(guest, desk.channel)
    await desk.eventsIn()
    await press('retract', guest)
    await desk.slack.waitFor(() => desk.told(guest).length > 0, 'a word')
    await press('correct', guest)
    await desk.slack.waitFor(() => desk.told(guest).length > 1, 'another word')
    await desk.settle()
    expect(channel.shown.size).toBe(0)
    expect(await desk.world.facts('action-refused')).toHaveLength(2)
  })

  test('where the channel can do neither, nobody is offered it', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Is it red?')
    await desk.world.agentReplies('Yes, red.')
    await desk.settle()
    expect(desk.thread()[1]).not.toContain('Correct…')
  })
})

async function makeAnswered(open: OpenTestDb) {
  const channel = fakeChat()
  const desk = await makeActingDesk(open, { channel })
  await desk.customerWrites('Is it red?', inPlace())
  await desk.world.agentReplies('Yes, red.')
  await desk.settle()
  const press = (actionId: string, who = desk.maya) =>
    desk.slack.click(who, { channel: desk.channel, ts: desk.threadMessages()[1]?.ts ?? '', actionId })
  return { desk, channel, press }
}
