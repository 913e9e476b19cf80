// Conversations that go to somebody by themselves: whose turn it is, who knows the customer, and who stands in.
import { expect, test } from 'vitest'
import { assign } from '../../src/assign.ts'
import { comeBack, goAway } from '../../src/away.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { take } from '../../src/conversation.ts'
import { armTurns } from '../../src/deal.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { DESK } from '../setup/world.ts'
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

  test('Q15: what nobody could be given goes, whoever is due first, to whoever is back or has room again, one after the other', async () => {
    const desk = await makeAllotting(open, { cap: 1 })
    const { maya, tom, world } = desk
    await desk.away(tom)
    const ids: string[] = []
    for (let n = 0; n < 6; n++) {
      ids.push(await desk.customerWrites('Hello?', stranger()))
      await world.clock.advance(SECOND)
    }
    const owners = async () => await Promise.all(ids.map((id) => desk.owner(id)))
    const answers = async (who: string, id: string) => {
      await world.agentReplies('Yes.', { agent: who, conversation: id })
      await desk.settle()
    }
    expect(await owners()).toEqual([maya, null, null, null, null, null])
    await answers(maya, ids[0] ?? '')
    expect(await owners()).toEqual([maya, maya, null, null, null, null])
    await world.db.transaction((trx) => comeBack(trx, tom))
    await desk.settle()
    expect(await owners()).toEqual([maya, maya, tom, null, null, null])
    // Handed over, whatever the cap says: whoever gave it away has room.
    const to = { by: maya, to: tom, seenOwner: maya, note: 'Yours.' }
    await world.db.transaction((trx) => assign(trx, ids[1] ?? '', to))
    await desk.settle()
    expect(await owners()).toEqual([maya, tom, tom, maya, null, null])
    // Nobody is told again and again that there is nobody.
    const left = (await world.facts('conversation-left')).length
    const updates = desk.slack.log.filter(({ method }) => method === 'chat.update').length
    for (let n = 0; n < 6; n++) await world.passTime(10 * MINUTE)
    expect(await world.facts('conversation-left')).toHaveLength(left)
    expect(desk.slack.log.filter(({ method }) => method === 'chat.update')).toHaveLength(updates)
    // Without a word from anybody: the end of an absence, and of what Slack keeps from people.
    await world.db.transaction((trx) => goAway(trx, maya, world.clock.now() + 2 * MINUTE))
    await answers(maya, ids[3] ?? '')
    expect(await desk.owner(ids[4] ?? '')).toBeNull()
    await world.passTime(10 * MINUTE)
    expect(await owners()).toEqual([maya, tom, tom, maya, maya, null])
    // What was left by whatever way is found at the start.
    await world.db.transaction((trx) => trx.deleteFrom('outbox').where('kind', '=', 'turn').execute())
    await answers(maya, ids[4] ?? '')
    expect(await desk.owner(ids[5] ?? '')).toBeNull()
    await armTurns(world.db, [DESK])
    await desk.settle()
    expect(await desk.owner(ids[5] ?? '')).toBe(maya)
    expect(desk.thread().at(-1)).toContain(`@${maya} This one is yours: you are next.`)
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
