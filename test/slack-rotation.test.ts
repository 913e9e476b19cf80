// Tokens that last half a day, renewed against the stand-in: by one instance, in time, and kept before they are used.
import { WebClient } from '@slack/web-api'
import { expect, onTestFinished, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { joinInstances } from '../src/instance.ts'
import { silentLog } from '../src/log.ts'
import { startSlack } from '../src/sandbox/slack/server.ts'
import { clientOptions } from '../src/slack/clients.ts'
import { exchangeToken } from '../src/slack/exchange-token.ts'
import { type Exchange, slackRotation } from '../src/slack-rotation.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { makeWorld } from './setup/world.ts'

interface Joining {
  given?: string
  /** Stands between Slack's answer and the program. */
  meets?(answer: Exchange): Promise<Exchange>
}

async function makeRotating(open: OpenTestDb) {
  const world = await makeWorld(open)
  const { db, clock, log } = world
  const slack = await startSlack({ limits: 'off', clock })
  onTestFinished(() => slack.stop())
  const app = { apiUrl: slack.url, clientId: '1.2', clientSecret: 'sandbox-client-secret' }
  /** One running instance of the program. */
  const join = async (id: string, { given = 'xoxe-1-sandbox', meets = async (answer) => answer }: Joining = {}) => {
    const written = { given }
    const instance = await joinInstances(db, { clock, log, id })
    const rotation = slackRotation({
      ...{ db, clock, log, name: 'slack', owner: id },
      given: async () => written.given,
      signingKey: Buffer.from('a signing key'),
      exchange: async (refreshToken) => await meets(await exchangeToken(app, refreshToken, log)),
      fix: () => 'Set SLACK_REFRESH_TOKEN.',
    })
    return { ...rotation, written, leave: instance.leave }
  }
  const isGood = async (token: string | undefined) => {
    const client = new WebClient(token, clientOptions(slack.url, 2000, silentLog))
    return (await client.auth.test().catch(() => undefined))?.ok === true
  }
  return { ...world, slack, join, isGood, renewals: () => slack.calls('oauth.v2.access').map(({ outcome }) => outcome) }
}

eachDatabase((open) => {
  test('S24, Q13: a token is renewed in time, once, and known after a restart', async () => {
    const { join, isGood, renewals, clock, db } = await makeRotating(open)
    const first = await join('one')
    const token = await first.token()
    expect([await isGood(token), await first.token()]).toEqual([true, token])
    await clock.advance(5 * HOUR)
    expect(await first.token()).toBe(token)
    await clock.advance(2 * HOUR)
    const next = await first.token()
    // Whoever still calls with the last one is answered until it ends.
    expect([next === token, await isGood(next), await isGood(token)]).toEqual([false, true, true])
    expect(await (await join('two')).token()).toBe(next)
    expect(renewals()).toEqual(['ok', 'ok'])
    const rows = await db.selectFrom('setting').select('value').execute()
    expect(JSON.stringify(rows)).not.toContain('xoxe')
  })

  test('S24: what a program was answered before it died is asked for again by the next one, while Slack takes it', async () => {
    const { slack, join, isGood, renewals, clock } = await makeRotating(open)
    const steady = await join('one')
    const before = await steady.token()
    await steady.leave()
    await clock.advance(7 * HOUR)
    let answered = 0
    const dying = await join('two', {
      meets: async () => {
        answered += 1
        return await new Promise<never>(() => undefined) // Killed between Slack's answer and our write.
      },
    })
    void dying.token()
    await slack.waitFor(() => answered === 1, 'the answer')
    const third = await join('three')
    // On PostgreSQL the dead one counts as alive for a while; that it has asked says that it may still be answered.
    const isWaited = (await third.token()) === before
    if (isWaited) await clock.advance(20 * SECOND)
    const after = await third.token()
    expect([after === before, await isGood(after), third.problem()]).toEqual([false, true, undefined])
    expect(renewals()).toEqual(['ok', 'ok', 'ok'])
    await clock.advance(7 * HOUR)
    expect(await isGood(await third.token())).toBe(true)
  })

  test('S24: when Slack takes the last refresh token no more, it is said what to do, and done while the program runs', async () => {
    const { slack, join, isGood, renewals, clock } = await makeRotating(open)
    slack.settings.refreshGraceMs = 0
    const rotation = await join('one')
    const token = await rotation.token()
    await clock.advance(7 * HOUR)
    const lost = await join('two', { meets: () => new Promise<never>(() => undefined) })
    void lost.token()
    await slack.waitFor(() => renewals().length === 2, 'the answer that was lost')
    await clock.advance(MINUTE)
    expect(await rotation.token()).toBe(token)
    expect(rotation.problem()).toMatch(
      /cannot be renewed any more \(invalid_refresh_token\) and serves until 2026-.* UTC/,
    )
    expect([rotation.problem(), await isGood(token)]).toEqual([
      expect.stringContaining('Set SLACK_REFRESH_TOKEN.'),
      true,
    ])
    await rotation.token()
    expect(renewals()).toHaveLength(3) // Not at every look.
    slack.installBot()
    rotation.written.given = slack.refreshToken
    expect([await isGood(await rotation.token()), rotation.problem()]).toEqual([true, undefined])
    // Who has not heard of the new sign-in yet spoils nothing.
    await (await join('three')).token()
    expect(await isGood(await rotation.token())).toBe(true)
  })

  test('S24: a renewal that fails is tried again at once, and again while the last token serves', async () => {
    const { slack, join, isGood, clock } = await makeRotating(open)
    const rotation = await join('one')
    const token = await rotation.token()
    await clock.advance(7 * HOUR)
    slack.faults.next('oauth.v2.access', { status: 503 }, 2)
    expect([await rotation.token(), rotation.problem()]).toEqual([token, undefined])
    slack.faults.next('oauth.v2.access', { reset: true, stored: true })
    const next = await rotation.token()
    expect([next === token, await isGood(next)]).toEqual([false, true])
  })

  test('S24: two instances at once renew once, and a store that does not take the answer is asked again', async () => {
    const { slack, join, isGood, renewals, clock, db } = await makeRotating(open)
    const both = [await join('one'), await join('two')]
    await Promise.all(both.map(({ token }) => token()))
    await clock.advance(7 * HOUR)
    await Promise.all(both.map(({ token }) => token()))
    const [one, two] = [await both[0]?.token(), await both[1]?.token()]
    expect([one, await isGood(one), renewals()]).toEqual([two, true, ['ok', 'ok']])

    await clock.advance(7 * HOUR)
    const transaction = db.transaction
    let isFull = false
    const third = await join('three', {
      async meets(answer) {
        isFull = true
        return answer
      },
    })
    db.transaction = (work) => (isFull ? Promise.reject(new Error('the disk is full')) : transaction(work))
    const held = await third.token()
    expect([await isGood(held), renewals()]).toEqual([true, ['ok', 'ok', 'ok']])
    isFull = false
    expect([await third.token(), renewals().length]).toEqual([held, 3])
    db.transaction = transaction
    expect(await (await join('four')).token()).toBe(held)
    expect(slack.refreshToken).toContain('xoxe')
  })
})
