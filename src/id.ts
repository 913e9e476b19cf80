// Ids are made in code, sort by time as text, and say what they name: `m_01k8...` is a message.
import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock.ts'

export interface Random {
  bytes(count: number): Uint8Array
  /** At least 0 and less than 1. */
  fraction(): number
}

export type NewId = (prefix: string) => string

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32: no letter that reads as a digit.
const TIME_LENGTH = 10
const COUNT_LENGTH = 3
const COUNT_MAX = 32 ** COUNT_LENGTH
const RANDOM_BYTES = 8

const POOL_BYTES = 4096

export function systemRandom(): Random {
  // Drawn in bulk: the call into the system costs far more than the bytes. Each byte is handed out once.
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  const bytes = (count: number) => {
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count))
    if (used + count > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    used += count
    return pool.slice(used - count, used)
  }
  return { bytes, fraction: () => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32 }
}

/** Ids of one maker never go back, even when the wall clock does, and differ within one millisecond by a counter. */
export function idMaker(clock: Clock, random: Random): NewId {
  let lastAt = 0
  let count = 0
  return (prefix) => {
    const now = Math.max(clock.now(), lastAt)
    count = now === lastAt ? count + 1 : 0
    // An hour that the clock repeats counts in one instant: when that is full, the next one is borrowed.
    lastAt = count < COUNT_MAX ? now : now + 1
    count %= COUNT_MAX
    return `${prefix}_${base32(lastAt, TIME_LENGTH)}${base32(count, COUNT_LENGTH)}${base32Bytes(random.bytes(RANDOM_BYTES))}`
  }
}

function base32(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32] + text
  return text
}

/** Crockford base 32 of the bytes, five bits a letter, the last letter padded with zero bits. */
export function base32Bytes(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text
}
