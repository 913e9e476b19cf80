// The Discord section of the file: where customers write, who is who, and which variable holds the token.
import type { Discord } from '../config.ts'
import { nearest } from '../nearest.ts'
import { DEFAULTS } from './default.ts'
import { didYouMeanOneOf, type Fault } from './fault.ts'
import { entries, isLoopback, list, oneOf, section, text, value, yesNo } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

export const DISCORD_TOKEN = 'DISCORD_BOT_TOKEN'
const SIGNATURE_MAX = 200
const ID_FIX =
  'In Discord, switch on Developer Mode (Settings, Advanced), choose "Copy ID" from the right-click menu, and write it in quotes.'

const id = value(ID_FIX, readId)

function readId(written: unknown): string | { wrong: string } {
  // YAML makes a number of it, and a number of this size has lost its last digits.
  if (typeof written === 'number') return { wrong: 'is not in quotes' }
  return typeof written === 'string' && /^\d{15,20}$/.test(written.trim())
    ? written.trim()
    : { wrong: 'is not an id of Discord' }
}

/** The token goes there with every call, so nobody may read along. */
const apiUrl = value('Remove it, or write an https address.', (written) => {
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : undefined
  if (!url) return { wrong: 'is not an address' }
  return url.protocol === 'https:' || isLoopback(url.hostname)
    ? url.href.replace(/\/+$/, '')
    : { wrong: 'is not encrypted' }
})

const agents = entries(
  'Write the Slack id of each agent and, behind it, their Discord id in quotes.',
  (key, written) => {
    if (!/^[UW][A-Z0-9]{2,20}$/.test(key)) return { wrong: 'is not a Slack user id' }
    const discordId = readId(written)
    return typeof discordId === 'string' ? { slackId: key, discordId } : discordId
  },
)

const tagPriorities = entries('Write the name of a tag and, behind it, high or low.', (tag, written) =>
  written === 'high' || written === 'low'
    ? { tag: tag.trim().toLowerCase(), priority: written as 'high' | 'low' }
    : { wrong: 'is neither high nor low' },
)

const desksOf = entries(
  'Write the id of a channel or forum in quotes and, behind it, the name of a desk.',
  (key, written) => {
    const place = readId(key)
    if (typeof place !== 'string') return place
    return typeof written === 'string' ? { place, desk: written.trim() } : { wrong: 'is no name of a desk' }
  },
)

const { discord: defaults } = DEFAULTS

export const discord = section({
  desk: text('a name', 'Write the name of a desk of this file.').optional(),
  api_url: apiUrl.default(defaults.apiUrl),
  direct_messages: yesNo().default(defaults.directMessages),
  channels: list(
    section({
      id,
      take: oneOf('every', 'mention').default(defaults.take),
      thread: oneOf('reply', 'at-once').default(defaults.thread),
    }),
    'List text channels, each with its id.',
  ).default([]),
  forums: list(id, 'List the ids of forum channels.').default([]),
  desk_of: desksOf.default([]),
  tag_priorities: tagPriorities.default([]),
  requests: id.optional(),
  fallback: id.optional(),
  agents: agents.default([]),
  staff_roles: list(id, 'List the ids of roles.').default([]),
  helper_roles: list(id, 'List the ids of roles.').default([]),
  trusted_bots: list(id, 'List the ids of bots and webhooks.').default([]),
  signature: text(
    'a signature',
    'Write a line in which {agent} stands for who writes.',
    /\S/,
    SIGNATURE_MAX,
  ).optional(),
})

type Written = ReturnType<typeof discord.parse>

export function buildDiscord(written: Written, token: string, desks: readonly string[]): Discord {
  const { requests, fallback, signature } = written
  return {
    token,
    apiUrl: written.api_url,
    desk: written.desk ?? desks.join(),
    directMessages: written.direct_messages,
    channels: written.channels,
    forums: written.forums,
    deskOf: Object.fromEntries(written.desk_of.map(({ place, desk }) => [place, desk])),
    tagPriorities: Object.fromEntries(written.tag_priorities.map(({ tag, priority }) => [tag, priority])),
    ...(requests !== undefined && { requests }),
    ...(fallback !== undefined && { fallback }),
    agents: Object.fromEntries(written.agents.map(({ slackId, discordId }) => [slackId, discordId])),
    staffRoles: written.staff_roles,
    helperRoles: written.helper_roles,
    trustedBots: written.trusted_bots,
    ...(signature !== undefined && { signature }),
  }
}

export function discordFaults(data: Data): Fault[] {
  if (data.discord === undefined) return []
  const section = data.discord
  const desks = Object.keys(named(data, 'desks'))
  return [...deskFaults(pick(section, 'desk'), desks), ...placeFaults(section), ...deskOfFaults(section, desks)]
}

function deskFaults(desk: unknown, desks: string[]): Fault[] {
  const key = 'discord.desk'
  if (desks.length === 0) {
    return [{ key, problem: 'has no desk to bring messages to', fix: 'Add a desk with its Slack channel and leads.' }]
  }
  const fix = `Write one of ${desks.join(', ')}.`
  if (desk === undefined && desks.length > 1) return [{ key, problem: 'is missing and there are several desks', fix }]
  if (typeof desk !== 'string' || desks.includes(desk)) return []
  return [{ key, problem: 'names no desk of this file', fix: didYouMeanOneOf(nearest(desk, desks), desks, 'desk') }]
}

/** A desk for a place that nobody listens to would wait for ever. */
function deskOfFaults(section: unknown, desks: string[]): Fault[] {
  const listed = (name: string) => {
    const written = pick(section, name)
    return Array.isArray(written) ? written : []
  }
  const channels = listed('channels').map((channel: unknown) => pick(channel, 'id'))
  const places = [...channels, ...listed('forums'), pick(section, 'requests')]
  const written = pick(section, 'desk_of')
  if (typeof written !== 'object' || written === null) return []
  return Object.entries(written).flatMap(([place, desk]): Fault[] => {
    const key = `discord.desk_of.${place}`
    if (typeof desk === 'string' && !desks.includes(desk)) {
      const fix = didYouMeanOneOf(nearest(desk, desks), desks, 'desk')
      return [{ key, problem: 'names no desk of this file', fix }]
    }
    if (places.includes(place)) return []
    const fix = 'List it under channels or forums, or as requests; or remove it here.'
    return [{ key, problem: 'is no place where customers write', fix }]
  })
}

/** A channel has one meaning, and somewhere somebody must be able to write. */
function placeFaults(section: unknown): Fault[] {
  const listed = (name: string) => {
    const written = pick(section, name)
    return Array.isArray(written) ? written : []
  }
  const channels = listed('channels').map((channel: unknown) => pick(channel, 'id'))
  const forums = listed('forums')
  const all = [...channels, ...forums]
  const twice = all.find((one, index) => typeof one === 'string' && all.indexOf(one) !== index)
  const isDeaf =
    pick(section, 'direct_messages') === false && all.length === 0 && pick(section, 'requests') === undefined
  const inForum = ['requests', 'fallback'].filter((name) => forums.includes(pick(section, name)))
  return [
    ...(twice === undefined
      ? []
      : [
          { key: 'discord.channels', problem: 'has a channel twice, or one that is a forum too', fix: 'Keep it once.' },
        ]),
    ...(isDeaf
      ? [
          {
            key: 'discord',
            problem: 'names no place where customers write',
            fix: 'List channels or forums, or remove direct_messages: false.',
          },
        ]
      : []),
    ...inForum.map((name) => ({
      key: `discord.${name}`,
      problem: 'is a forum, which has no private threads',
      fix: 'Write the id of a text channel.',
    })),
  ]
}

export function discordTokenFaults(data: Data | undefined, token: string | undefined): Fault[] {
  if (data?.discord === undefined) return []
  const fix = 'Set it to the token of the bot, from "Bot" in the Discord developer portal.'
  if (!token) return [{ key: DISCORD_TOKEN, problem: 'is not set', fix }]
  return /^[\w.-]+$/.test(token) ? [] : [{ key: DISCORD_TOKEN, problem: 'has characters that no token has', fix }]
}
