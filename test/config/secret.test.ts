import { describe, expect, test } from 'vitest'
import { listSecrets } from '../../src/config/secret.ts'
import { renderFaults } from '../../src/config.ts'
import { configOf, ENV, faultsOf, inMailbox, YAML } from './reading.ts'

describe('a secret in the file is a fault that names the variable', () => {
  test.each([
    ['slack: { bot_token: hunter2 }', 'slack.bot_token', 'SLACK_BOT_TOKEN'],
    ['slack: { appToken: hunter2 }', 'slack.appToken', 'SLACK_APP_TOKEN'],
    ['slack: { api_url: xoxb-1-hunter2 }', 'slack.api_url', 'SLACK_BOT_TOKEN'],
    ['tokens: [xapp-1-hunter2]', 'tokens.0', 'SLACK_APP_TOKEN'],
    ['secret: hunter2', 'secret', 'DESKBELL_SECRET'],
    ['database: { url: hunter2 }', 'database.url', 'DATABASE_URL'],
    ['database: { path: "postgres://a:hunter2@b/c" }', 'database.path', 'DATABASE_URL'],
    [inMailbox('password: hunter2'), 'email.support.password', 'DESKBELL_EMAIL_SUPPORT_PASSWORD'],
    [
      YAML.replace('{ host: i', '{ password: hunter2, host: i'),
      'email.support.imap.password',
      '_SUPPORT_IMAP_PASSWORD',
    ],
    [YAML.replace('{ host: s', '{ pass: hunter2, host: s'), 'email.support.smtp.pass', '_SUPPORT_SMTP_PASSWORD'],
  ])('the secret of %j', (yaml, key, variable) => {
    const faults = faultsOf(yaml, ENV).filter((fault) => !fault.key.startsWith('DESKBELL_EMAIL'))
    const fault = faults.find((each) => each.key === key)
    expect(fault?.problem).toMatch(/is a secret/)
    expect(fault?.fix).toContain(variable)
    expect(renderFaults(faults)).not.toContain('hunter2')
  })
})

test('X2: whatever is wrong, no secret shows in a fault', () => {
  const canary = 'canary7f3a'
  const env = {
    SLACK_BOT_TOKEN: `xoxp-${canary}`,
    SLACK_APP_TOKEN: `xapp ${canary}`,
    DATABASE_URL: `mysql://u:${canary}@h/d`,
    DESKBELL_SECRET: canary,
    DESKBELL_EMAIL_SUPPORT_PASSWORD: canary,
    DESKBELL_EMAIL_SUPPORT_PASWORD: canary,
  }
  const everywhere = YAML.replaceAll(/: (?!\{)[^\n{]+$/gm, `: ${canary}`)
  const faults = [
    ...faultsOf(YAML, env),
    ...faultsOf(everywhere, env),
    ...faultsOf(`database: {url: "postgres://u:${canary}@h/d"}\nlog: {level: ${canary}}\nlimits: ${canary}`, env),
    ...faultsOf(`a: "${canary}\nb: *${canary}\n\t${canary}`, env),
    ...faultsOf(`a: *${canary}`, env),
    ...faultsOf(`${canary} ${canary}: : ${canary}\n- ${canary}`, env),
  ]
  expect(faults.length).toBeGreaterThan(15)
  expect(renderFaults(faults)).not.toContain(canary)
})

test('X2: the log is told every secret, the encoded and the plain form of the database password too', () => {
  const config = configOf(YAML, {
    ...ENV,
    DESKBELL_SECRET: 'sixteen letters!',
    DATABASE_URL: 'postgres://desk:p%40ss@db.example.com/desk',
  })
  expect(listSecrets(config)).toEqual(
    expect.arrayContaining(['xoxb-1-bot', 'xapp-1-app', 'open sesame', 'sixteen letters!', 'p%40ss', 'p@ss']),
  )
})
