// Discord's ids carry their time: whoever backfills asks for what came after an id, so these sort and date as the real ones do.

/** The first second of 2015, where Discord's time begins. */
const EPOCH_MS = 1_420_070_400_000n
const TIME_BITS = 22n

export type NewSnowflake = (more?: { ownInstant: true }) => string

/** What no id that counts up from the beginning of its millisecond reaches. */
const APART = 1n << (TIME_BITS - 1n)

/**
 * Ids count up within a millisecond and never go back. `ownInstant` is for guilds: each is from another millisecond, back in
 * time, so that several fall to several shards and no other id is ahead of the clock for it.
 */
export function snowflakes(clock: { now(): number }): NewSnowflake {
  let last = 0n
  let oldest: bigint | undefined
  return (more) => {
    const now = snowflakeAt(clock.now())
    if (more?.ownInstant) {
      oldest = (oldest === undefined || oldest > now ? now : oldest) - (1n << TIME_BITS)
      return String(oldest | APART)
    }
    last = now > last ? now : last + 1n
    return String(last)
  }
}

/** The smallest id of an instant. */
export function snowflakeAt(at: number): bigint {
  return (BigInt(Math.floor(at)) - EPOCH_MS) << TIME_BITS
}

export function timeOf(id: string): number {
  return Number((BigInt(id) >> TIME_BITS) + EPOCH_MS)
}

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value)
}

/** The shard that hears of a guild. */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> TIME_BITS) % BigInt(count))
}
