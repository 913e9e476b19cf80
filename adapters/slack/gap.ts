// Sockets come back by themselves, but Slack repeats events for some minutes only: after a longer silence it is read back as after
// a start. Sleep of the whole machine is such a silence, too, so the wall clock counts.
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Line } from './receiver.ts'

const LOOK_EVERY_MS = 30 * SECOND
const GAP_MS = 3 * MINUTE

/**
 * Calls `onGap` when the connection is up again after having been down for long, and when the app was let in again: of what happens
 * while it is not installed Slack never tells. Returns how to stop looking.
 */
export function watchGaps(
  clock: Clock,
  { isUp, signIns }: Pick<Line, 'isUp' | 'signIns'>,
  onGap: () => Promise<void>,
): () => void {
  let lastUpAt = clock.now()
  let lastSignIns = signIns()
  return clock.every(LOOK_EVERY_MS, async () => {
    if (!isUp()) return
    const silentMs = clock.now() - lastUpAt
    const isLetIn = signIns() !== lastSignIns
    lastUpAt = clock.now()
    lastSignIns = signIns()
    if (silentMs > GAP_MS || isLetIn) await onGap()
  })
}
