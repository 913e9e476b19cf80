// What a changed configuration means for those who wait now: their promise is computed again, from its original start.

import { getConversation, refreshCard } from './conversation.ts'
import type { Db, Reader } from './db/open.ts'
import type { Policies, Policy } from './policy.ts'
import { reconcileWindows } from './window-record.ts'

const PAGE = 500

/** Keeps each promise in force and brings the open windows in line. Returns how many have changed; ended ones keep theirs. */
export async function applyPolicies(db: Db, policies: Policies): Promise<number> {
  await keepVersions(db, policies.list())
  let changed = 0
  for (let after = ''; ; ) {
    const page = await listPromised(db, after)
    for (const { conversation_id, policy, policy_version, ...promised } of page) {
      after = conversation_id
      const now = policies.choose({ ...promised, tier: promised.tier ?? undefined })
      if (now.name === policy && now.version === policy_version) continue
      await db.transaction(async (trx) => {
        await reconcileWindows(trx, conversation_id, policies)
        await refreshCard(trx, await getConversation(trx, conversation_id))
      })
      changed += 1
    }
    if (page.length < PAGE) return changed
  }
}

/** So that an old window can still be explained, and computed again, when the configuration has long changed. */
async function keepVersions(db: Db, policies: readonly Policy[]): Promise<void> {
  await db.transaction(async (trx) => {
    for (const { name, version, definition } of policies) {
      await trx
        .insertInto('policy_version')
        .values({ policy: name, version, definition, first_used_at: trx.now() })
        .onConflict((oc) => oc.columns(['policy', 'version']).doNothing())
        .execute()
    }
  })
}

async function listPromised(db: Reader, after: string) {
  return await db
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .innerJoin('contact', 'contact.id', 'identity.contact_id')
    .select([
      'response_window.conversation_id',
      'response_window.policy',
      'response_window.policy_version',
      'conversation.desk',
      'conversation.channel',
      'identity.address',
      'contact.tier',
    ])
    .where('response_window.ended_at', 'is', null)
    .where('response_window.conversation_id', '>', after)
    .orderBy('response_window.conversation_id')
    .limit(PAGE)
    .execute()
}
