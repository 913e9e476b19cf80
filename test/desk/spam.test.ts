// "Mark as spam", "Not spam", and which messages need an answer at all, from the card.
import { expect, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { checkWindows } from '../../src/rebuild.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('W8: spam is closed and waived apart, waits for nobody, and waits again since it came when it was none', async () => {
    const desk = await makeActingDesk(open)
    const { world, maya, tom } = desk
    await desk.customerWrites('Buy my lamps')
    const [before] = await world.windows()
    const openForm = async (who: string) => {
      await desk.more(who, 'spam')
      await desk.waitForScreen(who, 'takes this back')
    }
    await openForm(maya)
    expect(desk.screen(maya)).toContain('Buy my lamps')
    await openForm(tom)
    await world.clock.advance(HOUR)
    await world.customerWrites('Cheap lamps')
    await desk.submit(maya)
    expect(desk.screen(maya)).toMatch(/Not done yet: they wrote again.*Cheap lamps/s)
    expect(await world.facts('spam-marked')).toEqual([])
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    await desk.submit(tom)
    expect(desk.screen(tom)).toContain('Somebody has marked it as spam already')
    await desk.settle()
    expect(await world.conversation()).toMatchObject({ state: 'closed' })
    expect(await world.windows()).toMatchObject([{ ended_as: 'waived' }])
    expect((await world.facts('no-reply-needed')).map(({ data }) => JSON.parse(data))).toMatchObject([
      { reason: 'spam' },
    ])
    expect(desk.shownCard()).toContain('*Spam*')
    expect(desk.shownCard()).not.toContain('Reopen')
    await world.passTime(48 * HOUR)
    expect(await world.facts('ping-owed')).toEqual([])

    await desk.press(tom, 'not_spam')
    await desk.settle()
    expect(await world.conversation()).toMatchObject({ state: 'open', spam_at: null })
    expect(await world.windows()).toMatchObject([{ id: before?.id, started_at: before?.started_at, ended_at: null }])
    expect(desk.shownCard()).toContain('overdue since')
    expect(await world.facts('ping-owed')).not.toEqual([])
    expect((await checkWindows(world.db)).differences).toEqual([])
    await desk.press(tom, 'reply')
    expect(await desk.waitForScreen(tom, 'Your answer')).toContain('Buy my lamps')
  })

  test('W8, E11: what an agent says is a machine’s waits for nobody, until somebody says otherwise', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya } = desk
    const { id: robot } = await world.customerWrites('Your ticket was received')
    await world.clock.advance(HOUR)
    const { id: person } = await world.customerWrites('And when does it come?')
    await desk.settle()
    const tick = async (ids: string[]) => {
      await desk.more(maya, 'counts')
      await desk.waitForScreen(maya, 'Newest first')
      await slack.choose(maya, desk.front(maya).id, 'messages', 'messages', ids)
      await desk.submit(maya)
      await desk.settle()
    }
    await tick([person])
    expect(await world.windows()).toMatchObject([{ started_by: person, ended_at: null }])
    expect(desk.thread().find((entry) => entry.includes('Your ticket'))).toMatch(
      /needs no answer.\n\[Needs an answer\]/,
    )
    await tick([])
    expect(await world.openWindow()).toBeUndefined()
    expect(desk.shownCard()).not.toContain('answer due')
    await tick([robot, person])
    expect(await world.windows()).toMatchObject([{ started_by: robot, ended_at: null }])
    expect((await checkWindows(world.db)).differences).toEqual([])
  })
})
