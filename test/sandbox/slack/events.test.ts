import { expect, test } from 'vitest'
import { makeDesk } from './desk.ts'

type Event = Record<string, unknown>

function eventsOf({ events }: { events: { payload: Record<string, unknown> }[] }): Event[] {
  return events.map(({ payload }) => payload.event as Event)
}

test('the app hears its own posts and changes, marked as its own', async () => {
  const { slack, web, desk } = await makeDesk()
  const { ts = '' } = await web.chat.postMessage({ channel: desk, text: 'card' })
  await web.chat.update({ channel: desk, ts, text: 'card 2' })
  await web.chat.delete({ channel: desk, ts })
  const { botId, botUserId } = slack.app
  expect(eventsOf(slack)).toMatchObject([
    { type: 'message', bot_id: botId, user: botUserId, text: 'card', ts },
    {
      subtype: 'message_changed',
      hidden: true,
      message: { bot_id: botId, text: 'card 2', ts, edited: { user: botId } },
      previous_message: { text: 'card' },
    },
    { subtype: 'message_deleted', hidden: true, deleted_ts: ts, previous_message: { text: 'card 2' } },
  ])
})

test('a post under another name comes back as a bot message without a user', async () => {
  const { slack, web, desk } = await makeDesk()
  await web.chat.postMessage({ channel: desk, text: 'hi', username: 'Ana P. (email)', icon_emoji: ':email:' })
  const [event] = eventsOf(slack)
  expect(event).toMatchObject({ subtype: 'bot_message', username: 'Ana P. (email)', bot_id: slack.app.botId })
  expect(event?.user).toBeUndefined()
})

test('a mention of the app arrives twice, as a message and as a mention, with the same ts', async () => {
  const { slack, desk, ana } = await makeDesk()
  const ts = slack.say(ana, desk, `<@${slack.app.botUserId}> what is due?`)
  expect(eventsOf(slack)).toMatchObject([
    { type: 'message', ts },
    { type: 'app_mention', ts },
  ])
  expect(new Set(slack.events.map(({ id }) => id)).size).toBe(2)
})

test("what people type cannot ping or disguise a link, what they pick from Slack's menus can", async () => {
  const { slack, desk, ana, leo } = await makeDesk()
  slack.say(ana, desk, `<!channel> <https://evil|bank> & @here <@${leo}> https://a.example/?x=1&y=2`)
  expect(eventsOf(slack)[0]?.text).toBe(
    `&lt;!channel&gt; &lt;<https://evil>|bank&gt; &amp; <!here> <@${leo}> <https://a.example/?x=1&amp;y=2>`,
  )
})

test('an edit and a preview of a link both arrive as changes, only the edit says who edited', async () => {
  const { slack, desk, ana } = await makeDesk()
  const ts = slack.say(ana, desk, 'see https://a.example')
  slack.unfurl(desk, ts, { url: 'https://a.example', title: 'A' })
  slack.edit(ana, desk, ts, 'see below')
  const [, preview, edit] = eventsOf(slack) as { subtype: string; message: Event; previous_message: Event }[]
  expect([preview?.subtype, edit?.subtype]).toEqual(['message_changed', 'message_changed'])
  expect(preview?.message).toMatchObject({ text: preview?.previous_message.text, attachments: [{ title: 'A' }] })
  expect(preview?.message.edited).toBeUndefined()
  expect(edit?.message).toMatchObject({ text: 'see below', edited: { user: ana } })
})

test('a deleted root with replies leaves a tombstone, announced as a change', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  slack.say(ana, desk, 'reply', { threadTs: root })
  slack.remove(ana, desk, root)
  expect(eventsOf(slack).at(-1)).toMatchObject({
    subtype: 'message_changed',
    message: { subtype: 'tombstone', ts: root },
    previous_message: { text: 'root' },
  })
  const { messages } = await web.conversations.replies({ channel: desk, ts: root })
  expect(messages?.map(({ text }) => text)).toEqual(['This message was deleted.', 'reply'])
})

test('reactions, arrivals, departures and home visits are heard', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const olga = slack.addUser({ name: 'olga' })
  const ts = slack.say(ana, desk, 'hi')
  slack.react(ana, desk, ts, 'eyes')
  await web.reactions.add({ channel: desk, timestamp: ts, name: 'white_check_mark' })
  slack.unreact(ana, desk, ts, 'eyes')
  slack.join(olga.id, desk, ana)
  slack.leave(olga.id, desk)
  slack.openHome(ana)
  expect(eventsOf(slack).map(({ type, subtype, reaction, tab }) => subtype ?? reaction ?? tab ?? type)).toEqual([
    'message',
    'eyes',
    'white_check_mark',
    'eyes',
    'channel_join',
    'member_joined_channel',
    'member_left_channel',
    'home',
  ])
  const { message } = await web.reactions.get({ channel: desk, timestamp: ts })
  expect(message?.reactions).toEqual([{ name: 'white_check_mark', users: [slack.app.botUserId], count: 1 }])
})

test('the app hears nothing of channels it is not in, nor without the scope', async () => {
  const { slack, ana } = await makeDesk()
  const other = slack.addChannel({ name: 'other', members: [ana] })
  slack.say(ana, other.id, 'between us')
  expect(slack.events).toEqual([])
  slack.join(slack.app.botUserId, other.id, ana)
  slack.installBot(['groups:history'])
  slack.say(ana, other.id, 'still between us')
  expect(eventsOf(slack).map(({ type, subtype }) => subtype ?? type)).toEqual(['channel_join', 'member_joined_channel'])
})

test('a person of another organisation and another bot can be told apart from our own people', async () => {
  const { slack } = await makeDesk()
  const eva = slack.addUser({ name: 'eva', teamId: 'TOTHER' })
  const robot = slack.addUser({ name: 'robot', isBot: true })
  const shared = slack.addChannel({
    name: 'eva-and-us',
    members: [eva.id, robot.id, slack.app.botUserId],
    isExtShared: true,
  })
  slack.say(eva.id, shared.id, 'Is it in stock?')
  slack.say(robot.id, shared.id, 'Build failed')
  expect(slack.events[0]?.payload.is_ext_shared_channel).toBe(true)
  expect(eventsOf(slack)).toMatchObject([
    { team: 'TOTHER', user_team: 'TOTHER', user: eva.id },
    { bot_id: robot.botId },
  ])
  expect(eventsOf(slack)[1]?.client_msg_id).toBeUndefined()
})

test('renaming, archiving, sharing and the withdrawal of the token are announced', async () => {
  const { slack, desk } = await makeDesk()
  slack.rename(desk, 'front-desk')
  slack.share(desk)
  slack.archive(desk)
  slack.revokeToken()
  expect(eventsOf(slack).map(({ type }) => type)).toEqual([
    'group_rename',
    'channel_shared',
    'group_archive',
    'tokens_revoked',
  ])
})
