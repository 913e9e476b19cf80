import { expect, test } from 'vitest'
import { makeDesk, refusal } from './desk.ts'

const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } })

test('every message has its own ts, growing even while the clock stands still', async () => {
  const { web, desk, slack, ana } = await makeDesk({ clock: { now: () => 1_772_442_000_000 } })
  const first = await web.chat.postMessage({ channel: desk, text: 'one' })
  const second = slack.say(ana, desk, 'two')
  expect([first.ts, second]).toEqual(['1772442000.000000', '1772442000.000001'])
})

test('where the app may not post, Slack says why', async () => {
  const { slack, web, ana } = await makeDesk()
  const post = async (channel: string) => (await refusal(web.chat.postMessage({ channel, text: 'hi' }))).error
  const open = slack.addChannel({ name: 'general', members: [ana] })
  const hidden = slack.addChannel({ name: 'board', isPrivate: true, members: [ana] })
  const old = slack.addChannel({ name: 'old', members: [slack.app.botUserId] })
  slack.archive(old.id)
  const quiet = slack.addChannel({ name: 'announcements', members: [slack.app.botUserId] })
  quiet.isRestricted = true
  expect(await post(open.id)).toBe('not_in_channel')
  expect(await post(hidden.id)).toBe('channel_not_found')
  expect(await post(old.id)).toBe('is_archived')
  expect(await post(quiet.id)).toBe('restricted_action')
  expect(await post('#nowhere')).toBe('channel_not_found')
})

test('a person is reached by their id: the post lands in their direct messages', async () => {
  const { slack, web, leo } = await makeDesk()
  const { channel } = await web.chat.postMessage({ channel: leo, text: 'Two are late.' })
  expect(channel).toBe(slack.dm(leo).id)
  expect(slack.workspace.dms().map(({ id }) => id)).toEqual([channel])
})

test('a message without words is refused, an overlong one is cut when posted and refused when updated', async () => {
  const { slack, web, desk } = await makeDesk()
  expect((await refusal(web.chat.postMessage({ channel: desk, text: '' }))).error).toBe('no_text')
  const { ts } = await web.chat.postMessage({ channel: desk, text: 'x'.repeat(40_001) })
  expect(slack.workspace.message(desk, ts ?? '')?.text).toHaveLength(40_000)
  const update = (length: number) => web.chat.update({ channel: desk, ts: ts ?? '', text: 'y'.repeat(length) })
  expect((await refusal(update(4001))).error).toBe('msg_too_long')
  expect((await update(4000)).ok).toBe(true)
})

test('blocks that are too long together are refused although each is allowed', async () => {
  const { web, desk } = await makeDesk()
  const post = (sections: number) =>
    web.chat.postMessage({
      channel: desk,
      text: 'long',
      blocks: Array.from({ length: sections }, () => section('x'.repeat(3000))),
    })
  expect((await post(4)).ok).toBe(true)
  expect((await refusal(post(5))).error).toBe('msg_blocks_too_long')
})

test('what is wrong with blocks is said with the place', async () => {
  const { web, desk } = await makeDesk()
  expect(
    await refusal(web.chat.postMessage({ channel: desk, text: 'x', blocks: [section('x'.repeat(3001))] })),
  ).toMatchObject({
    error: 'invalid_blocks',
    errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
  })
  expect((await refusal(web.apiCall('chat.postMessage', { channel: desk, text: 'x', blocks: 'no json' }))).error).toBe(
    'invalid_blocks_format',
  )
})

test('text is kept escaped: only well-formed control sequences stay alive', async () => {
  const { web, desk } = await makeDesk()
  const { message } = await web.chat.postMessage({
    channel: desk,
    text: 'A & B <3 &lt;x&gt; <@U1> <!channel> <https://a.example|a> <b>',
  })
  expect(message?.text).toBe('A &amp; B &lt;3 &lt;x&gt; <@U1> <!channel> <https://a.example|a> &lt;b&gt;')
})

test('a reply needs the root of a thread that exists', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  const reply = await web.chat.postMessage({ channel: desk, text: 'reply', thread_ts: root })
  const into = async (ts: string) =>
    (await refusal(web.chat.postMessage({ channel: desk, text: 'x', thread_ts: ts }))).error
  expect(await into(reply.ts ?? '')).toBe('cannot_reply_to_message')
  expect(await into('1.000001')).toBe('thread_not_found')
  expect(await into('yesterday')).toBe('invalid_thread_ts')
  expect(slack.workspace.thread(desk, root).map(({ text }) => text)).toEqual(['root', 'reply'])
})

test('a reply stays in its thread unless it is also sent to the channel', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  await web.chat.postMessage({ channel: desk, text: 'quiet', thread_ts: root })
  await web.chat.postMessage({ channel: desk, text: 'loud', thread_ts: root, reply_broadcast: true })
  expect(slack.workspace.messages(desk).map(({ text }) => text)).toEqual(['root', 'loud'])
  const { messages } = await web.conversations.history({ channel: desk })
  expect(messages?.map(({ text, reply_count }) => [text, reply_count])).toEqual([
    ['loud', undefined],
    ['root', 2],
  ])
})

test("the app changes and deletes its own messages and nobody else's", async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const hers = slack.say(ana, desk, 'mine')
  const own = (await web.chat.postMessage({ channel: desk, text: 'card', blocks: [section('card')] })).ts ?? ''
  expect((await refusal(web.chat.update({ channel: desk, ts: hers, text: 'x' }))).error).toBe('cant_update_message')
  expect((await refusal(web.chat.delete({ channel: desk, ts: hers }))).error).toBe('cant_delete_message')
  expect((await refusal(web.chat.update({ channel: desk, ts: '1.000001', text: 'x' }))).error).toBe('message_not_found')
  await web.chat.update({ channel: desk, ts: own, text: 'newer' })
  expect(slack.workspace.message(desk, own)).toMatchObject({ text: 'newer' })
  expect(slack.workspace.message(desk, own)?.blocks).toBeUndefined()
  await web.chat.delete({ channel: desk, ts: own })
  expect(slack.workspace.message(desk, own)).toBeUndefined()
})

test('rich text that was posted cannot be replaced by other blocks', async () => {
  const { web, desk } = await makeDesk()
  const rich = {
    type: 'rich_text' as const,
    elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text: 'hi' }] }],
  }
  const { ts } = await web.chat.postMessage({ channel: desk, text: 'hi', blocks: [rich] })
  expect(
    (await refusal(web.chat.update({ channel: desk, ts: ts ?? '', text: 'hi', blocks: [section('hi')] }))).error,
  ).toBe('block_mismatch')
})

test('metadata stays through an update that does not mention it', async () => {
  const { slack, web, desk } = await makeDesk()
  const metadata = { event_type: 'desk_outbox', event_payload: { oid: 'o_1' } }
  const { ts = '' } = await web.chat.postMessage({ channel: desk, text: 'card', metadata })
  await web.chat.update({ channel: desk, ts, text: 'card 2' })
  expect(slack.workspace.message(desk, ts)?.metadata).toEqual(metadata)
  await web.chat.update({ channel: desk, ts, text: 'card 3', metadata: {} as never })
  expect(slack.workspace.message(desk, ts)?.metadata).toBeUndefined()
  const wrong = { channel: desk, text: 'x', metadata: { event_type: 'x' } }
  expect((await refusal(web.apiCall('chat.postMessage', wrong))).error).toBe('invalid_metadata_format')
})

test('an ephemeral message is for one member of the channel and is no message of the channel', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const outsider = slack.addUser({ name: 'olga' })
  await web.chat.postEphemeral({ channel: desk, user: ana, text: 'Leo was faster.' })
  expect(slack.workspace.ephemerals).toMatchObject([{ user: ana, channel: desk, text: 'Leo was faster.' }])
  expect(slack.workspace.messages(desk)).toEqual([])
  const refused = await refusal(web.chat.postEphemeral({ channel: desk, user: outsider.id, text: 'x' }))
  expect(refused.error).toBe('user_not_in_channel')
})

test('a permalink leads to the message, through its thread for a reply', async () => {
  const { web, desk, slack, ana } = await makeDesk()
  const root = slack.say(ana, desk, 'root')
  const reply = slack.say(ana, desk, 'reply', { threadTs: root })
  const link = await web.chat.getPermalink({ channel: desk, message_ts: reply })
  expect(link.permalink).toContain(`/archives/${desk}/p${reply.replace('.', '')}?thread_ts=${root}&cid=${desk}`)
})
