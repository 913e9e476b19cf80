// Tokens that last half a day, renewed against the stand-in: by one instance, in time, and kept before they are used.
import { WebClient } from '@slack/web-api'
import { expect, onTestFinished, test } from 'vitest'
import { HOUR } from '../src/clock.ts'
import { joinInstances } from '../src/instance.ts'
import { silentLog } from '../src/log.ts'
import { startSlack } from '../src/sandbox/slack/server.ts'
import { clientOptions } from '../src/slack/clients.ts'
import { exchangeToken } from '../src/slack/exchange-token.ts'
import { slackRotation } from '../src/slack-rotation.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { makeWorld } from './setup/world.ts'

async function makeRotating(open: OpenTestDb) {
  const world = await makeWorld(open)
  const { db, clock, log } = world
  const slack = await startSlack({ limits: 'off', clock })
  onTestFinished(() => slack.stop())
  const app = { apiUrl: slack.url, clientId: '1.2', clientSecret: 'sandbox-client-secret' }
  /** One running instance of the program. */
  const join = async (id: string, given = 'xoxe-1-sandbox') => {
    const instance = await joinInstances(db, { clock, log, id })
    return slackRotation({
      ...{ db, clock, log, given },
      signingKey: Buffer.from('a signing key'),
      isOurs: () => instance.lease('slack-token'),
      exchange: (refreshToken) => exchangeToken(app, refreshToken, log),
    })
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
    const token = await first()
    expect([await isGood(token), await first()]).toEqual([true, token])
    await clock.advance(9 * HOUR)
    expect(await first()).toBe(token)
    await clock.advance(2 * HOUR)
    const next = await first()
    expect([next === token, await isGood(next)]).toEqual([false, true])
    const again = await join('two')
    expect(await again()).toBe(next)
    expect(renewals()).toEqual(['ok', 'ok'])
    const rows = await db.selectFrom('setting').select('value').execute()
    expect(JSON.stringify(rows)).not.toContain('xoxe')
  })

  test('S24: a renewal that fails is tried again while the last token still serves, and another sign-in begins anew', async () => {
    const { slack, join, isGood, clock } = await makeRotating(open)
    const rotation = await join('one')
    const token = await rotation()
    await clock.advance(11 * HOUR)
    slack.faults.next('oauth.v2.access', { status: 503 })
    expect(await rotation()).toBe(token)
    expect(await isGood(await rotation())).toBe(true)
    slack.faults.always('oauth.v2.access', { error: 'invalid_refresh_token' })
    expect(await (await join('two', 'xoxe-1-another'))()).toBeUndefined()
  })
})
