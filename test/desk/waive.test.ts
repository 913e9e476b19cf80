// "No reply needed", from the card and from a ping.
import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('W8: an agent sees what was written, gives a reason, and the card says that no reply is needed', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    await desk.customerWrites('Thanks, that was all!')
    await desk.menu(maya, 'waive')
    const shown = await desk.waitForScreen(maya, 'Why does this need no reply?')
    expect(shown.split('\n')).toEqual([
      'No reply needed',
      expect.stringContaining('Ada Lovelace wrote '),
      '> Thanks, that was all!',
      'Why does this need no reply?',
      expect.stringContaining('They only say thanks / Answered elsewhere, such as by phone'),
      'The customer hears nothing. If they write again, they wait for an answer again.',
      '[Cancel] [No reply needed]',
    ])
    await desk.pick(maya, 'reason', 'thanks')
    expect(await desk.submit(maya)).toMatchObject({ kind: 'acked', payload: {} })
    expect(desk.isModalOpen(maya)).toBe(false)
    expect(await world.windows()).toMatchObject([{ ended_as: 'waived' }])
    await desk.settle()
    expect(desk.shownCard()).toContain('*No reply needed* · ')
    expect(desk.shownCard()).not.toContain('No reply needed…')
  })

  test('W8: without a reason nothing is waived', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Thanks!')
    await desk.menu(desk.maya, 'waive')
    await desk.waitForScreen(desk.maya, 'Why does this')
    expect(await desk.submit(desk.maya)).toMatchObject({ kind: 'refused' })
    expect(await desk.world.openWindow()).toBeDefined()
  })

  test('W8, Q5: a form the customer has overtaken shows what they wrote, and asks again', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    await desk.customerWrites('Thanks!')
    await desk.menu(maya, 'waive')
    await desk.waitForScreen(maya, 'Why does this')
    await world.customerWrites('But is it in stock?')
    await desk.pick(maya, 'reason', 'thanks')
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('Not done yet: the customer wrote again')
    expect(desk.screen(maya)).toContain('> But is it in stock?')
    expect(await world.openWindow()).toBeDefined()
    await desk.submit(maya) // Slack has kept the chosen reason.
    expect(desk.isModalOpen(maya)).toBe(false)
    expect(await world.openWindow()).toBeUndefined()
  })

  test('who waives what a colleague has answered is told that nobody waits', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, world } = desk
    await desk.customerWrites('Is it in stock?')
    await desk.menu(maya, 'waive')
    await desk.menu(tom, 'waive')
    for (const who of [maya, tom]) {
      await desk.waitForScreen(who, 'Why does this')
      await desk.pick(who, 'reason', 'duplicate')
    }
    await desk.submit(maya)
    await desk.submit(tom)
    expect(desk.screen(tom)).toContain('not waiting for an answer any more')
    expect(await world.facts('no-reply-needed')).toHaveLength(1)
  })

  test('what needed no reply is not asked about again when the next question is answered', async () => {
    const desk = await makeActingDesk(open)
    const { maya } = desk
    await desk.customerWrites('Thanks!')
    await desk.menu(maya, 'waive')
    await desk.waitForScreen(maya, 'Why does this')
    await desk.pick(maya, 'reason', 'thanks')
    await desk.submit(maya)
    await desk.customerWrites('Is it in stock?')
    await desk.press(maya, 'reply')
    const shown = await desk.waitForScreen(maya, 'Your answer')
    expect(shown).toContain('> Is it in stock?')
    expect(shown).not.toContain('> Thanks!')
  })

  test('P6, W8: waived from a ping by the lead, the ping says so and has no buttons any more', async () => {
    const desk = await makeActingDesk(open)
    const { lea, world } = desk
    await desk.customerWrites('Thanks!')
    await desk.comeDue()
    await desk.pressOnPing(lea, 'waive')
    await desk.waitForScreen(lea, 'Why does this')
    await desk.pick(lea, 'reason', 'thanks')
    await desk.submit(lea)
    await desk.settle()
    expect(desk.shownPing()).toContain('*No reply needed*')
    expect(desk.shownPing()).not.toContain('[')
    expect(await world.facts('no-reply-needed')).toMatchObject([{ actor: lea }])
  })
})
