// What the Discord channel has to be told; src/config makes it from deskbell.yaml and the environment.
import type { People } from './author.ts'

export interface DiscordConfig {
  name: string
  token: string
  /** `https://discord.com/api`, or a stand-in's. */
  apiUrl: string
  /** Whether whoever writes to the bot directly is a customer. */
  directMessages: boolean
  /** Text channels where customers write. */
  channels: readonly SupportChannel[]
  /** Forum channels: each post is a conversation. */
  forums: readonly string[]
  /** Which desk answers, by the id of a channel, a forum or the place of requests; of others the core knows. */
  deskOf?: Readonly<Record<string, string>>
  /** How urgent a post with a tag of this name is, the name in lower case. */
  tagPriorities: Readonly<Record<string, 'high' | 'low'>>
  /** Where `/support` opens private threads. */
  requests?: string
  /** Where a private thread takes an answer to somebody who takes no direct messages. */
  fallback?: string
  /** Discord user ids by Slack user id. */
  agents: Readonly<Record<string, string>>
  staffRoles: readonly string[]
  helperRoles: readonly string[]
  /** Bots and webhooks that are heard like people. */
  trustedBots: readonly string[]
  /** Below every answer, in Markdown; `{agent}` is who writes. */
  signature?: string
  /** What was written before this is not taken in, epoch milliseconds; the first start unless given. */
  since?: number
  /** How long a call may take. */
  timeoutMs?: number
}

export interface SupportChannel {
  id: string
  /** Every message, or only those that name the bot. */
  take: 'every' | 'mention'
  /** When a message gets its thread: with the first answer, or at once. */
  thread: 'reply' | 'at-once'
}

export function peopleOf(config: Pick<DiscordConfig, 'agents' | 'staffRoles' | 'helperRoles' | 'trustedBots'>): People {
  return {
    agents: new Map(Object.entries(config.agents).map(([slackId, discordId]) => [discordId, slackId])),
    staffRoles: new Set(config.staffRoles),
    helperRoles: new Set(config.helperRoles),
    trustedBots: new Set(config.trustedBots),
  }
}
