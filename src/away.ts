// Who has said that they are away: what concerns their customers goes to whoever stands in for them, until they are back.
import { refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { hurryTurn } from './turn.ts'

/** On every desk of this person. False when they are an agent of none. */
export async function goAway(trx: Trx, agentId: string, until: number, standIn?: string): Promise<boolean> {
  if ((await setAway(trx, agentId, { away_until: until, stand_in: standIn ?? null })) === 0) return false
  const data = { until, ...(standIn !== undefined && { standIn }) }
  await appendFact(trx, { kind: 'agent-away', actor: agentId, data })
  await refreshWaiting(trx, agentId)
  return true
}

/** False when they are an agent of no desk. */
export async function comeBack(trx: Trx, agentId: string): Promise<boolean> {
  if ((await setAway(trx, agentId, { away_until: null, stand_in: null })) === 0) return false
  await appendFact(trx, { kind: 'agent-back', actor: agentId, data: {} })
  const desks = await trx
    .selectFrom('agent')
    .select('desk')
    .where('id', '=', agentId)
    .where('left_at', 'is', null)
    .execute()
  for (const { desk } of desks) await hurryTurn(trx, desk)
  await refreshWaiting(trx, agentId)
  return true
}

async function setAway(
  trx: Trx,
  agentId: string,
  away: { away_until: number | null; stand_in: string | null },
): Promise<number> {
  const rows = await trx
    .updateTable('agent')
    .set(away)
    .where('id', '=', agentId)
    .where('left_at', 'is', null)
    .returning('desk')
    .execute()
  return rows.length
}

/** So many cards say that their owner is away; the others say it when something happens to them. */
export const WAITING_MAX = 50

/** The conversations of this agent in which a customer waits, soonest due first. */
export async function listWaitingOf(db: Reader, agentId: string, desks?: readonly string[]) {
  let query = db
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .selectAll('conversation')
    .select('response_window.due_at')
    .where('response_window.ended_at', 'is', null)
    .where('conversation.owner_id', '=', agentId)
  if (desks) query = query.where('conversation.desk', 'in', desks)
  return await query.orderBy('response_window.due_at').orderBy('conversation.id').limit(WAITING_MAX).execute()
}

async function refreshWaiting(trx: Trx, agentId: string): Promise<void> {
  for (const conversation of await listWaitingOf(trx, agentId)) await refreshCard(trx, conversation)
}
