import { describe, expect, test } from 'vitest'
import { listSecrets } from '../../src/config/secret.ts'
import { renderFaults } from '../../src/config.ts'
import { configOf, ENV, expectFault, faultsOf } from './reading.ts'

const { DESKBELL_EMAIL_SUPPORT_PASSWORD: _password, ...NO_PASSWORD } = ENV
const SIGNED_IN = {
  ...NO_PASSWORD,
  DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET: 'the app s secret',
  DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN: 'the refresh token',
}

function mailbox(oauth: string, servers = ''): string {
  return `
desks:
  support: { channel: C0123ABCDEF, leads: [U0123ABCDEF] }
email:
  support:
    address: support@example.com
    oauth: ${oauth}
${servers}`
}

describe('a mailbox that signs in by OAuth', () => {
  test('at Google needs no server and no password', () => {
    const { support } = configOf(mailbox('{ provider: google, client_id: abc.apps }'), SIGNED_IN).email
    expect(support).toMatchObject({
      imap: { host: 'imap.gmail.com', port: 993, tls: 'implicit', user: 'support@example.com' },
      smtp: { host: 'smtp.gmail.com', port: 465, tls: 'implicit', user: 'support@example.com' },
      oauth: {
        provider: 'google',
        clientId: 'abc.apps',
        clientSecret: 'the app s secret',
        refreshToken: 'the refresh token',
        appOnly: false,
        tokenUrl: 'https://oauth2.googleapis.com/token',
      },
    })
    expect(support?.imap).not.toHaveProperty('password')
  })

  test('at Microsoft needs no client secret, and may name its tenant', () => {
    const { DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET: _secret, ...env } = SIGNED_IN
    const { support } = configOf(mailbox('{ provider: microsoft, client_id: abc-1 }'), env).email
    expect(support).toMatchObject({
      imap: { host: 'outlook.office365.com', port: 993, tls: 'implicit' },
      smtp: { host: 'smtp.office365.com', port: 587, tls: 'starttls' },
      oauth: { tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token' },
    })
    const own = configOf(mailbox('{ provider: microsoft, client_id: abc-1, tenant: example.com }'), env)
    expect(own.email.support?.oauth?.tokenUrl).toBe('https://login.microsoftonline.com/example.com/oauth2/v2.0/token')
  })

  test('keeps what the file says of its servers, and of another server takes nothing for granted', () => {
    const servers = '    imap: { user: shared@example.com }\n    smtp: { host: relay.example.com }\n'
    const env = { ...SIGNED_IN, DESKBELL_EMAIL_SUPPORT_SMTP_PASSWORD: 'of the relay' }
    const { support } = configOf(mailbox('{ provider: microsoft, client_id: abc-1 }', servers), env).email
    expect(support?.imap).toMatchObject({ host: 'outlook.office365.com', user: 'shared@example.com' })
    expect(support?.smtp).toMatchObject({ host: 'relay.example.com', port: 465, tls: 'implicit' })
    expect(support?.smtp.password).toBe('of the relay')
    expect(support?.imap.password).toBeUndefined()
  })

  test('as the app itself needs the app’s secret and a tenant, and no sign-in', () => {
    const written = mailbox('{ provider: microsoft, client_id: abc-1, app_only: true, tenant: example.com }')
    const env = { ...NO_PASSWORD, DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET: 'the app s secret' }
    expect(configOf(written, env).email.support?.oauth).not.toHaveProperty('refreshToken')
  })

  const cases: [title: string, oauth: string, env: object, key: string, problem: RegExp, fix: RegExp][] = [
    [
      'no sign-in yet',
      '{ provider: microsoft, client_id: abc-1 }',
      { DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN: '' },
      'DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN',
      /not set/,
      /mailbox login support/,
    ],
    [
      'no secret of the app at Google',
      '{ provider: google, client_id: abc-1 }',
      { DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET: '' },
      'DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET',
      /not set/,
      /client secret of the app/,
    ],
    [
      'a password beside it',
      '{ provider: google, client_id: abc-1 }',
      { DESKBELL_EMAIL_SUPPORT_PASSWORD: 'x' },
      'DESKBELL_EMAIL_SUPPORT_PASSWORD',
      /signs in by OAuth/,
      /Unset it, or remove email\.support\.oauth/,
    ],
    ['another provider', '{ provider: yahoo, client_id: a }', {}, 'email.support.oauth.provider', /none/, /google or/],
    ['no client', '{ provider: google }', {}, 'email.support.oauth.client_id', /is missing/, /Copy the client ID/],
    [
      'a tenant at Google',
      '{ provider: google, client_id: a, tenant: b }',
      {},
      'email.support.oauth.tenant',
      /Google has/,
      /Remove/,
    ],
    [
      'an app that signs in as itself at Google',
      '{ provider: google, client_id: a, app_only: true }',
      {},
      'email.support.oauth.app_only',
      /nothing that Google has/,
      /mailbox login/,
    ],
    [
      'an app that signs in as itself at everybody’s',
      '{ provider: microsoft, client_id: a, app_only: true, tenant: common }',
      {},
      'email.support.oauth.tenant',
      /needs one/,
      /tenant\) ID/,
    ],
    [
      'a sign-in in the clear',
      '{ provider: google, client_id: a, token_url: "http://example.com/token" }',
      {},
      'email.support.oauth.token_url',
      /not encrypted/,
      /https/,
    ],
  ]
  test.each(cases)('%s is a fault', (_title, oauth, env, key, problem, fix) => {
    expectFault(faultsOf(mailbox(oauth), { ...SIGNED_IN, ...env }), key, problem, fix)
  })

  test('X2: its secrets in the file are faults that name the variable, and the log is told them', () => {
    const written = mailbox('{ provider: google, client_id: a, client_secret: hunter2, refresh_token: hunter3 }')
    const faults = faultsOf(written, SIGNED_IN)
    expect(faults.map(({ key }) => key)).toEqual([
      'email.support.oauth.client_secret',
      'email.support.oauth.refresh_token',
    ])
    expect(faults[0]?.fix).toContain('DESKBELL_EMAIL_SUPPORT_OAUTH_CLIENT_SECRET')
    expect(faults[1]?.fix).toContain('DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN')
    expect(renderFaults(faults)).not.toContain('hunter')
    const config = configOf(mailbox('{ provider: google, client_id: a }'), SIGNED_IN)
    expect(listSecrets(config)).toEqual(expect.arrayContaining(['the app s secret', 'the refresh token']))
  })

  test('a mistyped variable of it gets the nearest one', () => {
    const env = { ...SIGNED_IN, DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESHTOKEN: 'x' }
    const [fault] = faultsOf(mailbox('{ provider: google, client_id: a }'), env)
    expect(fault?.fix).toContain('Did you mean DESKBELL_EMAIL_SUPPORT_OAUTH_REFRESH_TOKEN?')
  })
})
