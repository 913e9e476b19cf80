// What agents have said of a customer, in the few words that a card has room for.
import { readDetails } from '../contact-detail.ts'
import type { Reader } from '../db/open.ts'
import { shorten } from '../slack/mrkdwn.ts'

export interface CustomerWords {
  tier: string | undefined
  note: string | undefined
  isBlocked: boolean
}

const NOTE_SHOWN_MAX = 120

export async function readCustomerWords(db: Reader, contactId: string): Promise<CustomerWords> {
  const details = await readDetails(db, contactId)
  const held = (kind: 'tier' | 'note' | 'blocked') => details.get(kind)?.value ?? undefined
  return { tier: held('tier'), note: held('note'), isBlocked: held('blocked') !== undefined }
}

/** A note may say whatever somebody typed: show them where nothing is parsed. */
export function customerLines({ tier, note, isBlocked }: CustomerWords): string[] {
  return [
    ...(isBlocked ? ['🚫 Blocked: what they write is kept, and nobody is called.'] : []),
    ...(tier === undefined ? [] : [`⭐ Tier ${tier}`]),
    ...(note === undefined ? [] : [`📝 ${shorten(note.replaceAll(/\s+/g, ' ').trim(), NOTE_SHOWN_MAX)}`]),
  ]
}
