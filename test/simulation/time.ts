// Time in a history is a queue of wakings: it jumps from one to the next and costs nothing in between.

export interface SimTime {
  /** Milliseconds since the history began; the one true time. */
  elapsed(): number
  /** What a platform's clock shows, epoch milliseconds. */
  platform(): number
  /** What our machines' wall clock shows; `step` moves it away from the truth. */
  wall(): number
  step(ms: number): void
  /** How far the wall clock is from the truth. */
  offset(): number
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Lets the history run on by so much. */
  run(ms: number): Promise<void>
}

interface Waiter {
  at: number
  order: number
  wake: () => void
}

const START = Date.UTC(2026, 0, 5, 9)

export function makeTime(): SimTime {
  const waiters: Waiter[] = []
  let now = 0
  let offset = 0
  let order = 0
  const insert = (waiter: Waiter) => {
    let index = waiters.length
    while (index > 0 && (waiters[index - 1]?.at ?? 0) > waiter.at) index--
    waiters.splice(index, 0, waiter)
  }
  const remove = (waiter: Waiter) => {
    const index = waiters.indexOf(waiter)
    if (index !== -1) waiters.splice(index, 1)
  }
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve()
      const give = () => {
        signal?.removeEventListener('abort', stopWaiting)
        resolve()
      }
      const waiter = { at: now + Math.max(0, ms), order: order++, wake: give }
      const stopWaiting = () => {
        remove(waiter)
        give()
      }
      insert(waiter)
      signal?.addEventListener('abort', stopWaiting)
    })
  return {
    elapsed: () => now,
    platform: () => START + now,
    wall: () => START + now + offset,
    step: (ms) => {
      offset += ms
    },
    offset: () => offset,
    wait,
    async run(ms) {
      const end = now + ms
      await settled()
      for (;;) {
        const next = waiters[0]
        if (!next || next.at > end) break
        waiters.shift()
        now = next.at
        next.wake()
        await settled()
      }
      now = end
    },
  }
}

/** The store answers without leaving the process, so every promise that can move has moved before the loop turns. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
