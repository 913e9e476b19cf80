// Customers in Slack, put together: on the desk's own app and sockets, or on an app of their own where the configuration has one.
import { readFile } from 'node:fs/promises'
import type { Channel } from './channel.ts'
import { customersToken } from './config/customers.ts'
import type { Config, SlackApp, SlackCustomers } from './config.ts'
import type { Db, Tools } from './db/open.ts'
import type { OpenDesk } from './desk/desk.ts'
import type { Instance } from './instance.ts'
import { intakeOf } from './intake.ts'
import type { Pace } from './rate.ts'
import { getSigningKey } from './setting.ts'
import type { SlackAccess } from './slack/clients.ts'
import { slackRotation } from './slack-rotation.ts'

/** Tokens that come from files are read again while the program runs: whoever renews one need not restart it. */
export async function slackAccess(
  { slack, secret }: Pick<Config, 'slack' | 'secret'>,
  tools: RotationTools,
): Promise<{ slack?: SlackAccess }> {
  if (!slack) return {}
  const { tokenFiles, rotation, ...access } = slack
  const renew = rotation && (await makeRotation({ ...rotation, apiUrl: slack.apiUrl, secret }, tools))
  if (!tokenFiles && !renew) return { slack: access }
  const reread = async () => {
    const [written, appToken] = await Promise.all([readToken(tokenFiles?.bot), readToken(tokenFiles?.app)])
    const botToken = renew ? await renew() : written
    return { ...(botToken !== undefined && { botToken }), ...(appToken !== undefined && { appToken }) }
  }
  return { slack: { ...access, reread } }
}

type RotationTools = Tools & { db: Db; instance: Pick<Instance, 'lease'> }

async function makeRotation(
  settings: NonNullable<SlackApp['rotation']> & { apiUrl: string; secret: string | undefined },
  { instance, ...tools }: RotationTools,
): Promise<() => Promise<string | undefined>> {
  const { refreshToken: given, secret, ...app } = settings
  const { exchangeToken } = await import('./slack/exchange-token.ts')
  return slackRotation({
    ...tools,
    given,
    signingKey: await getSigningKey(tools.db, secret),
    isOurs: () => instance.lease('slack-token'),
    exchange: (refreshToken) => exchangeToken(app, refreshToken, tools.log),
  })
}

/** Half a file, or an empty one, is no token. */
async function readToken(path: string | undefined): Promise<string | undefined> {
  const text = path === undefined ? '' : (await readFile(path, 'utf8')).trim()
  return /^(xoxb-|xoxe\.xoxb-|xapp-)[\w.-]+$/.test(text) ? text : undefined
}

/** The adapter keeps each channel's pace; this keeps all of them together below what Slack takes from one workspace. */
const PACE: Pace = { minMs: 200, concurrencyMax: 4 }

/** Together less than the three seconds in which Slack wants to hear that an event was kept. */
const WAIT_MS = 100
const WAITS_MAX = 20

export interface SlackChannelTools extends Tools {
  db: Db
  desk: Pick<OpenDesk, 'room' | 'knowsAgents'>
}

export interface MadeChannel {
  channel: Channel
  desk: string
  make(): Channel
}

export async function slackChannels(config: Config, tools: SlackChannelTools): Promise<[string, MadeChannel][]> {
  const all = Object.entries(config.slackCustomers)
  if (all.length === 0) return []
  const [{ slackChannel }, { makeReceiver }] = await Promise.all([
    import('../adapters/slack/channel.ts'),
    import('../adapters/slack/receiver.ts'),
  ])
  const isAtDesk = (user: string) => isAtSomeDesk(config, tools, user)
  const { attachmentBytesMax } = config.limits
  return all.map(([key, customers]) => {
    const name = `slack:${key}`
    const settings = settingsOf(key, customers)
    const shared = { ...tools, isAtDesk, attachmentBytesMax }
    const { room } = tools.desk
    if (!settings.app && !room) throw new Error(`${name} needs the desk's app; set SLACK_BOT_TOKEN and SLACK_APP_TOKEN`)
    const make = () => slackChannel(settings, shared)
    if (settings.app || !room) return [name, { channel: make(), desk: customers.desk, make }]
    // Slack gives an event to any instance that has a socket: each keeps what it is given, and only one reads back.
    const receiver = makeReceiver(
      settings,
      { ...shared, clients: room.clients, self: room.self },
      intakeOf(tools.db, name),
    )
    room.hear(receiver)
    const makeShared = () => slackChannel(settings, { ...shared, shared: { room, receiver } })
    return [name, { channel: makeShared(), desk: customers.desk, make: makeShared }]
  })
}

function settingsOf(key: string, { desk: _desk, app, ...customers }: SlackCustomers) {
  const names = { botTokenName: customersToken(key, 'BOT'), appTokenName: customersToken(key, 'APP') }
  return { ...customers, name: `slack:${key}`, ...(app && { app: { ...app, ...names } }) }
}

/**
 * Right after the start it takes a moment until the agents are known. Rejects where it takes longer than Slack waits: Slack then
 * tells again, and nobody's note has become a customer's question.
 */
async function isAtSomeDesk(config: Config, tools: SlackChannelTools, user: string, waits = 0): Promise<boolean> {
  const { db, desk, clock } = tools
  const named = Object.values(config.desks).some(({ leads, backup }) => leads.includes(user) || backup.includes(user))
  if (named) return true
  const row = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', user)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (row || desk.knowsAgents()) return row !== undefined
  if (waits >= WAITS_MAX) throw new Error('it is not known yet who works at the desks')
  await clock.wait(WAIT_MS)
  return await isAtSomeDesk(config, tools, user, waits + 1)
}

/** Undefined for the keys of others. */
export function slackPaceOf(rateKey: string): Pace | undefined {
  return rateKey.startsWith('send:slack:') ? PACE : undefined
}
