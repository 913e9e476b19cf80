// What became of a message for each of its recipients, and what that makes of the message.
import type { Sent } from './channel.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Delivery, RecipientState } from './db/schema.ts'

export interface Recipient {
  address: string
  state: RecipientState
  reason: string | null
}

/** The channel has taken it. A notice that was faster has the last word. */
export async function recordSent(trx: Trx, messageId: string, recipients: Sent['recipients']): Promise<void> {
  for (const { address, accepted, reason } of recipients) {
    const values = { state: accepted ? ('accepted' as const) : ('rejected' as const), reason: reason ?? null }
    await trx
      .insertInto('recipient')
      .values({ message_id: messageId, address, ...values })
      .onConflict((oc) =>
        oc
          .columns(['message_id', 'address'])
          .doUpdateSet(values)
          .where('recipient.state', 'not in', ['bounced', 'deferred']),
      )
      .execute()
  }
}

/** It came back, or is delayed. False when that is no news: what has bounced stays bounced, and what was refused never left. */
export async function recordReturned(
  trx: Trx,
  messageId: string,
  { address, lasting, reason }: { address: string; lasting: 'hard' | 'soft'; reason: string },
): Promise<boolean> {
  const values = { state: lasting === 'hard' ? ('bounced' as const) : ('deferred' as const), reason }
  const row = await trx
    .insertInto('recipient')
    .values({ message_id: messageId, address, ...values })
    .onConflict((oc) =>
      oc
        .columns(['message_id', 'address'])
        .doUpdateSet(values)
        .where('recipient.state', 'not in', lasting === 'hard' ? ['bounced'] : ['bounced', 'rejected']),
    )
    .returning('address')
    .executeTakeFirst()
  return row !== undefined
}

export async function listRecipients(db: Reader, messageId: string): Promise<Recipient[]> {
  return await db
    .selectFrom('recipient')
    .select(['address', 'state', 'reason'])
    .where('message_id', '=', messageId)
    .orderBy('address')
    .execute()
}

/** How the sentence of a mail begins that their server took and has not passed on. */
export const NOT_YET = 'Not delivered yet'

/** A copy that came back is shown and takes nothing back; the contact's own mail decides. */
export function outcomeOf(
  recipients: readonly Recipient[],
  contact: string | undefined,
): { delivery: Extract<Delivery, 'accepted' | 'deferred' | 'partly-delivered' | 'bounced'>; warnings: string[] } {
  const sorted = recipients.toSorted((a, b) => Number(b.address === contact) - Number(a.address === contact))
  const lost = sorted.filter(({ state }) => state === 'bounced' || state === 'rejected')
  const late = sorted.filter(({ state }) => state === 'deferred')
  const to = (address: string) => (recipients.length > 1 || address !== contact ? ` to ${address}` : '')
  const warnings = [
    ...lost.map(({ address, reason }) => `Not delivered${to(address)}: ${reason ?? 'refused'}`),
    ...late.map(({ address, reason }) => `${NOT_YET}${to(address)}, their server goes on trying: ${reason ?? ''}`),
  ]
  if (lost.some(({ address, state }) => address === contact && state === 'bounced'))
    return { delivery: 'bounced', warnings }
  if (lost.length > 0) return { delivery: 'partly-delivered', warnings }
  return { delivery: late.length > 0 ? 'deferred' : 'accepted', warnings }
}

/** Whom the message went to, and whom of them its conversation is with. */
export async function readAddressees(
  db: Reader,
  messageId: string,
): Promise<{ contact: string | undefined; addresses: string[] }> {
  const part = await db
    .selectFrom('part')
    .select('recipients')
    .where('message_id', '=', messageId)
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
  const identity = await db
    .selectFrom('message')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('identity.address')
    .where('message.id', '=', messageId)
    .executeTakeFirst()
  const addresses = (JSON.parse(part?.recipients ?? '[]') as { address: string }[]).map(({ address }) => address)
  // A conversation that was joined to another may be with another address of theirs: whom it went to first is meant then.
  const isTheirs = identity !== undefined && (addresses.length === 0 || addresses.includes(identity.address))
  return { contact: isTheirs ? identity.address : addresses[0], addresses }
}
