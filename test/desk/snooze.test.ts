// Snooze, close and reopen, from the card.
import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/clock.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

async function openSnooze(open: OpenTestDb) {
  const desk = await makeActingDesk(open)
  const id = await desk.customerWrites('Is it in stock?')
  await desk.menu(desk.maya, 'snooze')
  await desk.waitForScreen(desk.maya, 'For how long?')
  return { ...desk, id }
}

eachDatabase((open) => {
  test('W7: a snoozed conversation shows until when, keeps its due time in sight, and comes back by itself', async () => {
    const desk = await openSnooze(open)
    const { maya, world } = desk
    expect(desk.screen(maya).split('\n')).toEqual([
      'Snooze',
      'Ada Lovelace',
      'For how long?',
      '1 hour / 3 hours / 1 day, until this time tomorrow / 3 days',
      expect.stringContaining('The answer is due 2026-01-06'),
      expect.stringContaining('Their waiting time runs on'),
      '[Cancel] [Snooze]',
    ])
    await desk.pick(maya, 'span', '3h')
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    await desk.settle()
    expect(desk.shownCard()).toMatch(/\*Snoozed\* until .* · answer due /)
    await world.passTime(3 * HOUR)
    await desk.settle()
    expect(desk.shownCard()).toContain('*Open* · answer due')
  })

  test('W7: snoozing past the due time says so before it does so', async () => {
    const desk = await openSnooze(open)
    const { maya, world } = desk
    await desk.pick(maya, 'span', '3d')
    await desk.submit(maya)
    const shown = desk.screen(maya)
    expect(shown).toContain('Past the due time\nNot snoozed yet. The answer is due ')
    expect(shown).toContain('reminders go out meanwhile')
    expect(shown).toContain('[Cancel] [Snooze anyway]')
    expect((await world.conversation()).state).toBe('new')
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    const { state, snoozed_until } = await world.conversation()
    expect(state).toBe('snoozed')
    expect(snoozed_until).toBe(world.clock.now() + 3 * DAY)
  })

  test('Q1: closing what waits shows the two ways out, and each of them leads on', async () => {
    const desk = await makeActingDesk(open)
    const { maya, slack, channel, world } = desk
    await desk.customerWrites('Is it in stock?')
    await desk.menu(maya, 'close')
    await desk.hears(maya, 'Not closed: this customer waits for an answer')
    const ephemeral = slack.workspace.ephemerals.at(-1)
    const press = (actionId: string) => slack.click(maya, { channel, ts: ephemeral?.ts ?? '', actionId })
    await press('reply')
    await desk.waitForScreen(maya, 'Your answer')
    await press('waive')
    await desk.waitForScreen(maya, 'Why does this need no reply?')
    expect((await world.conversation()).state).toBe('new')
  })

  test('Q1: an answered conversation is closed and reopened on its card', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    await desk.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.')
    await desk.settle()
    await desk.menu(maya, 'close')
    await desk.settle()
    expect(desk.shownCard()).toContain('*Closed*')
    await desk.press(maya, 'reopen')
    await desk.settle()
    expect(desk.shownCard()).toContain('*Open*')
    expect((await world.conversation()).state).toBe('open')
  })
})
