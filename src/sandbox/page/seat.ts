// What one browser looks at: whose mailbox, whose Slack, and which thread. It survives a reload, and other browsers do not share it.
import type { Stage } from '../stage.ts'
import { CUSTOMERS } from './cast.ts'

/** What one of our people has open in their Slack. */
export interface Desktop {
  /** Whose hands the player has there. */
  person: string
  tab: 'desk' | 'direct' | 'home'
  /** The root of the open thread. */
  thread: string | undefined
  /** How much of what Deskbell told them alone they have seen. */
  told: number
}

export interface Seat {
  /** A mail address, Discord, or the id of a channel in Slack. */
  customer: string
  agent: Desktop
  lead: Desktop
  /** What the player is told: how to begin, what to do next, what they have done, or what went wrong. */
  hint: { kind: 'welcome' | 'next' | 'done' | 'wrong'; text: string } | undefined
  /** The scene that is being played, and since when. */
  scene: { name: string; since: number } | undefined
}

const SEATS_MAX = 50
const WELCOME =
  'Customers write from where they are, Maya answers in her Slack, and Lena, the lead, hears when it is late. You play them all; behind the page runs the real program.'

export interface Seats {
  get(id: string): Seat
}

export function makeSeats({ agent, lead }: Pick<Stage, 'agent' | 'lead'>): Seats {
  const seats = new Map<string, Seat>()
  return {
    get(id) {
      const known = seats.get(id)
      if (known) return known
      const [first] = seats.keys()
      if (seats.size >= SEATS_MAX && first !== undefined) seats.delete(first)
      const seat: Seat = {
        customer: CUSTOMERS[0]?.address ?? '',
        agent: { person: agent, tab: 'desk', thread: undefined, told: 0 },
        lead: { person: lead, tab: 'direct', thread: undefined, told: 0 },
        hint: { kind: 'welcome', text: WELCOME },
        scene: undefined,
      }
      seats.set(id, seat)
      return seat
    },
  }
}
