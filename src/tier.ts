// A contact's tier, as an agent sets it by hand: what was promised to whoever waits follows at once.
import { lockConversation, refreshCard } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import type { Policies } from './policy.ts'
import { reconcileWindows } from './window-record.ts'

/** Undefined gives the contact back to what the configuration says of their address. Returns how many wait at this moment. */
export async function setTier(
  trx: Trx,
  contactId: string,
  tier: string | undefined,
  by: { agentId: string; policies: Policies },
): Promise<number> {
  await trx
    .updateTable('contact')
    .set({ tier: tier ?? null })
    .where('id', '=', contactId)
    .execute()
  const data = { contact: contactId, ...(tier !== undefined && { tier }) }
  await appendFact(trx, { kind: 'tier-set', actor: by.agentId, data })
  const waiting = await trx
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('conversation.id')
    .where('identity.contact_id', '=', contactId)
    .where('response_window.ended_at', 'is', null)
    .orderBy('conversation.id')
    .execute()
  for (const { id } of waiting) {
    const conversation = await lockConversation(trx, id) // An answer may be recorded at this moment.
    await reconcileWindows(trx, id, by.policies)
    await refreshCard(trx, conversation)
  }
  return waiting.length
}
