// Who a reply goes to: the contact, and whoever else the answered message names. Nobody else's list counts.
import type { Address } from './channel.ts'
import { getIdentity } from './contact.ts'
import { getConversation } from './conversation.ts'
import type { Reader } from './db/open.ts'
import { findLastInbound } from './message.ts'

export interface RecipientChoices {
  to: RecipientChoice
  cc: RecipientChoice[]
}

export interface RecipientChoice {
  address: string
  name?: string
  /** `new`: not seen in this conversation before; `outside`: of another organisation than the contact's. */
  mark: 'known' | 'new' | 'outside'
  /** Whether they get a copy unless the agent says otherwise. */
  ticked: boolean
}

/** Throws when there is no such conversation. */
export async function listRecipientChoices(db: Reader, conversationId: string): Promise<RecipientChoices> {
  const conversation = await getConversation(db, conversationId)
  const { address, name } = await getIdentity(db, conversation.identity_id)
  const to = { address, ...(name !== undefined && { name }), mark: 'known' as const, ticked: true }
  const answered = await findLastInbound(db, conversationId)
  if (!answered) return { to, cc: [] }
  const known = await listKnown(db, conversationId)
  const others = JSON.parse(answered.others ?? '[]') as Address[]
  // Somebody else's message is answered to the contact, with whoever wrote it in copy.
  const named = [{ address: answered.author }, ...others].filter((other) => other.address !== address)
  const unique = new Map(named.map((other) => [other.address, other]))
  return { to, cc: [...unique.values()].map((other) => choiceOf(other, known, domainOf(address))) }
}

function choiceOf(other: Address, known: ReadonlySet<string>, domain: string): RecipientChoice {
  const mark = known.has(other.address) ? 'known' : domainOf(other.address) === domain ? 'new' : 'outside'
  return { ...other, mark, ticked: mark === 'known' }
}

/** Who has written here, or has had a reply of ours. */
async function listKnown(db: Reader, conversationId: string): Promise<Set<string>> {
  const authors = await db
    .selectFrom('message')
    .select('author as address')
    .distinct()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
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

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
