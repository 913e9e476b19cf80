// A machine's letter in the thread, and the person who knows better.
import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('an agent says that a machine’s letter needs an answer, and that it needs none after all', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world, slack, channel } = desk
    await desk.customerWrites('What about my order?', { automated: 'Auto-Submitted' })
    const press = (actionId: string) =>
      slack.click(maya, { channel, ts: desk.threadMessages().at(-1)?.ts ?? '', actionId })
    expect(desk.thread().at(-1)).toContain('It waits for no answer.\n[Needs an answer]')
    await press('needs_answer')
    await desk.settle()
    expect(await world.openWindow()).toBeDefined()
    expect(desk.shownCard()).toContain('answer due')
    expect(desk.shownCard()).toContain('A person has said that it needs an answer.')
    expect(desk.thread().at(-1)).toContain('A person has said that it needs an answer.\n[Needs no answer]')
    await press('needs_no_answer')
    await desk.settle()
    expect(await world.openWindow()).toBeUndefined()
    expect(desk.shownCard()).not.toContain('answer due')
    expect(desk.thread().at(-1)).toContain('[Needs an answer]')
  })

  test('P6: a ping about a letter that needs no answer after all says so, and its buttons are gone', async () => {
    const desk = await makeActingDesk(open)
    const { maya, slack, channel } = desk
    await desk.customerWrites('Out of office', { automated: 'Auto-Submitted' })
    const press = (actionId: string) =>
      slack.click(maya, { channel, ts: desk.threadMessages().at(-1)?.ts ?? '', actionId })
    await press('needs_answer')
    await desk.comeDue()
    expect(desk.shownPing()).toContain('[Snooze ping]')
    await press('needs_no_answer')
    await desk.settle()
    expect(desk.shownPing()).toContain('Nobody waits here any more')
    expect(desk.shownPing()).not.toContain('[')
  })

  test('who decides the same second is told so, and it is one fact', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, world, slack, channel } = desk
    await desk.customerWrites('What about my order?', { automated: 'Auto-Submitted' })
    const ts = desk.threadMessages().at(-1)?.ts ?? ''
    await slack.click(maya, { channel, ts, actionId: 'needs_answer' })
    await slack.click(tom, { channel, ts, actionId: 'needs_answer' })
    expect(await desk.hears(tom, 'already')).toBe('Somebody has decided that already: it needs an answer.')
    expect(await world.facts('message-reclassified')).toHaveLength(1)
  })

  test('a person’s message has no such button: it always waits for an answer', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Is it in stock?')
    expect(desk.thread().at(-1)).not.toContain('Needs')
  })
})
