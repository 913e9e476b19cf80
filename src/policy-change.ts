// What a changed configuration means for those who wait now: their promise is computed again, from its original start.
import { lockConversation, refreshCard } from './conversation.ts'
import type { Db, Reader } from './db/open.ts'
import type { Policies } from './policy.ts'
import { keepVersions } from './policy-version.ts'
import { reconcileWindows } from './window-record.ts'

const PAGE = 500

/** Keeps each promise in force and brings the open windows in line. Returns how many have changed; ended ones keep theirs. */
export async function applyPolicies(db: Db, policies: Policies): Promise<number> {
  await db.transaction((trx) => keepVersions(trx, policies.list()))
  let changed = 0
  for (let after = ''; ; ) {
    const page = await listPromised(db, after)
    for (const { conversation_id, policy, policy_version, ...promised } of page) {
      after = conversation_id
      const now = policies.choose({ ...promised, tier: promised.tier ?? undefined })
      if (now.name === policy && now.version === policy_version) continue
      await db.transaction(async (trx) => {
        // Another instance may be receiving or answering here: what it writes and what we write must not cross.
        const conversation = await lockConversation(trx, conversation_id)
        await keepVersions(trx, [now]) // A desk that was taken out of the configuration has its own.
        await reconcileWindows(trx, conversation_id, policies)
        await refreshCard(trx, conversation)
      })
      changed += 1
    }
    if (page.length < PAGE) return changed
  }
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
