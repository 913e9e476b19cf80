// Conversations that go to somebody by themselves: whose turn it is, who knows the customer, and who stands in.
import { expect, test } from 'vitest'
import { goAway } from '../../src/away.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { take } from '../../src/conversation.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

const called = (messages: Message[]) => messages.flatMap((message) => mentions(message as never))
let strangers = 0
/** Somebody who has never written before. */
const stranger = () => ({ from: { address: `stranger${++strangers}@example.org` } })
const anew = { evidence: [], keys: [] }

async function makeAllotting(open: OpenTestDb, turns?: { cap?: number }) {
  const desk = await makeActingDesk(open)
  const [own] = desk.desks
  if (own && turns) Object.assign(own, { assign: 'round-robin', ...turns })
  if (turns) Object.assign(desk.world.desk, { takesTurns: true })
  const { world } = desk
  return {
    ...desk,
    owner: async (id: string) => (await world.conversation(id)).owner_id,
    away: (who: string, standIn?: string) =>
      world.db.transaction((trx) => goAway(trx, who, world.clock.now() + DAY, standIn)),
    /** An exchange that is over. */
    async served(who: string): Promise<string> {
      const id = await desk.customerWrites('Is it in stock?')
      await desk.press(who, 'take')
      await world.agentReplies('Yes.', { agent: who })
      await desk.menu(who, 'close')
      await desk.settle()
      return id
    },
  }
}

eachDatabase((open) => {
  test('Q15: by turns, what nobody has goes to whoever has waited longest for one, is there and has room; they are called once', async () => {
    const desk = await makeAllotting(open, { cap: 2 })
    const { maya, tom, world, slack } = desk
    const owners: (string | null)[] = []
    for (let n = 0; n < 3; n++) {
      owners.push(await desk.owner(await desk.customerWrites('Hello?', stranger())))
      expect(called(desk.threadMessages())).toEqual([owners.at(-1)])
      expect(desk.thread().at(-1)).toContain('This one is yours: you are next.')
    }
    expect(owners).toEqual([maya, tom, maya])
    await desk.away(tom)
    const left = await desk.customerWrites('Hello?', stranger())
    expect(await desk.owner(left)).toBeNull() // Tom is away, and Maya has two already.
    expect(called(desk.threadMessages())).toEqual([])
    expect(desk.shownCard()).toContain('nobody has it: nobody of the desk is there')
    await desk.press(tom, 'take') // Whatever was decided, a person may take it.
    expect(await desk.owner(left)).toBe(tom)
    await world.db.transaction((trx) => goAway(trx, tom, world.clock.now() - 1))
    slack.changeUser(tom, { dnd: { startAt: world.clock.now() - HOUR, endAt: world.clock.now() + HOUR } })
    expect(await desk.owner(await desk.customerWrites('Hello?', stranger()))).toBeNull()
    slack.changeUser(tom, { dnd: undefined })
    await world.clock.advance(61 * SECOND) // Slack is asked about each person once a minute.
    await desk.settle()
    const again = stranger()
    await desk.customerWrites('Hello?', again)
    await desk.customerWrites('Anybody?', stranger())
    expect(desk.shownCard()).toContain('nobody has it: everybody has as many as they can')
    const facts = await world.facts('conversation-assigned')
    expect(facts.map(({ actor, data }) => [actor, JSON.parse(data).how])).toEqual(
      Array.from({ length: facts.length }, () => [null, 'next']),
    )
  })

  test('P3: two instances and a crash in between give each conversation to one person, and turns stay fair', async () => {
    const desk = await makeAllotting(open, {})
    const { maya, tom, world } = desk
    for (let n = 0; n < 6; n++) await world.customerWrites('Hello?', stranger())
    await world.current().outbox.pass() // Claimed, and never heard of again.
    await world.restart()
    await world.clock.advance(MINUTE)
    const two = [world.current().outbox, world.instance('b').outbox]
    for (let n = 0; n < 12; n++) {
      await Promise.all((await Promise.all(two.map((outbox) => outbox.pass()))).flat())
      await world.clock.advance(10 * SECOND) // What was in the air when the first one went is looked for again after a while.
    }
    await desk.settle()
    const rows = await world.db.selectFrom('conversation').select(['id', 'owner_id']).execute()
    const count = (who: string) => rows.filter(({ owner_id }) => owner_id === who).length
    expect([count(maya), count(tom)]).toEqual([3, 3])
    expect(await world.facts('conversation-assigned')).toHaveLength(6)
    const posts = desk.slack.workspace.messages(desk.channel)
    const lines = posts.flatMap(({ ts }) => desk.slack.workspace.thread(desk.channel, ts).slice(1))
    expect(lines.filter(({ text }) => text.includes('This one is yours'))).toHaveLength(6)
  })

  test('Q15: a customer who comes back goes to the same agent if they are there, else to who stands in, else to the queue; a machine’s letter moves nothing', async () => {
    const desk = await makeAllotting(open)
    const { maya, tom, world } = desk
    const id = await desk.served(maya)
    await desk.away(maya, tom)
    await world.customerWrites('I am on holiday.', { automated: 'an out-of-office notice' })
    await desk.settle()
    expect(await world.conversation(id)).toMatchObject({ owner_id: maya, state: 'closed' })
    // Reopened.
    await desk.customerWrites('One more thing.')
    expect(await desk.owner(id)).toBe(tom)
    expect(called(desk.threadMessages())).toEqual([tom])
    expect(desk.thread().at(-1)).toContain('in place of Maya Lindt')
    await world.agentReplies('Done.', { agent: tom })
    await desk.menu(tom, 'close')
    await desk.settle()
    await desk.away(tom)
    await desk.customerWrites('And another.')
    expect(await desk.owner(id)).toBeNull()
    expect(desk.thread().at(-1)).toContain('Tom Okafor is not there, and nobody stands in. Who can take it?')
    expect(await world.facts('conversation-unassigned')).toHaveLength(1)
    // A new matter of the same person.
    await world.db.transaction(async (trx) => {
      await goAway(trx, tom, world.clock.now() - 1)
      await take(trx, id, tom)
    })
    const other = await desk.customerWrites('Something else.', { subject: 'Other', ...anew })
    expect(other).not.toBe(id)
    expect(await desk.owner(other)).toBe(tom)
    expect(desk.thread().at(-1)).toContain('you know this customer')
    const first = await desk.customerWrites('Hello?', stranger())
    expect(await desk.owner(first)).toBeNull()
  })

  test('what nobody has can be given to whoever is next by hand', async () => {
    const desk = await makeAllotting(open)
    const { maya, tom } = desk
    const id = await desk.customerWrites('Hello?')
    await desk.away(maya)
    await desk.menu(maya, 'assign')
    await desk.waitForScreen(maya, 'To whom?')
    await desk.pick(maya, 'to', 'next')
    await desk.submit(maya)
    await desk.settle()
    expect(await desk.owner(id)).toBe(tom)
    expect(desk.thread().at(-1)).toContain(`@${tom} This one is yours: you are next.`)
  })
})
