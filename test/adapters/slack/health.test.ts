// What is wrong, in sentences for whoever runs the program.
import { expect, test } from 'vitest'
import { until } from '../../setup/until.ts'
import { heard, makeKeeping } from './keeping.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

async function started(before: (workspace: Workspace) => void = () => undefined) {
  const workspace = await openWorkspace()
  before(workspace)
  const keeping = makeKeeping()
  const channel = workspace.open()
  await channel.start(keeping)
  const tells = (said: RegExp) => until(() => said.test(channel.health().problem ?? ''), `${said} to be told`)
  const isWell = () => until(() => channel.health().ok, 'all to be well')
  return { ...workspace, keeping, channel, tells, isWell }
}

test('Q13: an archived channel is told of, and all is well when it is open again', async () => {
  const { slack, shared, tells, isWell } = await started()
  slack.archive(shared)
  await tells(/is archived.*Unarchive it/)
  slack.archive(shared, false)
  await isWell()
})

test('the app was removed from a channel: somebody has to invite it again', async () => {
  const { slack, shared, tells, isWell } = await started()
  slack.leave(slack.app.botUserId, shared)
  await tells(/does not have the app in it any more.*Invite the app/)
  slack.join(slack.app.botUserId, shared)
  await isWell()
})

test('a deleted channel is told of', async () => {
  const { slack, shared, tells } = await started()
  slack.deleteChannel(shared)
  await tells(/was deleted\. Remove it from deskbell\.yaml/)
})

test('what happened before the start is found at the start', async () => {
  const { tells } = await started(({ slack, shared }) => slack.archive(shared))
  await tells(/is archived/)
})

test('a renamed channel keeps working, for it goes by its id', async () => {
  const { slack, shared, mia, channel, keeping } = await started()
  slack.rename(shared, 'other-name')
  slack.say(mia, shared, 'Still here')
  await heard(channel, keeping, 'Still here')
  expect(channel.health().ok).toBe(true)
})

test('it says when it last heard and last spoke', async () => {
  const { slack, shared, mia, channel, keeping } = await started()
  expect(channel.health()).toEqual({ ok: true })
  slack.say(mia, shared, 'Hello')
  await heard(channel, keeping, 'Hello')
  expect(channel.health().lastReceivedAt).toBeGreaterThan(0)
})

test('S24: a refused token is named with its variable, and the start fails', async () => {
  const workspace = await openWorkspace()
  const botTokenName = 'DESKBELL_SLACK_SHOP_BOT_TOKEN'
  const channel = workspace.open({ access: { botToken: 'xoxb-wrong', botTokenName } })
  await expect(channel.start(makeKeeping())).rejects.toThrow(/DESKBELL_SLACK_SHOP_BOT_TOKEN/)
})

test('S23: without the permission to write under an agent’s name, somebody hears what to do', async () => {
  const workspace = await openWorkspace({ scopes: ['chat:write', 'channels:history', 'channels:read', 'users:read'] })
  const channel = workspace.open({ directMessages: false })
  await channel.start(makeKeeping())
  expect(channel.health().problem).toMatch(/chat:write\.customize and install the app again/)
})

test('a channel that got another id when it was shared is told of, with the id to write down', async () => {
  const { slack, community, tells } = await started()
  const id = slack.renumber(community)
  await tells(new RegExp(`another id.*Write ${id} in its place`))
})
