// Signing in as an operator does, with the real program: the provider and the person's browser are ours.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startMail } from '../../src/sandbox/mail/mail-server.ts'
import { refusalBy, startTokenEndpoint } from '../setup/token-endpoint.ts'
import { until } from '../setup/until.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')
const VARIABLE = 'DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN'

async function makeDesk(provider: 'google' | 'microsoft', oauth: object = {}) {
  const endpoint = await startTokenEndpoint()
  const mail = await startMail({ accounts: ['support@desk.test'], accessTokens: endpoint.accessTokens })
  onTestFinished(mail.stop)
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-login-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const support = {
    address: 'support@desk.test',
    imap: { ...mail.imap, tls: 'none' },
    smtp: { ...mail.smtp, tls: 'none' },
    oauth: { provider, client_id: 'app-1', token_url: endpoint.url, ...oauth },
  }
  const desks = { main: { channel: 'C0123ABCDEF', leads: ['U0123ABCDEF'] } }
  await writeFile(join(folder, 'deskbell.yaml'), JSON.stringify({ desks, email: { support } }))
  const env = { PATH: process.env.PATH, DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET: 'app-secret-c4n4ry' }
  const login = (...words: string[]) => {
    const child = spawn(process.execPath, [CLI, 'mailbox', ...words], { cwd: folder, env })
    const run = { out: '', err: '', code: undefined as number | null | undefined }
    child.stdout.on('data', (data) => (run.out += String(data)))
    child.stderr.on('data', (data) => (run.err += String(data)))
    child.on('close', (code) => (run.code = code))
    onTestFinished(() => void child.kill('SIGKILL'))
    return { run, ended: () => until(() => run.code !== undefined, 'the command to end') }
  }
  return { endpoint, mail, login }
}

test('at Google a browser signs in, comes back with the right state alone, and the line for .env is printed', async () => {
  const { endpoint, login } = await makeDesk('google')
  endpoint.answer = () => endpoint.grant({ refresh_token: 'the-refresh-token' })
  const { run, ended } = login('login', 'support')
  await until(() => /Waiting/.test(run.err), 'the address')
  const url = new URL(/https:\/\/accounts\S+/.exec(run.err)?.[0] ?? '')
  const asked = Object.fromEntries(url.searchParams)
  expect(asked).toMatchObject({
    ...{ client_id: 'app-1', response_type: 'code', scope: 'https://mail.google.com/', access_type: 'offline' },
    ...{ prompt: 'consent', login_hint: 'support@desk.test', code_challenge_method: 'S256' },
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  })
  const back = (query: string) => fetch(`${asked.redirect_uri}/?${query}`)
  expect((await back('code=of-a-stranger&state=guessed')).status).toBe(404)
  expect((await back('code=of-a-stranger')).status).toBe(404)
  expect((await back(`code=the-code&state=${asked.state}`)).status).toBe(200)
  await ended()
  expect(run).toMatchObject({ code: 0, out: `${VARIABLE}=the-refresh-token\n` })
  expect(run.err).toContain('The mailbox support@desk.test opens with it.')
  const [exchange] = endpoint.asked
  expect(exchange).toMatchObject({
    grant_type: 'authorization_code',
    code: 'the-code',
    client_secret: 'app-secret-c4n4ry',
  })
  const challenge = createHash('sha256')
    .update(exchange?.code_verifier ?? '')
    .digest('base64url')
  expect(challenge).toBe(asked.code_challenge)
  expect(run.err).not.toContain('c4n4ry')
})

test('at Google a refusal in the browser ends it', async () => {
  const { login } = await makeDesk('google')
  const { run, ended } = login('login', 'support')
  await until(() => /Waiting/.test(run.err), 'the address')
  const { searchParams } = new URL(/https:\/\/accounts\S+/.exec(run.err)?.[0] ?? '')
  await fetch(`${searchParams.get('redirect_uri')}/?error=access_denied&state=${searchParams.get('state')}`)
  await ended()
  expect(run).toMatchObject({ code: 1, out: '' })
  expect(run.err).toContain('refused in the browser')
})

test('at Microsoft a code is typed elsewhere, and it is waited for until it was', async () => {
  const { endpoint, login } = await makeDesk('microsoft')
  let polls = 0
  endpoint.answer = ({ path }) => {
    const device = { device_code: 'long', user_code: 'ABCD-EFGH', verification_uri: 'https://microsoft.test/device' }
    if (path === '/devicecode') return { body: { ...device, expires_in: 900, interval: 1 } }
    polls += 1
    return polls < 2 ? refusalBy('authorization_pending') : endpoint.grant({ refresh_token: 'the-refresh-token' })
  }
  const { run, ended } = login('login', 'support')
  await ended()
  expect(run.err).toContain('Open https://microsoft.test/device in a browser, and there type the code ABCD-EFGH')
  expect(run).toMatchObject({ code: 0, out: `${VARIABLE}=the-refresh-token\n` })
  expect(endpoint.asked[0]?.scope).toMatch(/offline_access .*IMAP\.AccessAsUser\.All/)
  expect(endpoint.asked.at(-1)).toMatchObject({
    device_code: 'long',
    grant_type: expect.stringMatching(/device_code$/),
  })
})

test('whoever signs in as somebody else hears that the mailbox does not open', async () => {
  const { endpoint, login } = await makeDesk('microsoft')
  endpoint.answer = ({ path }) =>
    path === '/devicecode'
      ? { body: { device_code: 'x', user_code: 'Y', verification_uri: 'https://x.test', interval: 1 } }
      : { body: { access_token: 'of somebody else', refresh_token: 'theirs', expires_in: 3600 } }
  const { run, ended } = login('login', 'support')
  await ended()
  expect(run.err).toMatch(/does not open with it.*although the sign-in is good/)
})

test('an app that may not be signed in to like this is told as just that', async () => {
  const { endpoint, login } = await makeDesk('microsoft')
  endpoint.answer = () => refusalBy('unauthorized_client', 'AADSTS7000218: the secret app-secret-c4n4ry')
  const { run, ended } = login('login', 'support')
  await ended()
  expect(run.code).toBe(1)
  expect(run.err).toMatch(/refuses: unauthorized_client, AADSTS7000218.*Allow public client flows/)
  expect(run.err).not.toContain('c4n4ry')
})

test('a mailbox that is none, or has nothing to sign in to, is said before anything is asked', async () => {
  const { login, endpoint } = await makeDesk('microsoft', { app_only: true, tenant: 'desk.test' })
  const [other, own, none] = [login('login', 'suport'), login('login', 'support'), login('logn')]
  await Promise.all([other.ended(), own.ended(), none.ended()])
  expect(other.run).toMatchObject({ code: 2, err: 'There is no mailbox "suport". Did you mean "support"?\n' })
  expect(own.run.err).toContain('signs in as itself')
  expect(none.run.err).toContain('mailbox login NAME')
  expect(endpoint.asked).toEqual([])
})
