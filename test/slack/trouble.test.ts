// What each way of failing means, seen by making the real SDK fail in it.
import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { SendError, type SendFailure } from '../../src/channel.ts'
import { silentLog } from '../../src/log.ts'
import type { Fault } from '../../src/sandbox/slack/faults.ts'
import { clientOptions } from '../../src/slack/clients.ts'
import { codeOf, troubleOf } from '../../src/slack/trouble.ts'
import { openOffice } from './office.ts'

async function failedPost(fault: Fault, timeoutMs = 1000): Promise<SendError> {
  const { slack, channel } = await openOffice()
  const client = new WebClient(slack.botToken, clientOptions(slack.url, timeoutMs, silentLog))
  slack.faults.next('chat.postMessage', fault)
  const error = await client.chat.postMessage({ channel, text: 'hello' }).catch((error: unknown) => error)
  // The SDK must not have tried again by itself.
  expect(slack.calls('chat.postMessage')).toHaveLength(1)
  return troubleOf(error, 'post the card')
}

const UNCERTAIN: SendFailure = { kind: 'uncertain' }
const REJECTED: SendFailure = { kind: 'rejected' }
const ACCOUNT: SendFailure = { kind: 'temporary', account: true, retryAfterMs: 60_000 }

describe('a post that failed', () => {
  test.each<[string, Fault, SendFailure]>([
    ['a rate limit', { status: 429, retryAfterS: 7 }, { kind: 'temporary', retryAfterMs: 7000 }],
    ['a server error', { status: 500 }, UNCERTAIN],
    ['a gateway that gave up', { status: 504 }, UNCERTAIN],
    ['a connection torn down', { reset: true }, UNCERTAIN],
    ['fatal_error', { error: 'fatal_error' }, UNCERTAIN],
    ['internal_error', { error: 'internal_error' }, UNCERTAIN],
    ['a channel that is gone', { error: 'channel_not_found' }, REJECTED],
    ['an archived channel', { error: 'is_archived' }, REJECTED],
    ['a channel the app has left', { error: 'not_in_channel' }, REJECTED],
    ['too much text', { error: 'msg_too_long' }, REJECTED],
    ['blocks Slack does not take', { error: 'invalid_blocks' }, REJECTED],
    ['an error nobody has met yet', { error: 'brand_new_error' }, REJECTED],
    ['a revoked token', { error: 'token_revoked' }, ACCOUNT],
    ['an unknown token', { error: 'invalid_auth' }, ACCOUNT],
    ['a removed app', { error: 'account_inactive' }, ACCOUNT],
    ['a missing permission', { error: 'missing_scope' }, ACCOUNT],
  ])('%s', async (_, fault, failure) => {
    const trouble = await failedPost(fault)
    expect(trouble.failure).toEqual(failure)
    expect(trouble.message).toMatch(/^slack: (cannot post the card|could not learn whether it did post the card)/)
  })

  test('no answer in time may have been stored', async () => {
    const trouble = await failedPost({ hang: true, stored: true }, 100)
    expect(trouble.failure).toEqual(UNCERTAIN)
    expect(trouble.message).toContain('no answer in time')
  })

  test('a Slack that refuses the connection got nothing', async () => {
    const { slack, channel } = await openOffice()
    const client = new WebClient(slack.botToken, clientOptions(slack.url, 1000, silentLog))
    await slack.stop()
    const error = await client.chat.postMessage({ channel, text: 'hello' }).catch((error: unknown) => error)
    expect(troubleOf(error, 'post the card').failure).toEqual({ kind: 'temporary' })
  })

  test('a rejection says what to do, and keeps Slack’s own word', async () => {
    const trouble = await failedPost({ error: 'not_in_channel' })
    expect(trouble.message).toBe(
      'slack: cannot post the card: the app is not in the channel; invite it (not_in_channel)',
    )
    expect(codeOf(trouble)).toBe('not_in_channel')
  })
})

test('what is no error of the SDK may have happened after the post', () => {
  expect(troubleOf(new TypeError('terminated'), 'post').failure).toEqual(UNCERTAIN)
  const known = new SendError(REJECTED, 'known')
  expect(troubleOf(known, 'post')).toBe(known)
})
