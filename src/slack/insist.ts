// Something that has to be done in Slack some day, tried until it is done: a refused token keeps nobody else from working.
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export interface Insisting {
  clock: Clock
  log: Log
  stop: AbortSignal
  /** Why it is not done yet, in a sentence; undefined once it is. */
  onRefusal(why: string | undefined): void
}

/** Resolves when it is done or is to stop. Never rejects. */
export async function insist(work: () => Promise<void>, retryMs: number, tools: Insisting): Promise<void> {
  const { clock, log, stop, onRefusal } = tools
  while (!stop.aborted) {
    try {
      await work()
      onRefusal(undefined)
      return
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      onRefusal(why)
      log.error({ error: why }, 'slack: not connected; trying again')
      await clock.wait(retryMs, stop)
    }
  }
}
