// What customers write in Slack, over real sockets from the stand-in to what the core is told.
import { describe, expect, test } from 'vitest'
import { makeWeb } from '../../sandbox/slack/desk.ts'
import { until } from '../../setup/until.ts'
import { eventsIn, heard, makeKeeping, messagesIn, textsIn } from './keeping.ts'
import { openWorkspace } from './workspace.ts'

async function start(changed: Parameters<Awaited<ReturnType<typeof openWorkspace>>['open']>[0] = {}) {
  const workspace = await openWorkspace()
  const keeping = makeKeeping()
  const channel = workspace.open(changed)
  await channel.start(keeping)
  return { ...workspace, keeping, channel, hears: (text: string) => heard(channel, keeping, text) }
}

describe('a customer of another organisation, in a shared channel', () => {
  test('C25: is known by team and user and shown by name, though Slack shows no mail address', async () => {
    const { slack, shared, mia, team, hears } = await start()
    const ts = slack.say(mia, shared, 'Is it in stock?')
    const message = await hears('Is it in stock?')
    expect(message).toMatchObject({
      externalId: `${shared}/${ts}`,
      from: { address: `${team}/${mia}`, name: 'Mia Weber' },
      evidence: [],
      sender: 'pass',
    })
    expect(message).not.toHaveProperty('bystander')
    expect(message).not.toHaveProperty('agentId')
    expect(JSON.parse(message.replyHandle)).toEqual({ channel: shared, threadTs: ts })
  })

  test('C25, Q11: what one person writes without a thread has one group, and a colleague’s has another', async () => {
    const { slack, shared, community, gus, mia, tom, hears } = await start()
    slack.say(mia, shared, 'One')
    slack.say(mia, shared, 'Two')
    slack.say(tom, shared, 'Three')
    slack.say(gus, community, 'Four')
    const groups = await Promise.all(['One', 'Two', 'Three', 'Four'].map(async (text) => (await hears(text)).group))
    expect(groups[0]).toBe(groups[1])
    expect(new Set(groups).size).toBe(3)
    expect(groups).not.toContain(undefined)
  })

  test('Q11: a thread leads back to its first message, whoever answers in it, and belongs to no group', async () => {
    const { slack, shared, mia, tom, hears } = await start()
    const root = slack.say(mia, shared, 'Is it in stock?')
    slack.say(tom, shared, 'In red', { threadTs: root })
    slack.say(tom, shared, 'Or blue', { threadTs: root, isBroadcast: true })
    const [first, answer, broadcast] = [await hears('Is it in stock?'), await hears('In red'), await hears('Or blue')]
    expect(answer.evidence).toEqual([{ by: 'thread', key: first.keys[0] }])
    expect(broadcast.evidence).toEqual(answer.evidence)
    expect(answer).not.toHaveProperty('group')
    expect(answer).not.toHaveProperty('bystander')
    expect(JSON.parse(answer.replyHandle)).toEqual({ channel: shared, threadTs: root })
  })

  test('Q12: one of us is told by the id agents have, and as a bystander for the case that they are none', async () => {
    const { slack, shared, mia, ana, hears } = await start()
    const root = slack.say(mia, shared, 'Is it in stock?')
    slack.say(ana, shared, 'Yes', { threadTs: root })
    expect(await hears('Yes')).toMatchObject({ agentId: ana, bystander: 'member' })
  })
})

describe('a community, whose members do not speak for each other', () => {
  test('Q12: a guest is a customer, and somebody else in their thread is a bystander', async () => {
    const { slack, community, gus, hears } = await start()
    const eva = slack.addUser({ name: 'eva', isGuest: true }).id
    slack.join(eva, community)
    const root = slack.say(gus, community, 'How do I begin?')
    slack.say(eva, community, 'I wonder too', { threadTs: root })
    slack.say(gus, community, 'Thanks', { threadTs: root })
    expect(await hears('How do I begin?')).not.toHaveProperty('bystander')
    expect((await hears('I wonder too')).bystander).toBe('member')
    expect(await hears('Thanks')).not.toHaveProperty('bystander')
  })

  test('Q12: who belongs to our workspace is one of us if an agent has their id, and a customer if not', async () => {
    const { slack, community, ana, hears } = await start()
    slack.say(ana, community, 'Hello all')
    const message = await hears('Hello all')
    expect(message.agentId).toBe(ana)
    expect(message).not.toHaveProperty('bystander')
  })

  test('a customer who answers below an announcement of ours is a customer', async () => {
    const { slack, community, gus, ana, hears } = await start({ people: [{ role: 'member', is: 'staff' }] })
    const root = slack.say(ana, community, 'We are closed tomorrow')
    slack.say(gus, community, 'All day?', { threadTs: root })
    expect(await hears('All day?')).not.toHaveProperty('bystander')
    expect((await hears('We are closed tomorrow')).bystander).toBe('member')
  })
})

describe('direct messages to the app', () => {
  test('a customer’s lead back to where they wrote before, with and without a thread', async () => {
    const { slack, gus, hears } = await start()
    const bot = slack.app.botUserId
    const root = slack.say(gus, bot, 'Hello')
    slack.say(gus, bot, 'Anybody there?')
    slack.say(gus, bot, 'Below', { threadTs: root })
    const [first, second, below] = [await hears('Hello'), await hears('Anybody there?'), await hears('Below')]
    expect(second.evidence).toEqual([{ by: 'place', key: first.evidence[0]?.key }])
    expect(below.evidence.map(({ by }) => by)).toEqual(['thread', 'place'])
    expect(first.keys).toContain(below.evidence[0]?.key)
    expect(JSON.parse(second.replyHandle)).toEqual({ channel: slack.dm(gus).id })
  })

  test('one from the desk is never a customer’s', async () => {
    const workspace = await openWorkspace()
    const { slack, ana, gus } = workspace
    const keeping = makeKeeping()
    const channel = workspace.open({ isAtDesk: async (user) => user === ana })
    await channel.start(keeping)
    slack.say(ana, slack.app.botUserId, 'Note to myself')
    slack.say(gus, slack.app.botUserId, 'A question')
    await heard(channel, keeping, 'A question')
    expect(await textsIn(channel, keeping)).toEqual(['A question'])
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'everything to be acknowledged')
  })

  test('while nobody can say who is at the desk, nothing is acknowledged and it comes again', async () => {
    let isKnown = false
    const isAtDesk = async () => {
      if (!isKnown) throw new Error('it is not known yet')
      return false
    }
    const { slack, gus, keeping, hears } = await start({ isAtDesk })
    slack.say(gus, slack.app.botUserId, 'A question')
    await slack.waitFor(() => (slack.events.at(-1)?.deliveries.length ?? 0) > 1, 'a second delivery')
    expect(keeping.rows).toEqual([])
    isKnown = true
    slack.redeliver()
    await hears('A question')
  })

  test('they are nobody’s where the configuration does not want them', async () => {
    const { slack, shared, mia, gus, channel, keeping, hears } = await start({ directMessages: false })
    slack.say(gus, slack.app.botUserId, 'A question')
    slack.say(mia, shared, 'Another')
    await hears('Another')
    expect(await textsIn(channel, keeping)).toEqual(['Another'])
  })
})

describe('a channel in which one of us says what is a conversation', () => {
  const manual = (shared: string) => [{ id: shared, kind: 'shared' as const, manual: true }]

  test('nothing is kept before somebody marks a message; then it is read with its answers, and what follows too', async () => {
    const workspace = await openWorkspace()
    const { slack, shared, mia, tom, ana } = workspace
    const keeping = makeKeeping()
    const channel = workspace.open({ channels: manual(shared) })
    await channel.start(keeping)
    const root = slack.say(mia, shared, 'It is broken')
    slack.say(tom, shared, 'Here too', { threadTs: root })
    slack.say(tom, shared, 'Lunch?')
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'all of it to be acknowledged')
    expect(keeping.rows).toEqual([])
    slack.react(mia, shared, root, 'ticket')
    slack.react(ana, shared, root, 'eyes')
    slack.react(ana, shared, root, 'ticket')
    await heard(channel, keeping, 'Here too')
    slack.say(mia, shared, 'Any news?', { threadTs: root })
    await heard(channel, keeping, 'Any news?')
    expect(await textsIn(channel, keeping)).toEqual(['It is broken', 'Here too', 'Any news?'])
  })

  test('a mark on an answer opens the whole thread', async () => {
    const workspace = await openWorkspace()
    const { slack, shared, mia, tom, ana } = workspace
    const keeping = makeKeeping()
    const channel = workspace.open({ channels: manual(shared) })
    await channel.start(keeping)
    const root = slack.say(mia, shared, 'It is broken')
    const answer = slack.say(tom, shared, 'Here too', { threadTs: root })
    slack.react(ana, shared, answer, 'ticket')
    await heard(channel, keeping, 'Here too')
    expect(await textsIn(channel, keeping)).toEqual(['It is broken', 'Here too'])
  })

  test('a customer’s own mark opens nothing', async () => {
    const workspace = await openWorkspace()
    const { slack, shared, mia, ana } = workspace
    const keeping = makeKeeping()
    const channel = workspace.open({ channels: manual(shared) })
    await channel.start(keeping)
    const [mine, hers] = [slack.say(mia, shared, 'Mine'), slack.say(mia, shared, 'Hers')]
    slack.react(mia, shared, mine, 'ticket')
    slack.react(ana, shared, hers, 'ticket')
    await heard(channel, keeping, 'Hers')
    expect(await textsIn(channel, keeping)).toEqual(['Hers'])
  })
})

describe('what is no message of a customer', () => {
  test('other apps are passed over and not even kept, so that two of them cannot talk to each other through us', async () => {
    const { slack, shared, mia, keeping, channel, hears } = await start()
    const robot = slack.addUser({ name: 'robot', isBot: true }).id
    slack.join(robot, shared)
    for (let n = 0; n < 50; n++) slack.say(robot, shared, `Thank you for your message ${n}`)
    slack.say(mia, shared, 'A question')
    await hears('A question')
    expect(await textsIn(channel, keeping)).toEqual(['A question'])
    expect(keeping.rows).toHaveLength(1)
  })

  test('an app that speaks for customers is heard once it is trusted', async () => {
    const workspace = await openWorkspace()
    const { slack, shared } = workspace
    const robot = slack.addUser({ name: 'form', realName: 'Web form', isBot: true })
    slack.join(robot.id, shared)
    const keeping = makeKeeping()
    const channel = workspace.open({ trustedBots: [robot.botId ?? ''] })
    await channel.start(keeping)
    slack.say(robot.id, shared, 'Somebody asks')
    expect((await heard(channel, keeping, 'Somebody asks')).from.name).toBe('Web form')
  })

  test('joins, topics, calls and our own posts say nothing', async () => {
    const { slack, shared, mia, keeping, hears } = await start()
    const newcomer = slack.addUser({ name: 'ned' }).id
    slack.join(newcomer, shared)
    slack.remark(mia, shared, 'channel_topic', 'set the topic')
    slack.remark(mia, shared, 'huddle_thread', 'A huddle started')
    await makeWeb(slack).chat.postMessage({ channel: shared, text: 'From us' })
    slack.say(mia, shared, 'A question')
    await hears('A question')
    expect(keeping.rows).toHaveLength(1)
  })

  test('the preview of a link is no edit; a person’s edit is one, and a deletion is told', async () => {
    const { slack, shared, mia, channel, keeping, hears } = await start()
    const ts = slack.say(mia, shared, 'See https://acme.example')
    const first = await hears('See https://acme.example')
    slack.unfurl(shared, ts, { url: 'https://acme.example', title: 'Acme' })
    slack.edit(mia, shared, ts, 'See the page')
    await until(() => keeping.rows.length > 1, 'the edit') // Slack gives each event to any of our two sockets.
    slack.remove(mia, shared, ts)
    const changes = async () => (await eventsIn(channel, keeping)).filter(({ kind }) => kind !== 'message')
    await until(async () => (await changes()).length >= 2, 'the edit and the deletion')
    expect(await changes()).toMatchObject([
      { kind: 'edit', of: first.externalId, text: 'See the page' },
      { kind: 'deletion', of: first.externalId },
    ])
  })

  test('Q10: each version has an id of its own, and a delivery that comes twice has the same', async () => {
    const { slack, shared, mia, channel, keeping, hears } = await start()
    const ts = slack.say(mia, shared, 'One')
    await hears('One')
    slack.edit(mia, shared, ts, 'Two')
    slack.edit(mia, shared, ts, 'Three')
    for (const { id } of slack.events) slack.repeat(id)
    const edits = async () => (await eventsIn(channel, keeping)).filter(({ kind }) => kind === 'edit')
    await until(async () => (await edits()).length >= 2, 'both edits')
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'the repetitions to be acknowledged')
    const ids = (await edits()).map(({ externalId }) => externalId)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(2)
  })

  test('a first message that is deleted below its answers is told as a deletion, and its answers stay', async () => {
    const { slack, shared, mia, tom, channel, keeping, hears } = await start()
    const root = slack.say(mia, shared, 'Question')
    slack.say(tom, shared, 'Answer', { threadTs: root })
    await hears('Answer')
    slack.remove(mia, shared, root)
    const deletions = async () => (await eventsIn(channel, keeping)).filter(({ kind }) => kind === 'deletion')
    await until(async () => (await deletions()).length > 0, 'the deletion')
    expect(await deletions()).toMatchObject([{ of: `${shared}/${root}` }])
  })

  test('a message in the third person is a message', async () => {
    const { slack, shared, mia, hears } = await start()
    slack.emote(mia, shared, 'waits for an answer')
    expect((await hears('waits for an answer')).from.address).toContain(mia)
  })
})

describe('nothing is lost', () => {
  test('Q9: a delivery whose first copy was lost is kept, and one that comes twice is kept once', async () => {
    const { slack, shared, mia, keeping, hears } = await start()
    keeping.refuses = true
    slack.say(mia, shared, 'A question')
    await slack.waitFor(() => (slack.events.at(-1)?.deliveries.length ?? 0) > 1, 'a second delivery')
    keeping.refuses = false
    slack.redeliver()
    await hears('A question')
    for (const { id } of slack.events) slack.repeat(id)
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'everything to be acknowledged')
    expect(keeping.rows).toHaveLength(1)
  })

  test('Q9: a mention arrives as two events and is one message', async () => {
    const { slack, shared, mia, channel, keeping, hears } = await start()
    slack.say(mia, shared, `<@${slack.app.botUserId}> help`)
    await hears('@deskbell help')
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'both events to be acknowledged')
    expect(await messagesIn(channel, keeping)).toHaveLength(1)
  })

  test('S20: while sockets are renewed under load every message is kept, and kept once', async () => {
    const { slack, shared, mia, channel, keeping, hears } = await start()
    const all = Array.from({ length: 120 }, (_, n) => `message ${n}`)
    for (const [n, text] of all.entries()) {
      slack.say(mia, shared, text)
      if (n % 40 === 20) slack.sockets.disconnect('refresh_requested')
      if (n % 10 === 0) await until(() => keeping.rows.length > n - 10, 'the channel to follow')
    }
    slack.redeliver()
    await hears('message 119')
    await until(async () => (await textsIn(channel, keeping)).length === all.length, 'all of them')
    expect(new Set(await textsIn(channel, keeping))).toEqual(new Set(all))
  })

  test('somebody of whom Slack tells nothing is heard all the same', async () => {
    const { slack, shared, mia, team, hears } = await start()
    slack.faults.always('users.info', { status: 503 })
    slack.say(mia, shared, 'A question')
    const message = await hears('A question')
    expect(message.from).toEqual({ address: `${team}/${mia}` })
    expect(message).not.toHaveProperty('bystander')
  })
})
