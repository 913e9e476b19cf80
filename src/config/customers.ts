// Where in Slack customers write: what an operator says of it, and what two settings say of each other.
import type { SlackApp, SlackCustomers } from '../config.ts'
import { nearest } from '../nearest.ts'
import { DEFAULTS } from './default.ts'
import { didYouMeanOneOf, type Fault } from './fault.ts'
import { userId } from './promise.ts'
import { publicUrl, requestPath } from './slack-address.ts'
import { list, oneOf, section, text, yesNo } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

const { kind, manual, directMessages, ticketEmoji, ownApp } = DEFAULTS.slackCustomers

const channelId = text(
  'a Slack channel id',
  'Copy the channel ID from the end of "View channel details" in Slack, such as C0123ABCDEF.',
  /^[CG][A-Z0-9]{2,20}$/,
)

const channel = section({
  id: channelId,
  kind: oneOf('shared', 'community').default(kind),
  manual: yesNo().default(manual),
})

const rule = section({
  user: userId.optional(),
  team: text('a workspace id', 'Copy the workspace’s id, such as T0123ABCDEF.', /^[TE][A-Z0-9]{2,20}$/).optional(),
  domain: text('a domain', 'Write what stands behind the @, such as acme.example.', /^[a-z0-9.-]+\.[a-z]+$/).optional(),
  role: oneOf('member', 'guest', 'outsider').optional(),
  where: oneOf('shared', 'community', 'direct').optional(),
  is: oneOf('customer', 'staff', 'helper', 'nobody'),
})

export const customers = section({
  desk: text('a name', 'Write the name of a desk of this file.').optional(),
  channels: list(channel, 'List the channels, each with its id.').default([]),
  direct_messages: yesNo().default(directMessages),
  ticket_emoji: text('an emoji', 'Write its name without colons, such as ticket.', /^[a-z0-9_+'-]{1,100}$/).default(
    ticketEmoji,
  ),
  trusted_bots: list(
    text('a bot id', 'Copy the bot’s id, such as B0123ABCDEF.', /^B[A-Z0-9]{2,20}$/),
    'List the ids of bots that speak for customers, such as B0123ABCDEF.',
  ).default([]),
  people: list(rule, 'List rules, each with what it is about and what such a person `is`.').default([]),
  own_app: yesNo().default(ownApp),
  mode: oneOf('socket', 'http').optional(),
  path: requestPath.optional(),
  public_url: publicUrl.optional(), // For the manifest alone.
})

type Written = {
  desk?: string | undefined
  channels: SlackCustomers['channels']
  direct_messages: boolean
  ticket_emoji: string
  trusted_bots: string[]
  people: { [key: string]: string | undefined; is: string }[]
}

export function buildCustomers(written: Written, desks: readonly string[], app: SlackApp | undefined): SlackCustomers {
  return {
    desk: written.desk ?? desks.join(),
    channels: written.channels,
    directMessages: written.direct_messages,
    ticketEmoji: written.ticket_emoji,
    trustedBots: written.trusted_bots,
    people: written.people.map(
      (each) => Object.fromEntries(Object.entries(each).filter(([, set]) => set !== undefined)) as never,
    ),
    ...(app && { app }),
  }
}

/** The sections below `slack.customers`, before anything is known to be right. */
export function customersIn(data: Data): [name: string, section: unknown][] {
  return Object.entries(named(named(data, 'slack'), 'customers'))
}

/** As the desk's app, unless it says otherwise. */
export function isHttpApp(section: unknown, isDeskHttp: boolean): boolean {
  const written = pick(section, 'mode')
  return written === undefined ? isDeskHttp : written === 'http'
}

/** Where Slack's requests to it come in: below the desk's, unless it says otherwise. */
export function customersPath(name: string, written: unknown, deskPath: unknown): string {
  if (typeof written === 'string') return written
  const base = typeof deskPath === 'string' ? deskPath : DEFAULTS.slack.path
  return `${base.replace(/\/$/, '')}/${name}`
}

export function customersFaults(data: Data): Fault[] {
  const taken = new Map<unknown, string>()
  for (const [name, desk] of Object.entries(named(data, 'desks'))) taken.set(pick(desk, 'channel'), `desks.${name}`)
  let direct: string | undefined
  return customersIn(data).flatMap(([name, written]) => {
    const key = `slack.customers.${name}`
    const faults = [
      ...nameFaults(key, name),
      ...deskFaults(key, written, Object.keys(named(data, 'desks'))),
      ...ownFaults(key, written),
    ]
    const channels = idsIn(written)
    for (const [n, id] of channels.entries()) {
      faults.push(...takenFaults(`${key}.channels.${n}.id`, taken.get(id)))
      taken.set(id, key)
    }
    const hearsDirect = pick(written, 'direct_messages') === true
    if (channels.length === 0 && !hearsDirect) {
      const fix = 'List channels, or write direct_messages: true.'
      faults.push({ key: `${key}.channels`, problem: 'is empty, so no customer would be heard', fix })
    }
    if (!hearsDirect || pick(written, 'own_app') === true) return faults
    if (direct !== undefined) {
      const fix = 'Keep it in one of the two.'
      faults.push({ key: `${key}.direct_messages`, problem: `is true in ${direct} too, and they have one app`, fix })
    }
    direct = key
    return faults
  })
}

function idsIn(written: unknown): unknown[] {
  const channels = pick(written, 'channels')
  return Array.isArray(channels) ? channels.map((each) => pick(each, 'id')) : []
}

/** What agents say among themselves would be said to customers. */
function takenFaults(key: string, owner: string | undefined): Fault[] {
  if (owner === undefined) return []
  const isDesk = owner.startsWith('desks.')
  const fix = isDesk
    ? 'Give customers another channel: here they would read what agents write to each other.'
    : 'Keep it in one of the two.'
  return [{ key, problem: isDesk ? `is the channel of ${owner} itself` : `is in ${owner} already`, fix }]
}

/** Without an app of their own it is the desk's that says how Slack reaches it. */
function ownFaults(key: string, written: unknown): Fault[] {
  if (pick(written, 'own_app') === true) return []
  return ['mode', 'path', 'public_url']
    .filter((name) => pick(written, name) !== undefined)
    .map((name) => ({
      key: `${key}.${name}`,
      problem: 'is about an app of its own, and there is none',
      fix: 'Remove it, or write own_app: true.',
    }))
}

/** Each app is told from the others by where Slack's requests come in. */
export function pathFaults(data: Data): Fault[] {
  const slack = named(data, 'slack')
  const isHttp = slack.mode === 'http'
  const deskPath = typeof slack.path === 'string' ? slack.path : DEFAULTS.slack.path
  const taken = new Map([[isHttp ? deskPath.replace(/\/$/, '') : undefined, 'slack.path']])
  return customersIn(data).flatMap(([name, section]) => {
    if (pick(section, 'own_app') !== true || !isHttpApp(section, isHttp)) return []
    const path = customersPath(name, pick(section, 'path'), deskPath).replace(/\/$/, '')
    const key = `slack.customers.${name}.path`
    const owner = taken.get(path)
    taken.set(path, key)
    return owner === undefined
      ? []
      : [{ key, problem: `is that of ${owner} too`, fix: 'Give each app a path of its own.' }]
  })
}

/** The desk's own events wait under this name. */
function nameFaults(key: string, name: string): Fault[] {
  return name === 'desk' ? [{ key, problem: 'has a name that the desk itself uses', fix: 'Choose another name.' }] : []
}

function deskFaults(key: string, written: unknown, desks: string[]): Fault[] {
  const desk = pick(written, 'desk')
  if (desks.length === 0) {
    const fix = 'Add a desk with its Slack channel and leads; without one nobody would see what customers write.'
    return [{ key: 'desks', problem: 'is empty although customers write in Slack', fix }]
  }
  const missing = { key: `${key}.desk`, problem: 'is missing and there are several desks' }
  if (desk === undefined) return desks.length > 1 ? [{ ...missing, fix: `Write one of ${desks.join(', ')}.` }] : []
  if (typeof desk !== 'string' || desks.includes(desk)) return []
  const fix = didYouMeanOneOf(nearest(desk, desks), desks, 'desk')
  return [{ key: `${key}.desk`, problem: 'names no desk of this file', fix }]
}
