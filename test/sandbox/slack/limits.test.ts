import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { makeDesk, makeWeb } from './desk.ts'

test('posting faster than one a second and channel is answered 429 with the time to wait', async () => {
  const clock = manualClock()
  const { slack, web, desk } = await makeDesk({ clock, limits: 'enforce' })
  const post = () => web.chat.postMessage({ channel: desk, text: 'x' })
  for (let burst = 1; burst <= 3; burst += 1) await post()
  await expect(post()).rejects.toMatchObject({ retryAfter: 1 })
  expect(slack.calls('chat.postMessage').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ratelimited'])
  await clock.advance(1000)
  await post()
  await expect(post()).rejects.toMatchObject({ retryAfter: 1 })
})

test('another channel is not slowed down by a busy one', async () => {
  const { slack, web, desk } = await makeDesk({ clock: manualClock(), limits: 'enforce' })
  const other = slack.addChannel({ name: 'other', members: [slack.app.botUserId] })
  for (let burst = 1; burst <= 3; burst += 1) await web.chat.postMessage({ channel: desk, text: 'x' })
  expect((await web.chat.postMessage({ channel: other.id, text: 'x' })).ok).toBe(true)
})

test('updates are limited to 50 a minute in the whole workspace', async () => {
  const clock = manualClock()
  const { web, desk } = await makeDesk({ clock, limits: 'enforce' })
  const { ts = '' } = await web.chat.postMessage({ channel: desk, text: 'card' })
  const update = (text: string) => web.chat.update({ channel: desk, ts, text })
  for (let count = 1; count <= 50; count += 1) await update(String(count))
  await clock.advance(20_000)
  await expect(update('51')).rejects.toMatchObject({ retryAfter: 40 })
  await clock.advance(40_000)
  expect((await update('51')).ok).toBe(true)
})

test('a client that waits as told gets through', async () => {
  const { slack, desk } = await makeDesk()
  slack.faults.next('chat.postMessage', { status: 429, retryAfterS: 1 })
  const patient = makeWeb(slack, { rejectRateLimitedCalls: false, retryConfig: { retries: 1, minTimeout: 1 } })
  await patient.chat.postMessage({ channel: desk, text: 'patience' })
  expect(slack.calls('chat.postMessage').map(({ outcome }) => outcome)).toEqual(['429', 'ok'])
})
