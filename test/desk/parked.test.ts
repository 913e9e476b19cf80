// A reply that was given up waits in the thread for whoever knows better.
import { expect, test } from 'vitest'
import { MINUTE } from '../../src/clock.ts'
import { parkedButtons } from '../../src/desk/parked.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { makeTestDesk } from './desk.ts'

/** The reply of a desk whose mail server never answered, with its three buttons in the channel. */
async function makeParked(open: OpenTestDb) {
  const desk = await makeTestDesk(open)
  const { world, channel, slack } = desk
  const { ts } = await desk.card()
  world.channel.fates.push(...Array.from({ length: 8 }, () => ({ kind: 'uncertain', arrives: false }) as const))
  const messageId = await world.agentReplies('Yes.')
  for (let waits = 0; waits < 60; waits++) await world.passTime(MINUTE)
  const blocks = [{ type: 'actions' as const, elements: parkedButtons(messageId) }]
  const entry = await desk.room().clients.post.chat.postMessage({ channel, thread_ts: ts, text: 'Given up', blocks })
  const press = (who: string, actionId: string) => slack.click(who, { channel, ts: entry.ts ?? '', actionId })
  const delivery = async () =>
    (await world.db.selectFrom('message').select('delivery').where('id', '=', messageId).executeTakeFirstOrThrow())
      .delivery
  return { desk, press, delivery, channel: world.channel }
}

eachDatabase((open) => {
  test('an agent tries a parked reply again from the thread, and it arrives once', async () => {
    const { desk, press, delivery, channel } = await makeParked(open)
    expect(await delivery()).toBe('parked')
    await press(desk.maya, 'parked_try_again')
    await desk.world.passTime(MINUTE)
    expect(await delivery()).toBe('accepted')
    expect(channel.delivered.map(({ text }) => text)).toEqual(['Yes.'])
  })

  test('who decides second is told that it was decided', async () => {
    const { desk, press, delivery } = await makeParked(open)
    await press(desk.maya, 'parked_let_be')
    await press(desk.tom, 'parked_it_arrived')
    await desk.slack.waitFor(() => desk.told(desk.tom).length > 0, 'a word')
    expect(desk.told(desk.tom)[0]).toContain('decided about this reply already')
    expect(await delivery()).toBe('undone')
  })

  test('a person outside the desk decides nothing', async () => {
    const { desk, press, delivery } = await makeParked(open)
    const guest = desk.slack.addUser({ name: 'guest', isGuest: true }).id
    desk.slack.join(guest, desk.channel)
    await desk.eventsIn()
    await press(guest, 'parked_try_again')
    await desk.slack.waitFor(() => desk.told(guest).length > 0, 'a word')
    expect(await delivery()).toBe('parked')
  })
})
