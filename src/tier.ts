// A contact's tier, as an agent sets it by hand: what was promised to whoever waits follows at once.
import { setDetail } from './contact-detail.ts'
import { lockConversation, refreshCard } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import type { Policies } from './policy.ts'
import { listSamePerson } from './same-person.ts'
import { reconcileWindows } from './window-record.ts'

/** Undefined gives the contact back to what the configuration says of their address. Returns how many wait at this moment. */
export async function setTier(
  trx: Trx,
  contactId: string,
  tier: string | undefined,
  by: { agentId: string; policies: Policies },
): Promise<number> {
  const changed = await setDetail(trx, contactId, 'tier', { value: tier, agentId: by.agentId })
  if (changed) {
    const { before } = changed
    const data = {
      contact: contactId,
      ...(tier !== undefined && { tier }),
      ...(before !== undefined && { before }),
    }
    await appendFact(trx, { kind: 'tier-set', actor: by.agentId, data })
  }
  return await refoldWaiting(trx, contactId, by.policies)
}

/** Whatever this person waits for has the promise that is made to them now. Returns how many that are. */
export async function refoldWaiting(trx: Trx, contactId: string, policies: Policies): Promise<number> {
  const waiting = await trx
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('conversation.id')
    .where('identity.contact_id', 'in', await listSamePerson(trx, contactId))
    .where('response_window.ended_at', 'is', null)
    .orderBy('conversation.id')
    .execute()
  for (const { id } of waiting) {
    const conversation = await lockConversation(trx, id) // An answer may be recorded at this moment.
    await reconcileWindows(trx, id, policies)
    await refreshCard(trx, conversation)
  }
  return waiting.length
}
