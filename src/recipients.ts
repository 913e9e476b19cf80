// Who a reply goes to: the contact, and whoever else the answered message names.
import type { Address } from './channel.ts'
import { getIdentity } from './contact.ts'
import { getConversation } from './conversation.ts'
import type { Reader } from './db/open.ts'
import { findAnswered } from './message.ts'

export interface RecipientChoices {
  to: RecipientChoice
  cc: RecipientChoice[]
}

export interface RecipientChoice {
  address: string
  name?: string
  /**
   * `known`: takes part in this conversation, or has had a reply in it; `new`: named by the answered message for the first
   * time; `outside`: that, and of another organisation than the contact's and ours.
   */
  mark: 'known' | 'new' | 'outside'
  /** Whether they get a copy unless the agent says otherwise. */
  ticked: boolean
}

export const CHOICES_MAX = 100

/**
 * Derived from the answered message alone: an address that an earlier one named is not drawn in again. `isOurs` says of an
 * address whether it is of our own house. Throws when there is no such conversation.
 */
export async function listRecipientChoices(
  db: Reader,
  conversationId: string,
  isOurs: (address: string) => boolean = () => false,
): Promise<RecipientChoices> {
  const conversation = await getConversation(db, conversationId)
  const { address, name } = await getIdentity(db, conversation.identity_id)
  const to = { address, ...(name !== undefined && { name }), mark: 'known' as const, ticked: true }
  const answered = await findAnswered(db, conversation)
  if (!answered) return { to, cc: [] }
  const known = await listKnown(db, conversationId)
  // In conversations that were joined somebody else than the contact may have asked last.
  const author = { address: answered.author, ...nameIn(known, answered.author) }
  const named = [author, ...readRecipients(answered.recipients)]
  const cc = new Map(named.filter((each) => each.address !== address).map((each) => [each.address, each]))
  const choiceOf = (each: Address): RecipientChoice => {
    if (known.has(each.address)) return { ...each, ...nameIn(known, each.address), mark: 'known', ticked: true }
    const isOutside = domainOf(each.address) !== domainOf(address) && !isOurs(each.address)
    return { ...each, mark: isOutside ? 'outside' : 'new', ticked: false }
  }
  return { to, cc: [...cc.values()].slice(0, CHOICES_MAX).map(choiceOf) }
}

/** As the answered message says them; none where the channel has none or they were not kept yet. */
function readRecipients(recipients: string | null): Address[] {
  return recipients === null ? [] : (JSON.parse(recipients) as Address[])
}

/** Who has had a part in it before, with the name they had then. */
async function listKnown(db: Reader, conversationId: string): Promise<Map<string, string | undefined>> {
  const answered = await db
    .selectFrom('recipient')
    .innerJoin('message', 'message.id', 'recipient.message_id')
    .select('recipient.address')
    .distinct()
    .where('message.conversation_id', '=', conversationId)
    .where('recipient.state', '=', 'accepted')
    .execute()
  const people = await db
    .selectFrom('participant')
    .select(['address', 'name'])
    .where('conversation_id', '=', conversationId)
    .execute()
  return new Map<string, string | undefined>([
    ...answered.map(({ address }) => [address, undefined] as const),
    ...people.map(({ address, name }) => [address, name ?? undefined] as const),
  ])
}

function nameIn(known: ReadonlyMap<string, string | undefined>, address: string): { name?: string } {
  const name = known.get(address)
  return name === undefined ? {} : { name }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
