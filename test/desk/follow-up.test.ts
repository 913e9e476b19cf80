// Promises and reminders: made from a card, told of in time, and seen to wherever they are spoken of.
import { expect, test } from 'vitest'
import { assign } from '../../src/assign.ts'
import { goAway } from '../../src/away.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { renderMorning } from '../../src/desk/digest-post.ts'
import { countQueue } from '../../src/queue.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import { readMessage, readView } from '../../src/sandbox/slack/read.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { DESK } from '../setup/world.ts'
import { makeActingDesk } from './acting.ts'

const called = (message: Message | undefined) => (message ? mentions(message as never) : [])
const NASTY = '<!channel> <@U1> *x* & refund by noon'

async function makePromising(open: OpenTestDb) {
  const desk = await makeActingDesk(open)
  const { slack, world, maya } = desk
  return {
    ...desk,
    dms(who: string): Message[] {
      const dm = slack.workspace.dm(who)
      return dm ? slack.workspace.messages(dm.id) : []
    },
    async promises(text: string, dueAt: number, { kind = 'promise', whom = 'owner', by = maya } = {}) {
      await desk.more(by, 'follow_up')
      await desk.waitForScreen(by, 'Until when?')
      await desk.pick(by, 'kind', kind)
      await desk.fill(by, 'text', text)
      await desk.pick(by, 'due', String(dueAt / SECOND))
      await desk.pick(by, 'for', whom)
      await desk.submit(by)
      await desk.settle()
    },
    async pressIn(who: string, message: Message | undefined, actionId: string) {
      await slack.click(who, { channel: message?.channel ?? '', ts: message?.ts ?? '', actionId })
      await desk.settle()
    },
    rows: () => world.db.selectFrom('follow_up').selectAll().orderBy('id').execute(),
    kinds: async () =>
      (
        await world.db.selectFrom('fact').select('kind').where('kind', 'like', '%follow-up%').orderBy('id').execute()
      ).map(({ kind }) => kind),
  }
}

eachDatabase((open) => {
  test('Q15: a promise stands on the card, calls whoever has it before its time and at it, and is broken from then on until it is kept', async () => {
    const desk = await makePromising(open)
    const { maya, tom, lea, world, slack } = desk
    const id = await desk.customerWrites('Where is my refund?')
    await desk.press(maya, 'take')
    await world.agentReplies('I will see to it.', { agent: maya })
    const dueAt = world.clock.now() - (world.clock.now() % MINUTE) + 6 * HOUR
    await desk.promises(NASTY, world.clock.now() - HOUR)
    expect(desk.errors(maya)).toContain('That time is over')
    await desk.pick(maya, 'due', String(dueAt / SECOND))
    await desk.submit(maya)
    await desk.settle()
    expect(desk.shownCard()).toContain(`🤝 Promised until`)
    expect(desk.shownCard()).toContain(NASTY)
    expect(called(desk.card())).not.toContain('channel')
    expect(desk.thread().at(-1)).toContain('Promise · Ada Lovelace · until ')
    expect(called(desk.threadMessages().at(-1))).toEqual([maya]) // As who promised it.
    // It goes along with the conversation.
    await world.db.transaction((trx) =>
      assign(trx, id, { by: maya, to: tom, seenOwner: maya, note: 'Refund, promised.' }),
    )
    await desk.settle()
    await world.passTime(5 * HOUR)
    const soon = desk.threadMessages().at(-1)
    expect(called(soon)).toEqual([tom, maya])
    expect(desk.dms(tom)).toHaveLength(1)
    expect(readMessage(desk.dms(tom).at(-1) ?? { text: '' })).toContain('Open the conversation')
    expect(await world.facts('promise-broken')).toEqual([])
    // Answered, which is not yet kept; closed, which stops nothing.
    await world.agentReplies('It has left.', { agent: tom })
    await desk.menu(tom, 'close')
    expect(await desk.hears(tom, 'still open here')).toContain('Closed.')
    await desk.settle()
    await world.restart()
    await Promise.all([world.passTime(HOUR), world.runOutbox(world.instance('other').outbox)])
    await desk.settle()
    const due = desk.threadMessages().at(-1)
    expect(called(due)).toEqual([tom, lea, maya])
    expect(readMessage(due ?? { text: '' })).toContain('Promise due, not kept yet')
    expect(readMessage(due ?? { text: '' })).toContain('A reply has left since. If it kept the promise, press Kept.')
    expect(readMessage(due ?? { text: '' })).toContain('[Reply] [Kept] [Postpone…] [Drop]')
    expect(desk.dms(tom)).toHaveLength(2)
    expect(desk.dms(lea)).toHaveLength(0)
    expect(await world.facts('promise-broken')).toHaveLength(1)
    expect(desk.shownCard()).toContain('Promise broken since')
    const counts = await countQueue(world.db, DESK, world.clock.now(), 0)
    expect(counts.broken).toBe(1)
    expect(readMessage(renderMorning('Support', counts, [], world.clock.now()))).toContain('1 broken promise')
    // Kept, from the direct message: everywhere it is spoken of says so, and a second press changes nothing.
    await desk.pressIn(tom, desk.dms(tom).at(-1), 'follow_up_keep')
    for (const message of [soon, due, ...desk.dms(tom)]) {
      const now = readMessage(slack.workspace.message(message?.channel ?? '', message?.ts ?? '') ?? { text: '' })
      expect(now).toContain('Promise kept')
      expect(now).not.toContain('[Kept]')
    }
    expect(desk.shownCard()).not.toMatch(/promise/i)
    expect((await countQueue(world.db, DESK, world.clock.now(), 0)).broken).toBe(0)
    await world.passTime(2 * DAY)
    expect(desk.dms(tom)).toHaveLength(2)
    expect(await desk.kinds()).toEqual([
      ...['follow-up-made', 'follow-up-due', 'follow-up-told', 'follow-up-due', 'follow-up-told', 'follow-up-kept'],
    ])
    expect(JSON.stringify(await world.db.selectFrom('fact').select('data').execute())).not.toContain('refund by noon')
    expect(world.channel.sends).toBe(2)
  })

  test('P2, S18: a reminder for a colleague reaches whoever stands in while they are away; postponed, it comes once more; dropped, never; and who has left gets none', async () => {
    const desk = await makePromising(open)
    const { maya, tom, world } = desk
    await desk.customerWrites('Hello?')
    const dueAt = world.clock.now() + 2 * HOUR
    await desk.promises('Ask the warehouse', dueAt, { kind: 'reminder', whom: tom })
    expect(called(desk.threadMessages().at(-1))).toContain(tom)
    await world.db.transaction((trx) => goAway(trx, tom, world.clock.now() + 3 * HOUR, maya))
    await world.passTime(2 * HOUR)
    expect(desk.dms(tom)).toHaveLength(0)
    expect(desk.dms(maya)).toHaveLength(1)
    expect(desk.thread().at(-1)).toContain('in place of Tom Okafor (away)')
    expect(await world.facts('promise-broken')).toEqual([])
    await desk.pressIn(maya, desk.dms(maya).at(-1), 'follow_up_postpone')
    await desk.waitForScreen(maya, 'Postpone')
    await desk.pick(maya, 'due', String((world.clock.now() + 2 * HOUR) / SECOND))
    await desk.submit(maya)
    await desk.settle()
    expect(readMessage(desk.dms(maya).at(-1) ?? { text: '' })).toContain('Reminder · Ada Lovelace · for ')
    await world.passTime(2 * HOUR)
    expect(desk.dms(tom)).toHaveLength(1) // Back by themselves.
    await desk.pressIn(tom, desk.dms(tom).at(-1), 'follow_up_drop')
    expect(readMessage(desk.dms(tom).at(-1) ?? { text: '' })).toContain('Reminder dropped')
    expect((await desk.rows())[0]).toMatchObject({ ended_as: 'dropped', ended_by: tom })

    await desk.more(maya, 'follow_up')
    await desk.waitForScreen(maya, 'Until when?')
    await desk.fill(maya, 'text', 'Call them')
    await desk.pick(maya, 'for', tom)
    desk.slack.leave(tom, desk.channel)
    await desk.eventsIn()
    const before = await desk.rows()
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('not at this desk any more')
    expect(await desk.rows()).toEqual(before)
  })

  test('P3: what is due while a direct message is on its way twice, or while nobody runs, is told once', async () => {
    const desk = await makePromising(open)
    const { maya, world, slack } = desk
    await desk.customerWrites('Hello?')
    await desk.press(maya, 'take')
    await desk.promises('Call back', world.clock.now() + HOUR)
    await world.clock.advance(3 * HOUR) // Past the early word and the due time at once.
    const [one, two] = [world.instance('a').outbox, world.instance('b').outbox]
    for (let n = 0; n < 6; n++) await Promise.all([...(await one.pass()), ...(await two.pass())])
    expect(desk.dms(maya).map((message) => readMessage(message))).toEqual([expect.stringContaining('Promise due')])
    expect(desk.thread().filter((said) => said.includes('Call back'))).toHaveLength(2) // Made, and due.
    expect(slack.log.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  })

  test('the home tab and their other cards tell of what is open', async () => {
    const desk = await makePromising(open)
    const { maya, slack, world } = desk
    await desk.customerWrites('First matter', { subject: 'One' })
    await desk.press(maya, 'take')
    await desk.promises('Send the form', world.clock.now() + 5 * HOUR)
    await desk.customerWrites('Second matter', { subject: 'Two', evidence: [], keys: [] })
    expect(desk.shownCard()).toContain('On another card of theirs: promised until')
    expect(desk.shownCard()).toContain('Send the form')
    slack.openHome(maya)
    await desk.eventsIn()
    await desk.settle()
    const home = slack.home(maya)
    const shown = home ? readView({ ...home.view, blocks: home.blocks }, slack.names) : ''
    expect(shown).toContain('Promises and reminders')
    expect(shown).toContain('Send the form')
  })
})
