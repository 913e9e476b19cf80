// How long to wait before knocking at Slack's door again.
import { MINUTE, SECOND } from '../clock.ts'
import type { Random } from '../id.ts'

const PAUSE_MIN_MS = SECOND
const PAUSE_MAX_MS = MINUTE

/** Full jitter, so that many programs whose sockets Slack closed at once do not come back together. */
export function pauseMs(random: Random, failures: number): number {
  const ceiling = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(failures, 20))
  return PAUSE_MIN_MS + random.fraction() * (ceiling - PAUSE_MIN_MS)
}
