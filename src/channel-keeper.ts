// Keeps a channel connected from exactly one instance: whoever holds its lease starts it, whoever may have lost it stops.
import type { Channel, Intake } from './channel.ts'
import type { Instance } from './instance.ts'
import type { Log } from './log.ts'

export interface ChannelKeeper {
  /** Call at every beat. Never rejects. */
  tend(): Promise<void>
  /** This instance has the channel. */
  holds(): boolean
  stop(): Promise<void>
}

export interface KeeperOptions {
  name: string
  /** A stopped channel is not started again; a new one takes its place. */
  make(): Channel
  intake: Intake
  instance: Instance
  log: Log
}

export function keepChannel({ name, make, intake, instance, log }: KeeperOptions): ChannelKeeper {
  let current: Channel | undefined
  const drop = async () => {
    const dropped = current
    current = undefined
    await dropped?.stop()
  }
  const tend = async () => {
    const mayHold = instance.isTrusted() && (await instance.lease(`channel:${name}`))
    if (!mayHold) return await drop()
    if (current) return
    const channel = make()
    current = channel
    // Not awaited: a mailbox that cannot be reached holds up nothing else.
    channel.start(intake).catch((error: unknown) => {
      log.error({ channel: name, error: String(error) }, 'a channel could not start; trying again')
      if (current === channel) current = undefined
    })
  }
  return {
    tend: () =>
      tend().catch((error: unknown) => log.error({ channel: name, error: String(error) }, 'could not tend a channel')),
    holds: () => current !== undefined,
    stop: drop,
  }
}
