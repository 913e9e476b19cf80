import { expect, test } from 'vitest'
import { makeDesk, refusal } from './desk.ts'

test('the app sees public channels and those it is in, and whether outsiders share them', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const open = slack.addChannel({ name: 'general', members: [ana] })
  slack.addChannel({ name: 'board', isPrivate: true, members: [ana] })
  const { channels } = await web.conversations.list({ types: 'public_channel,private_channel' })
  expect(channels?.map(({ id }) => id)).toEqual([desk, open.id])
  expect((await web.conversations.list({})).channels?.map(({ id }) => id)).toEqual([open.id])
  slack.share('#general')
  expect((await web.conversations.info({ channel: open.id })).channel?.is_ext_shared).toBe(true)
})

test('members come page by page', async () => {
  const { slack, web, desk, ana, leo } = await makeDesk()
  const first = await web.conversations.members({ channel: desk, limit: 2 })
  const second = await web.conversations.members({
    channel: desk,
    limit: 2,
    cursor: first.response_metadata?.next_cursor ?? '',
  })
  expect([first.members, second.members, second.response_metadata?.next_cursor]).toEqual([
    [ana, leo],
    [slack.app.botUserId],
    '',
  ])
})

test('opening direct messages twice finds the same ones', async () => {
  const { slack, web, leo } = await makeDesk()
  const first = await web.conversations.open({ users: leo })
  const again = await web.conversations.open({ users: leo })
  expect(again).toMatchObject({ already_open: true, channel: { id: first.channel?.id } })
  expect((await refusal(web.conversations.open({ users: 'U404' }))).error).toBe('user_not_found')
  slack.changeUser(leo, { isDeactivated: true })
  expect((await refusal(web.conversations.open({ users: leo }))).error).toBe('user_disabled')
})

test('joining needs its own scope and a public channel', async () => {
  const { slack, web, ana } = await makeDesk()
  const open = slack.addChannel({ name: 'general', members: [ana] })
  expect(await refusal(web.conversations.join({ channel: open.id }))).toMatchObject({
    error: 'missing_scope',
    needed: 'channels:join',
  })
})

test('a stranger from another organisation is marked and has no e-mail to show', async () => {
  const { slack, web } = await makeDesk()
  const eva = slack.addUser({ name: 'eva', teamId: 'TOTHER', isGuest: false })
  const { user } = await web.users.info({ user: eva.id })
  expect(user).toMatchObject({ team_id: 'TOTHER', is_stranger: true })
  expect(user?.profile?.email).toBeUndefined()
})
