// Discord's ids carry their time: whoever backfills asks for what came after an id, so these sort and date as the real ones do.

/** The first second of 2015, where Discord's time begins. */
const EPOCH_MS = 1_420_070_400_000n
const TIME_BITS = 22n

export type NewSnowflake = (more?: { ownInstant: true }) => string

/** Ids count up within a millisecond and never go back. `ownInstant` gives guilds different shards. */
export function snowflakes(clock: { now(): number }): NewSnowflake {
  let last = 0n
  return (more) => {
    const now = snowflakeAt(clock.now())
    const next = more?.ownInstant ? ((last >> TIME_BITS) + 1n) << TIME_BITS : last + 1n
    last = now > next ? now : next
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
