// Who has a composer open: so that two colleagues do not write the same answer. Whoever gives no sign for a while is thought to have left it.
import { MINUTE } from './clock.ts'
import { getConversation, refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { put } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'

export const WRITING_MS = 15 * MINUTE

/** Begins it, or is a sign that it goes on. The card is asked for only when it has something new to say. */
export async function startWriting(trx: Trx, conversationId: string, agentId: string): Promise<void> {
  const now = trx.now()
  const before = await trx
    .selectFrom('writing')
    .select(['since', 'until'])
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst()
  const goesOn = before !== undefined && before.until > now
  const values = { since: goesOn ? before.since : now, until: now + WRITING_MS }
  await trx
    .insertInto('writing')
    .values({ conversation_id: conversationId, agent_id: agentId, ...values })
    .onConflict((oc) => oc.columns(['conversation_id', 'agent_id']).doUpdateSet(values))
    .execute()
  if (goesOn) return
  const end = { kind: 'writing-end', conversationId, payload: { conversationId }, rateKey: CLOCK_KEY }
  await put(trx, { ...end, coalesceKey: `writing:${conversationId}`, dueAt: values.until })
  await refreshCard(trx, await getConversation(trx, conversationId))
}

export async function stopWriting(trx: Trx, conversationId: string, agentId: string): Promise<void> {
  const gone = await trx
    .deleteFrom('writing')
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .returning('until')
    .executeTakeFirst()
  if (gone && gone.until > trx.now()) await refreshCard(trx, await getConversation(trx, conversationId))
}

export interface Writing {
  agentId: string
  since: number
  until: number
}

/** Those who began first come first; some of them may have run out already. */
export async function listWriting(db: Reader, conversationId: string): Promise<Writing[]> {
  const rows = await db
    .selectFrom('writing')
    .select(['agent_id', 'since', 'until'])
    .where('conversation_id', '=', conversationId)
    .orderBy('since')
    .orderBy('agent_id')
    .limit(WRITING_MAX)
    .execute()
  return rows.map(({ agent_id, ...row }) => ({ agentId: agent_id, ...row }))
}

const WRITING_MAX = 10

/** Takes those away who gave no sign, and the card says so no longer. */
export function writingEndHandler(): LocalHandler {
  return async (trx, effect) => {
    const { conversationId } = JSON.parse(effect.payload) as { conversationId: string }
    const gone = await trx
      .deleteFrom('writing')
      .where('conversation_id', '=', conversationId)
      .where('until', '<=', trx.now())
      .returning('agent_id')
      .execute()
    if (gone.length > 0) await refreshCard(trx, await getConversation(trx, conversationId))
    const next = (await listWriting(trx, conversationId)).map(({ until }) => until)
    return next.length === 0 ? undefined : { againAt: Math.min(...next) }
  }
}
