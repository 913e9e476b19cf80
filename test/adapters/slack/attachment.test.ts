// Files that customers send: their bytes, however little Slack tells of them at first, and a sentence where they cannot be had.
import { expect, test } from 'vitest'
import type { Channel, InboundMessage } from '../../../src/channel.ts'
import { SendError } from '../../../src/channel.ts'
import type { TypedFile } from '../../../src/sandbox/slack/play.ts'
import { heard, makeKeeping } from './keeping.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const bytes = Buffer.from('a,b\n1,2\n')

async function sent(files: TypedFile[], meanwhile: (workspace: Workspace) => void = () => undefined) {
  const workspace = await openWorkspace()
  const keeping = makeKeeping()
  const channel = workspace.open()
  await channel.start(keeping)
  meanwhile(workspace)
  workspace.slack.say(workspace.mia, workspace.shared, 'Look', { files })
  const message = await heard(channel, keeping, files.some(({ externalUrl }) => externalUrl) ? LINKED : 'Look')
  return { ...workspace, channel, message }
}

const LINKED = 'Look\n\nplan.gdoc (https://docs.example/plan)'

async function fetched(channel: Channel, { attachments }: InboundMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of channel.fetchAttachment(attachments[0]?.ref ?? '')) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('Slack Connect: a file of which Slack tells no more than an id is asked about, and fetched', async () => {
  const { channel, message, slack } = await sent([{ name: 'data.csv', bytes }])
  expect(message.attachments).toMatchObject([{ name: 'data.csv', type: 'text/csv', bytes: bytes.length }])
  expect(await fetched(channel, message)).toBe('a,b\n1,2\n')
  const told = slack.events.map(({ payload }) => JSON.stringify(payload)).join()
  expect(told).toContain('check_file_info')
  expect(told).not.toContain('data.csv')
})

test('Slack Connect: where Slack did not answer about the file at first, it is asked again when it is fetched', async () => {
  const { channel, message, slack } = await sent([{ name: 'data.csv', bytes }], ({ slack }) =>
    slack.faults.always('files.info', { status: 503 }),
  )
  expect(message.attachments).toMatchObject([{ name: 'file' }])
  slack.faults.clear()
  expect(await fetched(channel, message)).toBe('a,b\n1,2\n')
})

test('a file that lies elsewhere is a link, and nothing that could be fetched', async () => {
  const file = { name: 'plan.gdoc', bytes: Buffer.from('x'), externalUrl: 'https://docs.example/plan' }
  const { message } = await sent([file])
  expect(message.attachments).toEqual([])
  expect(message.text).toContain('https://docs.example/plan')
})

test('a file over the limit is not fetched, and the agent hears why', async () => {
  const { message, open, slack } = await sent([{ name: 'huge.bin', bytes: Buffer.alloc(2000) }])
  const error = await fetched(open({ attachmentBytesMax: 1000 }), message).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SendError)
  expect((error as SendError).failure.kind).toBe('rejected')
  expect((error as SendError).message).toBe('huge.bin is too large to be fetched. Open it in Slack.')
  expect(slack.calls('download')).toEqual([])
})

test('without the permission Slack shows a page to sign in, and that is no file', async () => {
  const { channel, message, slack } = await sent([{ name: 'data.csv', bytes }])
  slack.installBot()
  const error = await fetched(channel, message).catch((thrown: unknown) => thrown)
  expect((error as SendError).message).toMatch(/files:read/)
})

test('a file’s name cannot leave its folder nor break a line', async () => {
  const { message } = await sent([{ name: '../../etc/pass\nwd', bytes }])
  expect(message.attachments[0]?.name).toBe('.. .. etc pass wd')
})
