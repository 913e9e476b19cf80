// Who plays: the customers with their mailboxes, the agents, and the lead.
import type { Stage } from '../stage.ts'

export interface Customer {
  address: string
  name: string
}

export const CUSTOMERS: readonly Customer[] = [
  { address: 'ana@customer.test', name: 'Ana Ruiz' },
  { address: 'ben@customer.test', name: 'Ben Novak' },
  { address: 'chloe@gone.test', name: 'Chloé Martin' },
  { address: 'dario@customer.test', name: 'Dario Conti' },
  { address: 'gus@customer.test', name: 'Gus Keller' },
  { address: 'jonas@kunde.test', name: 'Jonas Weber' },
]

/** Whoever is written to here has no mailbox any more. */
export const GONE_DOMAIN = 'gone.test'

/** Slack ids of those the player may be, with their names. */
export function agentsOf({ agent, colleague }: Stage): { id: string; name: string }[] {
  return [
    { id: agent, name: 'Maya Lindt' },
    { id: colleague, name: 'Tom Okafor' },
  ]
}
