// The app's connection, which whoever runs the program keeps: this channel hears and speaks by it.
import type { SlackClients } from '../../src/slack/clients.ts'
import type { SlackRoom } from '../../src/slack/room.ts'
import type { Line, Receiver } from './receiver.ts'

/** The room, and what hears in it for this channel. */
export interface Shared {
  room: Pick<SlackRoom, 'clients' | 'known' | 'health' | 'signIns'>
  receiver: Receiver
  /** What is wrong with the app, where it is this channel's to tell: of its own app, the desk tells. */
  problem?(): string | undefined
}

export interface Connection {
  clients: SlackClients
  receiver: Receiver
  start(): Promise<void>
  problem(): string | undefined
  stop(): Promise<void>
}

export function connectionOf({ room, receiver, problem }: Shared): Connection {
  return {
    clients: room.clients,
    receiver,
    start: () => receiver.begin(lineOf(room)),
    problem: () => problem?.(),
    stop: receiver.stop,
  }
}

function lineOf(room: Pick<SlackRoom, 'known' | 'health' | 'signIns'>): Line {
  return { known: room.known, isUp: () => room.health().sockets > 0, signIns: room.signIns }
}
