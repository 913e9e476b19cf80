// Replies for later: they wait, are seen by all, and leave only into what their author knew.
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

async function openSchedule(desk: ActingDesk, text: string): Promise<void> {
  await desk.preview(desk.maya, desk.card().ts, text)
  await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'send_later' })
  await desk.waitForScreen(desk.maya, 'When should it leave?')
}

async function scheduleIn(desk: ActingDesk, text: string, ms: number, after?: string): Promise<void> {
  await desk.preview(desk.maya, desk.card().ts, text)
  if (after !== undefined) await desk.pick(desk.maya, 'after', after)
  await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'send_later' })
  await desk.waitForScreen(desk.maya, 'When should it leave?')
  await desk.pick(desk.maya, 'when', String(Math.floor((desk.world.clock.now() + ms) / SECOND)))
  await desk.submit(desk.maya)
}

async function makeWaiting(open: OpenTestDb) {
  const desk = await makeActingDesk(open)
  await desk.customerWrites('Where is it?')
  return desk
}

eachDatabase((open) => {
  test('a scheduled reply leaves at its time as it was previewed, after a restart too, and then the window ends', async () => {
    const desk = await makeWaiting(open)
    const { maya, world } = desk
    await scheduleIn(desk, 'It *arrives* today.', 2 * HOUR, 'close')
    expect(desk.screen(maya)).toContain('Scheduled')
    await desk.slack.close(maya, desk.front(maya).id)
    await desk.settle()
    expect(desk.shownCard()).toContain(`Reply scheduled for`)
    expect(desk.thread().at(-1)).toContain('[Send now] [Edit…] [Cancel]')
    await desk.openComposer(maya, desk.card().ts)
    expect(desk.body(maya)).toBe('')
    await desk.slack.close(maya, desk.front(maya).id)

    await world.passTime(HOUR)
    await world.restart()
    expect(world.channel.delivered).toEqual([])
    expect(await world.openWindow()).toBeDefined()
    await world.passTime(HOUR + MINUTE)
    expect(world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'It \\*arrives\\* today.' }])
    // By its words, it is found.
    const sent = await world.db.selectFrom('message').select('text').where('direction', '=', 'outbound').execute()
    expect(sent).toEqual([{ text: 'It *arrives* today.' }])
    expect(await world.openWindow()).toBeUndefined()
    expect((await world.conversation()).state).toBe('closed')
    expect(desk.shownCard()).not.toContain('scheduled')
    expect(desk.thread().join('\n')).toContain('is on its way.')
    await world.passTime(HOUR)
    expect(world.channel.sends).toBe(1)
  })

  test('Q5: it does not leave once the customer or a colleague has written: it is a draft again, and its author is told', async () => {
    const desk = await makeWaiting(open)
    const { maya, tom, world } = desk
    await scheduleIn(desk, 'Version one', 2 * HOUR)
    desk.slack.workspace.modals.delete(maya)
    await desk.customerWrites('Never mind!')
    expect(desk.thread().at(-1)).toContain(`@${maya} The reply scheduled for`)
    expect(desk.thread().at(-1)).toContain('the customer wrote before it left')
    await world.passTime(3 * HOUR)
    expect(world.channel.sends).toBe(0)
    await desk.openComposer(maya, desk.card().ts)
    expect(desk.body(maya)).toBe('Version one')

    await scheduleAgain()
    await desk.preview(tom, desk.card().ts, 'I have it.')
    await desk.submit(tom)
    await world.passTime(UNDO_MS)
    expect(desk.thread().join('\n')).toContain('somebody else answered before it left')
    await world.passTime(3 * HOUR)
    expect(world.channel.delivered.map(({ text }) => text)).toEqual(['I have it.'])
    expect(await world.facts('reply-unscheduled')).toHaveLength(2)

    async function scheduleAgain() {
      await desk.submit(maya)
      await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'send_later' })
      await desk.waitForScreen(maya, 'When should it leave?')
      await desk.submit(maya)
      expect(desk.screen(maya)).toContain('Scheduled')
      desk.slack.workspace.modals.delete(maya)
    }
  })

  test('it can be sent now, edited and cancelled from the thread, by its author; others can only cancel', async () => {
    const desk = await makeWaiting(open)
    const { maya, tom, world } = desk
    const press = (who: string, action: string) => {
      const post = desk.threadMessages().find(({ blocks }) => JSON.stringify(blocks).includes(action))
      return desk.click(who, post?.ts ?? '', action)
    }
    await scheduleIn(desk, 'A first one', DAY - HOUR)
    desk.slack.workspace.modals.delete(maya)
    await desk.settle()
    await press(tom, 'scheduled_now')
    await desk.hears(tom, 'Only whoever wrote it')
    await press(maya, 'scheduled_edit')
    await desk.waitForScreen(maya, 'Your answer')
    expect(desk.body(maya)).toBe('A first one')
    await desk.settle()
    expect(desk.thread().join('\n')).toContain('was cancelled. Nothing was sent.')
    desk.slack.workspace.modals.delete(maya)

    await scheduleIn(desk, 'A second one', DAY - HOUR)
    desk.slack.workspace.modals.delete(maya)
    await desk.settle()
    await press(maya, 'scheduled_now')
    await desk.hears(maya, 'It leaves in a moment.')
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered.map(({ text }) => text)).toEqual(['A second one'])

    await desk.customerWrites('And now?')
    await scheduleIn(desk, 'A third one', DAY - HOUR)
    desk.slack.workspace.modals.delete(maya)
    await desk.settle()
    await press(tom, 'scheduled_cancel')
    await desk.settle()
    await world.passTime(2 * DAY)
    expect(world.channel.sends).toBe(1)
  })

  test('times that are too near, too far or past the due time are said, and nobody who left the desk writes later', async () => {
    const desk = await makeWaiting(open)
    const { maya, world, lea } = desk
    await openSchedule(desk, 'Later')
    const at = (ms: number) => desk.pick(maya, 'when', String(Math.floor((world.clock.now() + ms) / SECOND)))
    expect(desk.screen(maya)).toContain('The answer is due')
    await at(30 * SECOND)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('at least a minute ahead')
    await at(91 * DAY)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('within the next 90 days')
    await at(30 * HOUR)
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('Not scheduled yet. The answer is due')
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('Scheduled')
    await world.db.transaction((trx) => trx.updateTable('agent').set({ left_at: 1 }).where('id', '=', maya).execute())
    await world.passTime(31 * HOUR)
    expect(world.channel.sends).toBe(0)
    expect(desk.thread().at(-1)).toContain(`@${lea} The reply scheduled for`)
    expect(desk.thread().at(-1)).toContain('is not at this desk any more')
  })
})
