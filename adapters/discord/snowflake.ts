// Discord's ids: 64-bit numbers that hold the moment they were made. They stay text, for no JavaScript number holds them.
const EPOCH_MS = 1_420_070_400_000
const TIME_SHIFT = 22n
const PATTERN = /^[1-9]\d{0,19}$/

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && PATTERN.test(value)
}

/** When Discord made it, epoch milliseconds. */
export function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> TIME_SHIFT) + EPOCH_MS
}

/** Smaller than every id that is made from this moment on. */
export function snowflakeAt(ms: number): string {
  return String((BigInt(Math.max(1, Math.floor(ms) - EPOCH_MS)) << TIME_SHIFT) - 1n)
}

/** Negative when `a` was made before `b`. */
export function compareSnowflakes(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

export function isAfter(a: string, b: string): boolean {
  return compareSnowflakes(a, b) > 0
}
