// All the places where something may have been missed: the channels, their threads, and direct messages, also those nobody knew of.
import { type Clock, SECOND } from '../../src/clock.ts'
import { listDirect } from './direct.ts'
import type { Hearing } from './hearing.ts'
import type { Reading } from './history.ts'
import type { Position } from './position.ts'

/** A place that was never read begins at `first`; the others are read back from where they were left. */
export async function addKnownPlaces({ config, positions, catchUp }: Hearing, first: Position): Promise<void> {
  const direct = config.directMessages ? await positions.listDirect() : []
  for (const channel of [...config.channels.map(({ id }) => id), ...direct]) {
    if (await positions.find({ channel })) catchUp.add({ channel })
    else await positions.set({ channel }, first)
    for (const thread of await positions.listThreads(channel)) catchUp.add({ channel, thread })
  }
}

/** Direct messages that began while nobody listened. Rejects with `SendError` where Slack does not let us ask. */
export async function addNewDirect(hearing: Hearing, reading: Reading, stop: AbortSignal): Promise<void> {
  const { positions, catchUp, us } = hearing
  for (const { channel, user } of await listDirect(reading, stop)) {
    if (stop.aborted) return
    if (user === us().user || (await isOfUs(hearing, reading.clock, user, stop))) continue
    if ((await positions.listDirect()).includes(channel)) continue
    await positions.addDirect(channel)
    catchUp.add({ channel })
  }
}

/** Waits until somebody can tell. */
async function isOfUs({ isAtDesk }: Hearing, clock: Clock, user: string, stop: AbortSignal): Promise<boolean> {
  while (!stop.aborted) {
    const isSo = await isAtDesk(user).catch(() => undefined)
    if (isSo !== undefined) return isSo
    await clock.wait(SECOND, stop)
  }
  return true
}
