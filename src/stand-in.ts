// Who stands in for somebody who is away: whom they named, and then the desk's own backup.
import type { Reader } from './db/open.ts'

export interface Absent {
  until: number
  standIn: string | undefined
}

/** Undefined for somebody who has not said that they are away. */
export async function findAway(db: Reader, agentId: string, now: number): Promise<Absent | undefined> {
  const row = await db
    .selectFrom('agent')
    .select(['away_until', 'stand_in'])
    .where('id', '=', agentId)
    .where('away_until', '>', now)
    .limit(1)
    .executeTakeFirst()
  return row && row.away_until !== null ? { until: row.away_until, standIn: row.stand_in ?? undefined } : undefined
}

/** Each once, in the order in which they are asked. */
export async function listBackup(
  db: Reader,
  agentId: string | undefined,
  { backup, now }: { backup: readonly string[]; now: number },
): Promise<string[]> {
  const away = agentId === undefined ? undefined : await findAway(db, agentId, now)
  const own = away?.standIn === undefined ? [] : [away.standIn]
  return [...new Set([...own, ...backup])].filter((id) => id !== agentId)
}
