// Away with a stand-in: said by the form or in words, seen on the card, and with all who wait handed over at once.
import { expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../src/clock.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('P2: who goes away names who stands in, and the card says so; new messages call them until the owner is back', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, lea, slack, channel, world } = desk
    const [own] = desk.desks
    Object.assign(own ?? {}, { leads: [lea] })
    await desk.customerWrites('Is it in stock?')
    await desk.press(maya, 'take')
    await slack.command(maya, channel, '/desk', 'away')
    await desk.waitForScreen(maya, 'Who stands in for you?')
    const until = Math.floor((world.clock.now() + 3 * DAY) / SECOND)
    await desk.pick(maya, 'until', String(until))
    await desk.pick(maya, 'stand_in', lea)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('They are at none of your desks')
    await desk.pick(maya, 'stand_in', tom)
    await desk.submit(maya)
    // Those who wait are offered to be handed over at once; she keeps them.
    expect(desk.screen(maya)).toContain('One of your customers waits:')
    expect(desk.screen(maya)).toContain('Ada Lovelace · due ')
    await slack.close(maya, desk.front(maya).id)
    await desk.settle()
    expect(desk.shownCard()).toMatch(new RegExp(`@${maya} has it, away until .*, @${tom} stands in`))
    await desk.customerWrites('Hello?')
    expect(mentions(desk.threadMessages().at(-1) as never)).toEqual([tom])
    await slack.command(maya, channel, '/desk', 'back')
    await desk.settle()
    expect(desk.shownCard()).not.toContain('away')
    await desk.customerWrites('Anybody?')
    expect(mentions(desk.threadMessages().at(-1) as never)).toEqual([maya])
    expect((await world.facts('agent-away')).map(({ data }) => JSON.parse(data).standIn)).toEqual([tom])
  })

  test('Q15: all who wait are handed over at once, with one line that is asked for and stands in each thread', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, slack, channel, world } = desk
    for (const name of ['ann', 'bob']) {
      await desk.customerWrites('Hello?', { from: { address: `${name}@example.org` } })
      await desk.press(maya, 'take')
    }
    for (const [said, answer] of [
      ['away 2h @nobody', 'Nobody at your desks is called @nobody'],
      ['away 2h @maya', 'somebody else than yourself'],
      ['away 2h @tom', `@${tom}> stands in`],
    ] as const) {
      await slack.command(maya, channel, '/desk', said)
      await desk.hears(maya, answer)
    }
    const word = slack.workspace.ephemerals.at(-1)
    await slack.click(maya, { channel, ts: word?.ts ?? '', actionId: 'hand_over_all' })
    await desk.waitForScreen(maya, '2 of your customers wait')
    await desk.fill(maya, 'note', '  ')
    await desk.pick(maya, 'to', maya)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('somebody else than yourself')
    await desk.pick(maya, 'to', tom)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('Write a line or two')
    await desk.fill(maya, 'note', 'Both ask about the blue one, promised today.')
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('Handed over to Tom Okafor: 2 conversations.')
    await desk.settle()
    const owners = await world.db.selectFrom('conversation').select('owner_id').execute()
    expect(owners.map(({ owner_id }) => owner_id)).toEqual([tom, tom])
    expect(desk.thread().at(-1)).toContain('Both ask about the blue one, promised today.')
    expect(mentions(desk.threadMessages().at(-1) as never)).toEqual([tom])
    const notes = await world.db.selectFrom('message').select('id').where('direction', '=', 'note').execute()
    expect(notes).toHaveLength(2)
    await world.passTime(2 * HOUR)
  })
})
