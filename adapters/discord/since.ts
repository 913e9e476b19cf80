// Where the history begins for us: what was written before the very first start is not ours to answer.
import type { Intake } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { DiscordConfig } from './discord-config.ts'
import { isSnowflake, snowflakeAt } from './snowflake.ts'

const CURSOR = 'since'

export async function readSince(config: DiscordConfig, intake: Intake, clock: Clock): Promise<string> {
  if (config.since !== undefined) return snowflakeAt(config.since)
  const kept = await intake.readCursor(CURSOR)
  if (isSnowflake(kept)) return kept
  const since = snowflakeAt(clock.now())
  await intake.keep([], { key: CURSOR, value: since })
  return since
}
