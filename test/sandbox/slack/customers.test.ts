// Customers of other organisations in the stand-in: what Slack tells of them, and what it keeps to itself.
import { expect, test } from 'vitest'
import { makeDesk } from './desk.ts'

async function makeShared() {
  const desk = await makeDesk()
  const { slack, ana } = desk
  const team = slack.addTeam('Acme')
  const mia = slack.addUser({ name: 'mia', realName: 'Mia Weber', teamId: team }).id
  const shared = slack.addChannel({ name: 'acme', isExtShared: true, members: [slack.app.botUserId, ana, mia] }).id
  const lastEvent = () =>
    slack.events.at(-1)?.payload as { event: Record<string, unknown>; is_ext_shared_channel: boolean }
  return { ...desk, team, mia, shared, lastEvent }
}

test('a message of another organisation carries its team, and the envelope says that the channel is shared', async () => {
  const { slack, team, mia, ana, shared, lastEvent } = await makeShared()
  slack.say(mia, shared, 'hello')
  expect(lastEvent()).toMatchObject({
    is_ext_shared_channel: true,
    event: { team, user_team: team, source_team: team, user: mia },
  })
  slack.say(ana, shared, 'hello')
  expect(lastEvent().event).not.toHaveProperty('user_team')
})

test('of a person of another organisation Slack tells the name and the team, and no mail address', async () => {
  const { web, mia, team } = await makeShared()
  const { user } = await web.users.info({ user: mia })
  expect(user).toMatchObject({ real_name: 'Mia Weber', team_id: team, is_stranger: true })
  expect(user?.profile).not.toHaveProperty('email')
})

test('of a file of another organisation an event tells no more than the id; files.info tells the rest', async () => {
  const { slack, web, mia, ana, shared, lastEvent } = await makeShared()
  const file = () =>
    (slack.events.map(({ payload }) => payload.event as { files?: object[] }).find(({ files }) => files)?.files ??
      [])[0]
  slack.say(mia, shared, 'look', { files: [{ name: 'secret.txt', bytes: Buffer.from('x') }] })
  expect(file()).toMatchObject({ mode: 'file_access', file_access: 'check_file_info' })
  expect(JSON.stringify(file())).not.toContain('secret')
  const { id } = file() as { id: string }
  expect((await web.files.info({ file: id })).file).toMatchObject({ name: 'secret.txt', file_access: 'visible' })
  slack.say(ana, shared, 'look', { files: [{ name: 'ours.txt', bytes: Buffer.from('x') }] })
  expect(JSON.stringify(slack.events.map(({ payload }) => payload))).toContain('ours.txt')
  expect(lastEvent()).toBeDefined()
})

test('a file at another provider has its address and no bytes to download', async () => {
  const { slack, web, ana, shared } = await makeShared()
  slack.say(ana, shared, 'look', {
    files: [{ name: 'plan', bytes: Buffer.from('x'), externalUrl: 'https://docs.example/plan' }],
  })
  const { id } = [...slack.workspace.files.values()][0] ?? { id: '' }
  const { file } = await web.files.info({ file: id })
  expect(file).toMatchObject({ is_external: true, mode: 'external', url_private: 'https://docs.example/plan' })
  expect(file).not.toHaveProperty('url_private_download')
})

test('a deleted channel is announced and gone, with all that could be done in it', async () => {
  const { slack, web, shared, lastEvent } = await makeShared()
  slack.deleteChannel(shared)
  expect(lastEvent().event).toMatchObject({ type: 'channel_deleted', channel: shared })
  await expect(web.chat.postMessage({ channel: shared, text: 'x' })).rejects.toThrow(/channel_not_found/)
})

test('/me and Slack’s own lines have their subtypes', async () => {
  const { slack, mia, shared, lastEvent } = await makeShared()
  slack.emote(mia, shared, 'waves')
  expect(lastEvent().event).toMatchObject({ subtype: 'me_message', text: 'waves', user: mia })
  slack.remark(mia, shared, 'channel_topic', 'set the topic')
  expect(lastEvent().event).toMatchObject({ subtype: 'channel_topic' })
})
