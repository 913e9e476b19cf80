// Fetching a file that a person put into Slack: the bytes and nothing but the bytes, and the token for nobody else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebClient } from '@slack/web-api'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../src/log.ts'
import { startSlack } from '../../src/sandbox/slack/server.ts'
import { clientOptions } from '../../src/slack/clients.ts'
import { downloadFile, learnFile, type SlackFile } from '../../src/slack/download.ts'

const BYTES = Buffer.from('%PDF the offer')

async function makeFiles(name = 'offer.pdf', bytes: Buffer = BYTES) {
  const slack = await startSlack({ limits: 'off' })
  onTestFinished(() => slack.stop())
  const ana = slack.addUser({ name: 'ana' }).id
  const desk = slack.addChannel({ name: 'desk', isPrivate: true, members: [ana, slack.app.botUserId] }).id
  slack.say(ana, desk, 'this', { files: [{ name, bytes }] })
  const [record] = [...slack.workspace.files.values()]
  const client = (token = slack.botToken) => new WebClient(token, clientOptions(slack.url, 2000, silentLog))
  const { file: known } = await client().files.info({ file: record?.id ?? '' })
  const file: SlackFile = {
    id: record?.id ?? '',
    name,
    type: known?.mimetype ?? '',
    bytes: bytes.length,
    url: known?.url_private_download ?? '',
    mustAsk: false,
  }
  return { slack, client, file }
}

/** A server that is not Slack, and the tokens it was shown. */
async function makeStranger(answer: { status: number; location?: string } = { status: 200 }) {
  const tokens: (string | undefined)[] = []
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization)
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
    response.end('x')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { tokens, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('S22: the bytes come exactly as they were put in', async () => {
  const { client, file } = await makeFiles()
  expect(Buffer.from(await downloadFile(client(), file))).toEqual(BYTES)
})

test('a page of somebody’s own is a file like any other', async () => {
  const page = Buffer.from('<!DOCTYPE html><title>Ours</title>')
  const { client, file } = await makeFiles('page.html', page)
  expect(file.type).toBe('text/html')
  expect(Buffer.from(await downloadFile(client(), file))).toEqual(page)
})

// Seen to fail without the comparison of lengths: the login page was the file.
test.each([
  ['a token Slack does not know', 'xoxb-wrong'],
  ['an app that may not read files', undefined],
])('the login page that Slack shows to %s is no file', async (_, token) => {
  const { slack, client, file } = await makeFiles()
  const used = token ?? slack.installBot(['chat:write'])
  await expect(downloadFile(client(used), file)).rejects.toThrow(/permission files:read/)
})

test('no other server ever sees the token', async () => {
  const { client, file } = await makeFiles()
  const stranger = await makeStranger()
  const urls = [
    `${stranger.origin}/files-pri/x`,
    'http://files.slack.com/x',
    'https://files.slack.com.evil.example/x',
    'https://files.slack.com:444/x',
    'https://user:secret@files.slack.com/x',
    'https://evil.example/files.slack.com',
    'file:///etc/passwd',
    'no address at all',
  ]
  for (const url of urls) {
    await expect(downloadFile(client(), { ...file, url })).rejects.toThrow('does not lie in Slack')
  }
  expect(stranger.tokens).toEqual([])
})

test('a redirect is not followed, wherever it leads', async () => {
  const { file } = await makeFiles()
  const stranger = await makeStranger()
  const redirecting = await makeStranger({ status: 302, location: `${stranger.origin}/x` })
  const client = new WebClient('xoxb-1', clientOptions(`${redirecting.origin}/api/`, 2000, silentLog))
  await expect(downloadFile(client, { ...file, url: `${redirecting.origin}/files-pri/x` })).rejects.toThrow(
    /files:read/,
  )
  expect([redirecting.tokens.length, stranger.tokens.length]).toEqual([1, 0])
})

test.each([
  ['more than was announced', BYTES.length - 1],
  ['less than was announced', BYTES.length + 1],
])('a file with %s is not taken for whole', async (_, bytes) => {
  const { client, file } = await makeFiles()
  await expect(downloadFile(client(), { ...file, bytes })).rejects.toThrow('incomplete')
})

test('a server that fails, a connection that breaks and a file that is gone each say what to do', async () => {
  const { slack, client, file } = await makeFiles()
  slack.faults.next('download', { status: 500 })
  await expect(downloadFile(client(), file)).rejects.toThrow(/500.*try again/)
  slack.faults.next('download', { reset: true })
  await expect(downloadFile(client(), file)).rejects.toThrow(/could not be fetched.*try again/)
  slack.workspace.files.clear()
  await expect(downloadFile(client(), file)).rejects.toThrow('gone from Slack')
})

test('a file of another organisation is asked about before it is fetched', async () => {
  const { client, file } = await makeFiles()
  const learnt = await learnFile(client(), { ...file, url: '', bytes: 0, mustAsk: true })
  expect(learnt).toEqual(file)
})
