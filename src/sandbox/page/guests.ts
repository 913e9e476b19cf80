// Customers who write in Slack: two people of an organisation that shares a channel with us, and a guest in direct messages.
import type { Stage } from '../stage.ts'

export interface Guest {
  id: string
  name: string
}

/** Where customers and we meet in Slack. */
export interface Lounge {
  id: string
  title: string
  /** Who can be played there, with what they are. */
  people: readonly Guest[]
}

export interface Guests {
  lounges: readonly Lounge[]
  /** For the program's configuration, below `slack`. */
  customers: Record<string, unknown>
}

export function openGuests({ slack, agent, colleague }: Stage): Guests {
  const acme = slack.addTeam('Acme')
  const nora = slack.addUser({ name: 'nora', realName: 'Nora Vance', teamId: acme }).id
  const ivo = slack.addUser({ name: 'ivo', realName: 'Ivo Petrov', teamId: acme }).id
  const gus = slack.addUser({ name: 'gus', realName: 'Gus Keller', isGuest: true }).id
  const members = [slack.app.botUserId, nora, ivo, agent, colleague]
  const shared = slack.addChannel({ name: 'acme-and-us', isExtShared: true, members }).id
  return {
    lounges: [
      {
        ...{ id: shared, title: 'Slack: Acme' },
        people: [
          { id: nora, name: 'Nora Vance of Acme, a customer' },
          { id: ivo, name: 'Ivo Petrov of Acme, her colleague' },
          { id: colleague, name: 'Tom Okafor, an agent' },
        ],
      },
      { id: slack.dm(gus).id, title: 'Slack: Gus', people: [{ id: gus, name: 'Gus Keller, a customer' }] },
    ],
    customers: { acme: { channels: [{ id: shared, kind: 'shared' }], direct_messages: true } },
  }
}
