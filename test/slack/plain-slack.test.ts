// The whole program against a Slack that is not ours and says no more than it must: a customer asks, an agent answers, the lead hears.
import { expect, onTestFinished, test } from 'vitest'
import { DAY, MINUTE, systemClock } from '../../src/clock.ts'
import { readConfig, renderFaults } from '../../src/config.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { startDeskbell } from '../../src/main.ts'
import { movableClock } from '../../src/sandbox/clock.ts'
import { freshSqlite } from '../setup/fresh-database.ts'
import { scratchFolder } from '../setup/scratch.ts'
import { until } from '../setup/until.ts'
import { ANA, DESK, LEA, MIA, type PlainSlack, SHOP, startPlainSlack, TEAM } from './plain-slack.ts'

/** Of today: Slack tells when something was said. */
const BEGAN = Math.floor(systemClock().now() / 1000)
const ts = (n: number) => `${BEGAN}.${String(n).padStart(6, '0')}`

type Fields = Record<string, unknown>

const log = process.env.LOUD
  ? { ...silentLog, warn: console.log, error: console.log, info: console.log, debug: console.log }
  : silentLog

async function run(slack: PlainSlack, more: Fields = {}) {
  const settings = {
    slack: {
      api_url: slack.url,
      customers: { shop: { channels: [{ id: SHOP }], people: [{ user: MIA, is: 'customer' }] } },
      ...more,
    },
    desks: { main: { channel: DESK, leads: [LEA], undo: '0s' } },
  }
  const env = { SLACK_BOT_TOKEN: 'xoxb-plain', SLACK_APP_TOKEN: 'xapp-plain' }
  const read = readConfig({ yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  const { database, drop } = freshSqlite(scratchFolder())
  const clock = movableClock()
  const deskbell = await startDeskbell(
    { ...read.config, database },
    { clock, random: systemRandom(), log: log as never },
  )
  onTestFinished(async () => {
    await deskbell.stop()
    await drop()
  })
  return { deskbell, clock }
}

const click = (user: string, actionId: string, value: string, more: Fields = {}) => ({
  type: 'block_actions',
  user: { id: user },
  trigger_id: `t${Math.random()}`,
  actions: [{ type: 'button', action_id: actionId, block_id: 'b', value }],
  ...more,
})

const asks = (text: string, n: number) => ({ type: 'message', channel: SHOP, user: MIA, text, ts: ts(n) })

test('Q9, S23: against a Slack that is not ours a customer’s question is answered from the desk, and the lead hears of the next', async () => {
  const slack = await startPlainSlack()
  // Some answer with a page where they know no such method, or say that all is well and nothing else.
  const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' }
  slack.answers['conversations.info'] = ({ channel }) => (channel === DESK ? page : undefined)
  slack.answers['conversations.open'] = () => ({ ok: true })
  slack.answers['users.info'] = ({ user }) => (user === MIA ? page : undefined)
  const { deskbell, clock } = await run(slack)
  const { db } = deskbell
  await until(() => slack.sockets() === 2, 'both sockets')
  await until(async () => (await db.selectFrom('agent').select('id').execute()).length > 0, 'the agents')
  await slack.tell(asks('Is it in stock?', 200))
  const card = await until(() => slack.find('chat.postMessage', 'Is it in stock?'), 'the card')
  expect(card.args).toMatchObject({ channel: DESK })
  const carded = () => db.selectFrom('conversation').selectAll().where('card_ts', 'is not', null).executeTakeFirst()
  const { id, card_ts: cardTs, card_channel: cardChannel } = await until(carded, 'the card to be on record')
  expect(cardChannel).toBe(DESK)

  await slack.push('interactive', click(ANA, 'reply', id, { channel: { id: DESK }, message: { ts: cardTs } }))
  const composer = await until(() => slack.find('views.open'), 'the composer')
  expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(1)
  const typed = { 'body-0': { text: { value: 'Yes, it is.' } } }
  const previewed = await slack.push('interactive', submitted(ANA, composer.args.view, typed))
  expect(previewed).toMatchObject({ response_action: 'push' })
  expect(await slack.push('interactive', submitted(ANA, previewed.view))).toMatchObject({ response_action: 'update' })
  const reply = await until(() => slack.find('chat.postMessage', 'Yes, it is.'), 'the reply')
  expect(reply.args).toMatchObject({ channel: SHOP, thread_ts: ts(200), username: 'u0ana' })
  expect(slack.calls.filter(({ args }) => args.channel === SHOP && 'text' in args)).toHaveLength(1)
  const renewed = await until(() => slack.find('chat.update', '*Answered*'), 'the card to say so')
  expect(renewed.args).toMatchObject({ channel: DESK, ts: cardTs })

  await slack.tell({ type: 'app_home_opened', user: ANA, channel: 'D0ANA', tab: 'home' })
  await until(() => slack.find('views.publish', ANA), 'the home tab')
  const asked = { command: '/desk', text: 'queue', user_id: ANA, channel_id: DESK, team_id: TEAM }
  expect(JSON.stringify(await slack.push('slash_commands', asked))).toContain('who waits')
  await slack.tell(asks('In red, too?', 300))
  clock.forward(DAY + MINUTE)
  await until(
    () => slack.calls.some(({ method, args }) => method === 'chat.postMessage' && args.channel === LEA),
    'the ping',
  )
  expect(deskbell.problems()).toEqual([])
})

function submitted(user: string, view: unknown, values: Fields = {}): Fields {
  const { callback_id, private_metadata } = view as Fields
  const state = { values }
  return { type: 'view_submission', user: { id: user }, view: { id: 'V0', callback_id, private_metadata, state } }
}
