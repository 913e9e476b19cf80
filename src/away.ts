// Who has said that they are away: pings about their customers go to whoever comes next, until they are back.
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'

/** On every desk of this person. False when they are an agent of none. */
export async function goAway(trx: Trx, agentId: string, until: number): Promise<boolean> {
  if ((await setAway(trx, agentId, until)) === 0) return false
  await appendFact(trx, { kind: 'agent-away', actor: agentId, data: { until } })
  return true
}

/** False when they are an agent of no desk. */
export async function comeBack(trx: Trx, agentId: string): Promise<boolean> {
  if ((await setAway(trx, agentId, null)) === 0) return false
  await appendFact(trx, { kind: 'agent-back', actor: agentId, data: {} })
  return true
}

async function setAway(trx: Trx, agentId: string, until: number | null): Promise<number> {
  const rows = await trx
    .updateTable('agent')
    .set({ away_until: until })
    .where('id', '=', agentId)
    .where('left_at', 'is', null)
    .returning('desk')
    .execute()
  return rows.length
}
