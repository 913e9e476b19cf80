// What the adapter needs to be told. `main.ts` makes it from the operator's settings; tokens come from the environment.
import type { PersonRule } from './standing.ts'

export interface CustomersConfig {
  /** `slack:shop` */
  name: string
  channels: readonly CustomerChannel[]
  /** Whether direct messages to the app are customers'. */
  directMessages: boolean
  /** With this emoji one of us makes a message in a `manual` channel a conversation. */
  ticketEmoji: string
  /** Bots that speak for customers; what all others write is passed over. */
  trustedBots: readonly string[]
  /** They go before the rules that everybody has. */
  people: readonly PersonRule[]
  /** The variable with its token, where the app is not the desk's. */
  botTokenName?: string
}

export interface CustomerChannel {
  id: string
  /** `shared`: one customer organisation and we are in it. `community`: customers who do not know each other. */
  kind: 'shared' | 'community'
  /** Nothing is a conversation before one of us says so. */
  manual: boolean
}

/** A channel that is not among the configured ones can only be a direct message. */
export function channelOf(config: CustomersConfig, id: string): CustomerChannel | undefined {
  return config.channels.find((channel) => channel.id === id)
}
