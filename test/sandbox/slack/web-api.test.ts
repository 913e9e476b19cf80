import { WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { makeDesk, makeWeb, refusal } from './desk.ts'

test('the app learns who it is from its token', async () => {
  const { slack, web } = await makeDesk()
  const answer = await web.auth.test()
  expect(answer).toMatchObject({ user_id: slack.app.botUserId, bot_id: slack.app.botId, team_id: slack.app.teamId })
  expect(answer.response_metadata?.scopes).toContain('chat:write')
})

test('no token, a wrong token, a withdrawn token and the wrong kind of token are four different refusals', async () => {
  const { slack, web, desk } = await makeDesk()
  const post = { channel: desk, text: 'hello' }
  expect((await refusal(new WebClient(undefined, { slackApiUrl: slack.url }).chat.postMessage(post))).error).toBe(
    'not_authed',
  )
  const stranger = makeWeb({ ...slack, url: slack.url, botToken: 'xoxb-nobody' })
  expect((await refusal(stranger.chat.postMessage(post))).error).toBe('invalid_auth')
  const app = makeWeb({ url: slack.url, botToken: slack.appToken })
  expect((await refusal(app.chat.postMessage(post))).error).toBe('not_allowed_token_type')
  expect((await refusal(web.apps.connections.open())).error).toBe('not_allowed_token_type')
  slack.revokeToken()
  expect((await refusal(web.chat.postMessage(post))).error).toBe('token_revoked')
  const renewed = makeWeb({ url: slack.url, botToken: slack.installBot() })
  expect((await renewed.chat.postMessage(post)).ok).toBe(true)
  expect(slack.workspace.messages(desk)).toHaveLength(1)
})

test('a missing scope is named, with what the token has', async () => {
  const { web, desk, ana } = await makeDesk({ scopes: ['chat:write'] })
  expect(await refusal(web.users.info({ user: ana }))).toMatchObject({
    error: 'missing_scope',
    needed: 'users:read',
    provided: 'chat:write',
  })
  expect(await refusal(web.conversations.info({ channel: desk }))).toMatchObject({ needed: 'groups:read' })
  expect(await refusal(web.conversations.history({ channel: desk }))).toMatchObject({ needed: 'groups:history' })
})

test('an e-mail address is shown only to an app that asked for it', async () => {
  const { slack, web, ana } = await makeDesk()
  expect((await web.users.info({ user: ana })).user?.profile?.email).toBe('ana@desk.example')
  expect((await web.users.lookupByEmail({ email: 'Ana@desk.example' })).user?.id).toBe(ana)
  const modest = makeWeb({ url: slack.url, botToken: slack.installBot(['users:read']) })
  expect((await modest.users.info({ user: ana })).user?.profile?.email).toBeUndefined()
})

test('a method that does not exist and an argument that is missing are named', async () => {
  const { web } = await makeDesk()
  expect(await refusal(web.apiCall('chat.telepathy'))).toMatchObject({
    error: 'unknown_method',
    req_method: 'chat.telepathy',
  })
  expect(await refusal(web.apiCall('chat.postMessage', { text: 'hi' }))).toMatchObject({
    error: 'invalid_arguments',
    messages: ['[ERROR] missing required field: channel'],
  })
})

test('JSON bodies work as form bodies do, and a broken one is told so', async () => {
  const { slack, desk } = await makeDesk()
  const post = (body: string, type = 'application/json') =>
    fetch(`${slack.url}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': type },
      body,
    }).then((response) => response.json())
  const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'New' } }]
  expect(await post(JSON.stringify({ channel: desk, text: 'hi', blocks }))).toMatchObject({ ok: true })
  expect(await post('{"channel":')).toMatchObject({ error: 'invalid_json' })
  expect(await post('[]')).toMatchObject({ error: 'json_not_object' })
  expect(await post('hello', 'text/plain')).toMatchObject({ error: 'invalid_post_type' })
  expect(slack.workspace.messages(desk).map(({ text }) => text)).toEqual(['hi'])
})

test('every call is on record with its arguments and its outcome', async () => {
  const { slack, web, desk } = await makeDesk()
  await web.chat.postMessage({ channel: desk, text: 'one' })
  await refusal(web.chat.postMessage({ channel: 'C404', text: 'two' }))
  expect(slack.calls('chat.postMessage').map(({ args, outcome, token }) => [args.text, outcome, token])).toEqual([
    ['one', 'ok', 'bot'],
    ['two', 'channel_not_found', 'bot'],
  ])
})

test('presence, user groups and the team can be asked for', async () => {
  const { slack, web, leo, ana } = await makeDesk()
  const leads = slack.addGroup('leads', [leo])
  slack.changeUser(leo, { isAway: true, tz: 'Asia/Kolkata' })
  expect((await web.users.getPresence({ user: leo })).presence).toBe('away')
  expect((await web.usergroups.users.list({ usergroup: leads.id })).users).toEqual([leo])
  expect((await web.users.info({ user: leo })).user?.tz_offset).toBe(19_800)
  expect((await web.users.list({})).members?.map(({ id }) => id)).toEqual([slack.app.botUserId, ana, leo])
  expect((await web.team.info()).team?.id).toBe(slack.app.teamId)
  expect((await web.bots.info({ bot: slack.app.botId })).bot?.user_id).toBe(slack.app.botUserId)
})

test('who paused their notifications, or sleeps by their schedule, shows as not to be disturbed, and until when', async () => {
  const now = Date.UTC(2026, 0, 6, 9)
  const { slack, web, leo, ana } = await makeDesk({ clock: { now: () => now } })
  const HOUR = 3_600_000
  const second = (at: number) => at / 1000
  slack.changeUser(ana, { dnd: { startAt: now + 13 * HOUR, endAt: now + 23 * HOUR } })
  slack.changeUser(leo, { snoozedUntil: now + HOUR })
  expect(await web.dnd.info({ user: ana })).toMatchObject({
    dnd_enabled: true,
    next_dnd_start_ts: second(now + 13 * HOUR),
    next_dnd_end_ts: second(now + 23 * HOUR),
  })
  const paused = await web.dnd.info({ user: leo })
  expect(paused).toMatchObject({
    dnd_enabled: true,
    next_dnd_start_ts: second(now),
    next_dnd_end_ts: second(now + HOUR),
  })
  expect(paused).not.toHaveProperty('snooze_enabled') // Only the person themself is shown that.
  slack.changeUser(leo, { snoozedUntil: now - HOUR })
  expect(await web.dnd.info({ user: leo })).toMatchObject({ dnd_enabled: false, next_dnd_end_ts: 1 })
  expect((await refusal(web.dnd.info({ user: 'U0NOBODY' }))).error).toBe('user_not_found')
})

test('user groups need their scope and a paid plan, and an unknown one is refused', async () => {
  const { slack, web, leo } = await makeDesk()
  const leads = slack.addGroup('leads', [leo])
  expect((await refusal(web.usergroups.users.list({ usergroup: 'S0NONE' }))).error).toBe('no_such_subteam')
  slack.faults.next('usergroups.users.list', { error: 'plan_upgrade_required' })
  expect((await refusal(web.usergroups.users.list({ usergroup: leads.id }))).error).toBe('plan_upgrade_required')
  const modest = makeWeb({ url: slack.url, botToken: slack.installBot(['chat:write']) })
  expect((await refusal(modest.usergroups.users.list({ usergroup: leads.id }))).needed).toBe('usergroups:read')
  expect((await refusal(modest.dnd.info({ user: leo }))).needed).toBe('dnd:read')
})

test('waiting for something that never comes says what was waited for and what Slack was asked', async () => {
  const { slack, web } = await makeDesk()
  await web.auth.test()
  await expect(slack.waitFor(() => false, 'a card', 60)).rejects.toThrow('for a card; the last calls were auth.test ok')
})
