// What the outbox does at the desk: cards, the entries in their threads, and pings.
import type { Handler } from '../outbox-attempt.ts'
import { cardHandler, type DeskPosting } from './card-post.ts'
import { entryHandler } from './entry-post.ts'
import { pingHandler } from './ping-post.ts'
import { type Desk, getDesk } from './tools.ts'

export interface HandlerOptions extends Omit<DeskPosting, 'channelOfDesk'> {
  desks: readonly Desk[]
}

export function deskHandlers({ db, clock, room, desks }: HandlerOptions): Record<'card' | 'entry' | 'ping', Handler> {
  const channelOfDesk = (name: string) => getDesk({ desks }, name).channel
  const posting: DeskPosting = { db, clock, room, channelOfDesk }
  return { card: cardHandler(posting), entry: entryHandler(posting), ping: pingHandler(posting) }
}
