// Handing over, from the card and from a ping.
import { expect, test } from 'vitest'
import { goAway } from '../../src/away.ts'
import { DAY } from '../../src/clock.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { DESK } from '../setup/world.ts'
import { makeActingDesk } from './acting.ts'

async function openAssign(open: OpenTestDb, isTaken = false) {
  const desk = await makeActingDesk(open)
  await desk.customerWrites('Is it in stock?')
  if (isTaken) await desk.press(desk.maya, 'take')
  await desk.settle()
  await desk.menu(desk.maya, 'assign')
  await desk.waitForScreen(desk.maya, 'To whom?')
  return desk
}

eachDatabase((open) => {
  test('what nobody has is assigned without a note, and the card and the new owner know', async () => {
    const desk = await openAssign(open)
    const { maya, tom, world } = desk
    expect(desk.screen(maya).split('\n')).toEqual([
      'Assign',
      'Ada Lovelace',
      'Nobody has this conversation yet.',
      'To whom?',
      'Whoever is next / Maya Lindt / Tom Okafor',
      'What was asked, tried and promised?',
      'It stands in the thread, for colleagues only: so the customer need not say it again.',
      '[Cancel] [Assign]',
    ])
    await desk.pick(maya, 'to', tom)
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    expect((await world.conversation()).owner_id).toBe(tom)
    await desk.settle()
    expect(desk.shownCard()).toContain(`@${tom} has it`)
    expect(desk.thread().at(-1)).toContain(`gave this to @${tom}`)
  })

  test('Q15: what somebody has is handed over only with a note, which stands in the thread for the next one', async () => {
    const desk = await openAssign(open, true)
    const { maya, tom, world } = desk
    expect(desk.screen(maya)).toContain(`Hand over\nAda Lovelace\n@${maya} has this conversation now.`)
    expect(desk.screen(maya)).toContain('[Cancel] [Hand over]')
    await desk.pick(maya, 'to', tom)
    expect(await desk.submit(maya)).toMatchObject({ kind: 'refused' }) // Slack itself asks for the note.
    await desk.fill(maya, 'note', '   ')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('Write a line or two')
    expect((await world.conversation()).owner_id).toBe(maya)
    await desk.fill(maya, 'note', 'Asked for the blue one. I promised an answer by noon.')
    await desk.submit(maya)
    expect((await world.conversation()).owner_id).toBe(tom)
    await desk.settle()
    const note = desk.thread().at(-1)
    expect(note).toContain(`Maya Lindt handed this over to @${tom}`)
    expect(note).toContain('Asked for the blue one. I promised an answer by noon.')
    expect(world.channel.sends).toBe(0)
  })

  test('Q4: taken by a colleague while the form was open, it stays theirs and the agent is told', async () => {
    const desk = await openAssign(open)
    const { maya, tom, world } = desk
    await desk.press(tom, 'take')
    await desk.pick(maya, 'to', maya)
    await desk.fill(maya, 'note', 'I know this customer.')
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain(`Nothing was changed. Somebody was faster: @${tom} has this conversation now.`)
    expect(desk.screen(maya)).toContain('Your text:\nI know this customer.')
    expect((await world.conversation()).owner_id).toBe(tom)
    expect(await world.facts('conversation-assigned')).toEqual([])
  })

  test('the menu says who is away', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, world } = desk
    await world.db.transaction((trx) => goAway(trx, tom, world.clock.now() + DAY))
    await desk.customerWrites('Is it in stock?')
    await desk.menu(maya, 'assign')
    expect(await desk.waitForScreen(maya, 'To whom?')).toContain('Maya Lindt / Tom Okafor (away)')
  })

  test('a colleague who left the desk meanwhile is not given anything', async () => {
    const desk = await openAssign(open)
    const { maya, tom, world, slack, channel } = desk
    await desk.pick(maya, 'to', tom)
    slack.leave(tom, channel)
    await desk.eventsIn()
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('not at this desk any more')
    expect((await world.conversation()).owner_id).toBeNull()
  })

  test('more colleagues than a menu of Slack holds: the first hundred are offered, and the rest are spoken of', async () => {
    const desk = await makeActingDesk(open)
    const agents = Array.from({ length: 120 }, (_, n) => ({
      ...{ id: `UX${n}`, name: `Agent ${String(n).padStart(3, '0')}`, email: null, desk: DESK },
      ...{ joined_at: 0, left_at: null, away_until: null },
    }))
    await desk.world.db.transaction((trx) => trx.insertInto('agent').values(agents).execute())
    await desk.customerWrites('Is it in stock?')
    await desk.menu(desk.maya, 'assign')
    const shown = await desk.waitForScreen(desk.maya, 'To whom?')
    expect(shown).toContain('Agent 098')
    expect(shown).not.toContain('Agent 099')
    expect(shown).toContain('23 more are at this desk. They can press “Take”.')
  })

  test('P6: assigned from a ping, the ping shows who has it', async () => {
    const desk = await makeActingDesk(open)
    const { lea, tom } = desk
    await desk.customerWrites('Is it in stock?')
    await desk.comeDue()
    expect(desk.shownPing()).toContain('nobody has it')
    await desk.pressOnPing(lea, 'assign')
    await desk.waitForScreen(lea, 'To whom?')
    await desk.pick(lea, 'to', tom)
    await desk.submit(lea)
    await desk.settle()
    expect(desk.shownPing()).toContain(`@${tom} has it`)
    expect(desk.shownPing()).toContain('[Hand over…]')
  })

  test('P6: taken on the card, the ping shows it too and offers Take no more', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Is it in stock?')
    await desk.comeDue()
    expect(desk.shownPing()).toContain('[Take]')
    await desk.press(desk.maya, 'take')
    await desk.settle()
    expect(desk.shownPing()).toContain(`@${desk.maya} has it`)
    expect(desk.shownPing()).not.toContain('[Take]')
  })
})
