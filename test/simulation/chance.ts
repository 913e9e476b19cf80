// All the luck of a history comes from one seed, so that a history that went wrong goes wrong again.
import type { Random } from '../../src/id.ts'

export interface Chance extends Random {
  /** True with probability `p`. */
  happens(p: number): boolean
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  /** Throws on an empty list. */
  pick<T>(list: readonly T[]): T
}

export function makeChance(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  // Marsaglia's xorshift: 32 bits of state, never zero, quick.
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let warmUp = 0; warmUp < 8; warmUp++) next()
  const fraction = () => next() / 2 ** 32
  return {
    fraction,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 255),
    happens: (p) => fraction() < p,
    between: (low, high) => low + Math.floor(fraction() * (high - low + 1)),
    pick: (list) => {
      const index = Math.floor(fraction() * list.length)
      if (list.length === 0) throw new Error('nothing to pick from')
      return list[index] as (typeof list)[number]
    },
  }
}
