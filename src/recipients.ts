// Who a reply goes to: the contact, and whoever else the answered message names.

import { findAnswered } from './answered.ts'
import { type Address, channelKind } from './channel.ts'
import { getIdentity } from './contact.ts'
import { type Conversation, getConversation } from './conversation.ts'
import type { Reader } from './db/open.ts'

export interface RecipientChoices {
  to: RecipientChoice
  cc: RecipientChoice[]
}

export interface RecipientChoice {
  address: string
  name?: string
  /**
   * `known`: has written in this conversation, or has had a reply in it; `new`: the answered message names them for the first
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
  const answered = isCopied(conversation) ? await findAnswered(db, conversation) : undefined
  if (!answered) return { to, cc: [] }
  const known = await listKnown(db, conversationId)
  const names = await listNames(db, conversationId)
  // In conversations that were joined somebody else than the contact may have asked last.
  const named = [{ address: answered.author }, ...(JSON.parse(answered.others ?? '[]') as Address[])]
  const cc = new Map(named.filter((each) => each.address !== address).map((each) => [each.address, each]))
  const choiceOf = (each: Address): RecipientChoice => {
    const called = each.name ?? names.get(each.address)
    const person = { address: each.address, ...(called !== undefined && { name: called }) }
    if (known.has(each.address)) return { ...person, mark: 'known', ticked: true }
    const isOutside = domainOf(each.address) !== domainOf(address) && !isOurs(each.address)
    return { ...person, mark: isOutside ? 'outside' : 'new', ticked: false }
  }
  return { to, cc: [...cc.values()].slice(0, CHOICES_MAX).map(choiceOf) }
}

/** In a chat whoever can read along does, and nobody is sent a copy. */
function isCopied({ channel }: Conversation): boolean {
  return channelKind(channel) === 'email'
}

/** Who has written here, or has had a reply of ours. A machine's letter may only claim to be from somebody. */
async function listKnown(db: Reader, conversationId: string): Promise<Set<string>> {
  const authors = await db
    .selectFrom('message')
    .select('author as address')
    .distinct()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .where('automated', 'is', null)
    .execute()
  const reached = await db
    .selectFrom('recipient')
    .innerJoin('message', 'message.id', 'recipient.message_id')
    .select('recipient.address')
    .distinct()
    .where('message.conversation_id', '=', conversationId)
    .where('recipient.state', '=', 'accepted')
    .execute()
  return new Set([...authors, ...reached].map(({ address }) => address))
}

async function listNames(db: Reader, conversationId: string): Promise<Map<string, string>> {
  const people = await db
    .selectFrom('participant')
    .select(['address', 'name'])
    .where('conversation_id', '=', conversationId)
    .execute()
  return new Map(people.flatMap(({ address, name }) => (name === null ? [] : [[address, name]])))
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
