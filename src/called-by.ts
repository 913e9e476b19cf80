// How a contact wants to be called, once an agent knows better than the name they write under.
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'

const LENGTH_MAX = 60

/** What an agent said; '' is by no name at all, undefined when nobody has said anything. */
export async function readCalledBy(db: Reader, contactId: string): Promise<string | undefined> {
  const row = await db.selectFrom('contact').select('called_by').where('id', '=', contactId).executeTakeFirstOrThrow()
  return row.called_by ?? undefined
}

/** For every letter from now on, on every channel. */
export async function setCalledBy(trx: Trx, contactId: string, name: string, agentId: string): Promise<void> {
  const called = name.replaceAll(/\s+/g, ' ').trim().slice(0, LENGTH_MAX).toWellFormed()
  await trx.updateTable('contact').set({ called_by: called }).where('id', '=', contactId).execute()
  await appendFact(trx, { kind: 'name-corrected', actor: agentId, data: { contact: contactId } })
}
