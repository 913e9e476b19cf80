// Every promise as it was when windows were given it, kept for good: an old window can still be explained, and computed again.
import type { Reader, Trx } from './db/open.ts'
import type { Policy } from './policy.ts'
import { recallPolicy } from './promises.ts'

export type KeptPolicy = ReturnType<typeof recallPolicy>

export async function keepVersions(trx: Trx, policies: readonly Policy[]): Promise<void> {
  for (const { name, version, definition } of policies) {
    await trx
      .insertInto('policy_version')
      .values({ policy: name, version, definition, first_used_at: trx.now() })
      .onConflict((oc) => oc.columns(['policy', 'version']).doNothing())
      .execute()
  }
}

/** What a window was promised; its ladder is not kept, for it says nothing of the promise. */
export async function findKept(
  db: Reader,
  window: { policy: string; policy_version: string },
): Promise<KeptPolicy | undefined> {
  const row = await db
    .selectFrom('policy_version')
    .select('definition')
    .where('policy', '=', window.policy)
    .where('version', '=', window.policy_version)
    .executeTakeFirst()
  return row && recallPolicy(window.policy, window.policy_version, row.definition)
}

export async function listKept(db: Reader): Promise<KeptPolicy[]> {
  const rows = await db.selectFrom('policy_version').selectAll().execute()
  return rows.map(({ policy, version, definition }) => recallPolicy(policy, version, definition))
}
