// Sockets come back by themselves, but Slack repeats events for some minutes only: after a longer silence it is read back as after
// a start. Sleep of the whole machine is such a silence, too, so the wall clock counts.
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'

const LOOK_EVERY_MS = 30 * SECOND
const GAP_MS = 3 * MINUTE

/** Calls `onGap` when the connection is up again after having been down for long. Returns how to stop looking. */
export function watchGaps(clock: Clock, isUp: () => boolean, onGap: () => Promise<void>): () => void {
  let lastUpAt = clock.now()
  return clock.every(LOOK_EVERY_MS, async () => {
    if (!isUp()) return
    const silentMs = clock.now() - lastUpAt
    lastUpAt = clock.now()
    if (silentMs > GAP_MS) await onGap()
  })
}
