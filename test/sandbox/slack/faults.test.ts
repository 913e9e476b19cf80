import { expect, test } from 'vitest'
import { makeDesk, makeWeb, refusal } from './desk.ts'

const FAULTS = [
  ['a server error', { status: 500 }],
  ['a torn connection', { reset: true }],
  ['silence', { hang: true }],
] as const

test.each(FAULTS)('after %s the message may be there or not, and only Slack knows', async (_name, fault) => {
  const { slack, desk } = await makeDesk()
  const web = makeWeb(slack, { timeout: 300 })
  const post = (text: string) => web.chat.postMessage({ channel: desk, text })
  slack.faults.next('chat.postMessage', { ...fault, stored: false })
  await expect(post('lost')).rejects.toThrow()
  slack.faults.next('chat.postMessage', { ...fault, stored: true })
  await expect(post('kept')).rejects.toThrow()
  expect((await post('fine')).ok).toBe(true)
  expect(slack.workspace.messages(desk).map(({ text }) => text)).toEqual(['kept', 'fine'])
})

test('the default client posts the same message again after a lost answer: why posts must not be retried blindly', async () => {
  const { slack, desk } = await makeDesk()
  slack.faults.next('chat.postMessage', { status: 500, stored: true })
  const eager = makeWeb(slack, { retryConfig: { retries: 1, minTimeout: 1 } })
  await eager.chat.postMessage({ channel: desk, text: 'twice' })
  expect(slack.workspace.messages(desk).map(({ text }) => text)).toEqual(['twice', 'twice'])
})

test('a lasting fault lasts until it is cleared', async () => {
  const { slack, web, desk } = await makeDesk()
  slack.faults.always('*', { error: 'fatal_error' })
  expect((await refusal(web.auth.test())).error).toBe('fatal_error')
  expect((await refusal(web.chat.postMessage({ channel: desk, text: 'x' }))).error).toBe('fatal_error')
  slack.faults.clear()
  expect((await web.auth.test()).ok).toBe(true)
})
