// The owner hears it: who is called when a customer writes again, and where a conversation that was reopened stands.
import { expect, test } from 'vitest'
import { goAway } from '../../src/away.ts'
import { DAY } from '../../src/clock.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

const called = (message: Message | undefined) => (message ? mentions(message as never) : [])

eachDatabase((open) => {
  test('P2: a new message calls the owner in the thread, once; while they are away whoever stands in; and nobody where nobody has it', async () => {
    const desk = await makeActingDesk(open)
    const { maya, tom, lea, world } = desk
    const newest = () => called(desk.threadMessages().at(-1))
    await desk.customerWrites('Is it in stock?')
    expect(newest()).toEqual([])
    await desk.press(maya, 'take')
    await desk.customerWrites('In red?')
    expect(newest()).toEqual([maya])
    expect(called(desk.threadMessages()[0])).toEqual([]) // Whoever takes it has seen what was there.
    await desk.menu(maya, 'assign')
    await desk.waitForScreen(maya, 'To whom?')
    await desk.pick(maya, 'to', tom)
    await desk.fill(maya, 'note', 'They ask for a red one.')
    await desk.submit(maya)
    await desk.settle()
    expect(newest()).toEqual([tom])
    await desk.customerWrites('Or in green?')
    expect(newest()).toEqual([tom])
    await world.db.transaction((trx) => goAway(trx, tom, world.clock.now() + DAY, maya))
    await desk.customerWrites('Hello?')
    expect(newest()).toEqual([maya])
    expect(desk.thread().at(-1)).toContain(`for @${maya}, in place of Tom Okafor (away)`)
    await world.db.transaction((trx) => goAway(trx, tom, world.clock.now() + DAY))
    await desk.customerWrites('Anybody?')
    expect(newest()).toEqual([lea]) // Nobody stands in: the leads come next, as in a ladder.
    await world.db.transaction((trx) => goAway(trx, maya, world.clock.now() + DAY))
    expect(world.channel.sends).toBe(0)
  })

  test('Q15: a reopened conversation stands at the bottom again; its card from before leads there, and the new one back', async () => {
    const desk = await makeActingDesk(open)
    const { maya, slack, channel, world } = desk
    await desk.customerWrites('Is it in stock?')
    await desk.press(maya, 'take')
    await world.agentReplies('Yes.')
    await desk.menu(maya, 'close')
    await desk.settle()
    const first = desk.card().ts
    const link = (ts: string) => `/archives/${channel}/p${ts.replace('.', '')}`
    await desk.customerWrites('And in red?')
    const second = desk.card().ts
    expect(second).not.toBe(first)
    expect(called(desk.threadMessages().at(-1))).toEqual([maya])
    const old = () => slack.workspace.message(channel, first)
    expect(JSON.stringify(old()?.blocks)).toContain(link(second))
    expect(JSON.stringify(old()?.blocks)).not.toContain('"actions"')
    expect(JSON.stringify(desk.card().blocks)).toContain(link(first))
    await world.agentReplies('In red, too.')
    await desk.menu(maya, 'close')
    await desk.settle()
    await desk.press(maya, 'reopen')
    await desk.settle()
    expect(desk.card().ts).not.toBe(second)
    expect(desk.shownCard()).toContain('*Open*')
    expect(JSON.stringify(old()?.blocks)).toContain(link(desk.card().ts))
  })
})
