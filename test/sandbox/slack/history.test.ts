import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { makeDesk, refusal } from './desk.ts'

test('a post whose answer was lost is found by its metadata in the thread', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  const metadata = { event_type: 'desk_outbox', event_payload: { oid: 'o_7' } }
  const sent = await web.chat.postMessage({ channel: desk, text: 'reply', thread_ts: root, metadata })
  const plain = await web.conversations.replies({ channel: desk, ts: root })
  expect(plain.messages?.map((message) => message.metadata)).toEqual([undefined, undefined])
  const full = await web.conversations.replies({ channel: desk, ts: root, include_all_metadata: true })
  const found = full.messages?.find((message) => message.metadata?.event_type === 'desk_outbox')
  expect(found?.ts).toBe(sent.ts)
})

test('history runs from the newest back, in pages that neither skip nor repeat', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  for (const text of ['1', '2', '3', '4', '5']) slack.say(ana, desk, text)
  const first = await web.conversations.history({ channel: desk, limit: 2 })
  expect([first.messages?.map(({ text }) => text), first.has_more]).toEqual([['5', '4'], true])
  slack.say(ana, desk, '6')
  const cursor = first.response_metadata?.next_cursor ?? ''
  const second = await web.conversations.history({ channel: desk, limit: 3, cursor })
  expect([second.messages?.map(({ text }) => text), second.has_more]).toEqual([['3', '2', '1'], false])
})

test('oldest and latest leave their own message out unless it is asked for', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const [oldest, , latest] = ['1', '2', '3'].map((text) => slack.say(ana, desk, text))
  const texts = async (inclusive: boolean) =>
    (await web.conversations.history({ channel: desk, oldest, latest, inclusive } as never)).messages?.map(
      ({ text }) => text,
    )
  expect(await texts(false)).toEqual(['2'])
  expect(await texts(true)).toEqual(['3', '2', '1'])
})

test('a thread begins with its root, then the replies in order, page by page', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  for (const text of ['a', 'b', 'c']) slack.say(ana, desk, text, { threadTs: root })
  const first = await web.conversations.replies({ channel: desk, ts: root, limit: 2 })
  const cursor = first.response_metadata?.next_cursor ?? ''
  const second = await web.conversations.replies({ channel: desk, ts: root, limit: 2, cursor })
  const texts = [first, second].map(({ messages }) => messages?.map(({ text }) => text))
  expect(texts).toEqual([
    ['root', 'a'],
    ['b', 'c'],
  ])
  expect((await refusal(web.conversations.replies({ channel: desk, ts: '1.000001' }))).error).toBe('thread_not_found')
})

test('a restricted app reads 15 messages once a minute, whatever it asks for', async () => {
  const clock = manualClock()
  const { slack, web, desk, ana } = await makeDesk({ clock, history: 'restricted' })
  for (let count = 1; count <= 20; count += 1) slack.say(ana, desk, String(count))
  const { messages } = await web.conversations.history({ channel: desk, limit: 100 })
  expect(messages).toHaveLength(15)
  await expect(web.conversations.history({ channel: desk })).rejects.toMatchObject({ retryAfter: 60 })
  await clock.advance(60_000)
  expect((await web.conversations.history({ channel: desk })).messages).toHaveLength(15)
})

test('a private channel without the app does not exist for it, a public one is closed to it', async () => {
  const { slack, web, ana } = await makeDesk()
  const hidden = slack.addChannel({ name: 'board', isPrivate: true, members: [ana] })
  const open = slack.addChannel({ name: 'general', members: [ana] })
  const history = async (channel: string) => (await refusal(web.conversations.history({ channel }))).error
  expect([await history(hidden.id), await history(open.id)]).toEqual(['channel_not_found', 'not_in_channel'])
  expect((await web.conversations.info({ channel: open.id })).channel?.is_member).toBe(false)
})
