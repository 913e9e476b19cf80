// What a changed configuration means for those who wait now: their promise is computed again, from its original start.

import { DETAIL_OF_PERSON } from './contact-detail.ts'
import { lockConversation, refreshCard } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { Policies, Policy } from './policy.ts'
import { keepVersions } from './policy-version.ts'
import { rearm, reconcileWindows } from './window-record.ts'

const PAGE = 250
/**
 * In one transaction: so few that whoever wants one of them meanwhile does not wait long, and so many that commits are
 * not what takes the time. Those of a page run side by side where the database can.
 */
const TOGETHER = 50

/** Keeps each promise in force and brings the open windows in line. Returns how many have changed; ended ones keep theirs. */
export async function applyPolicies(db: Db, policies: Policies): Promise<number> {
  await db.transaction((trx) => keepVersions(trx, policies.list()))
  const newLadders = await listNewLadders(db, policies.list())
  let changed = 0
  for (let after = ''; ; ) {
    const page = await listPromised(db, after)
    const [promises, ladders] = compare(page, policies, newLadders)
    const parts = Array.from({ length: Math.ceil(promises.length / TOGETHER) }, (_, n) =>
      promises.slice(n * TOGETHER, (n + 1) * TOGETHER),
    )
    await Promise.all(parts.map((part) => db.transaction((trx) => renew(trx, part, policies))))
    if (ladders.length > 0) await db.transaction((trx) => rearm(trx, ladders))
    changed += promises.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = last.conversation_id
  }
  // Not before all of it is done: whoever is killed in between begins anew.
  await db.transaction((trx) => keepLadders(trx, newLadders))
  return changed
}

type Promised = Awaited<ReturnType<typeof listPromised>>[number]

/** Those that are promised something else now, and those for whom only the ladder is another one. */
function compare(
  page: readonly Promised[],
  policies: Policies,
  newLadders: ReadonlyMap<string, string>,
): [promises: (Promised & { now: Policy })[], ladders: Promised[]] {
  const all = page.map((row) => ({ ...row, now: policies.choose({ ...row, tier: row.tier ?? undefined }) }))
  const isSame = ({ now, policy, policy_version }: (typeof all)[number]) =>
    now.name === policy && now.version === policy_version
  return [
    all.filter((row) => !isSame(row)),
    all.filter((row) => isSame(row) && row.watched_at !== null && newLadders.has(row.policy)),
  ]
}

async function renew(trx: Trx, rows: readonly (Promised & { now: Policy })[], policies: Policies): Promise<void> {
  for (const { conversation_id, now } of rows) {
    // Another instance may be receiving or answering here: what it writes and what we write must not cross.
    const conversation = await lockConversation(trx, conversation_id)
    // A desk that was taken out of the configuration has one that is in no list.
    if (!policies.list().includes(now)) await keepVersions(trx, [now])
    await reconcileWindows(trx, conversation_id, policies)
    await refreshCard(trx, conversation)
  }
}

const ladderKey = (policy: string) => `ladder:${policy}`

/** By policy, what its ladder is now, where it was another one when the program was last started. */
async function listNewLadders(db: Reader, policies: readonly Policy[]): Promise<Map<string, string>> {
  const kept = await db.selectFrom('setting').selectAll().where('key', 'like', ladderKey('%')).execute()
  const before = new Map(kept.map(({ key, value }) => [key, value]))
  const now = policies.map(({ name, ladder }) => {
    const times = ladder.map((step) => `${step.name} ${step.acknowledgeMs ?? 'never'}`)
    return [name, JSON.stringify(times)] as const
  })
  return new Map(now.filter(([name, ladder]) => before.get(ladderKey(name)) !== ladder))
}

async function keepLadders(trx: Trx, ladders: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, value] of ladders) {
    await trx
      .insertInto('setting')
      .values({ key: ladderKey(name), value })
      .onConflict((oc) => oc.column('key').doUpdateSet({ value }))
      .execute()
  }
}

async function listPromised(db: Reader, after: string) {
  return await db
    .selectFrom('response_window')
    // SQLite begins a cross join where it is told to: at those who wait, and not at every conversation.
    .crossJoin('conversation')
    .whereRef('conversation.id', '=', 'response_window.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .innerJoin('contact', 'contact.id', 'identity.contact_id')
    .select([
      'response_window.id',
      'response_window.conversation_id',
      'response_window.watched_at',
      'response_window.policy',
      'response_window.policy_version',
      'conversation.desk',
      'conversation.channel',
      'identity.address',
      DETAIL_OF_PERSON('tier').as('tier'),
    ])
    .where('response_window.ended_at', 'is', null)
    .where('response_window.conversation_id', '>', after)
    .orderBy('response_window.conversation_id')
    .limit(PAGE)
    .execute()
}
