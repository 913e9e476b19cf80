// What an agent has begun to write waits for them, and colleagues see that they write.
import { expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/clock.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'
import { letter, UNDO_MS } from './desk.ts'

const DELAY = letter(
  'delay',
  'Hello {{ contact.first_name | default: "there" }},\n\nit comes {{ fill.when }}, by {{ fill.way }}.',
  'ask:\n  when: When does it come?\n  way: { label: How?, choices: [post, bike] }\n',
)

eachDatabase((open) => {
  test('a draft waits for whoever closed the form, for nobody else, and until it is sent', async () => {
    const desk = await makeActingDesk(open, { letters: [DELAY] })
    const { maya, tom, world } = desk
    await desk.customerWrites('Where is it?')
    const { ts } = desk.card()
    await desk.openComposer(maya, ts)
    await desk.choose(maya, 'en/delay')
    await desk.waitForScreen(maya, 'When does it come?')
    await desk.answer(maya, 'en/delay', 'when', 'on Friday')
    await desk.answer(maya, 'en/delay', 'way', '1')
    await desk.type(maya, 'Hello *Ada*,\n\nit comes ⟦when⟧, by ⟦way⟧.')
    await desk.slack.close(maya, desk.front(maya).id)

    await desk.openComposer(tom, ts)
    expect(desk.body(tom)).toBe('')
    expect(desk.screen(tom)).not.toContain('Your draft')
    await desk.slack.close(tom, desk.front(tom).id)

    await world.restart()
    await desk.reconnect()
    await desk.openComposer(maya, ts)
    expect(desk.screen(maya)).toMatch(/Your draft from .* is here\./)
    expect(desk.body(maya)).toBe('Hello *Ada*,\n\nit comes ⟦when⟧, by ⟦way⟧.')
    expect(desk.screen(maya)).toContain('on Friday')
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('it comes on Friday, by bike.')
    await desk.submit(maya)
    // Sending closes the form below as well, and Slack says so afterwards.
    await desk.slack.close(maya, desk.front(maya).id)
    await world.passTime(UNDO_MS)
    await desk.openComposer(maya, ts)
    expect(desk.body(maya)).toBe('')
    expect(desk.screen(maya)).not.toContain('Your draft')
  })

  test('a draft is deleted on demand and after two weeks, and what was taken back is one', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    await desk.customerWrites('Where is it?')
    const { ts } = desk.card()
    await desk.openComposer(maya, ts)
    await desk.type(maya, 'A first try')
    await desk.slack.close(maya, desk.front(maya).id)
    await desk.openComposer(maya, ts)
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'start_afresh' })
    await desk.slack.waitFor(() => desk.body(maya) === '', 'an empty form')
    await desk.type(maya, 'A second try')
    await desk.submit(maya)
    await desk.submit(maya)
    await desk.pressUndo(maya)
    await desk.waitForScreen(maya, 'Taken back')
    await desk.slack.close(maya, desk.front(maya).id)
    await desk.openComposer(maya, ts)
    expect(desk.body(maya)).toBe('A second try')
    await desk.slack.close(maya, desk.front(maya).id)
    world.clock.step(15 * DAY)
    await desk.openComposer(maya, ts)
    expect(desk.body(maya)).toBe('')
  })

  test('S16: the card says who is writing, the next one is told, and it ends by sending, closing and silence', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, world } = desk
    await desk.customerWrites('Where is it?')
    const { ts } = desk.card()
    await desk.openComposer(maya, ts)
    await desk.slack.waitFor(async () => (await world.effects('writing-end')).length > 0, 'the mark')
    await desk.settle()
    expect(desk.shownCard()).toContain(`✍️ @${maya} is writing`)
    await desk.openComposer(tom, ts)
    expect(desk.screen(tom)).toContain('✍️ Maya Lindt is writing an answer here too.')
    await desk.slack.waitFor(async () => (await world.db.selectFrom('writing').selectAll().execute()).length > 1, 'two')
    await desk.settle()
    expect(desk.shownCard()).toContain(`@${maya} and @${tom} are writing`)

    await desk.slack.close(tom, desk.front(tom).id)
    await desk.settle()
    expect(desk.shownCard()).toContain(`✍️ @${maya} is writing`)
    const updates = () => desk.slack.calls('chat.update').length
    const before = updates()
    await world.clock.advance(10 * MINUTE)
    await desk.type(maya, 'It comes tomorrow.')
    await desk.submit(maya)
    await world.passTime(10 * MINUTE)
    // A sign of her: nothing new for the card.
    expect(updates()).toBe(before)
    expect(desk.shownCard()).toContain(`✍️ @${maya} is writing`)
    await world.passTime(6 * MINUTE)
    expect(desk.shownCard()).not.toContain('writing')
    await desk.submit(maya)
    await desk.settle()
    expect(await world.db.selectFrom('writing').selectAll().execute()).toEqual([])
  })
})
