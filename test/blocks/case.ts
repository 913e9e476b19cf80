// A view, the records it may be drawn from, and what is wrong with what it makes of one.
import type { Arbitrary } from 'fast-check'

export interface Case {
  drawn: Arbitrary<unknown>
  faults(drawn: never): string[] | Promise<string[]>
}

export function drawing<T>(drawn: Arbitrary<T>, faults: (drawn: T) => string[] | Promise<string[]>): Case {
  return { drawn, faults }
}
