import { describe, expect, onTestFinished, test } from 'vitest'
import { accessTokens, type RefreshTokens } from '../../../adapters/email/access-token.ts'
import type { MailboxConfig, OAuth } from '../../../adapters/email/mailbox-config.ts'
import type { TokenError } from '../../../adapters/email/token-request.ts'
import { type Clock, HOUR, MINUTE, SECOND, systemClock } from '../../../src/clock.ts'
import { makeLog } from '../../../src/log.ts'
import { startMail } from '../../../src/sandbox/mail/mail-server.ts'
import { manualClock } from '../../setup/clock.ts'
import { freePorts } from '../../setup/daemon.ts'
import { refusalBy, startTokenEndpoint, type TokenEndpoint } from '../../setup/token-endpoint.ts'
import { ANNA, configOf, memoryIntake, openChannel, outbound, progress, SUPPORT, subjectOf, until } from './mailbox.ts'

const REFRESH = 'refresh-0-c4n4ry'
const SECRET = 'client-secret-c4n4ry'

function oauthAt(endpoint: TokenEndpoint, more: Partial<OAuth> = {}): OAuth {
  return {
    provider: 'microsoft',
    tokenUrl: endpoint.url,
    clientId: 'app-1',
    clientSecret: SECRET,
    refreshToken: REFRESH,
    appOnly: false,
    ...more,
  }
}

function memoryStore(): RefreshTokens & { kept: string | undefined } {
  const store = {
    kept: undefined as string | undefined,
    read: async () => store.kept,
    write: async (token: string) => {
      store.kept = token
    },
  }
  return store
}

async function makeTokens(more: Partial<OAuth> = {}, clock: Clock = manualClock(), refreshTokens = memoryStore()) {
  const endpoint = await startTokenEndpoint()
  const lines: string[] = []
  const log = makeLog({ level: 'debug', secrets: [], write: (line) => void lines.push(line) })
  const open = () => accessTokens('email:support', oauthAt(endpoint, more), { clock, log, refreshTokens })
  return { endpoint, lines, store: refreshTokens, tokens: open(), open }
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it gave a token')
    },
    (error: TokenError) => error,
  )

describe('an access token', () => {
  test('comes for the refresh token, as Microsoft wants to be asked', async () => {
    const { endpoint, tokens } = await makeTokens()
    expect(await tokens.get()).toBe('access-1-c4n4ry')
    expect(endpoint.asked).toEqual([
      {
        path: '/token',
        grant_type: 'refresh_token',
        client_id: 'app-1',
        client_secret: SECRET,
        refresh_token: REFRESH,
        scope: expect.stringMatching(/^offline_access .*IMAP\.AccessAsUser\.All .*SMTP\.Send$/),
      },
    ])
  })

  test('of Google is asked for without a scope, and of an app that signs in as itself without a refresh token', async () => {
    const google = await makeTokens({ provider: 'google' })
    await google.tokens.get()
    expect(google.endpoint.asked[0]).not.toHaveProperty('scope')
    const app = await makeTokens({ appOnly: true })
    await app.tokens.get()
    expect(app.endpoint.asked[0]).toEqual({
      ...{ path: '/token', grant_type: 'client_credentials', client_id: 'app-1', client_secret: SECRET },
      scope: 'https://outlook.office365.com/.default',
    })
  })

  // Seen failing with `halfAt` at the end of the life.
  test('is kept for half of its life and then made anew, asked for once by however many want it', async () => {
    const clock = manualClock()
    const { endpoint, tokens } = await makeTokens({}, clock)
    await tokens.get()
    await clock.advance(30 * MINUTE - SECOND)
    await tokens.get()
    expect(endpoint.asked).toHaveLength(1)
    await clock.advance(2 * SECOND)
    const both = await Promise.all([tokens.get(), tokens.get(), tokens.get()])
    expect(new Set(both)).toEqual(new Set(['access-2-c4n4ry']))
    expect(endpoint.asked).toHaveLength(2)
  })

  test('E21: serves on while the provider is in trouble, which is asked again after a minute and no sooner', async () => {
    const clock = manualClock()
    const { endpoint, tokens } = await makeTokens({}, clock)
    await tokens.get()
    endpoint.answer = () => ({ status: 503, body: 'down' })
    await clock.advance(40 * MINUTE)
    for (let n = 0; n < 5; n++) expect(await tokens.get()).toBe('access-1-c4n4ry')
    expect(endpoint.asked).toHaveLength(2)
    expect(tokens.problem()).toBeUndefined()
    await clock.advance(MINUTE)
    endpoint.answer = undefined
    expect(await tokens.get()).toBe('access-2-c4n4ry')
  })

  test('E21: that cannot be renewed because the sign-in was revoked is told while the last one still serves', async () => {
    const clock = manualClock()
    const { endpoint, tokens } = await makeTokens({}, clock)
    await tokens.get()
    endpoint.answer = () => refusalBy('invalid_grant', 'AADSTS50173: the grant was revoked')
    await clock.advance(40 * MINUTE)
    expect(await tokens.get()).toBe('access-1-c4n4ry')
    expect(tokens.problem()).toMatch(/does not accept our sign-in any more \(invalid_grant, AADSTS50173\)/)
    expect(tokens.problem()).toContain('npm run deskbell -- mailbox login support')
    endpoint.answer = undefined
    await clock.advance(MINUTE)
    await tokens.get()
    expect(tokens.problem()).toBeUndefined()
  })

  test.each([
    [refusalBy('invalid_grant'), 'sign-in', /Sign in again/],
    [refusalBy('interaction_required', 'AADSTS50076'), 'sign-in', /Sign in again/],
    [
      refusalBy('invalid_client', 'AADSTS7000222: expired', 401),
      'app',
      /refuses our app \(invalid_client, AADSTS7000222\)/,
    ],
    [refusalBy('unauthorized_client'), 'app', /permissions at Microsoft/],
    [refusalBy('temporarily_unavailable'), 'passing', /tries again by itself/],
    [{ status: 429, body: { error: 'too_many' } }, 'passing', /tries again by itself/],
    [{ status: 503, body: '<html>' }, 'passing', /status 503/],
    [{ status: 403, body: '<html>a proxy' }, 'passing', /status 403/],
    [{ status: 200, body: '<html>a portal' }, 'passing', /cannot be read/],
    [{ status: 200, body: {} }, 'passing', /without a token/],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, 'passing', /tries again by itself/],
    [{ status: 200, body: 'x'.repeat(100_000) }, 'passing', /without end/],
  ] as const)('E21: the answer %j is %s trouble', async (answer, trouble, sentence) => {
    const { endpoint, tokens } = await makeTokens()
    endpoint.answer = () => answer
    const error = await failureOf(tokens.get())
    expect(error.trouble).toBe(trouble)
    expect(error.message).toMatch(sentence)
  })

  test('E21: a provider that says when to come back is not asked before', async () => {
    const clock = manualClock()
    const { endpoint, tokens } = await makeTokens({}, clock)
    endpoint.answer = () => ({ status: 429, headers: { 'retry-after': '120' }, body: { error: 'slow_down' } })
    expect((await failureOf(tokens.get())).retryAfterMs).toBe(120 * SECOND)
    await failureOf(tokens.get())
    expect(endpoint.asked).toHaveLength(1)
    endpoint.answer = undefined
    await clock.advance(121 * SECOND)
    expect(await tokens.get()).toBe('access-1-c4n4ry')
  })

  test('E21: a provider that never answers is given up on', async () => {
    const clock = manualClock()
    const { endpoint, tokens } = await makeTokens({}, clock)
    endpoint.answer = () => undefined
    const failing = failureOf(tokens.get())
    await until(() => endpoint.asked.length === 1)
    await clock.advance(20 * SECOND)
    expect((await failing).message).toMatch(/no answer/)
  })

  test('E21: a provider that is not there is a network in trouble, not a sign-in', async () => {
    const [port = 0] = await freePorts(1)
    const { tokens } = await makeTokens({ tokenUrl: `http://127.0.0.1:${port}/token` })
    const error = await failureOf(tokens.get())
    expect(error.trouble).toBe('passing')
    expect(error.message).toContain(`127.0.0.1:${port}: ECONNREFUSED`)
  })
})

describe('a refresh token that was exchanged for a new one', () => {
  // Seen failing without `write`.
  test('is the one to ask with from then on, also after a restart', async () => {
    const clock = manualClock()
    const { endpoint, tokens, open, store } = await makeTokens({}, clock)
    endpoint.answer = () => endpoint.grant({ refresh_token: 'refresh-1' })
    await tokens.get()
    expect(store.kept).toBe('refresh-1')
    await open().get()
    expect(endpoint.asked.map((form) => form.refresh_token)).toEqual([REFRESH, 'refresh-1'])
  })

  test('is held in memory when it cannot be stored', async () => {
    const clock = manualClock()
    const store = { ...memoryStore(), write: () => Promise.reject(new Error('disk full')) }
    const { endpoint, tokens, lines } = await makeTokens({}, clock, store)
    endpoint.answer = () => endpoint.grant({ refresh_token: 'refresh-1-c4n4ry' })
    await tokens.get()
    await clock.advance(HOUR)
    await tokens.get()
    expect(endpoint.asked.at(-1)?.refresh_token).toBe('refresh-1-c4n4ry')
    expect(lines.join()).toContain('could not be stored')
  })

  test('by another instance meanwhile is looked for before anybody has to sign in again', async () => {
    const { endpoint, tokens, store } = await makeTokens()
    endpoint.answer = ({ refresh_token }) => {
      if (refresh_token === 'refresh-of-the-other') return endpoint.grant()
      store.kept = 'refresh-of-the-other' // It was exchanged in the moment in which we asked.
      return refusalBy('invalid_grant')
    }
    expect(await tokens.get()).toBe('access-1-c4n4ry')
  })

  test('and is refused gives way to the one that the operator set', async () => {
    const store = memoryStore()
    store.kept = 'refresh-of-last-year'
    const { endpoint, tokens } = await makeTokens({}, manualClock(), store)
    endpoint.answer = ({ refresh_token }) => (refresh_token === REFRESH ? endpoint.grant() : refusalBy('invalid_grant'))
    expect(await tokens.get()).toBe('access-1-c4n4ry')
  })
})

describe('a mailbox that is signed in to by OAuth', () => {
  async function makeOffice(more: Partial<MailboxConfig> = {}, clock: Clock = systemClock()) {
    const endpoint = await startTokenEndpoint()
    const mail = await startMail({ accounts: [SUPPORT], accessTokens: endpoint.accessTokens })
    onTestFinished(mail.stop)
    const { imap, smtp, ...config } = configOf(mail)
    const { password: _imap, ...imapServer } = imap
    const { password: _smtp, ...smtpServer } = smtp
    const channel = openChannel(
      { ...config, imap: imapServer, smtp: smtpServer, oauth: oauthAt(endpoint), ...more },
      clock,
    )
    onTestFinished(() => channel.stop())
    const intake = memoryIntake()
    const send = async () => channel.send(await channel.render(outbound()), progress())
    return { endpoint, mail, channel, intake, send }
  }

  test('is read and written with one access token', async () => {
    const { endpoint, mail, channel, intake, send } = await makeOffice()
    mail.deliver(Buffer.from('Subject: hello\r\n\r\nx'), { from: ANNA, to: SUPPORT })
    await channel.start(intake)
    await until(() => intake.rows.length === 1)
    expect(intake.rows.map(subjectOf)).toEqual(['hello'])
    await send()
    expect(mail.outbound).toHaveLength(1)
    expect(endpoint.asked).toHaveLength(1)
  })

  // Seen failing without the second use in `signedIn`.
  test('E21: whose token is withdrawn before its time is signed in to anew at once, once, each way', async () => {
    const { endpoint, channel, mail, intake, send } = await makeOffice({}, manualClock(Date.now()))
    await channel.start(intake)
    await until(() => channel.health().ok)
    endpoint.accessTokens.clear()
    mail.faults.imap.dropConnections()
    await until(() => !channel.health().ok)
    expect(channel.health().problem).toMatch(/cannot read/) // The broken line; its pause stands still with the clock.
    await send()
    expect(mail.outbound).toHaveLength(1)
    expect(endpoint.asked).toHaveLength(2)
  })

  test('E21: and whose new token is refused as well is an account in trouble, and is tried again', async () => {
    const { endpoint, channel, mail, intake, send } = await makeOffice()
    endpoint.answer = () => ({ body: { access_token: 'not good at all', expires_in: 3600 } })
    void channel.start(intake)
    await until(() => /although the sign-in is good.*IMAP is allowed/.test(channel.health().problem ?? ''))
    await expect(send()).rejects.toMatchObject({
      failure: { kind: 'temporary', account: true },
      message: expect.stringMatching(/although the sign-in is good .*SMTP is allowed/),
    })
    endpoint.answer = undefined
    await until(() => channel.health().lastReceivedAt !== undefined)
    await send()
    expect(channel.health().ok).toBe(true)
    expect(mail.outbound).toHaveLength(1)
  })

  test('E21: whose sign-in is revoked says so, each way, and never falls back to a password', async () => {
    const { endpoint, channel, mail, intake, send } = await makeOffice()
    endpoint.answer = () => refusalBy('invalid_grant')
    void channel.start(intake)
    await until(() => /Sign in again: run/.test(channel.health().problem ?? ''))
    await expect(send()).rejects.toMatchObject({
      failure: { kind: 'temporary', account: true },
      message: expect.stringMatching(/Sign in again: run/),
    })
    expect(mail.sessions()).toEqual([])
    endpoint.answer = undefined
    await until(() => channel.health().ok)
  })

  test('and whose provider does not answer can be stopped at once', async () => {
    const { endpoint, channel, intake } = await makeOffice({}, manualClock())
    endpoint.answer = () => undefined
    void channel.start(intake)
    await until(() => endpoint.asked.length === 1)
    await channel.stop()
  })

  test('where one server takes passwords only, it gets its own', async () => {
    const { endpoint, channel, mail, send } = await makeOffice()
    const mixed = openChannel({
      ...configOf(mail),
      imap: { ...mail.imap, tls: 'none', user: SUPPORT },
      oauth: oauthAt(endpoint),
    })
    await mixed.send(await mixed.render(outbound()), progress())
    expect(endpoint.asked).toEqual([])
    await channel.stop()
    await send()
    expect(mail.outbound).toHaveLength(2)
  })
})

test('X2: no token and no secret is in the log, in an error or in what health says', async () => {
  const { endpoint, tokens, lines } = await makeTokens()
  const said: string[] = []
  const answers = [
    refusalBy('invalid_grant', `the token ${REFRESH} is bad, and ${SECRET}`),
    refusalBy(`${SECRET} ${REFRESH}`),
    { status: 500, body: `${REFRESH} ${SECRET}` },
    { status: 200, body: { access_token: '', refresh_token: REFRESH } },
  ]
  for (const answer of answers) {
    endpoint.answer = () => answer
    const error = await failureOf(tokens.get())
    said.push(String(error.stack), error.message, JSON.stringify(error), tokens.problem() ?? '')
    for (let cause = error.cause as Error | undefined; cause; cause = cause.cause as Error)
      said.push(String(cause.stack))
  }
  endpoint.answer = () => endpoint.grant({ refresh_token: 'refresh-1-c4n4ry' })
  await tokens.get()
  expect(lines.length).toBeGreaterThan(0)
  expect([...said, ...lines].join('\n')).not.toContain('c4n4ry')
})
