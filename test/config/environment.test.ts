import { describe, expect, test } from 'vitest'
import { configOf, ENV, expectFault, faultsOf, YAML } from './reading.ts'

describe('the environment', () => {
  const cases: [title: string, env: Record<string, string>, key: string, problem: RegExp, fix: RegExp][] = [
    [
      'no password for a mailbox',
      { DESKBELL_EMAIL_SUPPORT_PASSWORD: '' },
      'DESKBELL_EMAIL_SUPPORT_PASSWORD',
      /not set/,
      /_FILE/,
    ],
    ['only one token', { SLACK_APP_TOKEN: '' }, 'SLACK_APP_TOKEN', /not set/, /xapp-/],
    ['only the other token', { SLACK_BOT_TOKEN: '' }, 'SLACK_BOT_TOKEN', /not set/, /xoxb-/],
    [
      'a user token for the bot',
      { SLACK_BOT_TOKEN: 'xoxp-1-user' },
      'SLACK_BOT_TOKEN',
      /does not start with xoxb-/,
      /Bot User/,
    ],
    [
      'a bot token for the app',
      { SLACK_APP_TOKEN: 'xoxb-1-bot' },
      'SLACK_APP_TOKEN',
      /does not start with xapp-/,
      /connections:write/,
    ],
    ['a token with a line break', { SLACK_APP_TOKEN: 'xapp-1\n2' }, 'SLACK_APP_TOKEN', /characters/, /xapp-/],
    ['a short secret', { DESKBELL_SECRET: 'short' }, 'DESKBELL_SECRET', /too short/, /openssl/],
    ['another database', { DATABASE_URL: 'mysql://a:b@c/d' }, 'DATABASE_URL', /not the address/, /postgres:/],
    [
      'an unknown variable',
      { DESKBELL_SECRETS: 'x' },
      'DESKBELL_SECRETS',
      /not a variable/,
      /Did you mean DESKBELL_SECRET\?/,
    ],
    [
      'a password of no mailbox',
      { DESKBELL_EMAIL_SUPORT_PASSWORD: 'x' },
      'DESKBELL_EMAIL_SUPORT_PASSWORD',
      /not a variable/,
      /EMAIL_SUPPORT_PASSWORD/,
    ],
    ['a variable like no other', { DESKBELL_COLOUR: 'x' }, 'DESKBELL_COLOUR', /not a variable/, /Remove it/],
  ]

  test.each(cases)('%s', (_title, env, key, problem, fix) => {
    expectFault(faultsOf(YAML, { ...ENV, ...env }), key, problem, fix)
  })

  test('Slack needs both tokens: one alone is half a set, none is no Slack', () => {
    expect(configOf(YAML, { ...ENV, SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' }).slack).toBeUndefined()
    expect(configOf(undefined, {}).slack).toBeUndefined()
    expect(faultsOf(undefined, { SLACK_BOT_TOKEN: 'xoxb-1' }).map((fault) => fault.key)).toEqual(['SLACK_APP_TOKEN'])
  })

  test('where Slack comes to us it needs no app token, and a secret to know Slack by', () => {
    const yaml = `${YAML}slack: { mode: http, port: 3300, path: /from-slack }\n`
    const env = { ...ENV, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5' }
    const { slack } = configOf(yaml, env)
    const requests = { host: '127.0.0.1', port: 3300, path: '/from-slack', signingSecret: env.SLACK_SIGNING_SECRET }
    expect(slack).toEqual({ botToken: 'xoxb-1-bot', apiUrl: 'https://slack.com/api/', requests })
    expectFault(
      faultsOf(yaml, { ...env, SLACK_SIGNING_SECRET: '' }),
      'SLACK_SIGNING_SECRET',
      /not set/,
      /Basic Information/,
    )
    expectFault(
      faultsOf(yaml, { ...env, SLACK_SIGNING_SECRET: 'abc' }),
      'SLACK_SIGNING_SECRET',
      /too short/,
      /Signing Secret/,
    )
    const open = `${YAML}slack: { mode: http, public_url: "http://desk.example.com" }\n`
    expectFault(faultsOf(open, env), 'slack.public_url', /not an https address/, /https/)
  })

  test('a bot token that is renewed needs the refresh token, and whose app it is', () => {
    const env = {
      ...ENV,
      SLACK_BOT_TOKEN: 'xoxe.xoxb-1-bot',
      SLACK_REFRESH_TOKEN: 'xoxe-1-refresh',
      SLACK_CLIENT_ID: '1.2',
    }
    expectFault(faultsOf(YAML, env), 'SLACK_CLIENT_SECRET', /not set/, /Basic Information/)
    const { slack } = configOf(YAML, { ...env, SLACK_CLIENT_SECRET: 'hunter2hunter2' })
    const rotation = { refreshToken: 'xoxe-1-refresh', clientId: '1.2', clientSecret: 'hunter2hunter2' }
    expect(slack).toMatchObject({ botToken: 'xoxe.xoxb-1-bot', rotation })
  })

  test('variables of other programs are none of our business', () => {
    expect(faultsOf(undefined, { HOME: '/root', SLACK_SIGNING_SECRET: 'x', MYDESKBELL: 'x' })).toEqual([])
  })
})
