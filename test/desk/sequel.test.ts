// What is chosen in the preview to follow a reply: once it is accepted, and never over a customer's head.
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

eachDatabase((open) => {
  test('send and close, send and snooze: on accepted and not on clicked, undone with undo, and not if the customer wrote', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    const id = await desk.customerWrites('Where is it?')
    const state = async () => (await world.conversation(id)).state
    const send = async (what: string) => {
      await desk.preview(maya, desk.card().ts, 'Here.')
      await desk.pick(maya, 'after', what)
      await desk.submit(maya)
    }

    await send('close')
    expect(desk.screen(maya)).toContain('Once it is accepted, the conversation is closed.')
    await desk.pressUndo(maya)
    await desk.waitForScreen(maya, 'Taken back')
    desk.slack.workspace.modals.delete(maya)
    await world.passTime(UNDO_MS)
    expect(await state()).not.toBe('closed')

    world.channel.fates = [{ kind: 'temporary' }]
    await send('close')
    await world.passTime(UNDO_MS)
    expect(await state()).not.toBe('closed')
    await world.passTime(5 * MINUTE)
    expect(await state()).toBe('closed')
    expect((await world.facts('conversation-closed')).map(({ actor }) => actor)).toEqual([maya])

    await desk.customerWrites('And the other one?')
    await send('1d')
    await world.passTime(UNDO_MS)
    expect(await state()).toBe('snoozed')
    expect(desk.shownCard()).toContain('Snoozed')
    await world.passTime(25 * HOUR)
    expect(await state()).toBe('open')

    await desk.customerWrites('Hello?')
    await send('close')
    await world.customerWrites('Ah, and is it blue?')
    await world.passTime(UNDO_MS)
    expect(await state()).toBe('open')
    expect(desk.thread().at(-1)).toContain(`@${maya} Not closed: the customer wrote before the reply was accepted`)
    expect(await world.facts('sequel-skipped')).toHaveLength(1)
  })
})
