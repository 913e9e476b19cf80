// A desk's channel has a life of its own: it is renamed, archived, left, shared, given another id. Nothing is lost by it and nothing leaks.
import { expect, test } from 'vitest'
import { alarmHandler } from '../../src/alarm-post.ts'
import { MINUTE } from '../../src/clock.ts'
import { MANIFEST } from '../../src/desk/manifest.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import type { OpenTestDb } from '../setup/database.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'
import type { DeskTestOptions } from './desk.ts'

async function makeWatchedDesk(open: OpenTestDb, options: DeskTestOptions = {}) {
  const desk = await makeActingDesk(open, options)
  const { world, slack, lea, channel } = desk
  world.handlers.alarm = alarmHandler({
    log: world.log,
    addressesOf: () => [],
    mailboxOf: () => undefined,
    async tellLeads(_, text) {
      const { channel: dm } = await desk.room().clients.ui.conversations.open({ users: lea })
      await desk.room().clients.ui.chat.postMessage({ channel: dm?.id ?? '', text })
    },
  })
  return {
    ...desk,
    /** What Slack tells is heard, and whatever waits has its chance. */
    async goOn(): Promise<void> {
      await desk.eventsIn()
      for (let n = 0; n < 3; n++) await world.passTime(MINUTE)
    },
    /** What the lead has read about the desk. */
    told: () => (slack.workspace.dm(lea) ? slack.workspace.messages(slack.dm(lea).id).map(({ text }) => text) : []),
    shownIn: (place = channel) =>
      slack.workspace
        .all(place)
        .map((message) => readMessage(message))
        .join('\n'),
  }
}

eachDatabase((open) => {
  test('Q13: what is owed to an archived channel waits, the leads hear it once, and once when it is over, and nothing is lost', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel, world, maya } = desk
    const id = await desk.customerWrites('The first one')
    slack.rename(channel, 'front-desk')
    await desk.goOn()
    slack.archive(channel)
    await desk.goOn()
    for (const { id: event } of slack.events) slack.repeat(event)
    await desk.goOn()
    await desk.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    expect(desk.told()).toEqual([expect.stringContaining('is archived')])
    expect(desk.channels().problems()).toEqual([expect.stringContaining('Unarchive it')])
    expect(desk.shownIn()).not.toContain('The second one')
    // Whoever has a ping or the home tab before them still acts; the card follows when it can.
    await world.agentReplies('It is.', { conversation: id })

    slack.archive(channel, false)
    await desk.goOn()
    expect(desk.told()).toEqual([
      expect.stringContaining('is archived'),
      expect.stringContaining('can use its channel again'),
    ])
    expect(desk.channels().problems()).toEqual([])
    expect(desk.shownIn()).toContain('The second one')
    expect(desk.shownIn()).toContain('It is.')
    await desk.press(maya, 'take')
    expect(await world.facts('conversation-taken')).toMatchObject([{ actor: maya }])
    await desk.goOn()
    const owed = await world.db.selectFrom('outbox').select(['kind', 'state']).execute()
    const isDone = (state: string) => ['accepted', 'undone'].includes(state)
    expect(owed.filter(({ kind, state }) => ['card', 'entry', 'alarm'].includes(kind) && !isDone(state))).toEqual([])
  })

  test('Q13: an app that was put out of the channel, and hears of nothing, finds it out by itself and goes on when it is back', async () => {
    const desk = await makeWatchedDesk(open, { slack: { events: [] } })
    const { slack, channel, world } = desk
    await desk.customerWrites('The first one')
    slack.leave(slack.app.botUserId, channel)
    await desk.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    await desk.goOn()
    expect(desk.told()).toEqual([expect.stringContaining('Invite the app again')])
    slack.join(slack.app.botUserId, channel)
    await desk.channels().tend()
    await desk.goOn()
    expect(desk.shownIn()).toContain('The second one')
    expect(desk.told()).toHaveLength(2)
    expect((await world.facts('desk-channel-changed')).map(({ data }) => JSON.parse(data).is)).toEqual([
      'removed',
      'open',
    ])
  })

  test('Q13, S18: nothing is posted in a channel that was made public, and all of it comes once it is private again', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel } = desk
    await desk.customerWrites('The first one')
    slack.publish(channel)
    await desk.channels().tend()
    for (let n = 0; n < 11; n++) await desk.world.passTime(MINUTE)
    await desk.channels().tend()
    await desk.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    await desk.goOn()
    expect(desk.told()).toEqual([expect.stringContaining('is public')])
    expect(desk.channels().problems()).toEqual([expect.stringContaining('Make it private again')])
    expect(desk.shownIn()).not.toContain('The second one')
    slack.publish(channel, false)
    await desk.channels().tend()
    await desk.goOn()
    expect(desk.shownIn()).toContain('The second one')
  })

  test('Q13, S18: an app that may see public channels works in one, and the leads hear once that it should not', async () => {
    const desk = await makeWatchedDesk(open, {
      slack: { scopes: [...MANIFEST.oauth_config.scopes.bot, 'channels:read'] },
    })
    const { slack, channel } = desk
    slack.publish(channel)
    await desk.customerWrites('The first one')
    await desk.channels().tend()
    await desk.goOn()
    expect(desk.shownIn()).toContain('The first one')
    expect(desk.told()).toEqual([expect.stringContaining('becomes an agent by joining')])
    expect(desk.channels().advice()).toEqual([expect.stringContaining('Make it private')])
    expect(desk.channels().problems()).toEqual([])
  })

  test('Q13: a channel that was deleted is said to be, and the cards of a desk that has moved come up in its new channel', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel, desks, maya } = desk
    const id = await desk.customerWrites('The first one')
    slack.deleteChannel(channel)
    await desk.goOn()
    expect(desk.told()).toEqual([expect.stringContaining('was deleted')])
    await desk.channels().tend()
    expect(desk.channels().problems()).toEqual([expect.stringContaining('was deleted')])

    const next = slack.addChannel({ name: 'new-desk', isPrivate: true, members: [slack.app.botUserId, maya] }).id
    await desk.reconnect(next)
    expect(desks[0]?.channel).toBe(next)
    await desk.world.agentReplies('It is.', { conversation: id })
    await desk.goOn()
    expect(desk.shownIn(next)).toContain('The first one')
    expect(desk.channels().problems()).toEqual([])
  })

  test('Q13: a channel with another id is followed, with its cards, threads and notes, also after a restart with the old one', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel, world, maya } = desk
    const id = await desk.customerWrites('The first one')
    const { ts } = desk.card()
    const noted = slack.say(maya, channel, 'She called twice', { threadTs: ts })
    await desk.eventsIn()
    const renumbered = slack.renumber(channel)
    await desk.goOn()
    slack.edit(maya, renumbered, noted, 'She called three times')
    slack.say(maya, renumbered, 'And once more', { threadTs: ts })
    await desk.goOn()
    const notes = () =>
      world.db.selectFrom('message').select('text').where('direction', '=', 'note').orderBy('seq').execute()
    expect((await notes()).map(({ text }) => text)).toEqual(['She called three times', 'And once more'])
    expect(desk.told()).toEqual([expect.stringContaining(`write ${renumbered} in the place of ${channel}`)])

    await desk.reconnect()
    await desk.channels().tend()
    expect(desk.channels().advice()).toEqual([expect.stringContaining(renumbered)])
    await world.customerWrites('The first one again')
    await desk.goOn()
    expect(
      slack.workspace
        .thread(renumbered, ts)
        .map((message) => readMessage(message))
        .join('\n'),
    ).toContain('The first one again')
    await slack.click(maya, { channel: renumbered, ts, actionId: 'take' })
    expect(await world.facts('conversation-taken')).toMatchObject([{ actor: maya, conversation_id: id }])
    slack.say(maya, renumbered, 'Known after the restart', { threadTs: ts })
    await desk.goOn()
    expect((await notes()).at(-1)?.text).toBe('Known after the restart')
    expect(desk.told()).toHaveLength(1)
  })

  test('S17: once the channel is shared with others nothing is posted there, nobody can act, the leads hear it, and it recovers', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel, world, maya } = desk
    await desk.customerWrites('The first one')
    const before = desk.shownIn()
    const calls = () =>
      slack.log.filter(({ method, args }) => /^(chat|files)\./.test(method) && args.channel === channel)
    slack.share(channel)
    await desk.goOn()
    const asked = calls().length
    await world.customerWrites('And what does it cost?')
    await world.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    await desk.goOn()
    await desk.press(maya, 'take')
    await desk.hears(maya, 'shared with another organisation')
    expect(await world.facts('conversation-taken')).toEqual([])
    slack.react(maya, channel, slack.workspace.messages(channel)[0]?.ts ?? '', 'eyes')
    await desk.eventsIn()
    expect((await world.facts('conversation-taken')).length).toBe(0)
    const reasons = (await world.facts('action-refused')).map(({ data }) => JSON.parse(data).reason)
    expect(reasons).toEqual(['shared-channel', 'shared-channel'])
    expect([desk.shownIn(), calls().length]).toEqual([before, asked])
    expect(desk.told()).toEqual([expect.stringContaining('shared with another organisation')])

    slack.share(channel, false)
    await desk.goOn()
    expect(desk.shownIn()).toContain('And what does it cost?')
    expect(desk.shownIn()).toContain('The second one')
    await desk.press(maya, 'take')
    expect(await world.facts('conversation-taken')).toMatchObject([{ actor: maya }])
    expect(desk.told()).toHaveLength(2)
  })

  test('S17: a desk starts by looking: where others have been invited, nothing is posted, and without an answer of Slack’s neither', async () => {
    const desk = await makeWatchedDesk(open)
    const { slack, channel, world } = desk
    const place = slack.workspace.channels.get(channel)
    if (place) place.isPendingExtShared = true
    await desk.reconnect()
    slack.faults.always('conversations.info', { status: 500 })
    await desk.customerWrites('The first one')
    expect(desk.shownIn()).toBe('')
    slack.faults.clear('conversations.info')
    await desk.goOn()
    expect(desk.shownIn()).toBe('')
    expect(desk.told()).toEqual([expect.stringContaining('shared with another organisation')])
    if (place) place.isPendingExtShared = false
    await desk.channels().tend()
    await world.passTime(MINUTE)
    expect(desk.shownIn()).toContain('The first one')
  })
})
