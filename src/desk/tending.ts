// What is looked at again now and then while the desk is connected: its channels, and who its agents are. Events can be missed.
import { type Clock, HOUR } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SlackRoom } from '../slack/room.ts'
import type { DeskApp } from './app.ts'
import type { DeskChannels } from './desk-channels.ts'

export interface Tending {
  /** Asks who the agents are. Rejects when Slack does not say. */
  sync(): Promise<void>
  isSynced(): boolean
  /** Never rejects. */
  tend(): Promise<void>
}

/** Nobody's coming and going is missed while Slack reaches us; this is for what it could not tell. */
const SYNC_EVERY_MS = HOUR

export interface TendingTools {
  app: Pick<DeskApp, 'syncAgents'>
  channels: Pick<DeskChannels, 'tend' | 'problems'>
  room: Pick<SlackRoom, 'health'>
  clock: Clock
  log: Log
}

export function makeTending({ app, channels, room, clock, log }: TendingTools): Tending {
  let syncedAt: number | undefined
  let wasWell = true
  const sync = async () => {
    await app.syncAgents()
    syncedAt = clock.monotonic()
  }
  /** While the app was out of a channel, or Slack was away, people came and went there unheard. */
  const isDue = (isBack: boolean) => syncedAt !== undefined && (isBack || clock.monotonic() - syncedAt >= SYNC_EVERY_MS)
  return {
    sync,
    isSynced: () => syncedAt !== undefined,
    async tend() {
      await channels.tend()
      const isWell = channels.problems().length === 0 && room.health().ok
      const isBack = isWell && !wasWell
      wasWell = isWell
      if (!isWell || !isDue(isBack)) return
      await sync().catch((error: unknown) =>
        log.warn({ error: String(error) }, 'desk: who the agents are was not learnt'),
      )
    },
  }
}
