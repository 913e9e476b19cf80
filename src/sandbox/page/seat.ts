// What one browser looks at: whose mailbox, whose Slack, and which thread. It survives a reload, and other browsers do not share it.
import { CUSTOMERS } from './cast.ts'

export interface Seat {
  customer: string
  /** Whose hands the player has in the middle. */
  agent: string
  /** The root of the open thread. */
  thread: string | undefined
  tab: 'desk' | 'home'
  /** What the player is told: what to do next, or what went wrong. */
  hint: { kind: 'next' | 'wrong'; text: string } | undefined
}

const SEATS_MAX = 50

export interface Seats {
  get(id: string): Seat
}

export function makeSeats(agent: string): Seats {
  const seats = new Map<string, Seat>()
  return {
    get(id) {
      const known = seats.get(id)
      if (known) return known
      const [first] = seats.keys()
      if (seats.size >= SEATS_MAX && first !== undefined) seats.delete(first)
      const seat: Seat = {
        ...{ customer: CUSTOMERS[0]?.address ?? '', agent, thread: undefined, tab: 'desk' },
        hint: { kind: 'next', text: 'Start a scene, or write a mail as a customer on the left.' },
      }
      seats.set(id, seat)
      return seat
    },
  }
}
