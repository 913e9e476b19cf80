// The address to which Slack sends requests: only Slack is heard there, and it is told "yes" only to what is kept.
import { describe, expect, test } from 'vitest'
import type { Intake, RawEvent } from '../../src/channel.ts'
import { makeLog } from '../../src/log.ts'
import { isSigned, isTimely } from '../../src/slack/signature.ts'
import { until } from '../setup/until.ts'
import { emptyIntake, openOffice, startHttp } from './office.ts'

const MINUTE = 60_000
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }

/** An office whose room takes requests and remembers what it kept. */
async function openEndpoint(keep: Intake['keep'] = async () => undefined) {
  const office = await openOffice({ retryDelaysMs: [0, 0, 0] })
  const kept: RawEvent[] = []
  const lines: string[] = []
  const log = makeLog({ level: 'debug', secrets: [], write: (line) => void lines.push(line) })
  const room = office.httpRoom({ log })
  const intake: Intake = {
    ...emptyIntake,
    async keep(raws) {
      await keep(raws)
      kept.push(...raws)
    },
  }
  const url = await startHttp(room, intake, office)
  const post = (body: string, headers: Record<string, string> = {}, to = url) =>
    fetch(to, { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } })
  return { ...office, room, kept, lines, url, post }
}

const said = (event_id: string) =>
  JSON.stringify({ type: 'event_callback', event_id, event: { type: 'message', channel: 'C1', ts: '1.1', text: 'hi' } })

test('the signature that Slack’s documentation gives as its example is right, and no other is', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const secret = '8f742231b10e8888abcd99yyyzzz85a5'
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
  const signed = (change: object) =>
    isSigned(secret, { timestamp: '1531420618', signature, ...change }, Buffer.from(body))
  expect(signed({})).toBe(true)
  expect(signed({ timestamp: '1531420619' })).toBe(false)
  for (const other of [
    undefined,
    '',
    'v0=',
    signature.slice(0, -2),
    signature.toUpperCase(),
    signature.replace('v0', 'v1'),
  ])
    expect(signed({ signature: other })).toBe(false)
  expect(isSigned('another secret', { timestamp: '1531420618', signature }, Buffer.from(body))).toBe(false)
})

test('X3: a request counts within five minutes of when it left Slack, on both sides', () => {
  const now = 1_700_000_000_000
  const isNow = (timestamp: string | undefined) => isTimely({ timestamp, signature: '' }, now)
  const after = (ms: number) => String((now + ms) / 1000)
  expect([after(0), after(-5 * MINUTE), after(5 * MINUTE)].map(isNow)).toEqual([true, true, true])
  expect([after(-5 * MINUTE - 1000), after(5 * MINUTE + 1000), 'now', '', '-1', '1e10', undefined].map(isNow)).toEqual(
    Array(7).fill(false),
  )
})

describe('who is not heard', () => {
  test('X3: what is not signed, signed with another secret, changed on the way, replayed later or sent from the future is refused, and nothing of it is kept', async () => {
    const { slack, post, kept, lines } = await openEndpoint()
    const body = said('Ev1')
    const now = Date.now()
    const forged = { ...slack.sign(body), 'x-slack-signature': `v0=${'0'.repeat(64)}` }
    const refused = [
      await post(body),
      await post(body, forged),
      await post(said('Ev2'), slack.sign(body)),
      await post(body, slack.sign(body, now - 6 * MINUTE)),
      await post(body, slack.sign(body, now + 6 * MINUTE)),
      await post(JSON.stringify({ type: 'url_verification', challenge: 'x' })),
    ]
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(401))
    expect(kept).toEqual([])
    expect(lines.filter((line) => line.includes('a request was refused'))).toHaveLength(1)
    expect(lines.join()).not.toContain(slack.signingSecret)
    expect((await post(body, slack.sign(body))).status).toBe(200)
    expect(kept).toHaveLength(1)
  })

  test('other addresses, other ways to ask and endless bodies are turned away', async () => {
    const { slack, url, post } = await openEndpoint()
    const body = said('Ev1')
    expect((await post(body, slack.sign(body), `${url}/other`)).status).toBe(404)
    expect((await fetch(url)).status).toBe(405)
    const long = 'x'.repeat(5 * 1024 * 1024)
    const status = await post(long, slack.sign(long)).then(
      (answer) => answer.status,
      () => 413, // It hangs up while we are still speaking.
    )
    expect(status).toBe(413)
  })

  test('the check of our certificate is answered without a signature, and carries nothing in', async () => {
    const { post, kept } = await openEndpoint()
    const smuggled = new URLSearchParams({ ssl_check: '1', token: 'x', payload: '{"type":"block_actions"}' }).toString()
    const answer = await post(smuggled, FORM_TYPE)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(kept).toEqual([])
  })
})

test('Slack’s question who we are is answered with what it sent', async () => {
  const { slack, post } = await openEndpoint()
  const body = JSON.stringify({
    token: 't',
    challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    type: 'url_verification',
  })
  const answer = await post(body, slack.sign(body))
  expect(await answer.json()).toEqual({ challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' })
})

test('what is signed and cannot be read is not asked for again', async () => {
  const { slack, post } = await openEndpoint()
  for (const [body, type] of [
    ['{"event":', JSON_TYPE],
    ['[1]', JSON_TYPE],
    ['payload=%7B', FORM_TYPE],
    ['neither=1', FORM_TYPE],
  ] as const) {
    const answer = await post(body, { ...type, ...slack.sign(body) })
    expect([answer.status, answer.headers.get('x-slack-no-retry')]).toEqual([400, '1'])
  }
})

// Fails when keepThenAck() in src/slack/envelope.ts acknowledges before it keeps.
test('Q9, S9: an event that cannot be kept is answered 500, comes again with its number, and is kept once', async () => {
  let tries = 0
  const { slack, ana, channel, kept } = await openEndpoint(async () => {
    tries++
    if (tries < 3) throw new Error('the disk is full')
  })
  slack.say(ana, channel, 'Still here')
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the third delivery to be acknowledged')
  expect(slack.events[0]).toMatchObject({ failure: 'http_error' })
  expect(slack.events[0]?.deliveries.map(({ retryAttempt }) => retryAttempt)).toEqual([0, 1, 2])
  expect(kept).toHaveLength(1)
  slack.repeat(slack.events[0]?.id ?? '')
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'the copy to be acknowledged')
  expect(new Set(kept.map(({ key }) => key)).size).toBe(1)
})

test('Q9: two hundred events at once are all kept and answered within three seconds', async () => {
  const { slack, ana, channel, kept } = await openEndpoint()
  for (let count = 0; count < 200; count++) slack.say(ana, channel, `message ${count}`)
  await slack.waitFor(() => slack.events.every(({ state }) => state === 'acked'), 'all to be answered', 3000)
  expect(slack.events.map(({ deliveries }) => deliveries.length)).toEqual(Array(200).fill(1))
  expect(kept).toHaveLength(200)
})

test('what is under way when the program stops is answered first, and nothing is taken after', async () => {
  const commit = Promise.withResolvers<void>()
  let begun = 0
  const { slack, room, ana, channel, kept } = await openEndpoint(() => {
    begun++
    return commit.promise
  })
  slack.say(ana, channel, 'just now')
  await until(() => begun === 1, 'the commit to begin')
  const stopped = room.stop()
  commit.resolve()
  await stopped
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'it to be acknowledged')
  expect(kept).toHaveLength(1)
  slack.say(ana, channel, 'too late')
  await slack.waitFor(() => slack.events[1]?.state === 'lost', 'nobody to answer')
  expect(slack.events[1]).toMatchObject({ failure: 'connection_failed' })
  expect(kept).toHaveLength(1)
})

test('a port that somebody else has is named, with the setting that changes it', async () => {
  const { room, httpRoom } = await openEndpoint()
  const second = httpRoom({ port: room.port() ?? 0 })
  await expect(second.start(emptyIntake)).rejects.toThrow(/EADDRINUSE.*slack\.port/)
  expect(second.health()).toMatchObject({ ok: false, problem: expect.stringContaining('slack.port') })
})
