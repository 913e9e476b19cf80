import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock.ts'
import { excuse, type Profile } from '../../src/desk/agents.ts'
import { makeTending } from '../../src/desk/tending.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeTestDesk, type TestDesk } from './desk.ts'

async function expectRefused(desk: TestDesk, id: string, who: string, words: string): Promise<void> {
  await desk.slack.waitFor(() => desk.told(who).length > 0, 'a word to the person')
  expect(desk.told(who)[0]).toContain(words)
  expect(await desk.world.conversation(id)).toMatchObject({ owner_id: null, state: 'new' })
  expect((await desk.world.facts('action-refused')).map(({ actor }) => actor)).toContain(who)
}

test('S18: in an organisation of several workspaces its people are ours, whichever one they belong to, and nobody else is', () => {
  const self = { teamId: 'T0HERE', botUserId: 'U0BOT', enterpriseId: 'E0OURS' }
  const of = (enterprise_id: string) => ({ id: 'U1', team_id: 'T0OTHER', enterprise_user: { enterprise_id } })
  expect(excuse(of('E0OURS'), self)).toBeUndefined()
  expect(excuse(of('E0THEIRS'), self)).toBe('other-organisation')
  expect(excuse({ ...of('E0OURS'), is_stranger: true } as Profile, self)).toBe('other-organisation')
  expect(excuse(of('E0OURS'), { teamId: 'T0HERE', botUserId: 'U0BOT' })).toBe('other-organisation')
  expect(excuse({ id: 'U1' }, self)).toBeUndefined()
})

eachDatabase((open) => {
  const agents = async (desk: TestDesk) =>
    await desk.world.db.selectFrom('agent').select(['id', 'name', 'left_at']).orderBy('id').execute()

  test('the people of the desk’s channel are its agents; bots and guests are not', async () => {
    const desk = await makeTestDesk(open)
    const guest = desk.slack.addUser({ name: 'guest', isGuest: true }).id
    const robot = desk.slack.addUser({ name: 'robot', isBot: true }).id
    for (const id of [guest, robot]) desk.slack.join(id, desk.channel)
    await desk.eventsIn()
    await desk.desk().syncAgents()
    expect(await agents(desk)).toEqual([
      { id: desk.maya, name: 'Maya Lindt', left_at: null },
      { id: desk.tom, name: 'Tom Okafor', left_at: null },
    ])
  })

  test('who joins the channel can answer, and who leaves it cannot any more', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    const lea = desk.slack.addUser({ name: 'lea', realName: 'Lea Sommer' }).id
    desk.slack.join(lea, desk.channel)
    await desk.eventsIn()
    expect((await agents(desk)).map(({ name }) => name)).toContain('Lea Sommer')
    await desk.openComposer(lea, ts)
    await desk.type(lea, 'My farewell')
    await desk.submit(lea)

    desk.slack.leave(lea, desk.channel)
    await desk.eventsIn()
    await desk.submit(lea)
    expect(desk.screen(lea)).toContain('You are not in this desk’s channel any more')
    expect(desk.screen(lea)).toContain('My farewell')
    expect(await desk.world.effects('reply')).toEqual([])
    expect(await desk.world.conversation(id)).toMatchObject({ owner_id: null })
    expect(await desk.world.facts('action-refused')).toMatchObject([{ actor: lea, conversation_id: id }])
  })

  test('changes that were missed while Deskbell was away are found at the next start', async () => {
    const desk = await makeTestDesk(open)
    const lea = desk.slack.addUser({ name: 'lea' }).id
    desk.slack.workspace.channels.get(desk.channel)?.members.add(lea)
    desk.slack.workspace.channels.get(desk.channel)?.members.delete(desk.tom)
    await desk.desk().syncAgents()
    const present = (await agents(desk)).filter(({ left_at }) => left_at === null)
    expect(present.map(({ id }) => id).sort()).toEqual([desk.maya, lea].sort())
  })

  test('S18, Q13: one member whom Slack does not show, or one desk whose channel is shut, keeps nobody else from being an agent', async () => {
    const desk = await makeTestDesk(open, { moreDesks: ['billing', 'returns'] })
    const { slack } = desk
    const [, billing, returns] = desk.desks.map(({ channel }) => channel)
    slack.leave(slack.app.botUserId, billing ?? '')
    slack.join(desk.lea, returns ?? '')
    slack.faults.next('users.info', { error: 'user_not_found' }, 2) // The app itself, and Maya.
    await desk.desk().syncAgents()
    const known = await desk.world.db.selectFrom('agent').select(['id', 'desk']).where('left_at', 'is', null).execute()
    expect(known).toContainEqual({ id: desk.tom, desk: 'main' })
    expect(known).toContainEqual({ id: desk.lea, desk: 'returns' })
  })

  test('Q13: who came and went while the app was out of the channel, or unheard, is found without a restart', async () => {
    const desk = await makeTestDesk(open)
    const { slack, world, tom, lea, channel } = desk
    const { clock, log } = world
    const tending = makeTending({ app: desk.desk(), channels: desk.channels(), room: desk.room(), clock, log })
    const present = async () => (await agents(desk)).flatMap(({ id, left_at }) => (left_at === null ? [id] : []))
    const members = slack.workspace.channels.get(channel)?.members
    await tending.sync()
    members?.delete(slack.app.botUserId)
    await clock.advance(15 * MINUTE)
    await tending.tend()
    members?.delete(tom)
    members?.add(lea)
    members?.add(slack.app.botUserId)
    await tending.tend()
    expect(await present()).toEqual([desk.maya, lea])
    members?.add(tom)
    await tending.tend()
    expect(await present()).not.toContain(tom)
    await clock.advance(HOUR)
    await tending.tend()
    expect(await present()).toContain(tom)
  })

  test('when Slack cannot be asked, nobody loses their place', async () => {
    const desk = await makeTestDesk(open)
    desk.slack.faults.next('users.info', { error: 'internal_error' })
    await expect(desk.desk().syncAgents()).rejects.toThrow()
    expect((await agents(desk)).every(({ left_at }) => left_at === null)).toBe(true)
  })

  test('S18: a guest, a person of another organisation and one who is no member are refused with the reason, on record', async () => {
    const desk = await makeTestDesk(open)
    const { slack, channel } = desk
    const { id, ts } = await desk.card()
    const guest = slack.addUser({ name: 'guest', isGuest: true }).id
    const stranger = slack.addUser({ name: 'stranger', teamId: 'TELSEWHERE' }).id
    const members = slack.workspace.channels.get(channel)?.members
    const fresh = slack.addUser({ name: 'fresh' }).id
    for (const person of [guest, stranger, fresh]) members?.add(person)
    const cases = { [guest]: 'Guests can read along', [stranger]: 'our own organisation', [fresh]: 'just joined' }
    for (const [person, words] of Object.entries(cases)) {
      await desk.click(person, ts, 'take')
      await expectRefused(desk, id, person, words)
      await desk.click(person, ts, 'reply')
      await slack.waitFor(() => desk.told(person).length > 1, 'a second word')
      expect(desk.modals(person)).toEqual([])
    }
    expect(await desk.counts()).toEqual({ drafts: 0, parts: 0, replies: 0, sends: 0 })
  })
})
