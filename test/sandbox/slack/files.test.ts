import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { type Desk, makeDesk, refusal } from './desk.ts'

const BYTES = Buffer.from('%PDF the offer')

function upload({ web, desk }: Desk, more: object = {}) {
  return web.files.uploadV2({
    channel_id: desk,
    file: BYTES,
    filename: 'offer.pdf',
    initial_comment: 'Here it is',
    ...more,
  })
}

test('an uploaded file appears in the thread a moment later, and only then has a ts', async () => {
  const clock = manualClock()
  const desk = await makeDesk({ clock, wait: clock.wait })
  const { slack, web, ana } = desk
  const root = slack.say(ana, desk.desk, 'root')
  const answer = (await upload(desk, { thread_ts: root })) as unknown as { files: { files: { id: string }[] }[] }
  const file = answer.files[0]?.files[0]
  const shares = async () => (await web.files.info({ file: file?.id ?? '' })).file?.shares
  expect(await shares()).toEqual({})
  expect(slack.workspace.thread(desk.desk, root)).toHaveLength(1)
  await clock.advance(200)
  const [, message] = slack.workspace.thread(desk.desk, root)
  expect(message).toMatchObject({ subtype: 'file_share', text: 'Here it is', user: slack.app.botUserId })
  expect(await shares()).toMatchObject({ private: { [desk.desk]: [{ ts: message?.ts, thread_ts: root }] } })
  expect(slack.events.map(({ payload }) => (payload.event as { type: string }).type)).toEqual([
    'message',
    'message',
    'file_shared',
  ])
})

test('several files of one reply become one message', async () => {
  const desk = await makeDesk({ shareAfterMs: Number.POSITIVE_INFINITY })
  const { slack, web } = desk
  await web.files.uploadV2({
    channel_id: desk.desk,
    file_uploads: [
      { file: BYTES, filename: 'a.pdf' },
      { file: Buffer.from('b'), filename: 'b.txt' },
    ],
  })
  expect(slack.workspace.messages(desk.desk)).toEqual([])
  slack.releaseShares()
  const { messages } = await web.conversations.history({ channel: desk.desk })
  expect(messages?.map(({ files }) => files?.map(({ name, size }) => [name, size]))).toEqual([
    [
      ['a.pdf', BYTES.length],
      ['b.txt', 1],
    ],
  ])
})

test('the bytes come back to a token with the scope, and a login page to anyone else', async () => {
  const desk = await makeDesk()
  const { slack, ana } = desk
  slack.say(ana, desk.desk, 'see this', { files: [{ name: 'photo.png', bytes: BYTES }] })
  const { messages } = await desk.web.conversations.history({ channel: desk.desk })
  const url = messages?.[0]?.files?.[0]?.url_private_download ?? ''
  const fetched = await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } })
  expect([fetched.headers.get('content-type'), Buffer.from(await fetched.arrayBuffer())]).toEqual(['image/png', BYTES])
  const stranger = await fetch(url)
  expect([stranger.status, stranger.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  slack.installBot(['channels:history'])
  const modest = await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } })
  expect(modest.headers.get('content-type')).toContain('text/html')
})

test('an empty file, bytes of another length and a file never uploaded are refused', async () => {
  const { web, desk } = await makeDesk()
  expect((await refusal(web.files.getUploadURLExternal({ filename: 'a.txt', length: 0 }))).error).toBe(
    'missing_argument',
  )
  const { upload_url = '', file_id = '' } = await web.files.getUploadURLExternal({ filename: 'a.txt', length: 5 })
  expect((await fetch(upload_url, { method: 'POST', body: 'four' })).status).toBe(400)
  const complete = () => web.files.completeUploadExternal({ files: [{ id: file_id }], channel_id: desk })
  expect((await refusal(complete())).error).toBe('file_not_found')
  expect((await fetch(upload_url, { method: 'POST', body: 'fives' })).status).toBe(200)
  expect((await complete()).ok).toBe(true)
  expect((await refusal(web.files.info({ file: 'F404' }))).error).toBe('file_not_found')
})

test('a completion whose answer was lost has still shared the file, and doing it again shares it twice', async () => {
  const desk = await makeDesk({ shareAfterMs: 1 })
  const { slack, web } = desk
  const { upload_url = '', file_id = '' } = await web.files.getUploadURLExternal({ filename: 'a.txt', length: 1 })
  await fetch(upload_url, { method: 'POST', body: 'a' })
  slack.faults.next('files.completeUploadExternal', { reset: true, stored: true })
  const complete = () => web.files.completeUploadExternal({ files: [{ id: file_id }], channel_id: desk.desk })
  await expect(complete()).rejects.toThrow()
  await complete()
  await slack.waitFor(() => slack.workspace.messages(desk.desk).length === 2, 'both shares')
})

test('an orphan can be deleted by its owner', async () => {
  const desk = await makeDesk()
  const { web, slack } = desk
  const { file_id = '' } = await web.files.getUploadURLExternal({ filename: 'a.txt', length: 1 })
  await web.files.delete({ file: file_id })
  expect(slack.workspace.files.size).toBe(0)
  expect((await refusal(web.files.delete({ file: file_id }))).error).toBe('file_not_found')
})
