// How a contact wants to be called, once an agent knows better than the name they write under.
import { findDetailValue, setDetail } from './contact-detail.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'

const LENGTH_MAX = 60

/** What an agent said; '' is by no name at all, undefined when nobody has said anything. */
export async function readCalledBy(db: Reader, contactId: string): Promise<string | undefined> {
  return await findDetailValue(db, contactId, 'called_by')
}

/** For every letter from now on, on every channel; undefined is as we see fit. */
export async function setCalledBy(
  trx: Trx,
  contactId: string,
  name: string | undefined,
  agentId: string,
): Promise<void> {
  const value = name?.replaceAll(/\s+/g, ' ').trim().slice(0, LENGTH_MAX).toWellFormed()
  if (!(await setDetail(trx, contactId, 'called_by', { value, agentId }))) return
  await appendFact(trx, { kind: 'name-corrected', actor: agentId, data: { contact: contactId } })
}
