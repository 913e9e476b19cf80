// Who a reply goes to: the contact, and whoever else the answered message names.
import { getIdentity } from './contact.ts'
import { getConversation } from './conversation.ts'
import type { Reader } from './db/open.ts'

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
  return { to: { address, ...(name !== undefined && { name }), mark: 'known', ticked: true }, cc: [] }
}
