// At most so many at a time; the others wait in the order in which they came.

export function turnstile(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = []
  let inside = 0
  return async (work) => {
    if (inside >= max) await new Promise<void>((resolve) => queue.push(resolve))
    else inside++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else inside--
    }
  }
}
