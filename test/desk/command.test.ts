// /desk, typed in any channel.
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import { makePresence } from '../../src/desk/presence.ts'
import type { Waiting } from '../../src/desk/tools.ts'
import type { Promised } from '../../src/policy.ts'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { always, calendarPolicy } from '../setup/policy.ts'
import { DESK } from '../setup/world.ts'
import { type DeskTestOptions, makeTestDesk } from './desk.ts'

async function makeCalling(open: OpenTestDb, options: DeskTestOptions = {}) {
  const desk = await makeTestDesk(open, options)
  const { slack } = desk
  const lobby = slack.addChannel({ name: 'lobby', members: [slack.app.botUserId, desk.maya, desk.lea] }).id
  return {
    ...desk,
    lobby,
    /** Types the command and resolves to what only this person reads. */
    async call(who: string, text: string, channel = desk.channel): Promise<string> {
      const before = slack.workspace.ephemerals.length
      expect(await slack.command(who, channel, '/desk', text)).toMatchObject({ kind: 'acked' })
      const [said] = slack.workspace.ephemerals.slice(before)
      expect(said?.user).toBe(who)
      return said?.blocks?.length ? readBlocks(said.blocks) : (said?.text ?? '')
    },
  }
}

const waiting = (more: Partial<Waiting>): Waiting => ({
  conversationId: 'v_1',
  contactName: 'Ada Lovelace',
  address: 'ada@example.org',
  channelKind: 'email',
  subject: 'The blue one',
  dueAt: 0,
  ownerId: null,
  ...more,
})

eachDatabase((open) => {
  test('P2: an agent who says that they are away is absent for pings until then, or until they are back', async () => {
    const desk = await makeCalling(open)
    const { maya, world } = desk
    const presence = makePresence({ ...world, read: desk.room().clients.read })
    const absence = () => presence.absenceOf(DESK, maya, { isQuiet: false })
    expect(await absence()).toBeUndefined()
    expect(await desk.call(maya, 'away 2h')).toContain('You are away until')
    expect(await absence()).toBe('away')
    await world.clock.advance(2 * HOUR)
    expect(await absence()).toBeUndefined()
    await desk.call(maya, 'away 1d')
    expect(await absence()).toBe('away')
    expect(await desk.call(maya, 'back')).toContain('Welcome back')
    expect(await absence()).toBeUndefined()
    const facts = await world.facts('agent-away')
    const untils = facts.map(({ at, data }) => JSON.parse(data).until - at)
    expect(untils).toEqual([2 * HOUR, DAY])
    expect(await world.facts('agent-back')).toMatchObject([{ actor: maya }])
  })

  test('P2: a time nobody can read is asked for again, and changes nothing', async () => {
    const desk = await makeCalling(open)
    for (const text of ['away soon', 'away 0h', 'away 91d', 'away -1h']) {
      expect(await desk.call(desk.maya, text), text).toContain('For how long? Write `30m`, `2h` or `3d`')
    }
    expect(await desk.call(desk.maya, 'away 2h tomorrow')).toContain('Nobody at your desks is called tomorrow')
    expect(await desk.world.facts('agent-away')).toEqual([])
    await desk.call(desk.maya, 'away 45M')
    const [fact] = await desk.world.facts('agent-away')
    expect(JSON.parse(fact?.data ?? '').until).toBe((fact?.at ?? 0) + 45 * MINUTE)
  })

  test('a lead who is no agent is told how to hold reminders back instead', async () => {
    const desk = await makeCalling(open)
    expect(await desk.call(desk.lea, 'away', desk.lobby)).toContain('pause notifications in Slack')
    expect(await desk.world.facts('agent-away')).toEqual([])
  })

  test('S18: a person of no desk gets nothing by the command, and it is on record', async () => {
    const desk = await makeCalling(open, { queue: async () => [waiting({})] })
    const { slack, lobby } = desk
    const eve = slack.addUser({ name: 'eve' }).id
    slack.join(eve, lobby)
    const { id } = await desk.card()
    for (const text of ['away', 'back', 'queue', `why ${id}`]) {
      expect(await desk.call(eve, text, lobby), text).toContain('Only members of this desk’s channel')
    }
    const refused = (await desk.world.facts('action-refused')).map(({ data }) => JSON.parse(data).action)
    expect(refused).toEqual(['away', 'back', 'queue', 'why'])
  })

  test('the queue says who waits, how late, for what, and who has it, to the one who asked', async () => {
    const asked: string[] = []
    let rows: Waiting[] = []
    const queue = async (name: string) => {
      asked.push(name)
      return rows
    }
    const desk = await makeCalling(open, { queue })
    const { maya, tom, world, lobby } = desk
    expect(await desk.call(maya, 'queue')).toContain('Nobody, apart from those that are snoozed.')
    const now = world.clock.now()
    rows = [
      waiting({ dueAt: now - 2 * HOUR, ownerId: tom }),
      waiting({ dueAt: now + HOUR, contactName: null, subject: null, channelKind: 'discord' }),
    ]
    const shown = (await desk.call(maya, 'queue', lobby)).split('\n').filter((line) => line !== '')
    expect(shown).toEqual([
      'Support: who waits',
      `2 hours late · Ada Lovelace · email · The blue one · @${tom}`,
      'due in 1 hour · ada@example.org · Discord · nobody has it',
    ])
    expect(asked).toEqual([DESK, DESK])
    rows = Array.from({ length: 20 }, () => waiting({ dueAt: now }))
    const full = await desk.call(maya, 'queue')
    expect(full.match(/Ada Lovelace/g)).toHaveLength(15)
    expect(full).toContain('These are the 15 that are due first.')
  })

  test('W6: why explains a conversation by its id', async () => {
    const desk = await makeCalling(open, { explain: async (id) => [`# About ${id}`, 'due 24 hours later'] })
    const { id } = await desk.card()
    expect(await desk.call(desk.maya, `why ${id}`)).toBe(`About ${id}\ndue 24 hours later`)
    expect(await desk.call(desk.maya, 'why <!channel>')).toContain('There is no conversation &lt;!channel&gt;.')
    expect(await desk.call(desk.maya, 'why')).toContain('*Why?*')
  })

  test('help lists every word, and an unknown word is answered with it', async () => {
    const desk = await makeCalling(open)
    const help = await desk.call(desk.maya, '')
    for (const word of ['away', 'back', 'queue', 'find', 'history', 'why', 'help'])
      expect(help).toContain(`/desk ${word}`)
    expect(await desk.call(desk.maya, 'HELP')).toBe(help)
    expect(await desk.call(desk.maya, 'constructor')).toContain(help)
  })

  test('W14: a tier that an agent sets decides at once what is promised to the customer who waits', async () => {
    const gold = calendarPolicy(2, { name: 'gold' })
    const policies = {
      ...always(calendarPolicy()),
      choose: (promised: Promised) => (promised.tier === 'gold' ? gold : calendarPolicy()),
    }
    const desk = await makeCalling(open, { policies })
    const { conversation_id, arrived_at } = await desk.world.customerWrites('Hello?')
    expect(await desk.call(desk.maya, `tier ${conversation_id} silver`)).toContain('There is no tier silver')
    expect(await desk.call(desk.maya, `tier ${conversation_id} gold`)).toContain('Their tier is gold')
    expect(await desk.world.openWindow()).toMatchObject({ policy: 'gold', due_at: arrived_at + 2 * HOUR })
    expect(await desk.world.facts('tier-set')).toMatchObject([{ actor: desk.maya }])
    await desk.call(desk.maya, `tier ${conversation_id} none`)
    expect(await desk.world.openWindow()).toMatchObject({ policy: 'standard', due_at: arrived_at + DAY })
  })
})
