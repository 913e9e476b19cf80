// Either an app of its own, which is connected when the channel starts, or the desk's, which is connected already.
import type { Intake } from '../../src/channel.ts'
import type { SlackClients } from '../../src/slack/clients.ts'
import { type SlackRoom, slackRoom } from '../../src/slack/room.ts'
import type { CustomersConfig } from './customers-config.ts'
import { type Line, makeReceiver, type Receiver, type ReceiverTools } from './receiver.ts'

/** The desk's room, and what hears in it for this channel. */
export interface Shared {
  room: Pick<SlackRoom, 'clients' | 'known' | 'health'>
  receiver: Receiver
}

export interface Connection {
  clients: SlackClients
  /** Absent before the start. */
  receiver(): Receiver | undefined
  start(intake: Intake): Promise<void>
  /** What is wrong with the connection itself, where it is ours to tell. */
  problem(): string | undefined
  stop(): Promise<void>
}

export function connectionOf(
  config: CustomersConfig,
  { shared, ...tools }: Omit<ReceiverTools, 'clients' | 'self'> & { shared?: Shared | undefined },
): Connection {
  return shared ? sharedConnection(shared) : ownConnection(config, tools)
}

function sharedConnection({ room, receiver }: Shared): Connection {
  return {
    clients: room.clients,
    receiver: () => receiver,
    start: () => receiver.begin(lineOf(room)),
    problem: () => undefined, // The desk tells it.
    stop: receiver.stop,
  }
}

function lineOf(room: Pick<SlackRoom, 'known' | 'health'>): Line {
  return { known: room.known, isUp: () => room.health().sockets > 0 }
}

/** For what nobody wants, such as direct messages where there are to be none. */
const NOWHERE: Intake = { keep: async () => undefined, readCursor: async () => undefined }

function ownConnection(config: CustomersConfig, tools: Omit<ReceiverTools, 'clients' | 'self'>): Connection {
  if (!config.app) throw new Error(`${config.name} has neither an app of its own nor the desk's`)
  const room = slackRoom(config.app, tools)
  let receiver: Receiver | undefined
  const stop = async () => {
    await room.stop()
    await receiver?.stop()
  }
  return {
    clients: room.clients,
    receiver: () => receiver,
    async start(intake) {
      receiver = makeReceiver(config, { ...tools, clients: room.clients, self: room.self }, intake)
      room.hear(receiver)
      const begun = receiver.begin(lineOf(room))
      await Promise.all([begun, room.start(NOWHERE)]).catch(async (error: unknown) => {
        await stop()
        throw error
      })
    },
    problem() {
      const { ok, problem } = room.health()
      return receiver && !ok ? problem : undefined
    },
    stop,
  }
}
