// Customers in Slack, as an operator writes it down, and every way to write it wrong.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listSecrets } from '../../src/config/secret.ts'
import { configOf, ENV, expectFault, faultsOf, YAML } from './reading.ts'

const inSlack = (...lines: string[]) =>
  `${YAML}\nslack:\n  customers:\n${lines.map((line) => `    ${line}`).join('\n')}\n`

const TWO_DESKS = YAML.replace(
  'email:\n',
  '  billing: { channel: C0123BILLING, leads: [U0123BILLING] }\nemail:\n',
).replace('    address:', '    desk: support\n    address:')

describe('a good one', () => {
  test('is filled in: the only desk, a shared channel, no direct messages', () => {
    expect(configOf(inSlack('shop: { channels: [{ id: C0123SHARED }] }')).slackCustomers).toEqual({
      shop: {
        desk: 'support',
        channels: [{ id: 'C0123SHARED', kind: 'shared', manual: false }],
        directMessages: false,
        ticketEmoji: 'ticket',
        trustedBots: [],
        people: [],
      },
    })
  })

  test('keeps the order of the rules of who is who', () => {
    const text = inSlack(
      'shop:',
      '  channels: [{ id: C0123SHARED, kind: community, manual: true }]',
      '  people: [{ team: T0123ACME, is: staff }, { role: guest, where: direct, is: nobody }]',
    )
    expect(configOf(text).slackCustomers.shop?.people).toEqual([
      { team: 'T0123ACME', is: 'staff' },
      { role: 'guest', where: 'direct', is: 'nobody' },
    ])
  })

  test('an app of its own has tokens of its own, which the log hides', () => {
    const env = {
      ...ENV,
      DESKBELL_SLACK_EU_SHOP_BOT_TOKEN: 'xoxb-2-bot',
      DESKBELL_SLACK_EU_SHOP_APP_TOKEN: 'xapp-2-app',
    }
    const config = configOf(inSlack('eu-shop: { direct_messages: true, own_app: true }'), env)
    expect(config.slackCustomers['eu-shop']?.app).toEqual({
      botToken: 'xoxb-2-bot',
      appToken: 'xapp-2-app',
      apiUrl: 'https://slack.com/api/',
    })
    expect(listSecrets(config)).toEqual(expect.arrayContaining(['xoxb-2-bot', 'xapp-2-app']))
  })

  test('an app of its own takes requests below the desk’s path, is renewed, and may go its own way', () => {
    const own = {
      DESKBELL_SLACK_SHOP_BOT_TOKEN: 'xoxe.xoxb-2-bot',
      DESKBELL_SLACK_SHOP_SIGNING_SECRET: 'the-secret-of-the-shop',
      DESKBELL_SLACK_SHOP_REFRESH_TOKEN: 'xoxe-2-refresh',
      DESKBELL_SLACK_SHOP_CLIENT_ID: '2.3',
      DESKBELL_SLACK_SHOP_CLIENT_SECRET: 'the-client-of-the-shop',
    }
    const text = (line: string, mode = 'http') =>
      inSlack(`shop: { direct_messages: true, own_app: true${line} }`).replace('slack:', `slack:\n  mode: ${mode}`)
    const env = { ...ENV, ...own, SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5' }
    const config = configOf(text(''), env)
    expect(config.slackCustomers.shop?.app).toMatchObject({
      requests: { port: 3000, path: '/slack/shop', signingSecret: 'the-secret-of-the-shop' },
      rotation: { refreshToken: 'xoxe-2-refresh', clientId: '2.3', clientSecret: 'the-client-of-the-shop' },
    })
    const hidden = ['the-secret-of-the-shop', 'xoxe-2-refresh', 'the-client-of-the-shop']
    expect(listSecrets(config)).toEqual(expect.arrayContaining(hidden))
    const alone = configOf(text(', mode: http, path: /shop', 'socket'), env)
    expect(alone.slackCustomers.shop?.app?.requests?.path).toBe('/shop')
    expect(alone.slack?.requests).toBeUndefined()
    const faults = faultsOf(text(', path: /slack/'), env)
    expectFault(faults, 'slack.customers.shop.path', /is that of slack\.path too/, /a path of its own/)
    const missing = faultsOf(text(''), { ...env, DESKBELL_SLACK_SHOP_SIGNING_SECRET: '' })
    expectFault(missing, 'DESKBELL_SLACK_SHOP_SIGNING_SECRET', /not set/, /Signing Secret/)
    const idle = faultsOf(text(', mode: http').replace('own_app: true', 'own_app: false'), env)
    expect(idle.map(({ key }) => key)).toContain('slack.customers.shop.mode')
  })
})

test('what the example holds as a comment is valid, and shows the defaults', async () => {
  const text = await readFile(join(import.meta.dirname, '../../deskbell.example.yaml'), 'utf8')
  const [block = ''] = /^ {2}# customers:\n(?: {2}#.*\n)+/m.exec(text) ?? []
  const config = configOf(text.replace(block, block.replaceAll(/^ {2}# /gm, '  ')))
  const { trustedBots, people, ...shop } = config.slackCustomers.shop ?? {}
  const short = configOf(inSlack('shop: { channels: [{ id: C0123SHARED }] }')).slackCustomers.shop
  expect({ ...shop, trustedBots: [], people: [] }).toEqual(short)
  expect([trustedBots, people]).toEqual([['B0123ABCDEF'], [{ team: 'T0123PARTNER', is: 'helper' }]])
})

describe('a wrong one says what is wrong and how to mend it', () => {
  test('the desk’s own channel is never a customers’ channel', () => {
    const faults = faultsOf(inSlack('shop: { channels: [{ id: C0123ABCDEF }] }'))
    expectFault(
      faults,
      'slack.customers.shop.channels.0.id',
      /is the channel of desks\.support itself/,
      /would read what agents write/,
    )
  })

  test('a channel belongs to one section', () => {
    const faults = faultsOf(
      inSlack('shop: { channels: [{ id: C0123SHARED }] }', 'club: { channels: [{ id: C0123SHARED }] }'),
    )
    expectFault(faults, 'slack.customers.club.channels.0.id', /is in slack\.customers\.shop already/, /one of the two/)
  })

  test('the direct messages of one app belong to one section', () => {
    const faults = faultsOf(inSlack('shop: { direct_messages: true }', 'club: { direct_messages: true }'))
    expectFault(
      faults,
      'slack.customers.club.direct_messages',
      /is true in slack\.customers\.shop too/,
      /one of the two/,
    )
  })

  test('one that hears nobody', () => {
    expectFault(
      faultsOf(inSlack('shop: { ticket_emoji: ticket }')),
      'slack.customers.shop.channels',
      /no customer would be heard/,
      /direct_messages: true/,
    )
  })

  test('the name that the desk itself uses', () => {
    expectFault(
      faultsOf(inSlack('desk: { direct_messages: true }')),
      'slack.customers.desk',
      /the desk itself uses/,
      /another name/,
    )
  })

  test('no desk where there are several, and one that does not exist', () => {
    const inTwo = (line: string) => `${TWO_DESKS}\nslack:\n  customers:\n    ${line}\n`
    expectFault(
      faultsOf(inTwo('shop: { direct_messages: true }')),
      'slack.customers.shop.desk',
      /several desks/,
      /support, billing/,
    )
    expectFault(
      faultsOf(inTwo('shop: { direct_messages: true, desk: suport }')),
      'slack.customers.shop.desk',
      /no desk/,
      /support/,
    )
  })

  test('no tokens: neither the desk’s nor its own', () => {
    const { SLACK_BOT_TOKEN: _bot, SLACK_APP_TOKEN: _app, ...none } = ENV
    const keys = (text: string) => faultsOf(text, none).map(({ key }) => key)
    expect(keys(inSlack('shop: { direct_messages: true }'))).toEqual(['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'])
    expect(keys(inSlack('shop: { direct_messages: true, own_app: true }'))).toEqual([
      'DESKBELL_SLACK_SHOP_BOT_TOKEN',
      'DESKBELL_SLACK_SHOP_APP_TOKEN',
    ])
  })

  test('a token in the file is told where it belongs', () => {
    const faults = faultsOf(inSlack('shop: { direct_messages: true, bot_token: xoxb-canary }'))
    expect(JSON.stringify(faults)).toContain('DESKBELL_SLACK_SHOP_BOT_TOKEN')
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  test.each([
    ['channels: [{ id: general }]', /channel ID/],
    ['channels: [{ id: C0123SHARED, kind: public }]', /shared or community/],
    ['people: [{ is: boss }]\n      direct_messages: true', /customer, staff, helper or nobody/],
    ['trusted_bots: [U0123BOT]\n      direct_messages: true', /bot’s id/],
    ['ticket_emoji: ":ticket:"\n      direct_messages: true', /without colons/],
  ])('%s', (line, fix) => {
    const faults = faultsOf(`${YAML}\nslack:\n  customers:\n    shop:\n      ${line}\n`)
    expect(faults[0]?.fix).toMatch(fix)
  })
})
