// An agent changes what is known of a contact: each change is on record by its kind, never in its words, and every card of theirs shows it.
import { setCalledBy } from './called-by.ts'
import { setDetail } from './contact-detail.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { refreshPersonCards } from './person.ts'
import type { Policies } from './policy.ts'
import { setTier } from './tier.ts'

export const NOTE_LENGTH_MAX = 2000

/** Only what is named here changes; undefined takes it back. */
export interface ContactChange {
  tier?: string | undefined
  language?: string | undefined
  calledBy?: string
  note?: string | undefined
}

export async function changeContact(
  trx: Trx,
  contactId: string,
  change: ContactChange,
  by: { agentId: string; policies: Policies },
): Promise<void> {
  const { agentId } = by
  if ('tier' in change) await setTier(trx, contactId, change.tier, by)
  if ('language' in change) await setLanguage(trx, contactId, change.language, agentId)
  if (change.calledBy !== undefined) await setCalledBy(trx, contactId, change.calledBy, agentId)
  if ('note' in change) await setNote(trx, contactId, change.note, agentId)
  await refreshPersonCards(trx, contactId)
}

async function setLanguage(trx: Trx, contactId: string, language: string | undefined, agentId: string): Promise<void> {
  const changed = await setDetail(trx, contactId, 'language', { value: language, agentId })
  if (!changed) return
  const { before } = changed
  const data = {
    contact: contactId,
    ...(language !== undefined && { language }),
    ...(before !== undefined && { before }),
  }
  await appendFact(trx, { kind: 'language-set', actor: agentId, data })
}

/** For us alone: no letter and no channel reads it. */
async function setNote(trx: Trx, contactId: string, note: string | undefined, agentId: string): Promise<void> {
  const value = note?.trim().slice(0, NOTE_LENGTH_MAX).toWellFormed() || undefined
  const changed = await setDetail(trx, contactId, 'note', { value, agentId })
  if (!changed) return
  const is = value === undefined ? 'gone' : changed.before === undefined ? 'new' : 'changed'
  await appendFact(trx, { kind: 'note-about-contact-set', actor: agentId, data: { contact: contactId, is } })
}
