// An agent waits for Slack and Slack waits for us, three seconds at most: what is slower gets a view in between.
import type { Clock } from '../clock.ts'

export type Raced<T> = { kind: 'done'; value: T } | { kind: 'slow' }

/** `work` goes on when it is slow: whoever gets `slow` awaits it afterwards. Rejects as `work` does. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<Raced<T>> {
  const over = new AbortController()
  const done = work.then((value) => ({ kind: 'done', value }) as const)
  const slow = clock.wait(ms, over.signal).then(() => ({ kind: 'slow' }) as const)
  try {
    return await Promise.race([done, slow])
  } finally {
    over.abort()
  }
}
