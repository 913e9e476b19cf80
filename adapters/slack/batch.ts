// Many at once when many come: while one batch is worked on, the next one gathers.

const BATCH_MAX = 100

export interface Batches<T> {
  /** Resolves or rejects as this item's own work did. */
  add(item: T): Promise<void>
  /** Once nothing waits any more. */
  idle(): Promise<void>
}

/** `work` resolves to what went wrong with each item, in their order; undefined where nothing did. */
export function makeBatches<T>(work: (items: T[]) => Promise<readonly unknown[]>): Batches<T> {
  let waiting: { item: T; done: { resolve(): void; reject(error: unknown): void } }[] = []
  let working: Promise<void> | undefined
  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      const failures = await work(batch.map(({ item }) => item)).catch((error: unknown) => batch.map(() => error))
      for (const [n, { done }] of batch.entries()) {
        if (failures[n] === undefined) done.resolve()
        else done.reject(failures[n])
      }
    }
    working = undefined
  }
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, done: { resolve, reject } })
        working ??= run() // It tells everyone who waits how it went, and never rejects.
      }),
    idle: async () => await working,
  }
}
